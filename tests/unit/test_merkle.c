/* SPDX-License-Identifier: MIT */

#include "review/merkle.h"
#include "support/suite.h"

#include <stdio.h>
#include <string.h>

/* The leaves and roots that the programs of Certificate Transparency are tested with. */
static const struct { struct bytes leaf; const char *root;
} tree[] = {
	{ BYTES(""), "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d" },
	{ BYTES("\x00"), "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125" },
	{ BYTES("\x10"), "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77" },
	{ BYTES("\x20\x21"), "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7" },
	{ BYTES("\x30\x31"), "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4" },
	{ BYTES("\x40\x41\x42\x43"),
	  "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef" },
	{ BYTES("\x50\x51\x52\x53\x54\x55\x56\x57"),
	  "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c" },
	{ BYTES("\x60\x61\x62\x63\x64\x65\x66\x67\x68\x69\x6a\x6b\x6c\x6d\x6e\x6f"),
	  "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328" },
};

static void ck_assert_root(const struct merkle *m, const char *wanted)
{
	uint8_t       root[CHAIN_HASH];
	char          hex[2 * CHAIN_HASH + 1] = "";
	struct writer w = writer_over(hex, sizeof(hex) - 1);

	ck_assert_int_eq(merkle_root(m, root), 0);
	write_hex(&w, bytes_of(root, sizeof(root)));
	ck_assert_str_eq(hex, wanted);
}

START_TEST(the_root_of_no_leaves_is_the_hash_of_nothing)
{
	struct merkle m = { 0 };

	ck_assert_root(&m, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
}

START_TEST(each_leaf_gives_the_known_root)
{
	struct merkle m = { 0 };

	for (size_t i = 0; i < COUNT(tree); i++) {
		merkle_add(&m, tree[i].leaf);
		ck_assert_root(&m, tree[i].root);
	}
}

/* RFC 6962's own words, without a thought for memory. */
static void root_by_definition(struct bytes *leaves, size_t num, uint8_t out[CHAIN_HASH])
{
	uint8_t       room[1 + 2 * CHAIN_HASH];
	struct writer w     = writer_over(room, sizeof(room));
	size_t        split = 1;

	write_u8(&w, num > 1);
	if (num == 1) {
		write_bytes(&w, leaves[0]);
	} else {
		while (2 * split < num)
			split *= 2;
		root_by_definition(leaves, split, room + 1);
		root_by_definition(leaves + split, num - split, room + 1 + CHAIN_HASH);
		w.len = sizeof(room);
	}
	ck_assert_int_eq(chain_hash(writer_written(&w), out), 0);
}

START_TEST(any_number_of_leaves_gives_the_root_of_the_definition)
{
	static struct bytes leaves[300];
	static char         texts[300][8];
	struct merkle       m = { 0 };
	uint8_t             wanted[CHAIN_HASH], got[CHAIN_HASH];

	for (size_t i = 0; i < COUNT(leaves); i++) {
		snprintf(texts[i], sizeof(texts[i]), "%zu\n", i);
		leaves[i] = bytes_text(texts[i]);
		merkle_add(&m, leaves[i]);
		root_by_definition(leaves, i + 1, wanted);
		ck_assert_int_eq(merkle_root(&m, got), 0);
		ck_assert_msg(memcmp(got, wanted, CHAIN_HASH) == 0, "%zu leaves", i + 1);
	}
}

int main(void)
{
	Suite *s = suite_create("merkle");
	TCase *t = tcase_create("merkle");

	tcase_add_test(t, the_root_of_no_leaves_is_the_hash_of_nothing);
	tcase_add_test(t, each_leaf_gives_the_known_root);
	tcase_add_test(t, any_number_of_leaves_gives_the_root_of_the_definition);
	suite_add_tcase(s, t);
	return suite_run(s);
}

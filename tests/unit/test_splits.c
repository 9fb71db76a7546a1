/* SPDX-License-Identifier: MIT */

/*
 * Every hello and request among the seeds of the fuzz targets, cut at every byte, in both orders,
 * with a part sent twice; fuzz_splits.c does the same at random.
 */

#include "support/streams.h"
#include "support/suite.h"

#include <dirent.h>
#include <stdio.h>

static struct bytes load(const char *kind, const char *name)
{
	static uint8_t room[65536];
	char           path[4096];
	FILE          *f;
	size_t         len;

	snprintf(path, sizeof(path), "%s/tests/fuzz/seeds/%s/%s", getenv("FILTERD_SOURCE"), kind,
	         name);
	f = fopen(path, "rb");
	ck_assert_msg(f != NULL, "%s", path);
	len = fread(room, 1, sizeof(room), f);
	fclose(f);
	return bytes_of(room, len);
}

static struct stream_result sent(struct bytes all, size_t cut, bool reversed, size_t again)
{
	struct stream s;

	stream_open(&s, HTTP_FIRST);
	stream_cut(&s, all, reversed ? cut : 0, reversed ? all.len : cut);
	stream_cut(&s, all, again, again + 20 < all.len ? again + 20 : all.len);
	stream_cut(&s, all, reversed ? 0 : cut, reversed ? cut : all.len);
	return stream_close(&s);
}

/* How many of the files of a kind name somebody. */
static size_t cut_all(const char *kind)
{
	char           path[4096];
	DIR           *folder;
	struct dirent *entry;
	size_t         num_named = 0;

	snprintf(path, sizeof(path), "%s/tests/fuzz/seeds/%s", getenv("FILTERD_SOURCE"), kind);
	folder = opendir(path);
	ck_assert_ptr_nonnull(folder);
	while ((entry = readdir(folder)) != NULL) {
		struct bytes         all;
		struct stream_result whole;

		if (entry->d_name[0] == '.')
			continue;
		all   = load(kind, entry->d_name);
		whole = sent(all, all.len, false, 0);
		num_named += whole.num > 0;
		for (size_t cut = 1; cut < all.len; cut++) {
			for (int reversed = 0; reversed < 2; reversed++) {
				struct stream_result parts = sent(all, cut, reversed, cut / 2);

				ck_assert_msg(strncmp(entry->d_name, "odd_", 4) == 0
				                      ? stream_says_as_much(&parts, &whole)
				                      : stream_same(&whole, &parts), "%s/%s cut at %zu%s",
				              kind, entry->d_name, cut,
				              reversed ? ", reversed" : "");
			}
		}
	}
	closedir(folder);
	return num_named;
}

START_TEST(a_hello_cut_at_any_byte_gives_the_same_name)
{
	ck_assert_uint_ge(cut_all("tls"), 6);
}

START_TEST(a_request_cut_at_any_byte_gives_the_same_name)
{
	ck_assert_uint_ge(cut_all("http"), 3);
	ck_assert_uint_ge(cut_all("socks"), 2);
}

int main(void)
{
	Suite *s = suite_create("splits");
	TCase *t = tcase_create("splits");

	tcase_set_timeout(t, 120);
	tcase_add_test(t, a_hello_cut_at_any_byte_gives_the_same_name);
	tcase_add_test(t, a_request_cut_at_any_byte_gives_the_same_name);
	suite_add_tcase(s, t);
	return suite_run(s);
}

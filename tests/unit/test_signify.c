/* SPDX-License-Identifier: MIT */

/*
 * Signed policies. The keys and signatures were made by signify(1), version 31, of "house" and
 * "other"; tests/replay/signed_policy.sh has it make others.
 */

#include "policy/manifest.h"
#include "policy/policy_file.h"
#include "support/policy.h"
#include "support/suite.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#define HOUSE_PUB "untrusted comment: house policy public key\nRWQxhmjQQnNnFIbCPw+9JNUFp1/evaoOyU8zkmvGfYVj0P5boTdwYb3p\n"
#define FOREIGN_PUB "untrusted comment: other public key\nRWTshIyZcsrjv4ddDsDcQ6/zuAG2yQYprYzrGYtgjG7M/hJXHvor69qI\n"
#define HOUSE_SIG "untrusted comment: verify with house.pub\nRWQxhmjQQnNnFJYQT5VeWjotYb3liL7GPX65khK5wXwZUFKXFv1qv9j8LYkrj2FPUMOJj7SrAAd0lx6OKF2Fx3feGUFoxllWHAk=\n"
#define FOREIGN_SIG "untrusted comment: verify with other.pub\nRWTshIyZcsrjv+iBNtAx9/wjXO3HisPsyYOD4/gr+voItaQbPX49VWtZj0+fH4avGfoHkWUiP5WaVwdGKkKocZqmc9duxcyhQAk=\n"

#define POLICY   "[policy]\nid = p\nserial = 7\n[category c]\naction = block\nnames = sub/a.list\nzones = a.zone\n"
#define LIST     "a.com\n"
#define ZONE     "$ORIGIN rpz.example.\n@ SOA . . 1 1 1 1 1\nb.com CNAME .\n"
#define HASHES   "bb07448bf223903a5f7dcb38aaf3816128d65ec8a5a87538a0e6775032bcceb4  p.policy\n" \
                 "9d91b1739830114a547f6d9474a26aea5da18addc6ecc5c23c87c613b1d11aed  sub/a.list\n"

/* What lies where: NULL is not there. */
static struct { const char *name, *content; } files[] = {
	{ "d/p.policy", NULL }, { "d/sub/a.list", NULL }, { "d/a.zone", NULL },
	  { "d/p.policy.sha256", NULL },
	{ "d/p.policy.sha256.sig", NULL },
};

enum { FILE_POLICY, FILE_LIST, FILE_ZONE, FILE_HASHES, FILE_SIG };

static struct signify_keys keys;
static struct policy      *policy;
static struct problem      problem;
static char                fetched[256];

static int fetch(void *context, const char *name, struct bytes *content_out)
{
	(void)context;
	for (size_t i = 0; i < COUNT(files); i++) {
		if (strcmp(files[i].name, name) != 0 || files[i].content == NULL)
			continue;
		snprintf(fetched + strlen(fetched), sizeof(fetched) - strlen(fetched), "%s ", name);
		*content_out = bytes_text(files[i].content);
		return 0;
	}
	return -ENOENT;
}

static void lay_out(void)
{
	files[FILE_POLICY].content = POLICY;
	files[FILE_LIST].content   = LIST;
	files[FILE_ZONE].content   = ZONE;
	files[FILE_HASHES].content = HASHES;
	files[FILE_SIG].content    = HOUSE_SIG;
	keys.num = 1;
	ck_assert_int_eq(signify_key_read(BYTES(HOUSE_PUB), &keys.list[0]), PARSE_OK);
	fetched[0] = '\0';
}

static int build(void)
{
	static const char *const names[] = { "d/p.policy" };
	const struct policy_from from    = { .files = names, .num_files = 1, .keys = &keys,
	                                     .fetch = fetch };

	policy = NULL;
	problem.text[0] = '\0';
	return policy_build_from(&from, &policy, &problem);
}

START_TEST(a_policy_signed_by_signify_is_taken)
{
	struct decision d;

	lay_out();
	ck_assert_msg(build() == 0, "%s", problem.text);
	policy_decide(policy, host_literal("a.com"), 0, &d);
	ck_assert_int_eq(d.ruling, RULING_BLOCK);
	policy_decide(policy, host_literal("b.com"), 0, &d);
	ck_assert_int_eq(d.ruling, RULING_BLOCK);
	policy_free(policy);
}

START_TEST(any_of_the_keys_will_do)
{
	lay_out();
	files[FILE_SIG].content = FOREIGN_SIG;
	ck_assert_int_eq(build(), -EKEYREJECTED);
	keys.num = 2;
	ck_assert_int_eq(signify_key_read(BYTES(FOREIGN_PUB), &keys.list[1]), PARSE_OK);
	ck_assert_int_eq(build(), 0);
	policy_free(policy);
}

static const struct { int file; const char *content, *says;
} refused[] = {
	{ FILE_SIG, NULL,
	  "policy 'd/p.policy' is not signed: 'd/p.policy.sha256.sig': No such file or directory; "
	  "sign it as filterd-policy(5) says" },
	{ FILE_HASHES, NULL,
	  "policy 'd/p.policy' is not signed: 'd/p.policy.sha256': No such file" },
	{ FILE_SIG, "",
	  "policy 'd/p.policy': its signature 'd/p.policy.sha256.sig' is not a signature of "
	  "signify(1) or usign" },
	{ FILE_SIG, FOREIGN_SIG,
	  "policy 'd/p.policy': its signature 'd/p.policy.sha256.sig' is of a key that signed-by "
	  "does not name" },
	{ FILE_SIG,
	  "untrusted comment: another "
	  "spelling\nRWQxhmjQQnNnFJYQT5VeWjotYb3liL7GPX65khK5wXwZUFKXFv1qv9j8LYkrj2FPUMOJj7SrAAd0lx"
	  "6OKF2Fx3feGUFoxllWHAl=\n",
	  "policy 'd/p.policy': its signature 'd/p.policy.sha256.sig' is not a signature" },
	{ FILE_SIG, HOUSE_PUB,
	  "policy 'd/p.policy': its signature 'd/p.policy.sha256.sig' is not a signature" },
	{ FILE_HASHES, HASHES "\n",
	  "policy 'd/p.policy': its signature 'd/p.policy.sha256.sig' does not match: one of the two "
	  "was altered" },
	{ FILE_POLICY, POLICY "\n",
	  "policy 'd/p.policy': 'p.policy' is not signed: 'd/p.policy.sha256' lists it with "
	  "another hash: it is "
	  "not what was signed" },
	{ FILE_LIST, LIST "b.com\n",
	  "policy 'd/p.policy': 'sub/a.list' is not signed: 'd/p.policy.sha256' lists it with "
	  "another hash" },
	/* before it is parsed */
	{ FILE_LIST, "$nonsense", "policy 'd/p.policy': 'sub/a.list' is not signed: " },
	{ FILE_POLICY, "[nonsense", "policy 'd/p.policy': 'p.policy' is not signed: " },
};

START_TEST(what_is_not_signed_is_refused_before_it_is_read)
{
	lay_out();
	files[refused[_i].file].content = refused[_i].content;
	ck_assert_int_eq(build(), -EKEYREJECTED);
	ck_assert_msg(strncmp(problem.text, refused[_i].says, strlen(refused[_i].says)) == 0,
	              "expected: %s\ncame: %s", refused[_i].says, problem.text);
	ck_assert_ptr_null(policy);
}

START_TEST(a_policy_without_its_signature_is_not_even_opened)
{
	lay_out();
	files[FILE_SIG].content = FOREIGN_SIG;
	ck_assert_int_eq(build(), -EKEYREJECTED);
	ck_assert_str_eq(fetched, "d/p.policy.sha256 d/p.policy.sha256.sig ");
}

START_TEST(a_zone_that_the_signed_policy_names_needs_none)
{
	lay_out();
	files[FILE_ZONE].content = ZONE "c.com CNAME .\n";
	ck_assert_int_eq(build(), 0);
	ck_assert_uint_eq(policy_num_rules(policy), 3);
	policy_free(policy);
}

/* No byte of either file can be another. */
START_TEST(no_byte_can_be_altered)
{
	static char copy[512];

	for (size_t i = 0; i < strlen(HOUSE_SIG); i++) {
		bool in_comment = i >= strlen("untrusted comment: ") && i < strlen(HOUSE_SIG) - 101;

		lay_out();
		strcpy(copy, HOUSE_SIG);
		copy[i] ^= 1;
		files[FILE_SIG].content = copy;
		if (in_comment)
			continue;
		ck_assert_msg(i == strlen(HOUSE_SIG) - 1 || build() == -EKEYREJECTED,
		              "byte %zu of the signature", i);
	}
	for (size_t i = 0; i < strlen(HASHES); i++) {
		lay_out();
		strcpy(copy, HASHES);
		copy[i] ^= 1;
		files[FILE_HASHES].content = copy;
		ck_assert_msg(build() == -EKEYREJECTED, "byte %zu of the hashes", i);
	}
}

START_TEST(an_older_serial_is_found)
{
	struct policy *newer;

	lay_out();
	ck_assert_int_eq(build(), 0);
	newer = policy;
	keys.num = 0;
	files[FILE_POLICY].content =
		"[policy]\nid = p\nserial = 6\n[category c]\naction = block\nnames = sub/a.list\n";
	static const char *const names[] = { "d/p.policy" };
	ck_assert_int_eq(policy_build(names, 1, fetch, NULL, &policy, &problem), 0);
	ck_assert_ptr_null(policy_older_source(newer, policy));
	ck_assert_ptr_null(policy_older_source(newer, newer));
	ck_assert_ptr_nonnull(policy_older_source(policy, newer));
	ck_assert_uint_eq(policy_older_source(policy, newer)->serial, 6);
	policy_free(policy);
	policy_free(newer);
}

static const struct { const char *text; bool good; } key_files[] = {
	{ HOUSE_PUB, true }, { HOUSE_PUB "\n", false }, { HOUSE_PUB "more\n", false },
	  { "RWQxhmjQQnNnFIbCPw+9JNUFp1/evaoOyU8zkmvGfYVj0P5boTdwYb3p\n", false }, { HOUSE_SIG,
	  false },
	{ "untrusted comment: \nRWQxhmjQQnNnFIbCPw+9JNUFp1/evaoOyU8zkmvGfYVj0P5boTdwYb3p\n", true },
	  { "untrusted comment: x\nRWQxhmjQQnNnFIbCPw+9JNUFp1/evaoOyU8zkmvGfYVj0P5boTdwYb3p",
	  true }, { "", false },
	{ "comment: x\nRWQxhmjQQnNnFIbCPw+9JNUFp1/evaoOyU8zkmvGfYVj0P5boTdwYb3p\n", false },
	  { "untrusted comment: x\n RWQxhmjQQnNnFIbCPw+9JNUFp1/evaoOyU8zkmvGfYVj0P5boTdwYb3p\n",
	  false }, { "untrusted comment: x\n", false },
	/* no "Ed" */
	{ "untrusted comment: x\nSldRxhmjQQnNnFIbCPw+9JNUFp1/evaoOyU8zkmvGfYVj0P5boTdwYbx\n",
	  false },
};

START_TEST(a_key_is_two_lines)
{
	struct signify_key key;

	ck_assert_msg((signify_key_read(bytes_text(key_files[_i].text), &key) == PARSE_OK) ==
	                      key_files[_i].good,
	              "%s", key_files[_i].text);
}

/* of "a.com\n" */
#define A64 "9d91b1739830114a547f6d9474a26aea5da18addc6ecc5c23c87c613b1d11aed"
#define B64 "0d91b1739830114a547f6d9474a26aea5da18addc6ecc5c23c87c613b1d11aed"

static const struct { const char *text, *why; } manifests[] = {
	{ A64 "  a.list\n", NULL }, { A64 " *a.list\n", NULL }, { "# made today\n\n" A64 "  a.list",
	  NULL },
	{ A64 "  a.list\n" A64 "  a.list\n", NULL },
	{ "", "does not list it" }, { A64 "  b.list\n", "does not list it" }, { A64 "  a.list \n",
	  "does not list it" },
	{ B64 "  a.list\n", "lists it with another hash: it is not what was signed" },
	{ A64 "  a.list\n" B64 "  a.list\n", "lists it twice, with different hashes" },
	{ A64 "  a.list\nSHA256 (b) = " A64 "\n", "has a line 2 that sha256sum does not print" },
	{ "\\" A64 "  a\\nb\n", "has a line 1 that sha256sum does not print" },
	{ A64 " a.list\n", "has a line 1 that sha256sum does not print" },
	{ A64 "  \n", "has a line 1 that sha256sum does not print" },
};

START_TEST(a_manifest_is_what_sha256sum_prints)
{
	struct problem why = { "" };
	bool           has = manifest_has(bytes_text(manifests[_i].text), "a.list", BYTES(LIST), &why);

	ck_assert_msg(has == (manifests[_i].why == NULL), "%s: %s", manifests[_i].text, why.text);
	if (!has)
		ck_assert_str_eq(why.text, manifests[_i].why);
}

int main(void)
{
	Suite *s = suite_create("signify");
	TCase *t = tcase_create("signify");

	tcase_add_loop_test(t, what_is_not_signed_is_refused_before_it_is_read, 0, COUNT(refused));
	tcase_add_test(t, a_policy_without_its_signature_is_not_even_opened);
	tcase_add_test(t, no_byte_can_be_altered);
	tcase_add_test(t, a_policy_signed_by_signify_is_taken);
	tcase_add_test(t, any_of_the_keys_will_do);
	tcase_add_test(t, a_zone_that_the_signed_policy_names_needs_none);
	tcase_add_test(t, an_older_serial_is_found);
	tcase_add_loop_test(t, a_key_is_two_lines, 0, COUNT(key_files));
	tcase_add_loop_test(t, a_manifest_is_what_sha256sum_prints, 0, COUNT(manifests));
	suite_add_tcase(s, t);
	return suite_run(s);
}

/* SPDX-License-Identifier: MIT */

#include "log/scan.h"
#include "support/suite.h"

static const struct { const char *what, *json, *path, *want; } members[] = {
	{ "no object",                  "[1]",                             "a",   "" },
	{ "an empty object",            "{}",                              "a",   "" },
	{ "no such member",             "{\"b\":1}",                       "a",   "" },
	{ "a name within a text",       "{\"b\":\"\\\"a\\\":1\",\"a\":2}", "a",   "2" },
	{ "a name deeper down",         "{\"b\":{\"a\":1},\"a\":2}",       "a",   "2" },
	{ "a name that begins so",      "{\"ab\":1,\"a\":2}",              "a",   "2" },
	{ "a member of a member",       "{\"b\":{\"c\":[],\"a\":true}}",   "b.a", "true" },
	{ "a member of a text",         "{\"b\":\"x\"}",                   "b.a", "" },
	{ "an array, as it stands",     "{ \"a\" : [1, \"]\" ] }",         "a",   "[1, \"]\" ]" },
	{ "the first of two",           "{\"a\":1,\"a\":2}",               "a",   "1" },
	{ "a value that is cut",        "{\"a\":\"x",                      "a",   "" },
	{ "no JSON before it",          "{\"b\":x,\"a\":1}",               "a",   "" },
	{ "no JSON behind it",          "{\"a\":1,x",                      "a",   "1" },
	{ "arrays too deep",            "{\"a\":[[[[[[[[[]]]]]]]]]}",      "a",   "" },
	{ "and one less",               "{\"a\":[[[[[[[[]]]]]]]]}",        "a",   "[[[[[[[[]]]]]]]]" },
};

START_TEST(member)
{
	struct bytes got = scan_member(bytes_text(members[_i].json), members[_i].path);

	ck_assert_msg(bytes_equal(got, bytes_text(members[_i].want)), "%s: got '%.*s'",
	              members[_i].what, (int)got.len, (const char *)got.at);
}

int main(void)
{
	Suite *s = suite_create("scan");
	TCase *t = tcase_create("scan");

	tcase_add_loop_test(t, member, 0, COUNT(members));
	suite_add_tcase(s, t);
	return suite_run(s);
}

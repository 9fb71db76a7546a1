/* SPDX-License-Identifier: MIT */

#include "engine/links.h"

#include "support/suite.h"

#include <string.h>

static const struct link_known known[] = {
	{ "lan0", false, 2, { { { 4, { 192, 0, 2 } }, 24 }, { { 6, { 0x20, 1, 0xd, 0xb8 } }, 37 } } },
	{ "wan0", true, 1, { { { 4, { 198, 51, 100 } }, 24 } } },
};

static const struct {
	const char    *what, *name;
	struct address address;
	bool           want;
} places[] = {
	{ "a neighbour", "lan0", { 4, { 192, 0, 2, 77 } }, true },
	{ "an IPv6 neighbour", "lan0", { 6, { 0x20, 1, 0xd, 0xb8, 7 } }, true },
	{ "beyond the bits of the prefix", "lan0", { 6, { 0x20, 1, 0xd, 0xb8, 8 } }, false },
	{ "a server on the Internet", "lan0", { 4, { 203, 0, 113, 5 } }, false },
	{ "the same digits in the other family", "lan0", { 6, { 192, 0, 2, 77 } }, false },
	{ "a server behind the way out", "wan0", { 4, { 203, 0, 113, 5 } }, true },
	{ "an interface that nobody knows", "lan1", { 4, { 203, 0, 113, 5 } }, true },
};

START_TEST(an_address_is_behind_an_interface_or_not)
{
	struct links *l = links_new();

	ck_assert(links_can_be_behind(l, places[_i].name, &places[_i].address));
	ck_assert(links_set(l, known, COUNT(known)));
	ck_assert_msg(links_can_be_behind(l, places[_i].name, &places[_i].address) ==
	                      places[_i].want,
	              "%s", places[_i].what);
	ck_assert(links_set(l, NULL, 0));
	ck_assert(links_can_be_behind(l, places[_i].name, &places[_i].address));
	links_free(l);
}

START_TEST(where_nobody_keeps_them_any_address_is)
{
	ck_assert(links_can_be_behind(NULL, "lan0", &places[3].address));
}

int main(void)
{
	Suite *s = suite_create("links");
	TCase *t = tcase_create("links");

	tcase_add_loop_test(t, an_address_is_behind_an_interface_or_not, 0, COUNT(places));
	tcase_add_test(t, where_nobody_keeps_them_any_address_is);
	suite_add_tcase(s, t);
	return suite_run(s);
}

/* SPDX-License-Identifier: MIT */

#include "engine/links.h"

#include "support/suite.h"

#include <string.h>

enum { LAN0 = 2, WAN0, LAN1, BR0 };

static const struct link_known known[] = {
	{ "lan0", LAN0, false, 2, { { { 4, { 192, 0, 2 } }, 24 }, { { 6, { 0x20, 1, 0xd, 0xb8 } }, 37 } } },
	{ "wan0", WAN0, true, 1, { { { 4, { 198, 51, 100 } }, 24 } } },
	{ "br0", BR0, false, 0, { { { 0 }, 0 } } },
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
	struct links *l = links_new(NULL, NULL);

	ck_assert(links_can_be_behind(l, places[_i].name, &places[_i].address, 0));
	ck_assert(links_set(l, known, COUNT(known)));
	ck_assert_msg(links_can_be_behind(l, places[_i].name, &places[_i].address, 0) ==
	                      places[_i].want,
	              "%s", places[_i].what);
	ck_assert(links_set(l, NULL, 0));
	ck_assert(links_can_be_behind(l, places[_i].name, &places[_i].address, 0));
	links_free(l);
}

/* Clients behind another router, 198.18/15, by lan0; all else by wan0, but 10/8, by lan1. */
static unsigned num_asked;

static bool routes(void *owner, const struct address *a, unsigned by, unsigned *other_out)
{
	ck_assert_ptr_eq(owner, &num_asked);
	num_asked++;
	*other_out = a->family != 4 ? 0 : a->at[0] == 10 ? LAN1 : a->at[0] == 198 ? LAN0 : WAN0;
	return *other_out == by;
}

static const struct {
	const char    *what, *name;
	struct address address;
	bool           can, outside;
} routed[] = {
	{ "a neighbour", "lan0", { 4, { 192, 0, 2, 77 } }, true, false },
	{ "a client behind a router", "lan0", { 4, { 198, 18, 0, 1 } }, true, false },
	{ "a server on the Internet", "lan0", { 4, { 203, 0, 113, 5 } }, false, true },
	{ "a client's other address", "lan0", { 4, { 10, 0, 0, 1 } }, false, false },
	{ "to which nothing leads", "lan0", { 6, { 0x20, 2 } }, false, false },
	{ "who has no address yet", "lan0", { 4, { 0 } }, true, false },
	{ "the same, IPv6", "lan0", { 6, { 0 } }, true, false },
	{ "who gave one to himself", "lan0", { 4, { 169, 254, 3, 4 } }, true, false },
	{ "an address of the link", "lan0", { 6, { 0xfe, 0x80, [15] = 1 } }, true, false },
	{ "a server behind the way out", "wan0", { 4, { 203, 0, 113, 5 } }, true, false },
	{ "an interface that nobody knows", "lan7", { 4, { 203, 0, 113, 5 } }, true, false },
	{ "who is behind a bridge", "br0", { 4, { 203, 0, 113, 5 } }, true, false },
};

START_TEST(where_its_networks_do_not_say_it_the_routes_do)
{
	struct links *l = links_new(routes, &num_asked);

	ck_assert(links_set(l, known, COUNT(known)));
	ck_assert_msg(links_can_be_behind(l, routed[_i].name, &routed[_i].address, 0) ==
	                      routed[_i].can,
	              "%s", routed[_i].what);
	ck_assert_msg(links_is_outside(l, routed[_i].name, &routed[_i].address, 0) ==
	                      routed[_i].outside,
	              "%s", routed[_i].what);
	links_free(l);
}

START_TEST(that_there_is_a_route_is_remembered_until_the_links_are_set_anew)
{
	struct links               *l      = links_new(routes, &num_asked);
	static const struct address client = { 4, { 198, 18, 0, 1 } };

	num_asked = 0;
	ck_assert(links_set(l, known, COUNT(known)));
	for (int64_t hour = 0; hour < 3; hour++)
		ck_assert(links_can_be_behind(l, "lan0", &client, hour * 3600000000));
	ck_assert_uint_eq(num_asked, 1);
	ck_assert(links_set(l, known, COUNT(known)));
	ck_assert(links_can_be_behind(l, "lan0", &client, 0));
	ck_assert_uint_eq(num_asked, 2);
	links_free(l);
}

START_TEST(that_there_is_none_is_remembered_for_a_second)
{
	struct links               *l      = links_new(routes, &num_asked);
	static const struct address server = { 4, { 203, 0, 113, 5 } };

	num_asked = 0;
	ck_assert(links_set(l, known, COUNT(known)));
	for (int64_t now_us = 0; now_us < 1000000; now_us += 200000) {
		ck_assert(!links_can_be_behind(l, "lan0", &server, now_us));
		ck_assert(links_is_outside(l, "lan0", &server, now_us));
	}
	ck_assert_uint_eq(num_asked, 1);
	ck_assert(links_is_outside(l, "lan0", &server, 1000000));
	ck_assert_uint_eq(num_asked, 2);
	ck_assert(links_is_outside(l, "lan0", &server, 0));         /* a clock that was set back */
	ck_assert_uint_eq(num_asked, 3);
	links_free(l);
}

/* Each asks the kernel: a flood of them would keep the queue from everybody. */
START_TEST(made_up_addresses_do_not_ask_without_end)
{
	struct links               *l      = links_new(routes, &num_asked);
	struct address              made_up = { 4, { 203 } };
	static const struct address client = { 4, { 198, 18, 0, 1 } }, late = { 4, { 198, 18, 0, 2 } };

	num_asked = 0;
	ck_assert(links_set(l, known, COUNT(known)));
	ck_assert(!links_is_outside(l, "lan0", &client, 0));
	for (unsigned i = 0; i < 100000; i++) {
		made_up.at[1] = (uint8_t)(i >> 16);
		made_up.at[2] = (uint8_t)(i >> 8);
		made_up.at[3] = (uint8_t)i;
		ck_assert(links_is_outside(l, "lan0", &made_up, i));
	}
	ck_assert_uint_eq(num_asked, LINKS_ASKED_MAX);
	ck_assert(!links_is_outside(l, "lan0", &client, 200000));
	ck_assert(links_is_outside(l, "lan0", &late, 200000));
	ck_assert(!links_is_outside(l, "lan0", &late, 1000000));
	links_free(l);
}

START_TEST(where_nobody_keeps_them_any_address_is)
{
	ck_assert(links_can_be_behind(NULL, "lan0", &places[3].address, 0));
	ck_assert(!links_is_outside(NULL, "lan0", &places[3].address, 0));
}

int main(void)
{
	Suite *s = suite_create("links");
	TCase *t = tcase_create("links");

	tcase_add_loop_test(t, an_address_is_behind_an_interface_or_not, 0, COUNT(places));
	tcase_add_loop_test(t, where_its_networks_do_not_say_it_the_routes_do, 0, COUNT(routed));
	tcase_add_test(t, that_there_is_a_route_is_remembered_until_the_links_are_set_anew);
	tcase_add_test(t, that_there_is_none_is_remembered_for_a_second);
	tcase_add_test(t, made_up_addresses_do_not_ask_without_end);
	tcase_add_test(t, where_nobody_keeps_them_any_address_is);
	suite_add_tcase(s, t);
	return suite_run(s);
}

/* SPDX-License-Identifier: MIT */

#include "engine/lost.h"

#include "support/suite.h"

#define HOUR_US INT64_C(3600000000)

static struct lost *lost;

static void begin(void)
{
	lost = lost_new(2, 42);
}

static void end(void)
{
	lost_free(lost);
}

static struct flow flow_of(uint16_t port, uint32_t share, int64_t last_us)
{
	return (struct flow){ .key = { .low_port = port }, .share = share, .last_us = last_us };
}

static void give_up(uint16_t port, uint32_t share, int64_t last_us)
{
	const struct flow flow = flow_of(port, share, last_us);

	lost_note(lost, &flow);
}

static bool is_lost(uint16_t port, uint32_t share, int64_t now_us, bool goes_on)
{
	const struct flow flow = flow_of(port, share, now_us);

	return lost_take(lost, &flow, goes_on);
}

START_TEST(what_was_given_up_is_known_once)
{
	give_up(1, 7, 1000);
	ck_assert(!is_lost(2, 7, 2000, true));
	ck_assert(is_lost(1, 7, 2000, false));
	ck_assert(!is_lost(1, 7, 3000, true));
}

START_TEST(where_too_many_were_any_of_those_clients_that_goes_on_may_be_one)
{
	for (uint16_t port = 1; port <= 3; port++)
		give_up(port, 7, 1000 * port);
	ck_assert(is_lost(1, 7, 4000, true));
	ck_assert(is_lost(9, 7, 4000, true));
	ck_assert(!is_lost(9, 7, 4000, false));
	ck_assert(!is_lost(9, 8, 4000, true));
	ck_assert(!is_lost(9, 7, 4000 + HOUR_US, true));
	ck_assert(is_lost(3, 7, 4000 + HOUR_US, true));
}

START_TEST(who_loses_many_forgets_his_own)
{
	give_up(1, 8, 1000);
	for (uint16_t port = 2; port <= 100; port++)
		give_up(port, 7, 1000);
	ck_assert(is_lost(1, 8, 2000, false));
}

int main(void)
{
	Suite *s = suite_create("lost");
	TCase *t = tcase_create("lost");

	tcase_add_checked_fixture(t, begin, end);
	tcase_add_test(t, what_was_given_up_is_known_once);
	tcase_add_test(t, where_too_many_were_any_of_those_clients_that_goes_on_may_be_one);
	tcase_add_test(t, who_loses_many_forgets_his_own);
	suite_add_tcase(s, t);
	return suite_run(s);
}

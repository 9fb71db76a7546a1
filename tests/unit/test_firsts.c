/* SPDX-License-Identifier: MIT */

/* Who asks for the first time, and how it is said; whatever strangers make up. */

#include "audit/firsts.h"
#include "policy/builtin.h"
#include "support/suite.h"

#include <string.h>

static struct firsts *firsts;
static struct first   first;
static uint64_t       left_out;

static void set_up(void)
{
	firsts = firsts_new(7);
	ck_assert_ptr_nonnull(firsts);
}

static void tear_down(void)
{
	firsts_free(firsts);
}

static struct event device(unsigned number)
{
	static const struct category category = { .id = "update", .title = "Kaspersky update" };
	struct event e = { .type = EVENT_BLOCK, .has_mac = true,
		           .mac = { 0x3c, 0x52, 0x82, (uint8_t)(number >> 16),
		                    (uint8_t)(number >> 8), (uint8_t)number },
		           .client = { .family = 4, .at = { 192, 168, 1, 20 } } };

	e.decision.has_rule      = true;
	e.decision.rule.category = &category;
	ck_assert_int_eq(host_from_text(BYTES("dnl-01.geo.kaspersky.com"), &e.host), PARSE_OK);
	return e;
}

static bool add_is_first(const struct event *e)
{
	firsts_add(firsts, e, false, (struct bytes){ 0 });
	return firsts_take(firsts, &first, &left_out);
}

START_TEST(a_device_is_there_for_the_first_time_once)
{
	struct event one = device(1), other = device(2);

	ck_assert(add_is_first(&one));
	ck_assert(!add_is_first(&one));
	ck_assert(add_is_first(&other));
	one.type         = EVENT_LOG;
	one.client.at[3] = 21;          /* its address is another one now */
	ck_assert(!add_is_first(&one));
}

START_TEST(without_a_mac_it_is_the_address)
{
	struct event one = device(1), other;

	one.has_mac        = false;
	other              = one;
	other.client.at[3] = 21;
	ck_assert(add_is_first(&one));
	ck_assert(add_is_first(&other));
	ck_assert(!add_is_first(&one));
}

START_TEST(the_test_name_is_no_attempt)
{
	struct event e = device(1);

	builtin_decide(BUILTIN_PROBE, OUTCOME_BLOCK, &e.decision);
	ck_assert(!add_is_first(&e));
	e = device(1);
	ck_assert(add_is_first(&e));
}

START_TEST(what_finds_no_room_is_counted)
{
	for (unsigned i = 0; i < FIRSTS_WAIT + 5; i++) {
		struct event e = device(i);

		firsts_add(firsts, &e, false, (struct bytes){ 0 });
	}
	for (unsigned i = 0; i < FIRSTS_WAIT; i++) {
		ck_assert(firsts_take(firsts, &first, &left_out));
		ck_assert_uint_eq(first.mac[5], i);
		ck_assert_uint_eq(left_out, i == 0 ? 5 : 0);
	}
	ck_assert(!firsts_take(firsts, &first, &left_out));
	/* They were there, all the same. */
	for (unsigned i = 0; i < FIRSTS_WAIT + 5; i++) {
		struct event e = device(i);

		ck_assert(!add_is_first(&e));
	}
}

START_TEST(more_devices_than_are_remembered)
{
	struct event e = device(0);

	for (unsigned i = 0; i <= FIRSTS_DEVICES; i++) {
		e = device(i);
		ck_assert(add_is_first(&e));
	}
	ck_assert(!add_is_first(&e));
	e = device(0);
	ck_assert(add_is_first(&e));
}

/* A device of the house asks each hour; between two times somebody makes up others. */
START_TEST(made_up_devices_push_out_none_that_is_known)
{
	struct event e;

	for (unsigned i = 0; i < FIRSTS_DEVICES / 2; i++) {
		e = device(i);
		/* At first it is as new as any. */
		ck_assert(add_is_first(&e));
		firsts_add(firsts, &e, true, (struct bytes){ 0 });
		ck_assert(!firsts_take(firsts, &first, &left_out));
	}
	for (unsigned i = 0; i < 3 * FIRSTS_DEVICES; i++) {
		e = device(0x10000 + i);
		ck_assert(add_is_first(&e));
	}
	for (unsigned i = 0; i < FIRSTS_DEVICES / 2; i++) {
		e = device(i);
		ck_assert_msg(!add_is_first(&e), "device %u is forgotten", i);
	}
}

static const struct { const char *name; bool has_mac; enum event_type type; const char *want; } says[] = {
	{ "LAPTOP-7", true, EVENT_BLOCK,
	  "LAPTOP-7 (3c:52:82:00:00:01) asked for dnl-01.geo.kaspersky.com for the first time since "
	  "filterd started: blocked" },
	{ "", true, EVENT_WOULD_BLOCK,
	  "3c:52:82:00:00:01 asked for dnl-01.geo.kaspersky.com for the first time since filterd "
	  "started: only observed" },
	{ "", false, EVENT_WAIVED,
	  "192.168.1.20 asked for dnl-01.geo.kaspersky.com for the first time since filterd started: "
	  "passed by a waiver" },
	{ "PC", false, EVENT_LOG,
	  "PC (192.168.1.20) asked for dnl-01.geo.kaspersky.com for the first time since filterd "
	  "started: recorded" },
	{ "\x1b[2J\n\u202ex\xff", true, EVENT_BLOCK,
	  "\\u{1b}[2J\\u{0a}\\u{202e}x\\xff (3c:52:82:00:00:01) asked for dnl-01.geo.kaspersky.com "
	  "for the first time since filterd started: blocked" },
};

START_TEST(it_is_said_in_a_sentence)
{
	struct event  e = device(1);
	char          text[1024];
	struct writer w = writer_over(text, sizeof(text) - 1);

	e.has_mac = says[_i].has_mac;
	e.type    = says[_i].type;
	firsts_add(firsts, &e, false, bytes_text(says[_i].name));
	ck_assert(firsts_take(firsts, &first, &left_out));
	first_say(&w, &first);
	text[w.len] = '\0';
	ck_assert_str_eq(text, says[_i].want);
}

START_TEST(a_host_of_any_bytes_is_text)
{
	struct event  e = device(1);
	char          text[8192];
	struct writer w = writer_over(text, sizeof(text));

	memset(e.host.text, 7, HOST_TEXT_MAX);
	e.host.len = HOST_TEXT_MAX;
	firsts_add(firsts, &e, false, (struct bytes){ 0 });
	ck_assert(firsts_take(firsts, &first, &left_out));
	first_say(&w, &first);
	ck_assert(!w.full);
	for (size_t i = 0; i < w.len; i++)
		ck_assert_int_ge(text[i], ' ');
}

START_TEST(without_memory_nobody_is_first)
{
	struct event e = device(1);

	firsts_add(NULL, &e, false, (struct bytes){ 0 });
	ck_assert(!firsts_take(NULL, &first, &left_out));
	firsts_free(NULL);
}

int main(void)
{
	Suite *s = suite_create("firsts");
	TCase *t = tcase_create("firsts");

	tcase_add_checked_fixture(t, set_up, tear_down);
	tcase_add_test(t, a_device_is_there_for_the_first_time_once);
	tcase_add_test(t, without_a_mac_it_is_the_address);
	tcase_add_test(t, the_test_name_is_no_attempt);
	tcase_add_test(t, what_finds_no_room_is_counted);
	tcase_add_test(t, more_devices_than_are_remembered);
	tcase_add_test(t, made_up_devices_push_out_none_that_is_known);
	tcase_add_loop_test(t, it_is_said_in_a_sentence, 0, COUNT(says));
	tcase_add_test(t, a_host_of_any_bytes_is_text);
	tcase_add_test(t, without_memory_nobody_is_first);
	suite_add_tcase(s, t);
	return suite_run(s);
}

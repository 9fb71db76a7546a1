/* SPDX-License-Identifier: MIT */

#include "audit/repeats.h"
#include "policy/builtin.h"
#include "support/suite.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SLOTS  64
#define MINUTE INT64_C(60000000)

static void           *memory;
static struct repeats *repeats;
static uint64_t        written;                 /* sum of counts in lines */
static uint32_t        slot;
static bool            is_known;

static const struct category category = { .id = "update", .title = "U", .signature_id = 1791001 };

static void set_up(void)
{
	memory  = calloc(1, repeats_bytes(SLOTS));
	repeats = repeats_new(memory, SLOTS, MINUTE, 1);
	written = 0;
	is_known = true;
	ck_assert_ptr_nonnull(repeats);
}

static void tear_down(void)
{
	repeats_free(repeats);
	free(memory);
}

static struct event attempt(int device, const char *host, int64_t time_us)
{
	struct event e = { .type = EVENT_BLOCK, .app = APP_TLS, .time_us = time_us, .has_mac = true,
	                   .mac = { 2, 0, 0, 0, (uint8_t)(device >> 8), (uint8_t)device } };

	e.decision.has_rule      = true;
	e.decision.rule.category = &category;
	ck_assert_int_eq(host_from_text(bytes_text(host), &e.host), PARSE_OK);
	return e;
}

/* As the journal does it. */
static enum repeat try(int device, const char *host, int64_t time_us)
{
	struct event e    = attempt(device, host, time_us);
	enum repeat  what = repeats_add(repeats, &e, is_known, &slot);

	if (what == REPEAT_COUNTED) {
		repeats_keep(repeats, slot, bytes_text(host), time_us);
	} else {
		repeats_wrote(repeats);
		written++;
	}
	return what;
}

static size_t write_due(int64_t now_us, bool all)
{
	struct repeat_due due;
	size_t            lines = 0;

	for (; repeats_due(repeats, now_us, all, &due); lines++) {
		written += due.count;
		repeats_written(repeats, due.slot, now_us);
	}
	return lines;
}

START_TEST(the_first_attempt_is_written_at_once_the_second_is_counted)
{
	struct repeat_due due;

	ck_assert_int_eq(try(1, "a.com", 0), REPEAT_FIRST);
	ck_assert_int_eq(try(1, "a.com", 5), REPEAT_COUNTED);
	ck_assert_int_eq(try(1, "a.com", 9), REPEAT_COUNTED);
	ck_assert_uint_eq(repeats_attempts(repeats), 3);
	ck_assert_uint_eq(repeats_pending(repeats), 2);
	ck_assert(!repeats_due(repeats, MINUTE - 1, false, &due));
	ck_assert(repeats_due(repeats, MINUTE, false, &due));
	ck_assert_uint_eq(due.count, 2);
	ck_assert_int_eq(due.first_us, 5);
	ck_assert_bytes(due.text, "a.com");
	ck_assert_int_eq(due.folded, FOLDED_NOT);
	repeats_written(repeats, due.slot, MINUTE);
	ck_assert_uint_eq(repeats_pending(repeats), 0);
	ck_assert(!repeats_due(repeats, MINUTE, true, &due));
}

START_TEST(another_host_device_layer_outcome_or_doubt_is_counted_apart)
{
	struct event e = attempt(1, "a.com", 0);

	ck_assert_int_eq(try(1, "a.com", 0), REPEAT_FIRST);
	ck_assert_int_eq(try(1, "b.com", 0), REPEAT_FIRST);
	ck_assert_int_eq(try(2, "a.com", 0), REPEAT_FIRST);
	e.app = APP_DNS;
	ck_assert_int_eq(repeats_add(repeats, &e, true, &slot), REPEAT_FIRST);
	e.asked = ASKED_NO;
	ck_assert_int_eq(repeats_add(repeats, &e, true, &slot), REPEAT_FIRST);
	e.type = EVENT_WOULD_BLOCK;
	ck_assert_int_eq(repeats_add(repeats, &e, true, &slot), REPEAT_FIRST);
	e.has_mac = false;
	ck_assert_int_eq(repeats_add(repeats, &e, true, &slot), REPEAT_FIRST);
	ck_assert_int_eq(try(1, "a.com", 1), REPEAT_COUNTED);
	ck_assert_uint_eq(repeats_devices(repeats), 3);
}

START_TEST(the_windows_of_a_client_that_goes_on_are_1_2_4_8_15_and_15_minutes)
{
	static const int minutes[] = { 1, 2, 4, 8, 15, 15 };
	int64_t          now       = 0;

	try(1, "a.com", now);
	for (size_t i = 0; i < COUNT(minutes); i++) {
		try(1, "a.com", now + 1);
		ck_assert_uint_eq(write_due(now + minutes[i] * MINUTE - 1, false), 0);
		now += minutes[i] * MINUTE;
		ck_assert_uint_eq(write_due(now, false), 1);
	}
}

START_TEST(without_a_window_every_attempt_is_a_first_one)
{
	repeats_free(repeats);
	repeats = repeats_new(memory, SLOTS, 0, 1);
	for (int i = 0; i < 5; i++)
		ck_assert_int_eq(try(1, "a.com", i), REPEAT_FIRST);
	/* But for those that cannot be written. */
	repeats_keep(repeats, slot, BYTES("a"), 5);
	ck_assert_uint_eq(write_due(5, false), 1);
	ck_assert_int_eq(try(1, "a.com", 6), REPEAT_FIRST);
}

START_TEST(a_quiet_window_makes_the_next_attempt_a_first_one_again)
{
	try(1, "a.com", 0);
	try(1, "a.com", 1);
	write_due(MINUTE, false);
	write_due(3 * MINUTE, false);
	ck_assert_int_eq(try(1, "a.com", 4 * MINUTE), REPEAT_FIRST);
	ck_assert_int_eq(try(1, "a.com", 4 * MINUTE + 1), REPEAT_COUNTED);
	ck_assert_uint_eq(write_due(5 * MINUTE, false), 1);
}

START_TEST(a_device_that_only_asks_for_the_test_name_does_not_try)
{
	struct event e = attempt(1, "1.blocked.filterd.test", 0);

	builtin_decide(BUILTIN_PROBE, OUTCOME_BLOCK, &e.decision);
	ck_assert_int_eq(repeats_add(repeats, &e, true, &slot), REPEAT_FIRST);
	ck_assert_uint_eq(repeats_devices(repeats), 0);
	ck_assert_int_eq(try(1, "a.com", 0), REPEAT_FIRST);
	ck_assert_int_eq(try(1, "b.com", 1), REPEAT_FIRST);
	ck_assert_uint_eq(repeats_devices(repeats), 1);
	write_due(16 * MINUTE, false);
	ck_assert_uint_eq(repeats_devices(repeats), 0);
}

START_TEST(a_device_that_is_quiet_for_a_quarter_of_an_hour_is_forgotten)
{
	try(1, "a.com", 0);
	write_due(14 * MINUTE, false);
	ck_assert_uint_eq(repeats_devices(repeats), 1);
	write_due(16 * MINUTE, false);
	ck_assert_uint_eq(repeats_devices(repeats), 0);
}

START_TEST(a_clock_that_is_set_back_does_not_hold_counts_back)
{
	try(1, "a.com", 1000 * MINUTE);
	try(1, "a.com", 1000 * MINUTE);
	ck_assert_uint_eq(write_due(MINUTE, false), 1);
}

START_TEST(an_attempt_whose_line_failed_is_counted_instead)
{
	struct event      e = attempt(1, "a.com", 0);
	struct repeat_due due;

	ck_assert_int_eq(repeats_add(repeats, &e, true, &slot), REPEAT_FIRST);
	repeats_keep(repeats, slot, BYTES("text"), 0);
	ck_assert_uint_eq(repeats_attempts(repeats), 1);
	ck_assert(repeats_due(repeats, 0, true, &due));
	ck_assert_uint_eq(due.count, 1);
}

START_TEST(names_beyond_a_devices_share_fold_into_its_category)
{
	struct repeat_due due;
	char              host[32];
	bool              folded = false;

	for (int i = 0; i < 1000; i++) {
		snprintf(host, sizeof(host), "n%d.com", i);
		try(1, host, i);
	}
	ck_assert_uint_le(written, SLOTS / 8 + 1);
	ck_assert_int_eq(try(2, "n1.com", 1), REPEAT_FIRST);    /* another device has room */
	while (repeats_due(repeats, MINUTE, true, &due)) {
		folded |= due.folded == FOLDED_DEVICE && strcmp(due.category, "update") == 0;
		written += due.count;
		repeats_written(repeats, due.slot, MINUTE);
	}
	ck_assert(folded);
	ck_assert_uint_eq(written, 1001);
}

START_TEST(devices_beyond_the_table_fold_into_the_category)
{
	struct repeat_due due;
	uint64_t          folded = 0;

	for (int i = 0; i < 1000; i++)
		try(i, "a.com", i);
	while (repeats_due(repeats, MINUTE, true, &due)) {
		if (due.folded == FOLDED_CATEGORY)
			folded += due.count;
		written += due.count;
		repeats_written(repeats, due.slot, MINUTE);
	}
	ck_assert_uint_eq(written, 1000);
	ck_assert_uint_ge(folded, 1000 - SLOTS - 1);
}

/* What the records say at the end, by how they are folded. */
static void sum_up(uint64_t counts_out[4])
{
	struct repeat_due due;

	memset(counts_out, 0, 4 * sizeof(*counts_out));
	while (repeats_due(repeats, MINUTE, true, &due)) {
		counts_out[due.folded] += due.count;
		written += due.count;
		repeats_written(repeats, due.slot, MINUTE);
	}
}

START_TEST(made_up_devices_fold_into_their_host_and_known_ones_keep_their_place)
{
	uint64_t counts[4];
	char     host[32];

	ck_assert_int_eq(try(1, "a.com", 0), REPEAT_FIRST);
	is_known = false;
	for (int i = 0; i < 3000; i++)
		try(1000 + i, i % 2 == 0 ? "a.com" : "b.com", i);
	ck_assert_uint_le(written, 1 + SLOTS / 2 + 2);
	is_known = true;
	/* one that was there, and has not tried before */
	ck_assert_int_eq(try(2, "a.com", 3000), REPEAT_FIRST);
	for (int i = 0; i < SLOTS / 8; i++) {
		snprintf(host, sizeof(host), "n%d.com", i);
		ck_assert_int_eq(try(3, host, 3000), REPEAT_FIRST);
	}
	ck_assert_int_eq(try(1, "a.com", 3001), REPEAT_COUNTED);
	ck_assert_int_eq(try(2, "a.com", 3001), REPEAT_COUNTED);
	sum_up(counts);
	ck_assert_uint_eq(counts[FOLDED_NOT], 2);
	ck_assert_uint_eq(counts[FOLDED_HOST], 3000 - SLOTS / 2 - 2);
	ck_assert_uint_eq(counts[FOLDED_CATEGORY] + counts[FOLDED_DEVICE], 0);
	ck_assert_uint_eq(written, 3004 + SLOTS / 8);
}

START_TEST(made_up_devices_that_make_up_hosts_too_fold_into_their_category)
{
	uint64_t counts[4];
	char     host[32];

	is_known = false;
	for (int i = 0; i < 3000; i++) {
		snprintf(host, sizeof(host), "n%d.com", i);
		try(1000 + i, host, i);
	}
	is_known = true;
	ck_assert_int_eq(try(1, "a.com", 3000), REPEAT_FIRST);
	sum_up(counts);
	ck_assert_uint_ge(counts[FOLDED_CATEGORY], 3000 - SLOTS);
	ck_assert_uint_eq(written, 3001);
}

/* A stranger with many hosts is one device all the same. */
START_TEST(a_new_device_beyond_its_share_folds_into_its_category)
{
	uint64_t counts[4];
	char     host[32];

	is_known = false;
	for (int i = 0; i < 100; i++) {
		snprintf(host, sizeof(host), "n%d.com", i);
		try(1, host, i);
	}
	sum_up(counts);
	ck_assert_uint_eq(counts[FOLDED_DEVICE], 100 - SLOTS / 8 - 1);
	ck_assert_uint_eq(written, 100);
}

START_TEST(a_device_that_is_known_by_now_leaves_its_place_to_new_ones)
{
	is_known = false;
	for (int i = 0; i < SLOTS / 2; i++)
		ck_assert_int_eq(try(i, "a.com", i), REPEAT_FIRST);
	ck_assert_int_eq(try(100, "a.com", 0), REPEAT_FIRST);   /* of its host */
	ck_assert_int_eq(try(101, "a.com", 0), REPEAT_COUNTED);
	is_known = true;
	ck_assert_int_eq(try(0, "a.com", 0), REPEAT_COUNTED);
	ck_assert_int_eq(try(1, "a.com", 0), REPEAT_COUNTED);
	is_known = false;
	ck_assert_int_eq(try(102, "a.com", 0), REPEAT_FIRST);
	ck_assert_int_eq(try(103, "a.com", 0), REPEAT_COUNTED);
}

START_TEST(what_finds_no_slot_at_all_is_still_counted)
{
	static struct category other[SLOTS + 1];
	static char            ids[SLOTS + 1][8];
	struct repeat_due      due;
	uint64_t               counted = 0;

	/* More categories than slots. */
	for (int i = 0; i <= SLOTS; i++) {
		struct event e = attempt(i, "a.com", 0);

		snprintf(ids[i], sizeof(ids[i]), "c%d", i);
		other[i]                 = (struct category){ .id = ids[i] };
		e.decision.rule.category = &other[i];
		repeats_add(repeats, &e, true, &slot);
		repeats_keep(repeats, slot, BYTES("x"), 0);
	}
	while (repeats_due(repeats, 0, true, &due)) {
		counted += due.count;
		if (due.text.len == 0)
			ck_assert_str_eq(due.category, "other");
		repeats_written(repeats, due.slot, 0);
	}
	ck_assert_uint_eq(counted, SLOTS + 1);
	ck_assert_uint_eq(repeats_pending(repeats), 0);
}

START_TEST(another_process_finds_what_was_pending)
{
	struct repeat_due due;
	struct repeats   *next;

	try(1, "a.com", 0);
	try(1, "a.com", 1);
	try(1, "a.com", 2);
	try(2, "b.com", 3);
	next = repeats_adopt(memory, repeats_bytes(SLOTS));
	ck_assert_ptr_nonnull(next);
	ck_assert_uint_eq(repeats_pending(next), 2);
	ck_assert(repeats_due(next, 0, true, &due));
	ck_assert_uint_eq(due.count, 2);
	ck_assert_bytes(due.text, "a.com");
	repeats_written(next, due.slot, 0);
	ck_assert(!repeats_due(next, 0, true, &due));
	repeats_free(next);
}

START_TEST(a_text_that_was_cut_short_by_death_is_not_taken_for_one)
{
	struct repeat_due due;
	struct repeats   *next;
	uint8_t          *at;

	try(1, "a.com", 0);
	try(1, "a.com", 1);
	at = memmem(memory, repeats_bytes(SLOTS), "a.com", 5);
	ck_assert_ptr_nonnull(at);
	at[2] = 'X';
	next  = repeats_adopt(memory, repeats_bytes(SLOTS));
	ck_assert(repeats_due(next, 0, true, &due));
	ck_assert_uint_eq(due.text.len, 0);
	ck_assert_uint_eq(due.count, 1);
	ck_assert_str_eq(due.category, "update");
	repeats_free(next);
}

START_TEST(memory_that_is_no_table_is_not_adopted)
{
	ck_assert_ptr_null(repeats_adopt(memory, 8));
	ck_assert_ptr_null(repeats_adopt(memory, repeats_bytes(SLOTS) - 1));
	memset(memory, 0, 8);
	ck_assert_ptr_null(repeats_adopt(memory, repeats_bytes(SLOTS)));
}

/*
 * Slots that were never taken are neither read nor written: in a file under /run they are no memory
 * then.
 */
START_TEST(what_lies_in_slots_that_were_never_taken_is_left_alone)
{
	const size_t    used = repeats_bytes(1);
	struct repeats *next;

	repeats_free(repeats);
	memset(memory, 0xff, repeats_bytes(SLOTS));
	repeats = repeats_new(memory, SLOTS, MINUTE, 1);
	try(1, "a.com", 0);
	try(1, "a.com", 1);
	next = repeats_adopt(memory, repeats_bytes(SLOTS));
	ck_assert_ptr_nonnull(next);
	ck_assert_uint_eq(repeats_pending(next), 1);
	repeats_free(next);
	ck_assert_uint_eq(write_due(MINUTE, false), 1);
	ck_assert_uint_eq(write_due(100 * MINUTE, true), 0);
	for (size_t i = used; i < repeats_bytes(SLOTS); i++)
		ck_assert_uint_eq(((const uint8_t *)memory)[i], 0xff);
}

/*
 * Whatever comes, lines and what is pending make up all attempts, and the table empties in the end.
 */
START_TEST(no_attempt_goes_uncounted)
{
	char    host[32];
	int64_t now = 0;

	srand((unsigned)_i);
	for (int i = 0; i < 20000; i++) {
		now += rand() % (rand() % 50 == 0 ? (int)MINUTE : 1000);
		snprintf(host, sizeof(host), "n%d.com", rand() % 40);
		is_known = rand() % 2 == 0;
		try(rand() % 30, host, now);
		if (rand() % 20 == 0)
			write_due(now, false);
		ck_assert_uint_eq(written + repeats_pending(repeats), repeats_attempts(repeats));
	}
	ck_assert_uint_eq(repeats_attempts(repeats), 20000);
	for (int i = 0; i < 40; i++)
		write_due(now += MINUTE, false);
	ck_assert_uint_eq(written, 20000);
	ck_assert_uint_eq(repeats_devices(repeats), 0);
}

int main(void)
{
	Suite *s = suite_create("repeats");
	TCase *t = tcase_create("repeats");

	tcase_add_checked_fixture(t, set_up, tear_down);
	tcase_add_test(t, memory_that_is_no_table_is_not_adopted);
	tcase_add_test(t, the_first_attempt_is_written_at_once_the_second_is_counted);
	tcase_add_test(t, another_host_device_layer_outcome_or_doubt_is_counted_apart);
	tcase_add_test(t, the_windows_of_a_client_that_goes_on_are_1_2_4_8_15_and_15_minutes);
	tcase_add_test(t, without_a_window_every_attempt_is_a_first_one);
	tcase_add_test(t, a_quiet_window_makes_the_next_attempt_a_first_one_again);
	tcase_add_test(t, a_device_that_only_asks_for_the_test_name_does_not_try);
	tcase_add_test(t, a_device_that_is_quiet_for_a_quarter_of_an_hour_is_forgotten);
	tcase_add_test(t, a_clock_that_is_set_back_does_not_hold_counts_back);
	tcase_add_test(t, an_attempt_whose_line_failed_is_counted_instead);
	tcase_add_test(t, names_beyond_a_devices_share_fold_into_its_category);
	tcase_add_test(t, devices_beyond_the_table_fold_into_the_category);
	tcase_add_test(t, made_up_devices_fold_into_their_host_and_known_ones_keep_their_place);
	tcase_add_test(t, made_up_devices_that_make_up_hosts_too_fold_into_their_category);
	tcase_add_test(t, a_new_device_beyond_its_share_folds_into_its_category);
	tcase_add_test(t, a_device_that_is_known_by_now_leaves_its_place_to_new_ones);
	tcase_add_test(t, what_finds_no_slot_at_all_is_still_counted);
	tcase_add_test(t, another_process_finds_what_was_pending);
	tcase_add_test(t, a_text_that_was_cut_short_by_death_is_not_taken_for_one);
	tcase_add_test(t, what_lies_in_slots_that_were_never_taken_is_left_alone);
	tcase_add_loop_test(t, no_attempt_goes_uncounted, 0, 8);
	suite_add_tcase(s, t);
	return suite_run(s);
}

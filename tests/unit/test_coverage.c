/* SPDX-License-Identifier: MIT */

#include "review/coverage.h"
#include "support/suite.h"

#include <stdio.h>
#include <string.h>

#define S   INT64_C(1000000)            /* a second */
#define T0  INT64_C(1793491200000000)   /* 2026-11-01 00:00:00 */
#define A64 "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
#define B64 "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb"

static struct coverage c;

/*
 * Where the machine's clock and the wall clock are: seconds since T0 for both, until somebody sets
 * one.
 */
static int64_t  wall_s;
static uint64_t mono_s, seq;

static void set_up(void)
{
	memset(&c, 0, sizeof(c));
	wall_s = 0;
	mono_s = 1000;
	seq    = 0;
}

static void pass(int64_t seconds)
{
	wall_s += seconds;
	mono_s += (uint64_t)seconds;
}

static struct entry entry_now(enum entry_type type)
{
	return (struct entry){ .type = type, .has_time = true, .time_us = T0 + wall_s * S,
	                       .count = 1 };
}

static struct entry start_now(const char *boot)
{
	struct entry e = entry_now(ENTRY_START);

	e.boot           = bytes_text(boot);
	e.up_s           = mono_s;
	e.state          = BYTES("enforcing");
	e.hooks          = BYTES("ok");
	e.has_unfiltered = true;
	e.policy         = BYTES(A64);
	e.rules          = 54;
	return e;
}

static struct entry beat_now(void)
{
	struct entry e = entry_now(ENTRY_HEARTBEAT);

	e.mono_ms        = mono_s * 1000;
	e.every_s        = 60;
	e.state          = BYTES("enforcing");
	e.hooks          = BYTES("ok");
	e.has_unfiltered = true;
	e.policy         = BYTES(A64);
	return e;
}

static void start(const char *boot)
{
	struct entry e = start_now(boot);

	coverage_record(&c, &e, seq++);
}

static void beat(void)
{
	struct entry e = beat_now();

	coverage_record(&c, &e, seq++);
}

static void beats(unsigned num)
{
	while (num-- > 0) {
		pass(60);
		beat();
	}
}

static void stop(void)
{
	struct entry e = entry_now(ENTRY_STOP);

	e.reason = BYTES("SIGTERM");
	coverage_record(&c, &e, seq++);
}

static void attempt(void)
{
	struct entry e = entry_now(ENTRY_BLOCK);

	coverage_record(&c, &e, seq++);
}

static void state(const char *from, const char *to, const char *reason)
{
	struct entry e = entry_now(ENTRY_STATE);

	e.from   = bytes_text(from);
	e.to     = bytes_text(to);
	e.reason = bytes_text(reason);
	coverage_record(&c, &e, seq++);
}

static void said_gap(const char *from, const char *to, const char *reason)
{
	struct entry e = entry_now(ENTRY_GAP);

	e.from   = bytes_text(from);
	e.to     = bytes_text(to);
	e.reason = bytes_text(reason);
	coverage_record(&c, &e, seq++);
}

static void end(void)
{
	coverage_end(&c, INT64_MAX);
}

/* Seconds since T0, and of length. */
#define ck_assert_gap(number, kind_, from_s, to_s, length_s, packets_) do { \
	const struct gap *g_ = &c.gaps[number]; \
	ck_assert_uint_gt(c.num_kept, number); \
	ck_assert_str_eq(gap_kind_name(g_->kind), gap_kind_name(kind_)); \
	ck_assert_int_eq((g_->from_us - T0) / S, from_s); \
	ck_assert_int_eq((g_->to_us - T0) / S, to_s); \
	ck_assert_int_eq(g_->length_us, (length_s) * S); \
	ck_assert_uint_eq(g_->packets, packets_); \
} while (0)

#define ck_assert_sums(num_gaps_, gaps_s, span_s) do { \
	ck_assert_uint_eq(c.num_gaps, num_gaps_); \
	ck_assert_int_eq(c.gaps_us, (gaps_s) * S); \
	ck_assert_int_eq(c.span_us, (span_s) * S); \
} while (0)

START_TEST(nothing_at_all_covers_nothing)
{
	end();
	ck_assert(!c.has_span);
	ck_assert_uint_eq(coverage_ppm(&c), 0);
}

START_TEST(a_run_with_its_heartbeats_is_covered)
{
	start("a");
	beats(60);
	pass(10);
	attempt();
	pass(5);
	stop();
	end();
	ck_assert_sums(0, 0, 3615);
	ck_assert_int_eq(c.from_us, T0);
	ck_assert_int_eq(c.to_us, T0 + 3615 * S);
	ck_assert_uint_eq(coverage_ppm(&c), 1000000);
}

/* A day's records are taken out: that is no silence of the filter's. */
START_TEST(records_that_are_missing_are_a_gap_of_their_own)
{
	start("a");
	beats(10);
	coverage_lost(&c, 1440);
	seq += 1440;
	pass(86400);
	beat();
	beats(10);
	end();
	ck_assert_sums(1, 86400, 87600);
	ck_assert_gap(0, GAP_MISSING, 600, 87000, 86400, 0);
	ck_assert(!c.gaps[0].packets_known);
	ck_assert_uint_eq(c.gaps[0].from_seq, 10);
	ck_assert_uint_eq(c.gaps[0].to_seq, 1451);
	ck_assert_uint_eq(coverage_num_uncounted(&c), 1);
}

START_TEST(records_that_are_missing_before_an_attempt_or_a_start_too)
{
	start("a");
	beats(10);
	coverage_lost(&c, 60);
	pass(3570);
	attempt();
	pass(30);
	beat();
	coverage_lost(&c, 60);
	pass(3600);
	start("b");
	beats(1);
	end();
	ck_assert_sums(2, 3570 + 3600, 600 + 3600 + 3600 + 60);
	ck_assert_gap(0, GAP_MISSING, 600, 4170, 3570, 0);
	ck_assert_gap(1, GAP_MISSING, 4200, 7800, 3600, 0);
}

/* What the next heartbeat counted passed in the missing time, at least. */
START_TEST(packets_that_passed_are_counted_in_the_missing_time)
{
	struct entry e;

	start("a");
	beats(1);
	coverage_lost(&c, 60);
	pass(3600);
	e            = beat_now();
	e.unfiltered = 12;
	coverage_record(&c, &e, seq++);
	end();
	ck_assert_gap(0, GAP_MISSING, 60, 3660, 3600, 12);
	ck_assert(c.gaps[0].packets_known);
}

/* The run after it may be another, of another boot: no clock was set. */
START_TEST(behind_missing_records_no_clock_is_held_against_the_one_before)
{
	start("a");
	beats(1);
	coverage_lost(&c, 60);
	pass(3600);
	mono_s = 999999;
	beats(2);
	end();
	ck_assert_uint_eq(c.num_clock_steps, 0);
	ck_assert_sums(1, 3660, 60 + 3660 + 60);
}

START_TEST(an_attempt_that_is_written_late_carries_its_own_time)
{
	struct entry e;

	start("a");
	beats(2);
	e = entry_now(ENTRY_BLOCK);
	e.time_us -= 50 * S;            /* repeats, written at the end of their window */
	coverage_record(&c, &e, seq++);
	beats(1);
	end();
	ck_assert_sums(0, 0, 180);
}

/* Down. */

START_TEST(from_stop_to_start_it_was_stopped)
{
	struct entry e;

	start("a");
	beats(10);
	pass(30);
	stop();
	pass(36);
	e = start_now("a");
	e.unfiltered = 7;
	coverage_record(&c, &e, seq++);
	beats(5);
	end();
	ck_assert_sums(1, 36, 966);
	ck_assert_gap(0, GAP_STOPPED, 630, 666, 36, 7);
	ck_assert(c.gaps[0].packets_known);
	ck_assert_str_eq(c.gaps[0].reason, "stopped (SIGTERM); started again");
	ck_assert_uint_eq(c.unfiltered, 7);
	ck_assert_uint_eq(coverage_ppm(&c), (966 - 36) * 1000000 / 966);
}

START_TEST(without_a_stop_it_was_killed_and_the_gap_begins_at_the_last_record)
{
	struct entry e;

	start("a");
	beats(10);
	pass(10);
	attempt();
	pass(25);
	e = start_now("a");
	e.unfiltered = 12;
	coverage_record(&c, &e, seq++);
	end();
	ck_assert_sums(1, 25, 635);
	ck_assert_gap(0, GAP_KILLED, 610, 635, 25, 12);
	ck_assert(c.gaps[0].packets_known);
}

START_TEST(a_filter_that_cannot_count_packets_does_not_know_how_many)
{
	struct entry e;

	start("a");
	pass(10);
	e = start_now("a");
	e.has_unfiltered = false;
	coverage_record(&c, &e, seq++);
	ck_assert_gap(0, GAP_KILLED, 0, 10, 10, 0);
	ck_assert(!c.gaps[0].packets_known);
}

/*
 * The kernel's counters begin at 0 with the machine: what passed before it went down, nobody knows.
 */
START_TEST(another_boot_means_that_the_machine_was_off)
{
	start("a");
	beats(10);
	pass(25200);
	mono_s = 12;
	start("b");
	beats(1);
	end();
	ck_assert_sums(1, 25200, 25860);
	ck_assert_gap(0, GAP_OFF, 600, 25800, 25200, 0);
	ck_assert(!c.gaps[0].packets_known);
	ck_assert_uint_eq(c.num_clock_steps, 0);
}

START_TEST(a_machine_that_is_shut_down_was_off_though_the_filter_stopped_before)
{
	struct entry e;

	start("a");
	beats(1);
	stop();
	pass(300);
	mono_s = 30;
	e = start_now("b");
	e.unfiltered = 3;
	coverage_record(&c, &e, seq++);
	ck_assert_gap(0, GAP_OFF, 60, 360, 300, 3);
	ck_assert(c.gaps[0].packets_known);
	ck_assert_str_eq(c.gaps[0].reason,
	                 "stopped (SIGTERM); the machine was off or started anew");
}

START_TEST(a_boot_without_a_name_is_known_by_a_clock_that_began_anew)
{
	start("");
	beats(10);
	pass(300);
	mono_s = 12;
	start("");
	ck_assert_gap(0, GAP_OFF, 600, 900, 300, 0);
}

START_TEST(a_log_that_begins_in_the_middle_of_a_run_ends_that_run_without_a_stop)
{
	attempt();
	pass(10);
	start("a");
	ck_assert_gap(0, GAP_KILLED, 0, 10, 10, 0);
}

START_TEST(a_log_of_heartbeats_alone_is_covered)
{
	beat();
	beats(5);
	end();
	ck_assert_sums(0, 0, 300);
}

/* Silence. */

START_TEST(twice_the_interval_is_covered)
{
	start("a");
	pass(120);
	beat();
	end();
	ck_assert_sums(0, 0, 120);
}

START_TEST(more_than_twice_the_interval_is_a_gap_from_heartbeat_to_heartbeat)
{
	struct entry e;

	start("a");
	beats(1);
	pass(121);
	e = beat_now();
	e.unfiltered = 9;
	coverage_record(&c, &e, seq++);
	beats(1);
	end();
	ck_assert_sums(1, 121, 241);
	ck_assert_gap(0, GAP_SILENT, 60, 181, 121, 9);
	ck_assert(c.gaps[0].packets_known);
}

START_TEST(attempts_do_not_stand_in_for_heartbeats)
{
	start("a");
	beats(1);
	for (int i = 0; i < 30; i++) {
		pass(10);
		attempt();
	}
	beat();
	end();
	ck_assert_sums(1, 300, 360);
}

START_TEST(an_interval_that_was_made_shorter_is_not_held_against_the_time_before)
{
	struct entry e;

	start("a");
	for (int i = 0; i < 2; i++) {
		pass(300);
		e = beat_now();
		e.every_s = 300;
		coverage_record(&c, &e, seq++);
	}
	pass(250);
	beat();
	end();
	ck_assert_sums(0, 0, 850);
}

/* Not enforcing, no rules. */

START_TEST(observing_is_a_gap_until_it_enforces)
{
	struct entry e;

	start("a");
	beats(1);
	pass(10);
	state("enforcing", "observing", "mode = observe");
	for (int i = 0; i < 3; i++) {
		pass(60);
		e = beat_now();
		e.state = BYTES("observing");
		e.unfiltered = 2;
		coverage_record(&c, &e, seq++);
	}
	pass(5);
	state("observing", "enforcing", "settings were reloaded");
	beats(1);
	end();
	ck_assert_sums(1, 185, 315);
	ck_assert_gap(0, GAP_NOT_ENFORCING, 70, 255, 185, 6);
	ck_assert_str_eq(c.gaps[0].reason, "mode = observe");
}

START_TEST(a_start_before_the_date_waits_until_a_heartbeat_enforces)
{
	struct entry e = start_now("a");

	e.state = BYTES("waiting");
	coverage_record(&c, &e, seq++);
	beats(2);
	end();
	ck_assert_sums(1, 60, 120);
	ck_assert_gap(0, GAP_NOT_ENFORCING, 0, 60, 60, 0);
	ck_assert_str_eq(c.gaps[0].reason, "waiting");
}

START_TEST(a_heartbeat_that_says_no_state_covers_nothing)
{
	struct entry e;

	start("a");
	beats(1);
	e = beat_now();
	e.state = (struct bytes){ 0 };
	coverage_record(&c, &e, seq++);
	beats(1);
	end();
	ck_assert_sums(1, 60, 120);
	ck_assert_gap(0, GAP_NOT_ENFORCING, 60, 120, 60, 0);
}

START_TEST(rules_that_are_missing_are_missing_since_the_heartbeat_before)
{
	struct entry e;

	start("a");
	beats(1);
	for (int i = 0; i < 2; i++) {
		pass(60);
		e = beat_now();
		e.hooks = BYTES("missing");
		e.has_unfiltered = false;
		coverage_record(&c, &e, seq++);
	}
	beats(2);
	end();
	ck_assert_sums(1, 180, 300);
	ck_assert_gap(0, GAP_NO_RULES, 60, 240, 180, 0);
	ck_assert(c.gaps[0].packets_known);
}

START_TEST(rules_that_others_changed_or_that_protect_nobody_are_gaps)
{
	static const struct {
		struct bytes  hooks;
		enum gap_kind kind;
	} wrong[] = { { BYTES("changed"), GAP_CHANGED }, { BYTES("nobody"), GAP_NOBODY } };
	struct entry e;

	start("a");
	beats(1);
	pass(60);
	e       = beat_now();
	e.hooks = wrong[_i].hooks;
	coverage_record(&c, &e, seq++);
	beats(2);
	end();
	ck_assert_sums(1, 120, 240);
	ck_assert_gap(0, wrong[_i].kind, 60, 180, 120, 0);
	ck_assert_uint_eq(c.num_hooks_unknown, 0);
}

START_TEST(rules_that_nobody_can_read_back_are_counted)
{
	struct entry e;

	start("a");
	pass(60);
	e = beat_now();
	e.hooks = BYTES("unknown");
	coverage_record(&c, &e, seq++);
	end();
	ck_assert_sums(0, 0, 60);
	ck_assert_uint_eq(c.num_hooks_unknown, 1);
}

/* The time up to a heartbeat that does not know, as far as it is no gap otherwise. */
START_TEST(how_long_nobody_knew_of_the_rules_is_summed)
{
	struct entry e;

	start("a");
	beats(2);
	for (int i = 0; i < 3; i++) {
		pass(60);
		e = beat_now();
		e.hooks = BYTES("unknown");
		coverage_record(&c, &e, seq++);
	}
	pass(20);
	state("enforcing", "observing", "mode = observe");
	pass(30);
	state("observing", "enforcing", "mode = enforce");
	pass(10);
	e = beat_now();
	e.hooks = BYTES("unknown");
	coverage_record(&c, &e, seq++);
	beats(4);
	end();
	ck_assert_sums(1, 30, 600);
	ck_assert_uint_eq(c.num_hooks_unknown, 4);
	ck_assert_int_eq(c.hooks_unknown_us, (180 + 30) * S);
}

START_TEST(a_gap_under_way_ends_with_the_filter_and_down_time_follows)
{
	struct entry e = start_now("a");

	e.state = BYTES("observing");
	coverage_record(&c, &e, seq++);
	pass(100);
	stop();
	pass(30);
	start("a");
	beats(1);
	end();
	ck_assert_sums(2, 130, 190);
	ck_assert_gap(0, GAP_NOT_ENFORCING, 0, 100, 100, 0);
	ck_assert_gap(1, GAP_STOPPED, 100, 130, 30, 0);
}

START_TEST(a_gap_that_ended_with_the_filter_is_not_open)
{
	start("a");
	beats(1);
	state("enforcing", "observing", "mode = observe");
	pass(10);
	stop();
	end();
	ck_assert_gap(0, GAP_NOT_ENFORCING, 60, 70, 10, 0);
	ck_assert(!c.gaps[0].is_open);
}

START_TEST(a_gap_under_way_when_it_was_killed_is_not_open)
{
	start("a");
	beats(1);
	state("enforcing", "observing", "mode = observe");
	pass(10);
	start("a");
	ck_assert_gap(0, GAP_NOT_ENFORCING, 60, 60, 0, 0);
	ck_assert(!c.gaps[0].is_open);
	ck_assert_gap(1, GAP_KILLED, 60, 70, 10, 0);
}

/* Each moment once. */

START_TEST(silence_while_observing_is_not_counted_twice)
{
	struct entry e = start_now("a");

	e.state = BYTES("observing");
	coverage_record(&c, &e, seq++);
	pass(1000);
	e = beat_now();
	e.state = BYTES("observing");
	coverage_record(&c, &e, seq++);
	pass(60);
	beat();
	end();
	ck_assert_sums(1, 1060, 1060);
	ck_assert_uint_eq(coverage_ppm(&c), 0);
}

START_TEST(rules_missing_after_a_silence_are_not_counted_twice)
{
	struct entry e;

	start("a");
	beats(1);
	pass(500);
	e = beat_now();
	e.hooks      = BYTES("missing");
	e.unfiltered = 4;
	coverage_record(&c, &e, seq++);
	beats(1);
	end();
	ck_assert_sums(2, 560, 620);
	ck_assert_gap(0, GAP_SILENT, 60, 560, 500, 4);
	ck_assert_gap(1, GAP_NO_RULES, 60, 620, 60, 0);
}

START_TEST(observing_for_a_part_of_a_silence_leaves_the_rest_to_the_silence)
{
	start("a");
	beats(1);
	pass(100);
	state("enforcing", "observing", "mode = observe");
	pass(50);
	state("observing", "enforcing", "mode = enforce");
	pass(150);
	beat();
	end();
	ck_assert_sums(2, 300, 360);
	ck_assert_gap(0, GAP_NOT_ENFORCING, 160, 210, 50, 0);
	ck_assert_gap(1, GAP_SILENT, 60, 360, 250, 0);
}

START_TEST(from_observing_to_rules_missing_one_gap_follows_the_other)
{
	struct entry e = start_now("a");

	e.state = BYTES("observing");
	coverage_record(&c, &e, seq++);
	pass(60);
	e = beat_now();
	e.hooks = BYTES("missing");
	coverage_record(&c, &e, seq++);
	beats(1);
	end();
	ck_assert_sums(2, 120, 120);
	ck_assert_gap(0, GAP_NOT_ENFORCING, 0, 60, 60, 0);
	ck_assert_int_eq(c.gaps[1].kind, GAP_NO_RULES);
	ck_assert_int_eq(c.gaps[1].length_us, 60 * S);
}

/* Packets that passed unseen while it ran. */

START_TEST(packets_that_passed_a_full_queue_make_a_gap_of_their_heartbeat)
{
	struct entry e;

	start("a");
	beats(1);
	pass(60);
	e = beat_now();
	e.unfiltered = 5;
	e.fail_open  = 5;
	coverage_record(&c, &e, seq++);
	beats(1);
	end();
	ck_assert_sums(1, 60, 180);
	ck_assert_gap(0, GAP_UNSEEN, 60, 120, 60, 5);
	ck_assert_str_eq(c.gaps[0].reason, "packets went by that nobody judged");
	ck_assert_uint_eq(c.unfiltered, 5);
}

START_TEST(packets_that_only_the_queue_counted_are_counted_once)
{
	struct entry e = start_now("a");

	e.has_unfiltered = false;
	coverage_record(&c, &e, seq++);
	for (int i = 0; i < 3; i++) {
		pass(60);
		e = beat_now();
		e.has_unfiltered = false;
		e.fail_open      = 5;                   /* since the start */
		coverage_record(&c, &e, seq++);
	}
	end();
	ck_assert_sums(1, 60, 180);
	ck_assert_gap(0, GAP_UNSEEN, 0, 60, 60, 5);
	ck_assert_uint_eq(c.unfiltered, 5);
	ck_assert(!c.unfiltered_known);
}

START_TEST(packets_before_the_first_start_have_a_gap_of_no_length)
{
	struct entry e = start_now("a");

	e.unfiltered = 8;
	coverage_record(&c, &e, seq++);
	beats(1);
	end();
	ck_assert_sums(1, 0, 60);
	ck_assert_gap(0, GAP_UNSEEN, 0, 0, 0, 8);
}

START_TEST(packets_while_the_rules_were_missing_are_in_that_gap)
{
	struct entry e;

	start("a");
	pass(60);
	e = beat_now();
	e.hooks      = BYTES("missing");
	e.unfiltered = 100;
	coverage_record(&c, &e, seq++);
	pass(60);
	e = beat_now();
	e.unfiltered = 11;
	coverage_record(&c, &e, seq++);
	end();
	ck_assert_sums(1, 120, 120);
	ck_assert_gap(0, GAP_NO_RULES, 0, 120, 120, 111);
}

/* What passed as soon as the filter is not enforcing is no part of that gap. */
START_TEST(packets_before_a_gap_that_begins_now_have_their_own)
{
	struct entry e;

	start("a");
	pass(60);
	e = beat_now();
	e.state      = BYTES("observing");
	e.unfiltered = 3;
	coverage_record(&c, &e, seq++);
	beats(1);
	end();
	ck_assert_sums(2, 120, 120);
	ck_assert_gap(0, GAP_UNSEEN, 0, 60, 60, 3);
	ck_assert_gap(1, GAP_NOT_ENFORCING, 60, 120, 60, 0);
}

/* The log. */

START_TEST(a_log_that_says_it_is_degraded_proves_nothing_until_it_is_not)
{
	start("a");
	beats(10);
	pass(20);
	state("enforcing", "degraded", "the log cannot be written: No space left on device");
	pass(1000);
	said_gap("2026-11-01T00:10:20Z", "2026-11-01T00:27:00Z", "No space left on device");
	state("degraded", "enforcing", "the log can be written again");
	pass(30);
	beat();
	end();
	ck_assert_sums(1, 1000, 1650);
	ck_assert_gap(0, GAP_LOG, 620, 1620, 1000, 0);
	ck_assert(!c.gaps[0].is_note);
	ck_assert_str_eq(c.gaps[0].reason, "the log cannot be written: No space left on device");
}

START_TEST(nor_does_one_that_had_no_room_even_to_say_so)
{
	start("a");
	beats(10);
	pass(1020);
	said_gap("2026-11-01T00:10:20Z", "2026-11-01T00:27:00Z", "No space left on device");
	state("degraded", "enforcing", "the log can be written again");
	pass(30);
	beat();
	end();
	ck_assert_sums(1, 1000, 1650);
	ck_assert_gap(0, GAP_LOG, 620, 1620, 1000, 0);
	ck_assert(!c.gaps[0].is_note);
}

START_TEST(details_that_were_lost_while_heartbeats_went_on_are_a_note)
{
	start("a");
	beats(10);
	said_gap("2026-11-01T00:05:00Z", "2026-11-01T00:10:00Z",
	         "the details of these attempts could not be kept");
	beats(1);
	end();
	ck_assert_sums(1, 0, 660);
	ck_assert_gap(0, GAP_LOG, 300, 600, 300, 0);
	ck_assert(c.gaps[0].is_note);
	ck_assert_uint_eq(coverage_ppm(&c), 1000000);
}

START_TEST(a_note_does_not_hide_packets)
{
	struct entry e;

	start("a");
	beats(1);
	said_gap("2026-11-01T00:00:00Z", "2026-11-01T00:01:00Z",
	         "the details of these attempts could not be kept");
	pass(60);
	e = beat_now();
	e.unfiltered = 3;
	coverage_record(&c, &e, seq++);
	end();
	ck_assert_sums(2, 60, 120);
	ck_assert_gap(1, GAP_UNSEEN, 60, 120, 60, 3);
}

/* Clocks that are set. */

START_TEST(a_clock_set_forward_makes_no_gap)
{
	start("a");
	beats(1);
	wall_s += 86400;
	beats(2);
	end();
	ck_assert_sums(0, 0, 180);
	ck_assert_int_eq(c.to_us, T0 + (86400 + 180) * S);
	ck_assert_uint_eq(c.num_clock_steps, 1);
	ck_assert_int_eq(c.largest_step_us, 86400 * S);
	ck_assert_uint_eq(coverage_ppm(&c), 1000000);
}

START_TEST(a_clock_set_back_hides_no_gap)
{
	start("a");
	beats(1);
	pass(600);
	wall_s -= 600;
	beat();
	beats(1);
	end();
	ck_assert_sums(1, 600, 720);
	ck_assert_gap(0, GAP_SILENT, 60, 60, 600, 0);
	ck_assert_int_eq(c.largest_step_us, -600 * S);
}

START_TEST(a_clock_set_back_while_it_was_down_hides_no_gap)
{
	start("a");
	beats(1);
	pass(600);
	wall_s -= 7200;
	start("a");
	beats(1);
	end();
	ck_assert_sums(1, 600, 720);
	ck_assert_int_eq(c.gaps[0].length_us, 600 * S);
	ck_assert_uint_eq(c.num_clock_steps, 1);
	ck_assert_uint_eq(coverage_ppm(&c), 120 * 1000000 / 720);
}

/* Seconds since T0, of a time; and how long it was, and how much of it not covered. */
static void assert_between(int64_t from_s, int64_t to_s, int64_t span_s, int64_t gaps_s)
{
	int64_t span_us, gaps_us;

	coverage_between(&c, T0 + from_s * S, T0 + to_s * S, &span_us, &gaps_us);
	ck_assert_int_eq(span_us, span_s * S);
	ck_assert_int_eq(gaps_us, gaps_s * S);
}

START_TEST(a_part_of_a_log_has_the_parts_of_its_gaps)
{
	start("a");
	beats(1);
	stop();
	pass(600);
	start("a");
	beats(1);
	end();
	assert_between(0, 720, 720, 600);
	assert_between(-100, 10000, 720, 600);
	assert_between(0, 360, 360, 300);
	assert_between(360, 720, 360, 300);
	assert_between(0, 60, 60, 0);
	assert_between(100, 200, 100, 100);
	assert_between(800, 900, 0, 0);
	assert_between(200, 100, 0, 0);
}

/*
 * Ten minutes of silence, in which the wall clock went back by as much; a minute later it is set
 * forward by a day.
 */
START_TEST(a_part_of_a_log_is_measured_by_the_clock_that_nobody_sets)
{
	start("a");
	beats(1);
	pass(600);
	wall_s -= 600;
	beat();
	beats(1);
	wall_s += 86400;
	beats(3);
	end();
	ck_assert_sums(1, 600, 900);
	assert_between(0, 86400 + 300, 900, 600);       /* all */
	assert_between(0, 60, 60, 0);
	assert_between(90, 86400 + 300, 900 - 90, 570);
	/* the clock never showed 5000: up to the step */
	assert_between(100, 5000, 780 - 100, 560);
	/* nor, as far as is known, a moment before its next record */
	assert_between(86400 + 160, 86400 + 180, 0, 0);
	assert_between(86400 + 200, 86400 + 260, 60, 0);
	coverage_between(&c, INT64_MIN, INT64_MAX, &(int64_t){ 0 }, &(int64_t){ 0 });
}

START_TEST(a_gap_across_a_clock_set_forward_has_the_length_of_the_machines_clock)
{
	struct entry e;

	start("a");
	beats(1);
	wall_s += 1000000;
	pass(10);
	/* thought to be far beyond the next heartbeat */
	state("enforcing", "observing", "mode = observe");
	pass(20);
	state("observing", "enforcing", "mode = enforce");
	pass(30);
	e = beat_now();
	coverage_record(&c, &e, seq++);
	beats(1);
	end();
	ck_assert_int_eq(c.span_us, 180 * S);
	ck_assert_int_le(c.gaps_us, 60 * S);
	ck_assert_int_ge(c.gaps_us, 0);
}

/* A clock that starts in 1970 and is set by the network two minutes later. */
START_TEST(a_router_without_a_clock_is_covered_from_its_start_on)
{
	wall_s = -T0 / S;
	start("a");
	beats(2);
	wall_s = 0;
	beats(2);
	end();
	ck_assert_sums(0, 0, 240);
	ck_assert_uint_eq(coverage_ppm(&c), 1000000);
}

START_TEST(a_start_knows_whole_seconds_only)
{
	struct entry e = start_now("a");

	/* its clock was read after the heartbeat's would have been */
	e.up_s = mono_s + 1;
	coverage_record(&c, &e, seq++);
	pass(60);
	e = beat_now();
	e.mono_ms -= 500;
	coverage_record(&c, &e, seq++);
	end();
	ck_assert_sums(0, 0, 60);
	ck_assert_uint_eq(c.num_clock_steps, 0);
}

/* The end. */

START_TEST(a_log_under_way_is_covered_up_to_now)
{
	start("a");
	beats(1);
	coverage_end(&c, T0 + 180 * S);
	ck_assert_sums(0, 0, 180);
	ck_assert_int_eq(c.to_us, T0 + 180 * S);
}

START_TEST(a_log_that_went_silent_has_an_open_gap)
{
	start("a");
	beats(1);
	coverage_end(&c, T0 + 181 * S);
	ck_assert_sums(1, 121, 181);
	ck_assert_gap(0, GAP_SILENT, 60, 181, 121, 0);
	ck_assert(c.gaps[0].is_open);
	ck_assert(!c.gaps[0].packets_known);
}

START_TEST(a_filter_that_was_stopped_has_an_open_gap)
{
	start("a");
	beats(1);
	stop();
	coverage_end(&c, T0 + 61 * S);
	ck_assert_sums(1, 1, 61);
	ck_assert_gap(0, GAP_STOPPED, 60, 61, 1, 0);
	ck_assert(c.gaps[0].is_open);
}

START_TEST(a_gap_under_way_is_open_up_to_now)
{
	start("a");
	beats(1);
	state("enforcing", "observing", "mode = observe");
	coverage_end(&c, T0 + 100 * S);
	ck_assert_sums(1, 40, 100);
	ck_assert_gap(0, GAP_NOT_ENFORCING, 60, 100, 40, 0);
	ck_assert(c.gaps[0].is_open);
}

START_TEST(a_gap_under_way_in_a_copy_is_open_up_to_its_end)
{
	start("a");
	beats(1);
	state("enforcing", "observing", "mode = observe");
	pass(20);
	attempt();
	end();
	ck_assert_sums(1, 20, 80);
	ck_assert_gap(0, GAP_NOT_ENFORCING, 60, 80, 20, 0);
	ck_assert(c.gaps[0].is_open);
}

START_TEST(a_clock_that_is_behind_the_log_ends_it_where_it_ends)
{
	start("a");
	beats(1);
	coverage_end(&c, T0 - 5000 * S);
	ck_assert_sums(0, 0, 60);
}

/* Policies. */

START_TEST(a_policy_is_noted_when_it_changes)
{
	struct entry e;

	beat();                         /* a log that begins in the middle of a run */
	pass(30);
	start("a");
	beats(3);
	pass(10);
	e = entry_now(ENTRY_POLICY);
	e.policy = BYTES(B64);
	e.rules  = 60;
	coverage_record(&c, &e, seq++);
	pass(10);
	e = beat_now();
	e.policy = BYTES(B64);
	coverage_record(&c, &e, seq++);
	ck_assert_uint_eq(c.num_policies, 2);
	ck_assert_str_eq(c.policies[0].digest, A64);
	ck_assert_uint_eq(c.policies[0].rules, 54);
	ck_assert_int_eq(c.policies[0].from_us, T0);
	ck_assert_str_eq(c.policies[1].digest, B64);
	ck_assert_uint_eq(c.policies[1].rules, 60);
	ck_assert_int_eq(c.policies[1].from_us, T0 + 220 * S);
}

/* Records that say what its files are, and those of an older filterd. */
#define SAYS(title) "[{\"id\":\"k\",\"title\":\"" title "\"}]"

static void says(enum entry_type type, const char *digest, const char *policies, uint64_t left_out)
{
	struct entry e = entry_now(type);

	e.policy            = bytes_text(digest);
	e.policies          = bytes_text(policies);
	e.policies_left_out = left_out;
	coverage_record(&c, &e, seq++);
}

START_TEST(what_is_said_of_a_policy_is_kept_with_it)
{
	beat();                         /* in the middle of a run: the end of the file says it */
	says(ENTRY_SEGMENT, A64, SAYS("A"), 2);
	says(ENTRY_POLICY, B64, SAYS("B"), 0);
	says(ENTRY_POLICY, A64, SAYS("A"), 0);
	ck_assert_uint_eq(c.num_policies, 3);
	ck_assert_bytes(coverage_said(&c, &c.policies[0]), SAYS("A"));
	ck_assert_uint_eq(c.policies[0].left_out, 2);
	ck_assert_int_eq(c.policies[0].from_us, T0);
	ck_assert_bytes(coverage_said(&c, &c.policies[1]), SAYS("B"));
	ck_assert_bytes(coverage_said(&c, &c.policies[2]), SAYS("A"));
}

START_TEST(a_policy_of_an_older_filterd_says_nothing)
{
	start("a");
	says(ENTRY_POLICY, B64, "", 0);
	ck_assert_uint_eq(c.num_policies, 2);
	ck_assert_uint_eq(coverage_said(&c, &c.policies[0]).len, 0);
	ck_assert_uint_eq(coverage_said(&c, &c.policies[1]).len, 0);
}

/* Its hash is that of its files. */
START_TEST(a_policy_that_comes_back_is_the_one_that_it_was)
{
	says(ENTRY_POLICY, A64, SAYS("A"), 1);
	says(ENTRY_POLICY, B64, SAYS("B"), 0);
	beat();                         /* of A: the record that says so is missing */
	ck_assert_uint_eq(c.num_policies, 3);
	ck_assert_bytes(coverage_said(&c, &c.policies[2]), SAYS("A"));
	ck_assert_uint_eq(c.policies[2].left_out, 1);
}

START_TEST(more_than_filterd_says_is_not_kept)
{
	static char much[POLICIES_MAX + 2];

	memset(much, 'x', POLICIES_MAX + 1);
	says(ENTRY_POLICY, A64, much, 0);
	ck_assert_uint_eq(coverage_said(&c, &c.policies[0]).len, 0);
	much[POLICIES_MAX] = '\0';
	says(ENTRY_POLICY, A64, much, 0);
	ck_assert_uint_eq(coverage_said(&c, &c.policies[0]).len, POLICIES_MAX);
}

START_TEST(each_of_many_policies_has_its_own_words)
{
	char digest[65], title[64];

	for (int i = 0; i < 3 * COVERAGE_POLICIES + 10; i++) {
		snprintf(digest, sizeof(digest), "%064d", i);
		snprintf(title, sizeof(title), SAYS("%d"), i);
		says(ENTRY_POLICY, digest, i % 3 == 0 ? "" : title, 0);
	}
	ck_assert_uint_eq(c.num_policies, COVERAGE_POLICIES);
	for (size_t i = 0; i < COVERAGE_POLICIES; i++) {
		int number = 2 * COVERAGE_POLICIES + 10 + (int)i;

		snprintf(digest, sizeof(digest), "%064d", number);
		snprintf(title, sizeof(title), SAYS("%d"), number);
		ck_assert_str_eq(c.policies[i].digest, digest);
		ck_assert(bytes_equal(coverage_said(&c, &c.policies[i]),
		                      bytes_text(number % 3 == 0 ? "" : title)));
	}
}

START_TEST(of_many_policies_the_last_are_kept)
{
	char         digest[65];
	struct entry e;

	start("a");
	for (int i = 0; i < COVERAGE_POLICIES + 10; i++) {
		memset(digest, 'a' + i % 2, 64);
		digest[64] = '\0';
		e          = entry_now(ENTRY_POLICY);
		e.policy   = bytes_text(digest);
		e.rules    = (uint64_t)i;
		coverage_record(&c, &e, seq++);
	}
	ck_assert_uint_eq(c.num_policies, COVERAGE_POLICIES);
	ck_assert_uint_eq(c.policies[COVERAGE_POLICIES - 1].rules, COVERAGE_POLICIES + 9);
}

/* More than there is room for. */

START_TEST(gaps_beyond_what_is_kept_are_still_summed)
{
	struct entry e;

	for (int i = 0; i < COVERAGE_GAPS_MAX + 50; i++) {
		e = start_now("a");
		e.unfiltered = 1;
		coverage_record(&c, &e, seq++);
		pass(2);
	}
	pass(198);
	e = beat_now();
	e.unfiltered = 1;
	coverage_record(&c, &e, seq++);
	end();
	ck_assert_uint_ge(c.num_gaps, COVERAGE_GAPS_MAX + 51);
	ck_assert_uint_eq(c.num_kept, COVERAGE_GAPS_MAX);
	ck_assert_int_eq(c.gaps_us, (2 * (COVERAGE_GAPS_MAX + 49) + 200) * S);
	ck_assert_uint_eq(c.unfiltered, COVERAGE_GAPS_MAX + 51);
}

/* Any order, any clocks: sums stay within each other, whatever a log claims. */
START_TEST(no_log_makes_more_gap_than_there_is_time)
{
	static const char *const states[] = { "enforcing", "observing", "degraded", "" };
	static const char *const hooks[]  = { "ok", "missing", "unknown", "ok" };
	uint64_t                 random   = (uint64_t)_i * 2 + 1;

	for (int i = 0; i < 400; i++) {
		struct entry e = { .has_time = true };

		random = random * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
		e.type         = (enum entry_type)(random >> 60 & 15);
		e.time_us      = T0 + (int64_t)(random >> 20 & 0xffff) *
		                         (random >> 59 & 1 ? 1 : 1000000) * 100;
		e.mono_ms      = random >> 40 & 3 ? random >> 44 & 0xfffff : random;
		e.up_s         = random >> 41 & 3 ? random >> 45 & 0xfff : random;
		e.every_s      = random >> 33 & 0xff;
		e.unfiltered   = random >> 31 & 3 ? 0 : random;
		e.fail_open    = random >> 29 & 3 ? 0 : random >> 10;
		e.state        = bytes_text(states[random >> 36 & 3]);
		e.from         = bytes_text(states[random >> 37 & 3]);
		e.to           = bytes_text(states[random >> 38 & 3]);
		e.hooks        = bytes_text(hooks[random >> 34 & 3]);
		e.boot         = bytes_text(random >> 42 & 3 ? "a" : "b");
		e.has_unfiltered = random >> 43 & 1;
		coverage_record(&c, &e, seq++);
		ck_assert_int_ge(c.gaps_us, 0);
	}
	coverage_end(&c, _i % 2 ? INT64_MAX : T0 + 10000000 * S);
	ck_assert_int_le(c.gaps_us, c.span_us);
	ck_assert_uint_le(coverage_ppm(&c), 1000000);
	for (uint64_t i = 0; i < c.num_kept; i++)
		ck_assert_int_ge(c.gaps[i].length_us, 0);
}

static void beat_with(uint64_t met, uint64_t around, uint64_t missed)
{
	struct entry e;

	pass(60);
	e          = beat_now();
	e.has_met  = true;
	e.met      = met;
	e.around   = around;
	e.missed   = missed;
	e.left_out = 1;
	coverage_record(&c, &e, seq++);
}

static const char *met_words(void)
{
	static char   room[256];
	struct writer w = writer_over(room, sizeof(room) - 1);

	met_write(&w, &c.met);
	room[w.len] = '\0';
	return room;
}

START_TEST(connections_that_came_by_are_counted)
{
	start("a");
	beat_with(5, 0, 0);
	beat_with(7, 0, 0);
	end();
	ck_assert_str_eq(met_words(), "looked at 12 of 12 new connections; 2 of interfaces that are left out");
	ck_assert_uint_eq(c.num_gaps, 0);
}

START_TEST(connections_that_went_around_are_a_gap_since_the_heartbeat_before)
{
	start("a");
	beat_with(5, 0, 0);
	beat_with(5, 2, 1);
	beat_with(5, 0, 0);
	end();
	ck_assert_str_eq(met_words(), "looked at 14 of 17 new connections; 3 of interfaces that are left out");
	ck_assert_uint_eq(c.num_gaps, 1);
	ck_assert_gap(0, GAP_AROUND, 60, 120, 60, 0);
	ck_assert_uint_eq(c.gaps[0].around, 3);
	ck_assert_uint_eq(c.gaps[0].from_seq, seq - 3);
	ck_assert_uint_eq(c.gaps[0].to_seq, seq - 2);
	ck_assert(!c.gaps[0].packets_known);
	ck_assert_uint_eq(c.gaps_us, 60 * S);
}

START_TEST(what_went_around_in_a_gap_is_told_with_it)
{
	struct entry e;

	start("a");
	beats(1);
	pass(60);
	e         = beat_now();
	e.hooks   = BYTES("missing");
	e.has_met = true;
	e.around  = 4;
	coverage_record(&c, &e, seq++);
	beats(1);
	end();
	ck_assert_uint_eq(c.num_gaps, 1);
	ck_assert_gap(0, GAP_NO_RULES, 60, 180, 120, 0);
	ck_assert_uint_eq(c.gaps[0].around, 4);
}

START_TEST(connections_that_nobody_counted_are_not_said_to_be_none)
{
	start("a");
	beats(3);
	end();
	ck_assert_str_eq(met_words(), "new connections were not counted");
}

START_TEST(heartbeats_that_do_not_count_are_told)
{
	start("a");
	beats(1);
	beat_with(1, 0, 0);
	end();
	ck_assert_str_eq(met_words(), "looked at 1 of 1 new connection; 1 of interfaces that are left out; "
	                              "not counted in 1 of 2 heartbeats");
}

START_TEST(where_there_was_none_no_share_is_said)
{
	struct entry e = entry_now(ENTRY_HEARTBEAT);

	e.has_met = true;
	met_add(&c.met, &e);
	ck_assert_str_eq(met_words(), "no new connection was to be looked at");
}

/* A log that lies: more were missed than came, sums beyond what a number holds. */
START_TEST(counts_that_cannot_be_stay_within_bounds)
{
	start("a");
	beat_with(1, UINT64_MAX, UINT64_MAX);
	beat_with(UINT64_MAX, UINT64_MAX, 5);
	end();
	ck_assert_uint_le(c.met.looked_at, c.met.of);
	ck_assert_uint_eq(c.met.of, UINT64_MAX);
}

int main(void)
{
	Suite *s = suite_create("coverage");
	TCase *t = tcase_create("coverage");

	tcase_add_checked_fixture(t, set_up, NULL);
	tcase_add_test(t, nothing_at_all_covers_nothing);
	tcase_add_test(t, a_run_with_its_heartbeats_is_covered);
	tcase_add_test(t, an_attempt_that_is_written_late_carries_its_own_time);
	tcase_add_test(t, from_stop_to_start_it_was_stopped);
	tcase_add_test(t, without_a_stop_it_was_killed_and_the_gap_begins_at_the_last_record);
	tcase_add_test(t, a_filter_that_cannot_count_packets_does_not_know_how_many);
	tcase_add_test(t, another_boot_means_that_the_machine_was_off);
	tcase_add_test(t, a_machine_that_is_shut_down_was_off_though_the_filter_stopped_before);
	tcase_add_test(t, a_boot_without_a_name_is_known_by_a_clock_that_began_anew);
	tcase_add_test(t, a_log_that_begins_in_the_middle_of_a_run_ends_that_run_without_a_stop);
	tcase_add_test(t, a_log_of_heartbeats_alone_is_covered);
	tcase_add_test(t, twice_the_interval_is_covered);
	tcase_add_test(t, more_than_twice_the_interval_is_a_gap_from_heartbeat_to_heartbeat);
	tcase_add_test(t, attempts_do_not_stand_in_for_heartbeats);
	tcase_add_test(t, an_interval_that_was_made_shorter_is_not_held_against_the_time_before);
	tcase_add_test(t, observing_is_a_gap_until_it_enforces);
	tcase_add_test(t, a_start_before_the_date_waits_until_a_heartbeat_enforces);
	tcase_add_test(t, a_heartbeat_that_says_no_state_covers_nothing);
	tcase_add_test(t, rules_that_are_missing_are_missing_since_the_heartbeat_before);
	tcase_add_loop_test(t, rules_that_others_changed_or_that_protect_nobody_are_gaps, 0, 2);
	tcase_add_test(t, rules_that_nobody_can_read_back_are_counted);
	tcase_add_test(t, a_gap_under_way_ends_with_the_filter_and_down_time_follows);
	tcase_add_test(t, a_gap_that_ended_with_the_filter_is_not_open);
	tcase_add_test(t, a_gap_under_way_when_it_was_killed_is_not_open);
	tcase_add_test(t, silence_while_observing_is_not_counted_twice);
	tcase_add_test(t, rules_missing_after_a_silence_are_not_counted_twice);
	tcase_add_test(t, observing_for_a_part_of_a_silence_leaves_the_rest_to_the_silence);
	tcase_add_test(t, from_observing_to_rules_missing_one_gap_follows_the_other);
	tcase_add_test(t, packets_that_passed_a_full_queue_make_a_gap_of_their_heartbeat);
	tcase_add_test(t, packets_that_only_the_queue_counted_are_counted_once);
	tcase_add_test(t, packets_before_the_first_start_have_a_gap_of_no_length);
	tcase_add_test(t, packets_while_the_rules_were_missing_are_in_that_gap);
	tcase_add_test(t, packets_before_a_gap_that_begins_now_have_their_own);
	tcase_add_test(t, a_log_that_says_it_is_degraded_proves_nothing_until_it_is_not);
	tcase_add_test(t, nor_does_one_that_had_no_room_even_to_say_so);
	tcase_add_test(t, details_that_were_lost_while_heartbeats_went_on_are_a_note);
	tcase_add_test(t, a_note_does_not_hide_packets);
	tcase_add_test(t, a_clock_set_forward_makes_no_gap);
	tcase_add_test(t, a_clock_set_back_hides_no_gap);
	tcase_add_test(t, a_part_of_a_log_has_the_parts_of_its_gaps);
	tcase_add_test(t, a_part_of_a_log_is_measured_by_the_clock_that_nobody_sets);
	tcase_add_test(t, how_long_nobody_knew_of_the_rules_is_summed);
	tcase_add_test(t, a_clock_set_back_while_it_was_down_hides_no_gap);
	tcase_add_test(t, a_gap_across_a_clock_set_forward_has_the_length_of_the_machines_clock);
	tcase_add_test(t, a_router_without_a_clock_is_covered_from_its_start_on);
	tcase_add_test(t, a_start_knows_whole_seconds_only);
	tcase_add_test(t, a_log_under_way_is_covered_up_to_now);
	tcase_add_test(t, a_log_that_went_silent_has_an_open_gap);
	tcase_add_test(t, a_filter_that_was_stopped_has_an_open_gap);
	tcase_add_test(t, a_gap_under_way_is_open_up_to_now);
	tcase_add_test(t, a_gap_under_way_in_a_copy_is_open_up_to_its_end);
	tcase_add_test(t, a_clock_that_is_behind_the_log_ends_it_where_it_ends);
	tcase_add_test(t, a_policy_is_noted_when_it_changes);
	tcase_add_test(t, what_is_said_of_a_policy_is_kept_with_it);
	tcase_add_test(t, a_policy_of_an_older_filterd_says_nothing);
	tcase_add_test(t, a_policy_that_comes_back_is_the_one_that_it_was);
	tcase_add_test(t, more_than_filterd_says_is_not_kept);
	tcase_add_test(t, each_of_many_policies_has_its_own_words);
	tcase_add_test(t, of_many_policies_the_last_are_kept);
	tcase_add_test(t, gaps_beyond_what_is_kept_are_still_summed);
	tcase_add_loop_test(t, no_log_makes_more_gap_than_there_is_time, 0, 200);
	tcase_add_test(t, records_that_are_missing_are_a_gap_of_their_own);
	tcase_add_test(t, records_that_are_missing_before_an_attempt_or_a_start_too);
	tcase_add_test(t, packets_that_passed_are_counted_in_the_missing_time);
	tcase_add_test(t, behind_missing_records_no_clock_is_held_against_the_one_before);
	tcase_add_test(t, connections_that_came_by_are_counted);
	tcase_add_test(t, connections_that_went_around_are_a_gap_since_the_heartbeat_before);
	tcase_add_test(t, what_went_around_in_a_gap_is_told_with_it);
	tcase_add_test(t, connections_that_nobody_counted_are_not_said_to_be_none);
	tcase_add_test(t, heartbeats_that_do_not_count_are_told);
	tcase_add_test(t, where_there_was_none_no_share_is_said);
	tcase_add_test(t, counts_that_cannot_be_stay_within_bounds);
	suite_add_tcase(s, t);
	return suite_run(s);
}

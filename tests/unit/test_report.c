/* SPDX-License-Identifier: MIT */

#include "base/timezone.h"
#include "report/proof.h"
#include "report/report_html.h"
#include "report/told.h"
#include "support/logs.h"

#include <stdlib.h>

#define DAY   (24 * 3600 * LOGS_SECOND)
#define HALF  (DAY / 2)

static struct log     l;
static struct verify *v;
static struct report *r;
static struct answer  answers[ANSWERS];
static char           whole[1024];              /* an answer with its names */
static char           page[4 << 20];
static size_t         page_len;
static int64_t        oct_1, nov_1, dec_1;

/* What the next heartbeats say. */
static bool     are_connections_counted;
static uint64_t num_around;

static void set_up(void)
{
	are_connections_counted = true;
	num_around              = 0;
	v = NULL;
	r = NULL;
	log_begin(&l);
	instant_parse(BYTES("2026-10-01T00:00:00Z"), &oct_1);
	instant_parse(BYTES("2026-11-01T00:00:00Z"), &nov_1);
	instant_parse(BYTES("2026-12-01T00:00:00Z"), &dec_1);
}

static void tear_down(void)
{
	report_free(r);
	verify_free(v);
	timezone_choose("UTC0", NULL);
}

static void start(int64_t at_us, enum previous previous, uint64_t unseen)
{
	l.time_us = at_us;
	log_start(&l, previous, unseen, 0);
}

/* A heartbeat every half day, to and with that moment. */
static void run_to(int64_t to_us)
{
	while (l.time_us + HALF <= to_us) {
		struct control_heartbeat h;
		struct writer            w;

		l.time_us += HALF - l.time_us % HALF;
		h          = log_heartbeat_now(&l);
		h.every_s  = 43200;
		h.connections_known = are_connections_counted;
		h.met               = 10;
		h.around            = num_around;
		w          = log_line(&l);
		control_heartbeat(&w, &l.control, &h);
		log_sign(&l, &w);
	}
}

static struct waiver        lab = { .id = "lab", .reason = "Samples & \"A\"",
	                            .until_us = INT64_C(1798675200000000) };
static const struct waiver *waived;
static enum app             app;
static enum asked_for       asked;

static void attempt(enum event_type type, uint8_t device, const char *name, uint64_t count)
{
	struct record_context c = { .sensor = "gw1",
	                            .policy_digest = bytes_of(logs_policy, sizeof(logs_policy)),
	                            .name = bytes_text(name) };
	struct event          e = log_event(&l, "dnl-01.geo.kaspersky.com");
	struct writer         w = log_line(&l);

	e.type            = type;
	e.app             = app;
	e.is_named        = true;
	e.asked           = asked;
	e.mac[5]          = device;
	e.decision.waiver = waived;
	record_open(&w, &e, &c);
	record_count(&w, count, e.time_us);
	record_close(&w, &l.chain);
	log_keep(&l, &w);
	l.attempts += count;
}

static void block(uint8_t device, const char *name, uint64_t count)
{
	attempt(EVENT_BLOCK, device, name, count);
}

static void stop(void)
{
	l.time_us += LOGS_SECOND;
	log_stop(&l);
}

/* The report of November, the auditor having the key. */
static void make(const struct report_sources *sources)
{
	struct period p = period_month(nov_1 + DAY);

	v = verify_new(&l.root, NULL);
	r = report_new(&p, 1);
	ck_assert_ptr_nonnull(v);
	ck_assert_ptr_nonnull(r);
	for (size_t i = 0; i < l.num; i++) {
		struct entry e;

		if (verify_line(v, bytes_first(l.lines[i], l.lines[i].len - 1), true, &e))
			report_add(r, &e);
	}
	v->is_collected = true;
	verify_end(v, INT64_MAX);
	ck_assert_int_eq(report_end(r, v, sources), 0);
	answers_write(r, answers);
}

static const char *say(unsigned which)
{
	const struct answer *a   = &answers[which];
	size_t               len = (size_t)snprintf(whole, sizeof(whole), "%s", a->text);

	for (size_t i = 0; i < a->num_names; i++) {
		struct bytes name = a->names[i].name;

		len += (size_t)snprintf(whole + len, sizeof(whole) - len, "%s[%.*s]",
		                        i > 0 ? ", " : "", (int)name.len, name.at);
	}
	snprintf(whole + len, sizeof(whole) - len, "%s", a->rest);
	return whole;
}

#define ck_assert_answer(which, mood_wanted, words) do { \
	ck_assert_str_eq(say(which), words); \
	ck_assert_int_eq(answers[which].mood, mood_wanted); \
} while (0)

static void give(void *owner, struct bytes piece)
{
	(void)owner;
	ck_assert_uint_lt(page_len + piece.len, sizeof(page));
	memcpy(page + page_len, piece.at, piece.len);
	page_len += piece.len;
	page[page_len] = '\0';
}

static void print(void (*write)(struct text *, const struct report *, const struct report_about *))
{
	static const struct report_file files[] = { { .name = "a&b.jsonl" },
	                                            { .name = "c.jsonl", .has_hash = true,
	                                            .hash = { 0xab } } };
	struct report_about             about   = { .log = "logs", .version = "1.0.0",
	                                            .made_us = dec_1, .files = files,
	                                            .num_files = COUNT(files) };
	struct text t;

	page_len = 0;
	text_begin(&t, give, NULL);
	write(&t, r, &about);
	text_end(&t);
}

/* The page without its places for line breaks, so that words can be found. */
static void print_page(void)
{
	char *to = page;

	print(report_write_html);
	for (const char *at = page; *at != '\0';) {
		if (strncmp(at, "<wbr>", 5) == 0)
			at += 5;
		else
			*to++ = *at++;
	}
	*to      = '\0';
	page_len = (size_t)(to - page);
}

START_TEST(good_month)
{
	start(oct_1, PREVIOUS_NEW, 0);
	run_to(nov_1 - DAY);
	block(1, "reception", 30);
	block(2, "LAPTOP-7", 10);
	run_to(dec_1 - DAY);
	block(2, "LAPTOP-7", 10);
	run_to(dec_1);
	stop();
	make(NULL);
	ck_assert_answer(ANSWER_WHOLE, MOOD_GOOD,
	                 "Yes: all 127 records are there, unaltered and signed.");
	ck_assert_answer(ANSWER_ACTIVE, MOOD_GOOD,
	                 "Yes, all the time; no packet passed unseen. "
	                 "Looked at 600 of 600 new connections.");
	ck_assert_answer(ANSWER_WHO, MOOD_NOTE,
	                 "1 device still tries (2 at the end of the month before): [LAPTOP-7].");
	ck_assert_answer(ANSWER_CHANGE, MOOD_GOOD,
	                 "No new device, 1 gone quiet; attempts down 75 %, from 40 to 10.");
}
END_TEST

START_TEST(nothing_tried)
{
	start(oct_1, PREVIOUS_NEW, 0);
	run_to(dec_1);
	stop();
	make(NULL);
	ck_assert_answer(ANSWER_WHO, MOOD_GOOD,
	                 "Nobody: no device tried to reach a prohibited host.");
	ck_assert_answer(ANSWER_CHANGE, MOOD_GOOD, "Nothing: there was no attempt then either.");
	ck_assert_uint_eq(report_blocked_ppm(r), 1000000);
}
END_TEST

START_TEST(more_devices_than_are_named)
{
	start(oct_1, PREVIOUS_NEW, 0);
	run_to(nov_1);
	block(9, "early", 3);
	run_to(dec_1 - DAY);
	for (uint8_t i = 1; i <= 5; i++)
		block(i, "", 10 - i);
	run_to(dec_1);
	stop();
	make(NULL);
	ck_assert_answer(
		ANSWER_WHO, MOOD_NOTE,
		"5 devices still try (0 at the end of the month before): [3c:52:82:11:22:01], "
	        "[3c:52:82:11:22:02], "
		"[3c:52:82:11:22:03] and 2 more. 1 more has been quiet for 7 days or longer.");
	ck_assert_answer(ANSWER_CHANGE, MOOD_NOTE,
	                 "6 new devices, none gone quiet; attempts up from 0 to 38.");
}
END_TEST

START_TEST(all_have_been_quiet_for_a_week)
{
	start(oct_1, PREVIOUS_NEW, 0);
	run_to(nov_1 + 2 * DAY);
	block(1, "kiosk", 3);
	run_to(dec_1);
	stop();
	make(NULL);
	ck_assert_answer(ANSWER_WHO, MOOD_GOOD,
	                 "Nobody any more: 1 device tried, but not in the last 7 days (0 at the "
	                 "end of the month before).");
	ck_assert_int_eq(r->devices[0].state, DEVICE_QUIET);
}
END_TEST

/* One second less than seven days, and seven days. */
START_TEST(quiet_from_the_seventh_day_on)
{
	start(oct_1, PREVIOUS_NEW, 0);
	run_to(dec_1 - 7 * DAY);
	block(1, "", 1);
	l.time_us += LOGS_SECOND;
	block(2, "", 1);
	run_to(dec_1);
	log_stop(&l);
	make(NULL);
	ck_assert_uint_eq(r->num_tries, 1);
	ck_assert_uint_eq(r->num_quiet, 1);
	ck_assert_uint_eq(r->devices[1].total->row.name.at[16], '1');
	ck_assert_int_eq(r->devices[1].state, DEVICE_QUIET);
}
END_TEST

START_TEST(tampered_log)
{
	uint8_t *byte;

	start(oct_1, PREVIOUS_NEW, 0);
	run_to(nov_1 + DAY);
	block(1, "LAPTOP-7", 5);
	run_to(dec_1);
	stop();
	for (size_t i = 0; i < l.num; i++) {
		byte = memmem(l.lines[i].at, l.lines[i].len, "\"count\":5", 9);
		if (byte != NULL)
			byte[8] = '4';
	}
	make(NULL);
	ck_assert_int_eq(v->findings.soundness, SOUND_NOT);
	ck_assert_str_eq(say(ANSWER_WHOLE), "No: 1 record altered, the number of attempts is wrong in 1 place. "
	                                    "What follows is what its remaining records say.");
	ck_assert_int_eq(answers[ANSWER_WHOLE].mood, MOOD_BAD);
}
END_TEST

START_TEST(attempts_behind_the_last_signature_are_not_vouched_for)
{
	start(oct_1, PREVIOUS_NEW, 0);
	run_to(dec_1);
	block(1, "LAPTOP-7", 5);
	make(NULL);
	ck_assert_ptr_nonnull(
		strstr(say(ANSWER_WHOLE), "; but no signature vouches for the last 1."));
}
END_TEST

START_TEST(more_damage_than_is_kept_is_counted)
{
	start(oct_1, PREVIOUS_NEW, 0);
	run_to(dec_1);
	stop();
	make(NULL);
	for (unsigned i = 0; i < FINDINGS_MAX + 4; i++)
		findings_add(&v->findings, FINDING_ALTERED, i, i, "altered");
	answers_write(r, answers);
	ck_assert_str_eq(
		say(ANSWER_WHOLE),
		"No: 4 100 records altered. What follows is what its remaining records say.");
	/* All the time, says a log that is not sound. */
	ck_assert_int_eq(answers[ANSWER_ACTIVE].mood, MOOD_NOTE);
}
END_TEST

START_TEST(nobody_by_what_is_left_of_a_log)
{
	start(oct_1, PREVIOUS_NEW, 0);
	run_to(dec_1);
	stop();
	memmove(&l.lines[50], &l.lines[51], (l.num - 51) * sizeof(l.lines[0]));
	l.num--;
	make(NULL);
	ck_assert_answer(ANSWER_WHO, MOOD_NOTE, "Nobody, by what is left of the log.");
}
END_TEST

START_TEST(gap_in_which_packets_passed)
{
	start(oct_1, PREVIOUS_NEW, 0);
	run_to(nov_1 + 10 * DAY);
	stop();
	start(l.time_us + 9 * 60 * LOGS_SECOND, PREVIOUS_CLEAN, 12);
	run_to(dec_1);
	stop();
	make(NULL);
	ck_assert_answer(ANSWER_ACTIVE, MOOD_BAD,
	                 "Yes, 99.97 % of the time; 1 gap, 9 m; 12 packets passed unseen. "
	                 "Looked at 600 of 600 new connections.");
	ck_assert_uint_eq(r->coverage.num_gaps, 1);
}
END_TEST

START_TEST(gap_in_which_nothing_passed)
{
	start(oct_1, PREVIOUS_NEW, 0);
	run_to(nov_1 + 10 * DAY);
	stop();
	start(l.time_us + 36 * LOGS_SECOND, PREVIOUS_CLEAN, 0);
	run_to(dec_1);
	stop();
	make(NULL);
	ck_assert_answer(ANSWER_ACTIVE, MOOD_NOTE,
	                 "Yes, 99.99 % of the time; 1 gap, 36 s; no packet passed unseen. "
	                 "Looked at 600 of 600 new connections.");
}
END_TEST

/* Two days before the month, one in it: of three days one counts. */
START_TEST(gap_counts_as_far_as_it_lies_in_the_period)
{
	start(oct_1, PREVIOUS_NEW, 0);
	run_to(nov_1 - 2 * DAY);
	log_stop(&l);
	start(nov_1 + DAY, PREVIOUS_CLEAN, 3);
	run_to(dec_1);
	log_stop(&l);
	make(NULL);
	ck_assert_int_eq(r->coverage.gaps_us, DAY);
	ck_assert_uint_eq(report_covered_ppm(&r->coverage), 966666);
	ck_assert_uint_eq(r->coverage.packets, 3);
}
END_TEST

/*
 * The share of the time is that of verify, also where the wall clock shows another: a day in which
 * it stood still.
 */
START_TEST(gap_is_as_long_for_the_report_as_for_verify)
{
	start(nov_1, PREVIOUS_NEW, 0);
	run_to(nov_1 + 2 * DAY);
	for (int i = 0; i < 2; i++) {
		struct control_heartbeat h = log_heartbeat_now(&l);
		struct writer            w = log_line(&l);

		h.every_s = 60;
		h.mono_ms += i * 24 * 3600 * 1000;
		control_heartbeat(&w, &l.control, &h);
		log_sign(&l, &w);
	}
	make(NULL);
	ck_assert_int_eq(v->coverage.span_us, 3 * DAY);
	ck_assert_uint_eq(coverage_ppm(&v->coverage), report_covered_ppm(&r->coverage));
	ck_assert_int_eq(r->coverage.span_us, 3 * DAY);
	ck_assert_int_eq(r->coverage.gaps_us, v->coverage.gaps_us);
}
END_TEST

START_TEST(gap_ends_with_the_period)
{
	start(oct_1, PREVIOUS_NEW, 0);
	run_to(dec_1 - DAY);
	log_stop(&l);
	start(dec_1 + 3 * DAY, PREVIOUS_CLEAN, 3);
	run_to(dec_1 + 4 * DAY);
	log_stop(&l);
	make(NULL);
	ck_assert_int_eq(r->coverage.gaps_us, DAY);
	/* How many passed in it is only known at its end. */
	ck_assert_uint_eq(r->coverage.packets, 0);
	ck_assert_int_eq(r->end_us, dec_1);
}
END_TEST

START_TEST(connections_that_went_around_are_bad)
{
	start(oct_1, PREVIOUS_NEW, 0);
	run_to(nov_1);
	num_around = 1;
	run_to(nov_1 + HALF);
	num_around = 0;
	run_to(dec_1);
	log_stop(&l);
	make(NULL);
	ck_assert_answer(ANSWER_ACTIVE, MOOD_BAD,
	                 "Yes, 98.33 % of the time; 1 gap, 12 h; no packet passed unseen where "
	                 "they could be counted. Looked at 600 of 601 new connections.");
}
END_TEST

START_TEST(connections_that_nobody_counted_are_not_good)
{
	are_connections_counted = false;
	start(oct_1, PREVIOUS_NEW, 0);
	run_to(dec_1);
	log_stop(&l);
	make(NULL);
	ck_assert_answer(ANSWER_ACTIVE, MOOD_NOTE,
	                 "Yes, all the time; no packet passed unseen. "
	                 "New connections were not counted.");
}
END_TEST

START_TEST(gap_of_another_month_is_none_of_this)
{
	start(oct_1, PREVIOUS_NEW, 0);
	run_to(oct_1 + 10 * DAY);
	stop();
	start(l.time_us + DAY, PREVIOUS_CLEAN, 99);
	run_to(dec_1);
	stop();
	make(NULL);
	ck_assert_answer(ANSWER_ACTIVE, MOOD_GOOD,
	                 "Yes, all the time; no packet passed unseen. "
	                 "Looked at 600 of 600 new connections.");
}
END_TEST

START_TEST(no_month_before)
{
	start(nov_1 + 4 * DAY, PREVIOUS_NEW, 0);
	block(1, "LAPTOP-7", 1);
	run_to(dec_1);
	stop();
	make(NULL);
	ck_assert_answer(
		ANSWER_ACTIVE, MOOD_GOOD,
		"Yes, all the time; no packet passed unseen. Looked at 510 of 510 new connections. "
		"The log begins on 2026-11-05.");
	ck_assert_answer(ANSWER_CHANGE, MOOD_NOTE,
	                 "There is nothing to compare with: the log begins on 2026-11-05.");
	ck_assert(!r->devices[0].is_new);
}
END_TEST

START_TEST(half_a_month_before)
{
	start(oct_1 + 19 * DAY, PREVIOUS_NEW, 0);
	run_to(nov_1 + DAY);
	block(1, "", 1);
	run_to(dec_1);
	stop();
	make(NULL);
	ck_assert_answer(
		ANSWER_CHANGE, MOOD_NOTE,
		"1 new device, none gone quiet; 1 attempt. "
		"The log begins on 2026-10-20, too late to compare with the month before.");
}
END_TEST

START_TEST(observed_attempts_were_not_blocked)
{
	start(oct_1, PREVIOUS_NEW, 0);
	run_to(dec_1 - DAY);
	attempt(EVENT_WOULD_BLOCK, 1, "a", 3);
	attempt(EVENT_BLOCK, 1, "a", 1);
	run_to(dec_1);
	stop();
	make(NULL);
	ck_assert_answer(ANSWER_WHO, MOOD_NOTE,
	                 "1 device still tries (0 at the end of the month before): [a]. "
	                 "3 attempts were only observed, not blocked.");
	ck_assert_uint_eq(report_blocked_ppm(r), 250000);
}
END_TEST

START_TEST(watched_hosts_make_no_device_one_that_tries)
{
	start(oct_1, PREVIOUS_NEW, 0);
	run_to(dec_1 - DAY);
	attempt(EVENT_LOG, 1, "a", 3);
	run_to(dec_1);
	stop();
	make(NULL);
	ck_assert_answer(ANSWER_WHO, MOOD_GOOD,
	                 "Nobody: no device tried to reach a prohibited host.");
	ck_assert_uint_eq(r->num_devices, 0);
}
END_TEST

/* A device that was blocked long ago, and tries by a waiver now, is quiet. */
START_TEST(waived_attempts_stand_apart_with_reason_and_end)
{
	start(oct_1, PREVIOUS_NEW, 0);
	run_to(nov_1 + DAY);
	attempt(EVENT_BLOCK, 1, "a", 1);
	run_to(dec_1 - DAY);
	waived = &lab;
	attempt(EVENT_WAIVED, 1, "a", 3);
	attempt(EVENT_WAIVED, 2, "b", 4);
	waived = NULL;
	run_to(dec_1);
	stop();
	make(NULL);
	ck_assert_answer(ANSWER_WHO, MOOD_GOOD,
	                 "Nobody any more: 1 device tried, but not in the last 7 days (0 at the end "
	                 "of the month before). 7 attempts passed by waivers.");
	ck_assert_uint_eq(r->num_devices, 1);
	ck_assert_uint_eq(r->devices[0].state, DEVICE_QUIET);
	ck_assert_uint_eq(tally_prohibited(&r->now->all), 1);
	print(report_write_text);
	ck_assert(strstr(page, "\nlab    2026-12-31T00:00:00Z       2        7 2026-11-30 00:00:00 "
	                       "Samples & \"A\"\n") != NULL);
	print_page();
	ck_assert(strstr(page, "<h2 id=\"waivers\">What was waived</h2>") != NULL);
	ck_assert(strstr(page, "Samples &amp; &quot;A&quot;") != NULL ||
	          strstr(page, "Samples &amp; &#34;A&#34;") != NULL);
	print(report_write_csv);
	ck_assert(strstr(page, "\nwaiver,lab,,,,,2026-12-31T00:00:00Z,,,,,2,,") != NULL);
}
END_TEST

static void show(uint8_t device, const char *name, enum asked_for whether)
{
	app   = APP_TLS;
	asked = whether;
	block(device, name, 1);
	app   = APP_DNS;
	asked = ASKED_LEFT_OUT;
}

START_TEST(device_that_only_shows_names_is_not_one_that_tries)
{
	start(oct_1, PREVIOUS_NEW, 0);
	run_to(dec_1 - DAY);
	show(1, "vpn", ASKED_NO);
	run_to(dec_1);
	stop();
	make(NULL);
	ck_assert_answer(ANSWER_WHO, MOOD_NOTE,
	                 "Nobody, as far as is known. 1 only showed the name, never asked for it: "
	                 "perhaps a VPN's borrowed name.");
	ck_assert_int_eq(r->devices[0].state, DEVICE_DOUBTFUL);
	ck_assert_uint_eq(r->num_new, 0);
}
END_TEST

START_TEST(how_sure_it_is_that_a_device_tries_is_said)
{
	start(oct_1, PREVIOUS_NEW, 0);
	run_to(dec_1 - DAY);
	show(1, "vpn", ASKED_NO);
	show(2, "sure", ASKED_YES);
	show(3, "who knows", ASKED_UNKNOWN);
	block(4, "asks", 1);
	run_to(dec_1);
	stop();
	make(NULL);
	ck_assert_uint_eq(r->num_tries, 3);
	ck_assert_uint_eq(r->num_new, 3);
	ck_assert_answer(ANSWER_WHO, MOOD_NOTE,
	                 "3 devices still try (0 at the end of the month before): [sure], "
	                 "[who knows], [asks]. 1 only showed the name, never asked for it: "
	                 "perhaps a VPN's borrowed name.");
	print(report_write_text);
	ck_assert_ptr_nonnull(strstr(page, " vpn       perhaps a VPN    doubtful "));
	ck_assert_ptr_nonnull(strstr(page, " sure      still tries, new sure     "));
	ck_assert_ptr_nonnull(strstr(page, " who knows still tries, new unsure   "));
	ck_assert_ptr_nonnull(strstr(page, " asks      still tries, new likely   "));
	ck_assert_ptr_nonnull(strstr(page, "\ndoubtful: it showed the name, never asked for it: "
	                                   "perhaps a VPN's borrowed name\n"));
	print_page();
	ck_assert_ptr_nonnull(strstr(page, "doubtful: showed the name, never asked for it"));
	ck_assert_ptr_nonnull(strstr(page, "; likely: questions; "));
	print(report_write_csv);
	ck_assert_ptr_nonnull(strstr(page, ",0,sure,hellos,"));
	ck_assert_ptr_nonnull(strstr(page, ",0,doubtful,hellos,"));
}
END_TEST

/* It was cleaned, and what is left is a VPN. */
START_TEST(names_never_asked_for_do_not_keep_a_device_trying)
{
	start(oct_1, PREVIOUS_NEW, 0);
	run_to(nov_1 + DAY);
	block(1, "pc", 1);
	run_to(dec_1 - DAY);
	show(1, "pc", ASKED_NO);
	run_to(dec_1);
	stop();
	make(NULL);
	ck_assert_int_eq(r->devices[0].state, DEVICE_QUIET);
	ck_assert_int_eq(r->devices[0].quiet_us / DAY, 29);
}
END_TEST

START_TEST(empty_log)
{
	make(NULL);
	ck_assert_answer(ANSWER_WHOLE, MOOD_BAD, "There is no record at all.");
	ck_assert_answer(ANSWER_ACTIVE, MOOD_BAD,
	                 "Nothing is known: the log has no record of this time.");
	ck_assert_answer(ANSWER_WHO, MOOD_BAD, "Nobody knows: the log has no record of this time.");
	ck_assert_answer(ANSWER_CHANGE, MOOD_NOTE,
	                 "There is nothing to compare with: the log is empty.");
	print_page();
	print(report_write_text);
	print(report_write_csv);
}
END_TEST

START_TEST(acknowledged_device_that_tries_again)
{
	struct ack done[] = {
		{ .device = "3c:52:82:11:22:01", .time_us = dec_1 - 2 * DAY, .note = "uninstalled, JB" },
		{ .device = "3c:52:82:11:22:02", .time_us = dec_1 - 2 * DAY, .note = "uninstalled, JB" },
	};
	const struct report_sources sources = { .acks = { .list = done, .num = COUNT(done) } };

	start(oct_1, PREVIOUS_NEW, 0);
	run_to(dec_1 - 3 * DAY);
	block(1, "one", 9);
	block(2, "two", 5);
	block(3, "three", 4);
	run_to(dec_1 - DAY);
	block(2, "two", 1);
	run_to(dec_1);
	stop();
	make(&sources);
	/* Those that still try first, though the one that is done was the busiest. */
	ck_assert_int_eq(r->devices[0].state, DEVICE_RETURNED);
	ck_assert_int_eq(r->devices[1].state, DEVICE_TRIES);
	ck_assert_int_eq(r->devices[2].state, DEVICE_ACKNOWLEDGED);
	ck_assert_answer(ANSWER_WHO, MOOD_BAD,
	                 "2 devices still try (0 at the end of the month before): [two], [three]. "
	                 "1 is acknowledged as done. 1 tries again though acknowledged as done.");
	print_page();
	ck_assert_ptr_nonnull(strstr(page, "uninstalled, JB"));
}
END_TEST

static const char *vendor(const struct vendors *known, struct bytes device)
{
	return known != NULL && device.len == 17 ? "Maker & Sons" : NULL;
}

START_TEST(maker_is_a_column_only_where_somebody_knows)
{
	int                         somebody = 1;
	const struct report_sources sources  = { .vendors = (void *)&somebody,
	                                         .vendor  = vendor };

	start(oct_1, PREVIOUS_NEW, 0);
	run_to(dec_1 - DAY);
	block(1, "one", 9);
	stop();
	make(NULL);
	print_page();
	ck_assert_ptr_null(strstr(page, ">Maker<"));
	tear_down();
	make(&sources);
	print_page();
	ck_assert_ptr_nonnull(strstr(page, ">Maker<"));
	ck_assert_ptr_nonnull(strstr(page, "Maker &amp; Sons"));
}
END_TEST

static const struct { const char *what, *json; } hostile[] = {
	{ "element",            "<script>alert(1)</script>" },
	{ "end of an attribute", "\\\"><img src=x onerror=alert(1)>" },
	{ "quote",              "' onmouseover='alert(1)" },
	{ "end of CDATA",       "]]>" },
	{ "end of the style",   "</style><b>" },
	{ "end of the title",   "</title></svg><svg onload=alert(1)>" },
	{ "comment",            "<!--" },
	{ "reference",          "&lt;script&gt;" },
	{ "escaped element",    "\\u003cscript\\u003e" },
	{ "right to left",      "safe \\u202Egnp.exe" },
	{ "zero width",         "pay\\u200bpal" },
	{ "control characters", "a\\u0000b\\u001b[31mc\\r\\nd\\u0085e" },
	{ "formula",            "=HYPERLINK(\\\"http://a.example\\\")" },
	{ "formula of a tab",   "\\t=1+1" },
	{ "half a pair",        "\\ud800x" },
};

/* A record in which every text is this one. */
static void add_hostile(const char *json)
{
	static char   line[8192];
	struct entry  e;
	int           len = snprintf(line, sizeof(line),
	                             "{\"timestamp\":\"2026-11-29T10:00:00.000000+0000\",\"src_ip\":\"%s\","
	                                       "\"alert\":{\"category\":\"%s\"},\"app_proto\":\"%s\","
	                                       "\"http\":{\"http_user_agent\":\"%s\"},\"filterd\":{\"type\":\"block\","
	                                       "\"host\":\"%s\",\"rule\":\"%s\",\"category\":\"%s\","
	                                       "\"device\":\"%s\",\"name\":\"%s\",\"count\":1}}",
	                             json, json, json, json, json, json, json, json, json);

	ck_assert_int_lt(len, (int)sizeof(line));
	ck_assert_int_eq(entry_read(bytes_text(line), &e), PARSE_OK);
	report_add(r, &e);
}

/* What its records say of a policy's files. */
static void say_policy(size_t number, const char *array)
{
	struct coverage    *c = &v->coverage;
	struct policy_seen *p = &c->policies[number];

	p->slot     = number;
	p->said_len = strlen(array);
	ck_assert_uint_lt(p->said_len, sizeof(c->said[0]));
	memcpy(c->said[number], array, p->said_len);
}

static void say_hostile_policy(const char *json)
{
	char array[1024];

	snprintf(array, sizeof(array),
	         "[{\"id\":\"%s\",\"title\":\"%s\",\"authority\":\"%s\",\"serial\":1,"
	         "\"cutoff\":\"%s\"}]",
	         json, json, json, json);
	say_policy(0, array);
}

/*
 * A log whose only attempt is hostile in every text, and that says hostile things of its gateway
 * and its gaps.
 */
static void make_hostile(const char *json)
{
	struct period p = period_month(nov_1);

	start(oct_1, PREVIOUS_NEW, 0);
	run_to(dec_1);
	log_stop(&l);
	v = verify_new(NULL, NULL);
	r = report_new(&p, 1);
	for (size_t i = 0; i < l.num; i++) {
		struct entry e;

		if (verify_line(v, bytes_first(l.lines[i], l.lines[i].len - 1), true, &e))
			report_add(r, &e);
	}
	verify_end(v, INT64_MAX);
	snprintf(v->seals.root.origin, sizeof(v->seals.root.origin), "%s", json);
	snprintf(v->newest_key.origin, sizeof(v->newest_key.origin), "%s", json);
	snprintf(v->coverage.policies[0].digest, sizeof(v->coverage.policies[0].digest), "%.60s",
	         json);
	say_hostile_policy(json);
	v->coverage.gaps[0] = (struct gap){ .kind = GAP_STOPPED, .from_us = nov_1,
	                                    .to_us = nov_1 + DAY };
	snprintf(v->coverage.gaps[0].reason, sizeof(v->coverage.gaps[0].reason), "%s", json);
	v->coverage.num_gaps = v->coverage.num_kept = 1;
	findings_add(&v->findings, FINDING_ALTERED, 1, 1, "%s", json);
	add_hostile(json);
	ck_assert_int_eq(report_end(r, v, NULL), 0);
}

/* Nothing but what the page itself is made of. */
static void check_tag(const char *at)
{
	static const char *const ours[] = {
		"!DOCTYPE html>",
		"html lang",
		"head>",
		"meta ",
		"title>",
		"title id",
		"style>",
		"body>",
		"header>",
		"p>",
		"p class",
		"h1>",
		"h2 id",
		"h3>",
		"h3 id",
		"main>",
		"section aria",
		"dl class",
		"div>",
		"div class",
		"dt>",
		"dd>",
		"b>",
		"bdi>",
		"bdi class",
		"figure>",
		"figure class",
		"svg viewBox",
		"svg class",
		"desc id",
		"rect class",
		"line class",
		"text class",
		"pattern id",
		"polyline class",
		"circle class",
		"table role",
		"caption>",
		"thead role",
		"tbody role",
		"tr role",
		"th scope",
		"td role",
		"span>",
		"span class",
		"time datetime",
		"i class",
		"code>",
		"code class",
		"wbr>",
		"ul class",
		"li>",
		"section class",
		"tfoot role",
		"a href",
		"pre>",
		"a download",
		"footer>",
	};
	bool is_end = at[1] == '/';

	for (size_t i = 0; i < COUNT(ours); i++) {
		size_t len = strcspn(ours[i], " >");

		if (is_end ? strncmp(at + 2, ours[i], len) == 0 && at[2 + len] == '>'
		           : strncmp(at + 1, ours[i], strlen(ours[i])) == 0)
			return;
	}
	ck_abort_msg("%s: this is not ours: %.60s", __func__, at);
}

START_TEST(hostile_names_are_only_text_in_the_page)
{
	static const char *const unseen[] = { "\xe2\x80\xae", "\xe2\x80\x8b", "\xc2\x85", "\x1b",
	                                      "\r" };

	make_hostile(hostile[_i].json);
	print(report_write_html);
	for (const char *at = page; (at = strchr(at, '<')) != NULL; at++)
		check_tag(at);
	print_page();
	ck_assert_uint_eq(strlen(page), page_len);
	for (size_t i = 0; i < COUNT(unseen); i++)
		ck_assert_ptr_null(strstr(page, unseen[i]));
	ck_assert_ptr_null(strstr(page, "<script"));
	ck_assert_ptr_null(strstr(page, " onmouseover='"));
	/* What is no attack stays readable. */
	if (strcmp(hostile[_i].json, "]]>") == 0)
		ck_assert_ptr_nonnull(strstr(page, "<bdi>]]&gt;</bdi>"));
	if (strcmp(hostile[_i].what, "end of an attribute") == 0)
		ck_assert_ptr_nonnull(
			strstr(page, ">&quot;&gt;&lt;img src=x onerror=alert(1)&gt;<"));
	if (strcmp(hostile[_i].what, "quote") == 0)
		ck_assert_ptr_nonnull(strstr(page, ">&#39; onmouseover=&#39;alert(1)<"));
}
END_TEST

START_TEST(hostile_names_are_only_text_on_a_terminal)
{
	make_hostile(hostile[_i].json);
	print(report_write_text);
	for (size_t i = 0; i < page_len; i++)
		ck_assert_msg((uint8_t)page[i] >= 0x20 || page[i] == '\n', "byte %u",
		              (uint8_t)page[i]);
	ck_assert_ptr_null(strstr(page, "\xe2\x80\xae"));
}
END_TEST

/* Each row has as many cells as the first, and none is a formula. */
START_TEST(hostile_names_are_only_cells_in_the_csv)
{
	size_t cells = 1, wanted = 0;
	bool   quoted = false, begins = true;

	make_hostile(hostile[_i].json);
	print(report_write_csv);
	for (size_t i = 0; i < page_len; i++) {
		char c = page[i];

		if (begins && !quoted)
			ck_assert_msg(strchr("=+-@\t", page[i + (c == '"')]) == NULL,
			              "a formula: %.40s", page + i);
		begins = false;
		if (c == '"')
			quoted = !quoted;
		if (quoted)
			continue;
		if (c == ',') {
			cells++;
			begins = true;
		} else if (c == '\n') {
			wanted = wanted == 0 ? cells : wanted;
			ck_assert_uint_eq(cells, wanted);
			cells  = 1;
			begins = true;
		}
	}
	ck_assert(!quoted);
}
END_TEST

/* What a stranger writes must not stand in commands that people paste. */
START_TEST(no_commands_for_a_log_with_a_hostile_name)
{
	struct proof p;

	make_hostile("gw1/filterd/$(reboot)");
	proof_of(v, &p);
	ck_assert(!p.has_note);
	snprintf(v->newest_key.origin, sizeof(v->newest_key.origin),
	         "gw1/filterd/2f9c01d4a7b3e655");
	proof_of(v, &p);
	ck_assert(p.has_note);
}
END_TEST

/* How often it stands in the page from one word, or from the beginning, up to another. */
static size_t count_of(const char *what, const char *from, const char *to)
{
	const char *at = from == page ? page : strstr(page, from), *end;
	size_t      num = 0;

	ck_assert_ptr_nonnull(at);
	end = strstr(at, to);
	ck_assert_ptr_nonnull(end);
	while ((at = strstr(at, what)) != NULL && at < end) {
		num++;
		at++;
	}
	return num;
}

/* What was taken out of the log is no day on which nobody tried. */
START_TEST(days_whose_records_are_missing_are_marked_and_not_counted)
{
	size_t from;

	start(oct_1, PREVIOUS_NEW, 0);
	run_to(nov_1 + 9 * DAY);
	block(1, "LAPTOP-7", 2);
	run_to(nov_1 + 10 * DAY);
	from = l.num;
	run_to(nov_1 + 11 * DAY);
	block(1, "LAPTOP-7", 40);
	run_to(nov_1 + 12 * DAY - 1);
	l.num = from;
	run_to(nov_1 + 12 * DAY);
	run_to(nov_1 + 17 * DAY);
	stop();
	make(NULL);
	ck_assert_int_eq(told_of_day(r, nov_1 / DAY + 9, NULL), TOLD_WHOLE);
	ck_assert_int_eq(told_of_day(r, nov_1 / DAY + 10, NULL), TOLD_NOT);
	ck_assert_int_eq(told_of_day(r, nov_1 / DAY + 12, NULL), TOLD_WHOLE);
	/* Eight days have passed, and of two of them nothing is known. */
	ck_assert_int_eq(r->devices[0].state, DEVICE_TRIES);
	print(report_write_text);
	ck_assert_ptr_nonnull(strstr(page, "2026-11-10        1         2  ####"));
	ck_assert_ptr_nonnull(strstr(page, "2026-11-11        ?         ?  //// records missing, to "
	                                   "and with 2026-11-12\n2026-11-13        0         0  \n"));
	ck_assert_ptr_nonnull(strstr(page, "2026-11-18        0         0    //// in part: after the "
	                                   "log ends\n2026-11-19        ?         ?  //// after the "
	                                   "log ends, to and with 2026-11-30\n"));
	ck_assert_ptr_nonnull(strstr(page, "//// after the log ends: the log ends on 2026-11-18 00:00\n"));
	print(report_write_csv);
	ck_assert_ptr_nonnull(strstr(page, "day,2026-11-11,,,,,no record: records missing,,,,"));
	ck_assert_ptr_null(strstr(page, "day,2026-11-13"));
	ck_assert_ptr_nonnull(strstr(page, "day,2026-11-18,,,,,in part: after the log ends,,,,"));
	ck_assert_ptr_nonnull(strstr(page, "hour,2026-11-18T09,,,,,no record: after the log ends,,,,"));
	ck_assert_ptr_nonnull(strstr(page, "day,2026-11-30,,,,,no record: after the log ends,,,,"));
	print_page();
	/* In each drawing of days two days that are missing, twelve behind the end and one in part. */
	ck_assert_uint_eq(count_of("<rect class=\"missing\" x=\"", "id=\"chart-devices-t",
	                           "id=\"chart-attempts-t"), 15);
	/* By hours 24 of each, and 24 of the day on which the log ends. */
	ck_assert_uint_eq(count_of("<rect class=\"missing\" x=\"", "id=\"hours-t", "id=\"coverage"),
	                  24 * 15);
	ck_assert_ptr_nonnull(strstr(page, "on the last day that is known 0. Days of which there is "
	                                   "no record are hatched."));
	ck_assert_ptr_nonnull(strstr(page, "2026-11-12</time>: records missing; nobody knows what they "
	                                   "said, and no record says that filterd deleted them.</li>"));
	ck_assert_ptr_nonnull(strstr(page, "2026-11-18</time>, in part: after the log ends; "));
}
END_TEST

/* Where the log begins is no day of nothing before it. */
START_TEST(days_before_the_log_began_are_marked)
{
	start(nov_1 + 4 * DAY + HALF, PREVIOUS_NEW, 0);
	run_to(dec_1);
	stop();
	make(NULL);
	print(report_write_text);
	ck_assert_ptr_nonnull(strstr(page, "2026-11-01        ?         ?  //// before the log began, to "
	                                   "and with 2026-11-04\n2026-11-05        0         0    //// "
	                                   "in part: before the log began\n"));
	ck_assert_ptr_nonnull(strstr(page, "\n//// before the log began: the log begins on 2026-11-05 "
	                                   "12:00\n"));
	print(report_write_csv);
	ck_assert_ptr_nonnull(strstr(page, "day,2026-11-04,,,,,no record: before the log began,,,,"));
	print_page();
	ck_assert_uint_eq(count_of("<rect class=\"missing\" x=\"", "id=\"chart-attempts-t", "<h2"), 5);
	ck_assert_uint_eq(count_of("<rect class=\"missing\" x=\"", "id=\"hours-t", "id=\"coverage"),
	                  4 * 24 + 12);
}
END_TEST

/* What filterd deleted was there: the log did not begin with what is left, and says who it was. */
START_TEST(deleted_days_are_explained)
{
	struct control_prune p = { .file = "audit-000000000000-000000000011.jsonl",
	                           .reason = "older than is kept" };
	struct writer        w;
	size_t               from;

	start(oct_1 + 30 * DAY, PREVIOUS_NEW, 0);
	run_to(nov_1 + 5 * DAY);
	block(1, "LAPTOP-7", 2);
	run_to(nov_1 + 6 * DAY);
	from   = l.num;
	p.last = l.chain.seq - 1;
	run_to(nov_1 + 8 * DAY);
	w = log_line(&l);
	control_prune(&w, &l.control, &p);
	log_sign(&l, &w);
	run_to(dec_1);
	stop();
	l.num -= from;
	memmove(l.lines, l.lines + from, l.num * sizeof(l.lines[0]));
	make(NULL);
	ck_assert_int_eq(v->findings.num_kinds[FINDING_PRUNED], 1);
	print(report_write_text);
	ck_assert_ptr_nonnull(strstr(page, "2026-11-01        ?         ?  //// records deleted, to and "
	                                   "with 2026-11-06\n"));
	ck_assert_ptr_nonnull(strstr(page, "//// records deleted: filterd deleted the records up to number 15, "
	                                   "as its settings say (older than is kept), the last of them on "
	                                   "2026-11-09; a signed record says so\n"));
	ck_assert_ptr_nonnull(strstr(page, "What is left of the log begins on 2026-11-07."));
	print(report_write_csv);
	ck_assert_ptr_nonnull(strstr(page, "day,2026-11-02,,,,,no record: records deleted,,,,"));
	print_page();
	ck_assert_ptr_nonnull(strstr(page, ": records deleted; filterd deleted the records up to number "));
}
END_TEST

/* The same log, of which somebody else took the beginning. */
START_TEST(days_of_a_beginning_that_nobody_deleted_are_missing)
{
	start(oct_1 + 30 * DAY, PREVIOUS_NEW, 0);
	run_to(dec_1);
	stop();
	l.num -= 20;
	memmove(l.lines, l.lines + 20, l.num * sizeof(l.lines[0]));
	make(NULL);
	print(report_write_text);
	ck_assert_ptr_nonnull(strstr(page, "\n//// records missing: nobody knows what they said, and no "
	                                   "record says that filterd deleted them\n"));
	ck_assert_ptr_null(strstr(page, "before the log began"));
}
END_TEST

/* Hours that the report is not about are none without attempts either. */
START_TEST(hours_outside_of_the_period_are_marked)
{
	struct period p = period_between(nov_1 + DAY / 4, nov_1 + DAY + HALF);
	struct entry  e;

	start(oct_1, PREVIOUS_NEW, 0);
	run_to(dec_1);
	stop();
	v = verify_new(&l.root, NULL);
	r = report_new(&p, 1);
	for (size_t i = 0; i < l.num; i++) {
		if (verify_line(v, bytes_first(l.lines[i], l.lines[i].len - 1), true, &e))
			report_add(r, &e);
	}
	verify_end(v, INT64_MAX);
	ck_assert_int_eq(report_end(r, v, NULL), 0);
	print_page();
	ck_assert_uint_eq(count_of("<rect class=\"missing\" x=\"", "id=\"hours-t", "id=\"coverage"),
	                  6 + 12);
	print(report_write_text);
	ck_assert_ptr_nonnull(strstr(page, "2026-11-01        0         0    //// in part: not in the "
	                                   "time of the report\n"));
	ck_assert_ptr_nonnull(strstr(page, "//// not in the time of the report: attempts are counted "
	                                   "from 2026-11-01 06:00 to 2026-11-02 12:00\n"));
}
END_TEST

/* Weekdays of which nothing is known, in years of which one week is. */
START_TEST(weekdays_that_no_record_tells_of_are_hatched)
{
	struct period p = period_between(oct_1 - 1000 * DAY, dec_1);
	struct entry  e;

	start(oct_1, PREVIOUS_NEW, 0);
	run_to(oct_1 + 3 * DAY);
	stop();
	v = verify_new(&l.root, NULL);
	r = report_new(&p, 1);
	for (size_t i = 0; i < l.num; i++) {
		if (verify_line(v, bytes_first(l.lines[i], l.lines[i].len - 1), true, &e))
			report_add(r, &e);
	}
	verify_end(v, INT64_MAX);
	ck_assert_int_eq(report_end(r, v, NULL), 0);
	print_page();
	ck_assert_uint_eq(count_of("<rect class=\"missing\" x=\"", "id=\"hours-t", "id=\"coverage"),
	                  4 * 24);
}
END_TEST

/* Waived and watched attempts are in neither; both tables say the same sum, and 100 percent. */
START_TEST(layers_and_categories_are_of_the_same_attempts)
{
	uint64_t layers = 0;

	start(oct_1, PREVIOUS_NEW, 0);
	run_to(dec_1 - DAY);
	block(1, "a", 2);
	attempt(EVENT_WOULD_BLOCK, 1, "a", 1);
	attempt(EVENT_LOG, 1, "a", 50);
	waived = &lab;
	attempt(EVENT_WAIVED, 2, "b", 70);
	waived = NULL;
	app    = APP_TLS;
	block(1, "a", 3);
	app = APP_HTTP;
	block(1, "a", 1);
	app = APP_DNS;
	run_to(dec_1);
	stop();
	make(NULL);
	for (size_t i = 0; i < LAYERS; i++)
		layers += r->now->layers[i];
	ck_assert_uint_eq(layers, 7);
	ck_assert_uint_eq(tally_prohibited(&r->now->all), 7);
	print_page();
	ck_assert_uint_eq(count_of(">Sum</bdi></th><td role=\"cell\" class=\"n\" "
	                           "data-label=\"Attempts\">7</td>", page, "</html>"), 2);
	/* Three sevenths twice and one: 42.857 and 14.286, of which 14.2 lacks the most. */
	ck_assert_uint_eq(count_of("42.9\u00a0%", "Seen in", "</table>"), 1);
	ck_assert_uint_eq(count_of("42.8\u00a0%", "Seen in", "</table>"), 1);
	ck_assert_uint_eq(count_of("14.3\u00a0%", "Seen in", "</table>"), 1);
	print(report_write_text);
	ck_assert_ptr_nonnull(strstr(page, "\nseen in attempts\ndns            3\ntls            3\nhttp           1\n\ntogether "
	                                   "7 attempts, by category as by where the name was seen\n"));
}
END_TEST

START_TEST(what_was_not_counted_is_no_zero)
{
	are_connections_counted = false;
	start(oct_1, PREVIOUS_NEW, 0);
	run_to(dec_1);
	stop();
	make(NULL);
	print_page();
	ck_assert_ptr_nonnull(strstr(page, "<dt>connections looked at</dt><dd class=\"words\">not counted<"));
	ck_assert_ptr_nonnull(strstr(page, "<dt>packets passed unseen</dt><dd>0<"));
	r->coverage.are_counted = false;
	print_page();
	ck_assert_ptr_nonnull(strstr(page, "<dt>packets passed unseen</dt><dd class=\"words\">not counted<"));
	print(report_write_csv);
	/* seconds, packets, and what made it */
	ck_assert_ptr_nonnull(strstr(page, "Z,,,1.0.0,"));
	r->coverage.are_counted = true;
	print(report_write_csv);
	ck_assert_ptr_nonnull(strstr(page, "Z,,0,1.0.0,"));
}
END_TEST

/* A row leads to the device's own place, and each place is there once. */
START_TEST(device_leads_to_its_attempts)
{
	start(oct_1, PREVIOUS_NEW, 0);
	run_to(dec_1 - DAY);
	for (unsigned i = 0; i < LATEST_KEPT + 2; i++) {
		l.time_us += LOGS_SECOND;
		app        = i % 2 == 0 ? APP_DNS : APP_TLS;
		block(1, "LAPTOP-7", i == LATEST_KEPT + 1 ? 5 : 1);
	}
	app = APP_DNS;
	run_to(dec_1);
	stop();
	make(NULL);
	print_page();
	ck_assert_uint_eq(count_of("<a href=\"#device-3c:52:82:11:22:01\"><bdi>LAPTOP-7</bdi></a>", page,
	                           "</html>"), 2);
	ck_assert_uint_eq(count_of("<h3 id=\"device-3c:52:82:11:22:01\"><bdi>LAPTOP-7</bdi></h3>", page,
	                           "</html>"), 1);
	ck_assert_ptr_nonnull(strstr(page, "data-label=\"Host\"><bdi>dnl-01.geo.kaspersky.com</bdi></th>"
	                                   "<td role=\"cell\" data-label=\"Seen in\">DNS question, "
	                                   "TLS</td><td role=\"cell\" class=\"n\" "
	                                   "data-label=\"Attempts\">16</td>"));
	ck_assert_uint_eq(count_of("<li>", "<ul class=\"latest\">", "</ul>"), LATEST_KEPT);
	ck_assert_ptr_nonnull(strstr(page, "<ul class=\"latest\">\n<li><time "
	                                   "datetime=\"2026-11-30T00:00:12Z\">2026-11-30\u00a000:00:12"
	                                   "</time> <bdi>dnl-01.geo.kaspersky.com</bdi> (TLS, 5 times)</li>"));
	ck_assert_ptr_nonnull(strstr(page, "filterctl audit list --device 3c:52:82:11:22:01 --since "
	                                   "2026-11-01T00:00:00Z --until 2026-12-01T00:00:00Z</code>"));
	ck_assert_ptr_nonnull(strstr(page, "network <bdi>br-lan</bdi>"));
}
END_TEST

START_TEST(devices_beyond_those_shown_are_counted)
{
	start(oct_1, PREVIOUS_NEW, 0);
	run_to(nov_1 + DAY);
	for (unsigned i = 0; i < 40; i++)
		block((uint8_t)(200 + i), "", 500);
	run_to(dec_1 - DAY);
	for (unsigned i = 0; i < REPORT_LIST_SHOWN + 9; i++)
		block((uint8_t)i, "", 1);
	run_to(dec_1);
	stop();
	make(NULL);
	ck_assert_uint_eq(r->num_tries, REPORT_LIST_SHOWN + 9);
	print_page();
	/* Those that still try come first, though the others were busier. */
	ck_assert_uint_eq(count_of("<h3 id=\"device-", page, "</html>"), REPORT_LIST_SHOWN);
	ck_assert_uint_eq(count_of("<span class=\"state state-quiet", page, "</html>"), 0);
	ck_assert_uint_eq(count_of("<p class=\"left-out\">And 49 more, of which 9 still try: ", page,
	                           "</html>"), 2);
}
END_TEST

/* A start says from when on the policy prohibits: a line in each drawing, and a sentence. */
START_TEST(day_from_which_the_policy_prohibits_is_drawn)
{
	l.has_cutoff = true;
	l.cutoff_us  = nov_1 + 15 * DAY + DAY / 4;
	start(oct_1, PREVIOUS_NEW, 0);
	run_to(dec_1);
	stop();
	make(NULL);
	print_page();
	ck_assert_uint_eq(count_of("<line class=\"date\"", page, "</html>"), 3);
	ck_assert_uint_eq(count_of("<rect class=\"date-bar\"", page, "</html>"), 1);
	ck_assert_ptr_nonnull(strstr(page, "<line class=\"date\" x1=\"242.1\""));
	ck_assert_ptr_nonnull(strstr(page, "2026-11-16\u00a006:00</time>, from which on the policy prohibits"));
	tear_down();
	set_up();
	l.has_cutoff = true;
	l.cutoff_us  = oct_1 + DAY;
	start(oct_1, PREVIOUS_NEW, 0);
	run_to(dec_1);
	stop();
	make(NULL);
	print_page();
	ck_assert_uint_eq(count_of("class=\"date", page, "</html>"), 0);
}
END_TEST

/* Each printed page says whose it is; what a gateway calls itself is only a string there. */
START_TEST(margins_name_the_gateway)
{
	make_hostile("gw1.example.net/filterd/2f9c01d4a7b3e655");
	print_page();
	ck_assert_ptr_nonnull(strstr(page, "@page{@bottom-left{content:\"gw1.example.net\"}"
	                                   "@bottom-center{content:\"Filter report, November 2026\"}"
	                                   "@bottom-right{content:counter(page) \" of \" counter(pages)}}"));
	tear_down();
	set_up();
	make_hostile("\\u0022}</style><b>");
	print_page();
	ck_assert_ptr_nonnull(strstr(page, "content:\"\\00005c u0022\\00007d \\00003c /style\\00003e "
	                                   "\\00003c b\\00003e \"}"));
}
END_TEST

START_TEST(page_has_nothing_from_outside)
{
	start(oct_1, PREVIOUS_NEW, 0);
	run_to(dec_1 - DAY);
	block(1, "LAPTOP-7", 2);
	run_to(dec_1);
	stop();
	make(NULL);
	print_page();
	ck_assert_ptr_null(strstr(page, "http:"));
	ck_assert_ptr_null(strstr(page, "https:"));
	for (const char *url = page; (url = strstr(url, "url(")) != NULL; url++)
		ck_assert_int_eq(strncmp(url, "url(#hatch)", 11), 0);
	ck_assert_ptr_null(strstr(page, "<script"));
	ck_assert_ptr_nonnull(strstr(page, "default-src 'none'"));
	ck_assert_ptr_nonnull(strstr(page, "a&amp;b.jsonl"));
	ck_assert_ptr_nonnull(strstr(page, "<b><a href=\"#device-3c:52:82:11:22:01\"><bdi>LAPTOP-7</bdi></a></b>"));
}
END_TEST

START_TEST(change_of_policy_is_marked_in_its_period)
{
	start(oct_1, PREVIOUS_NEW, 0);
	run_to(dec_1);
	stop();
	make(NULL);
	v->coverage.num_policies    = 3;
	v->coverage.policies[1]     = (struct policy_seen){ .from_us = nov_1 - DAY,
	                                                    .digest = "a91c" };
	v->coverage.policies[2]     = (struct policy_seen){ .from_us = nov_1 + 15 * DAY,
	                                                    .digest = "b2" };
	print_page();
	/* Half of November in a drawing that goes from 48 to 430. */
	ck_assert_ptr_nonnull(strstr(page, "<line class=\"policy\" x1=\"239.0\""));
	ck_assert_ptr_nonnull(strstr(page, ">P3</text>"));
	ck_assert_ptr_null(strstr(page, ">P2</text>"));
	/* The list has the one that was in force when the period began, and not those before. */
	ck_assert_ptr_nonnull(strstr(page, "a91c"));
	ck_assert_ptr_null(strstr(page, "82341200"));
}
END_TEST

#define LAW "{\"id\":\"k\",\"title\":\"No K & no <L>\",\"authority\":\"89 FR 52434\"," \
	"\"serial\":7,\"cutoff\":\"2024-09-29T00:00:00-04:00\"}"

START_TEST(a_policy_has_title_authority_and_the_day_of_the_law)
{
	start(oct_1, PREVIOUS_NEW, 0);
	run_to(dec_1);
	stop();
	make(NULL);
	say_policy(0, "[" LAW ",{\"id\":\"house\",\"title\":\"House rules\"}]");
	v->coverage.policies[0].left_out = 2;
	print(report_write_html);
	ck_assert_ptr_nonnull(strstr(
		page, "data-label=\"Title, authority, date\"><div class=\"files\">"
		      "<div><bdi>No K &amp; no &lt;L&gt;</bdi><span class=\"under\">89 FR 52434</span>"
		      "<span class=\"under\">applies from 2024-09-29 00:00 -04:00 (04:00 UTC)</span>"
		      "<span class=\"under\">serial 7</span></div>"
		      "<div><bdi>House rules</bdi></div>and 2 more policy files</div></td>"));
	print(report_write_text);
	ck_assert_ptr_nonnull(strstr(page, "            No K & no <L>, serial 7\n"
	                                   "            89 FR 52434\n"
	                                   "            applies from 2024-09-29 00:00 -04:00 "
	                                   "(04:00 UTC)\n"
	                                   "            House rules\n"
	                                   "            and 2 more policy files\n"));
	print(report_write_csv);
	ck_assert_ptr_nonnull(strstr(page, ",No K & no <L>,"));
	ck_assert_ptr_nonnull(strstr(page, ",89 FR 52434; serial 7; applies from 2024-09-29 00:00 "
	                                   "-04:00 (04:00 UTC),"));
	ck_assert_ptr_nonnull(strstr(page, ",House rules,"));
}
END_TEST

/* Records of an older filterd name a policy by its hash alone; nothing stands in for the rest. */
START_TEST(a_policy_of_an_older_filterd_has_its_hash)
{
	start(oct_1, PREVIOUS_NEW, 0);
	run_to(dec_1);
	stop();
	make(NULL);
	print(report_write_html);
	ck_assert_ptr_nonnull(strstr(page, "SHA-256 of its files"));
	ck_assert_ptr_null(strstr(page, "Title, authority, date"));
	print(report_write_csv);
	ck_assert_ptr_nonnull(strstr(page, "\r\npolicy,82341200"));
	ck_assert_ptr_null(strstr(page, "policy file"));
}
END_TEST

/* Years are drawn by bars of several days, and by weekday and hour. */
START_TEST(period_of_years)
{
	struct period p = period_between(oct_1 - 1000 * DAY, dec_1);
	struct entry  e;

	start(oct_1, PREVIOUS_NEW, 0);
	run_to(oct_1 + 3 * DAY);
	block(1, "LAPTOP-7", 2);
	run_to(dec_1);
	stop();
	v = verify_new(&l.root, NULL);
	r = report_new(&p, 1);
	for (size_t i = 0; i < l.num; i++) {
		if (verify_line(v, bytes_first(l.lines[i], l.lines[i].len - 1), true, &e))
			report_add(r, &e);
	}
	verify_end(v, INT64_MAX);
	ck_assert_int_eq(report_end(r, v, NULL), 0);
	print_page();
	ck_assert_ptr_nonnull(
		strstr(page, "The busiest hour began Su at 00:00 UTC, with 2 attempts."));
	print(report_write_text);
	print(report_write_csv);
	ck_assert_ptr_nonnull(strstr(page, "\r\nhour,2026-10-04T00,"));
	/* Years before the log have one row. */
	ck_assert_ptr_nonnull(strstr(page, "\r\nday,2024-01-05,,,,,no record: before the log began,,,,,,,"
	                                   "2024-01-05T00:00:00Z,2026-10-01T00:00:00Z,"));
	ck_assert_ptr_null(strstr(page, "2024-01-06"));
}
END_TEST

#define NEW_YORK "EST5EDT,M3.2.0,M11.1.0"
#define BERLIN   "CET-1CEST,M3.5.0,M10.5.0/3"
#define HOUR     (3600 * LOGS_SECOND)

/* An attempt in the hour that is there twice, in its second half; one in the last hour. */
static void make_november_in_new_york(void)
{
	timezone_choose(NEW_YORK, "America/New_York");
	start(oct_1, PREVIOUS_NEW, 0);
	run_to(nov_1);
	l.time_us = nov_1 + 3 * HOUR;
	block(1, "october", 3);
	l.time_us = nov_1 + 6 * HOUR + HALF / 24;
	block(2, "LAPTOP-7", 20);
	run_to(nov_1 + 10 * DAY);
	start(nov_1 + 11 * DAY + HOUR, PREVIOUS_UNCLEAN, 0);
	run_to(dec_1);
	l.time_us = dec_1 + 4 * HOUR;
	block(2, "LAPTOP-7", 2);
	run_to(dec_1 + DAY);
	stop();
	make(NULL);
}

START_TEST(page_of_another_zone_says_so_and_shows_utc_beside_evidence)
{
	make_november_in_new_york();
	ck_assert_int_eq(r->period.from_us, nov_1 + 4 * HOUR);
	ck_assert_int_eq(r->period.to_us, dec_1 + 5 * HOUR);
	ck_assert_uint_eq(tally_prohibited(&r->now->all), 22);
	print(report_write_html);
	ck_assert_ptr_nonnull(strstr(page, "<h1>November 2026</h1>"));
	ck_assert_ptr_nonnull(strstr(page, "Made <time datetime=\"2026-12-01T00:00:00Z\">"
	                                   "2026-11-30\u00a019:00:00-05:00</time>; times are those "
	                                   "of America/New_York; UTC is 5 h or 4 h ahead, by the "
	                                   "date.</p>"));
	ck_assert_ptr_null(strstr(page, "all times are UTC"));
	/* of a gap, to the second; of what a device asked for, the first minute and the last */
	ck_assert_ptr_nonnull(strstr(page, "<time datetime=\"2026-11-12T01:00:00Z\">"
	                                   "2026-11-11\u00a020:00:00</time><small class=\"under\">"
	                                   "<time datetime=\"2026-11-12T01:00:00Z\">"
	                                   "2026-11-12\u00a001:00:00\u00a0UTC</time></small>"));
	ck_assert_ptr_nonnull(strstr(page, ">2026-11-01\u00a001:30-05:00</time><small class=\"under\"><time "
	                                   "datetime=\"2026-11-01T06:30:00Z\">"
	                                   "2026-11-01\u00a006:30\u00a0UTC</time></small>"));
	ck_assert_ptr_nonnull(strstr(page, ">2026-11-30\u00a023:00</time><small"));
	ck_assert_ptr_nonnull(strstr(page, "Attempts by hour of the day, America/New_York</title>"));
	ck_assert_ptr_nonnull(strstr(page, "The busiest hour began Su 11-01 at 01:00, with 20 "));
}
END_TEST

START_TEST(text_and_csv_of_another_zone)
{
	make_november_in_new_york();
	print(report_write_text);
	ck_assert_int_eq(strncmp(page, "Filter report, November 2026 (America/New_York; UTC is 5 h "
	                               "or 4 h ahead, by the date)\n", 83), 0);
	ck_assert_ptr_nonnull(strstr(page, "2026-11-30 23:00:00"));
	ck_assert_ptr_nonnull(strstr(page, "\n2026-11-01        1        20  ###"));
	ck_assert_ptr_nonnull(strstr(page, "\n2026-11-30        1         2  ###"));
	ck_assert_ptr_nonnull(strstr(page, " at 2026-11-30 19:00:00-05:00.\n"));
	print(report_write_csv);
	ck_assert_ptr_nonnull(strstr(page, "\r\nzone of the days,America/New_York,"));
	ck_assert_ptr_nonnull(strstr(page, "\r\nday,2026-11-01,,,,,,20,20,0,0,1,,"
	                                   "2026-11-01T06:30:00Z,2026-11-01T06:30:00Z,"));
	ck_assert_ptr_nonnull(strstr(page, "\r\nhour,2026-11-01T06,,,,,,20,"));
	ck_assert_ptr_nonnull(strstr(page, "\r\nhour,2026-12-01T04,,,,,,2,"));
}
END_TEST

START_TEST(page_in_utc_says_nothing_of_zones)
{
	start(oct_1, PREVIOUS_NEW, 0);
	run_to(dec_1 - DAY);
	block(1, "LAPTOP-7", 2);
	run_to(dec_1);
	stop();
	make(NULL);
	print(report_write_html);
	ck_assert_ptr_nonnull(strstr(page, "Made <time datetime=\"2026-12-01T00:00:00Z\">"
	                                   "2026-12-01\u00a000:00</time>; all times are UTC.</p>"));
	ck_assert_ptr_null(strstr(page, "<small"));
	ck_assert_ptr_null(strstr(page, "\u00a0UTC<"));
	print(report_write_csv);
	ck_assert_ptr_null(strstr(page, "\r\nzone"));
}
END_TEST

static const struct { const char *from, *to, *words, *before, *before_begins, *zone; } periods[] = {
	{ "2026-11-01T00:00:00Z", "2026-12-01T00:00:00Z", "November 2026", "the month before",
	  "2026-10-01T00:00:00Z", "UTC0" },
	{ "2024-03-01T00:00:00Z", "2024-04-01T00:00:00Z", "March 2024", "the month before",
	  "2024-02-01T00:00:00Z", "UTC0" },
	{ "2026-01-01T00:00:00Z", "2026-02-01T00:00:00Z", "January 2026", "the month before",
	  "2025-12-01T00:00:00Z", "UTC0" },
	{ "2026-10-26T00:00:00Z", "2026-11-25T00:00:00Z", "2026-10-26 to 2026-11-24",
	  "the 30 days before", "2026-09-26T00:00:00Z", "UTC0" },
	{ "2026-11-24T00:00:00Z", "2026-11-25T00:00:00Z", "2026-11-24", "the day before",
	  "2026-11-23T00:00:00Z", "UTC0" },
	{ "2026-11-24T06:00:00Z", "2026-11-24T18:00:00Z",
	  "2026-11-24 06:00:00 to 2026-11-24 18:00:00", "the same time before",
	  "2026-11-23T18:00:00Z", "UTC0" },
	{ "2026-11-01T04:00:00Z", "2026-12-01T05:00:00Z", "November 2026", "the month before",
	  "2026-10-01T04:00:00Z", NEW_YORK },
	{ "2026-11-01T00:00:00Z", "2026-12-01T00:00:00Z",
	  "2026-10-31 20:00:00 to 2026-11-30 19:00:00", "the same time before",
	  "2026-10-02T00:00:00Z", NEW_YORK },
	{ "2026-03-28T23:00:00Z", "2026-03-29T22:00:00Z", "2026-03-29", "the day before",
	  "2026-03-27T23:00:00Z", BERLIN },
	{ "2026-10-31T23:00:00Z", "2026-11-30T23:00:00Z", "November 2026", "the month before",
	  "2026-09-30T22:00:00Z", BERLIN },
	{ "2026-09-30T22:00:00Z", "2026-10-31T23:00:00Z", "October 2026", "the month before",
	  "2026-08-31T22:00:00Z", BERLIN },
	{ "2026-10-24T22:00:00Z", "2026-11-23T23:00:00Z", "2026-10-25 to 2026-11-23",
	  "the 30 days before", "2026-09-24T22:00:00Z", BERLIN },
	{ "2026-10-31T18:30:00Z", "2026-11-30T18:30:00Z", "November 2026", "the month before",
	  "2026-09-30T18:30:00Z", "IST-5:30" },
	{ "2026-11-01T05:00:00Z", "2026-12-01T05:00:00Z", "November 2026", "the month before",
	  "2026-10-01T05:00:00Z", "<own>+05:00" },
};

START_TEST(period_and_the_one_before)
{
	char          room[128] = { 0 }, before[128] = { 0 };
	struct writer w = writer_over(room, sizeof(room) - 1),
		      b = writer_over(before, sizeof(before) - 1);
	int64_t       from_us, to_us, before_us;
	struct period p;

	instant_parse(bytes_text(periods[_i].from), &from_us);
	instant_parse(bytes_text(periods[_i].to), &to_us);
	instant_parse(bytes_text(periods[_i].before_begins), &before_us);
	timezone_choose(periods[_i].zone, NULL);
	p = period_between(from_us, to_us);
	period_write(&w, &p);
	period_write_before(&b, &p);
	ck_assert_str_eq(room, periods[_i].words);
	ck_assert_str_eq(before, periods[_i].before);
	ck_assert_int_eq(p.before_us, before_us);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("report");
	TCase *t = tcase_create("report");

	suite_add_tcase(s, t);
	tcase_add_checked_fixture(t, set_up, tear_down);
	tcase_add_test(t, good_month);
	tcase_add_test(t, nothing_tried);
	tcase_add_test(t, more_devices_than_are_named);
	tcase_add_test(t, all_have_been_quiet_for_a_week);
	tcase_add_test(t, quiet_from_the_seventh_day_on);
	tcase_add_test(t, tampered_log);
	tcase_add_test(t, attempts_behind_the_last_signature_are_not_vouched_for);
	tcase_add_test(t, more_damage_than_is_kept_is_counted);
	tcase_add_test(t, nobody_by_what_is_left_of_a_log);
	tcase_add_test(t, gap_in_which_packets_passed);
	tcase_add_test(t, gap_in_which_nothing_passed);
	tcase_add_test(t, gap_counts_as_far_as_it_lies_in_the_period);
	tcase_add_test(t, gap_is_as_long_for_the_report_as_for_verify);
	tcase_add_test(t, gap_ends_with_the_period);
	tcase_add_test(t, connections_that_went_around_are_bad);
	tcase_add_test(t, connections_that_nobody_counted_are_not_good);
	tcase_add_test(t, gap_of_another_month_is_none_of_this);
	tcase_add_test(t, no_month_before);
	tcase_add_test(t, half_a_month_before);
	tcase_add_test(t, observed_attempts_were_not_blocked);
	tcase_add_test(t, watched_hosts_make_no_device_one_that_tries);
	tcase_add_test(t, waived_attempts_stand_apart_with_reason_and_end);
	tcase_add_test(t, device_that_only_shows_names_is_not_one_that_tries);
	tcase_add_test(t, how_sure_it_is_that_a_device_tries_is_said);
	tcase_add_test(t, names_never_asked_for_do_not_keep_a_device_trying);
	tcase_add_test(t, empty_log);
	tcase_add_test(t, acknowledged_device_that_tries_again);
	tcase_add_test(t, maker_is_a_column_only_where_somebody_knows);
	tcase_add_loop_test(t, hostile_names_are_only_text_in_the_page, 0, COUNT(hostile));
	tcase_add_loop_test(t, hostile_names_are_only_text_on_a_terminal, 0, COUNT(hostile));
	tcase_add_loop_test(t, hostile_names_are_only_cells_in_the_csv, 0, COUNT(hostile));
	tcase_add_test(t, no_commands_for_a_log_with_a_hostile_name);
	tcase_add_test(t, page_has_nothing_from_outside);
	tcase_add_test(t, days_whose_records_are_missing_are_marked_and_not_counted);
	tcase_add_test(t, days_before_the_log_began_are_marked);
	tcase_add_test(t, deleted_days_are_explained);
	tcase_add_test(t, days_of_a_beginning_that_nobody_deleted_are_missing);
	tcase_add_test(t, hours_outside_of_the_period_are_marked);
	tcase_add_test(t, weekdays_that_no_record_tells_of_are_hatched);
	tcase_add_test(t, layers_and_categories_are_of_the_same_attempts);
	tcase_add_test(t, what_was_not_counted_is_no_zero);
	tcase_add_test(t, device_leads_to_its_attempts);
	tcase_add_test(t, devices_beyond_those_shown_are_counted);
	tcase_add_test(t, day_from_which_the_policy_prohibits_is_drawn);
	tcase_add_test(t, margins_name_the_gateway);
	tcase_add_test(t, change_of_policy_is_marked_in_its_period);
	tcase_add_test(t, a_policy_has_title_authority_and_the_day_of_the_law);
	tcase_add_test(t, a_policy_of_an_older_filterd_has_its_hash);
	tcase_add_test(t, period_of_years);
	tcase_add_test(t, page_of_another_zone_says_so_and_shows_utc_beside_evidence);
	tcase_add_test(t, text_and_csv_of_another_zone);
	tcase_add_test(t, page_in_utc_says_nothing_of_zones);
	tcase_add_loop_test(t, period_and_the_one_before, 0, COUNT(periods));
	return suite_run(s);
}

/* SPDX-License-Identifier: MIT */

/* A board of records made with the daemon's own writers: its order, its days, its bounds. */

#include "base/timezone.h"
#include "board/board.h"
#include "board/glance.h"
#include "support/logs.h"

#include <inttypes.h>

#define MINUTE (60 * LOGS_SECOND)
#define HOUR   (60 * MINUTE)
#define DAY    (24 * HOUR)

static struct log   l;
static struct board b;
static int64_t      now_us;
static char         json[BOARD_BYTES + 1];
static char         shown[1 << 20];
static size_t       shown_len;
static const struct acks no_notes;

static void set_up(void)
{
	timezone_choose("UTC0", NULL);
	ck_assert_int_eq(instant_parse(BYTES("2026-11-30T17:20:00Z"), &now_us), PARSE_OK);
	log_begin(&l);
	ck_assert(board_begin(&b, now_us, 7));
	said_nothing(&b.said, "filterd does not run.");
	b.gateway = "gw1";
	board_file(&b);
}

static void tear_down(void)
{
	board_free(&b);
	timezone_choose("UTC0", NULL);
}

/* What the log got since goes to the board, and is forgotten. */
static void give(void)
{
	for (size_t i = 0; i < l.num; i++) {
		struct piece piece = { .kind = PIECE_LINE,
			               .line = bytes_first(l.lines[i], l.lines[i].len - 1) };

		board_piece(&b, &piece);
	}
	l.num  = 0;
	l.used = 0;
}

static void give_kind(enum piece_kind kind)
{
	struct piece piece = { .kind = kind, .line = BYTES("{\"timestamp\":") };

	board_piece(&b, &piece);
}

static void attempt_as(struct event *e, const char *name, uint64_t count)
{
	struct record_context c = { .sensor = "gw1", .policy_digest = bytes_of(l.policy, 32),
		                    .name = bytes_text(name) };
	struct writer         w = log_line(&l);

	e->time_us = l.time_us;
	record_open(&w, e, &c);
	record_count(&w, count, e->time_us - 30 * LOGS_SECOND);
	record_close(&w, &l.chain);
	log_keep(&l, &w);
}

/* Device 0, 1, ... at that time. */
static void tried(unsigned device, int64_t us)
{
	struct event e = log_event(&l, "dnl-01.geo.kaspersky.com");

	l.time_us = us;
	e.mac[4]  = (uint8_t)(device >> 8);
	e.mac[5]  = (uint8_t)device;
	attempt_as(&e, "", 1);
	give();
}

static void beat(int64_t us)
{
	l.time_us = us;
	log_beat(&l);
	give();
}

static const char *make(enum days_end end, const struct acks *notes)
{
	struct writer w = writer_over(json, BOARD_BYTES);
	struct entry  e;

	board_end(&b, end, notes);
	board_json(&w, &b);
	ck_assert(!w.full);
	json[w.len] = '\0';
	ck_assert_int_eq(json[w.len - 1], '\n');
	ck_assert_int_eq(entry_read(bytes_of(json, w.len - 1), &e), PARSE_OK);
	return json;
}

static void keep(void *owner, struct bytes piece)
{
	(void)owner;
	ck_assert_uint_lt(shown_len + piece.len, sizeof(shown));
	memcpy(shown + shown_len, piece.at, piece.len);
	shown_len += piece.len;
	shown[shown_len] = '\0';
}

static const char *show(size_t columns)
{
	static struct text t;

	shown_len = 0;
	text_begin(&t, keep, NULL);
	board_text(&t, &b, columns, 20, 10);
	text_end(&t);
	return shown;
}

static unsigned count_of(const char *text, const char *what)
{
	unsigned num = 0;

	for (const char *at = text; (at = strstr(at, what)) != NULL; at += strlen(what))
		num++;
	return num;
}

static const char *why(size_t number)
{
	const char *text = days_why(&b.days, number, b.end);

	return text != NULL ? text : "";
}

START_TEST(a_board_is_as_the_manual_has_it)
{
	struct event e = log_event(&l, "dnl-01.geo.kaspersky.com");
	struct ack   note = { .device = "3c:52:82:11:22:33", .by = "jb", .note = "uninstalled",
		              .time_us = now_us - HOUR };
	struct acks  notes = { .list = &note, .num = 1 };
	const char  *begin;

	l.time_us = now_us - 2 * DAY;
	log_start(&l, PREVIOUS_NEW, 0, 0);
	l.time_us = now_us - 5 * MINUTE;
	e.asked   = ASKED_YES;
	attempt_as(&e, "LAPTOP-7", 12);
	give();
	make(DAYS_NOT_HERE, &notes);
	begin = "{\"board\":1,\"now\":\"2026-11-30T17:20:00Z\",\"gateway\":\"gw1\",\"zone\":\"UTC\","
		"\"offset_s\":0,\"status\":{\"answer\":\"filterd does not run.\",\"level\":"
		"\"unknown\",\"mode\":null,\"paused_until\":null,\"paused_because\":null,"
		"\"since\":null,\"troubles\":[]},\"policies\":[],\"feed\":null,\"report\":false,"
		"\"devices\":[{\"device\":\"3c:52:82:11:22:33\",\"name\":\"LAPTOP-7\",\"address\":"
		"\"192.168.1.50\",\"network\":\"br-lan\",\"vendor\":null,\"first\":"
		"\"2026-11-30T17:14:30Z\",\"last\":\"2026-11-30T17:15:00Z\",\"is_new\":true,"
		"\"still\":true,\"attempts\":12,\"blocked\":12,\"last_host\":"
		"\"dnl-01.geo.kaspersky.com\",\"last_layer\":\"tls\",\"last_result\":\"blocked\","
		"\"asked\":true,\"note\":{\"text\":\"uninstalled\",\"by\":\"jb\",\"time\":"
		"\"2026-11-30T16:20:00Z\",\"returned\":true},\"waiver\":null}],\"devices_more\":0,"
		"\"attempts\":[{\"seq\":1,\"time\":\"2026-11-30T17:15:00Z\",\"device\":"
		"\"3c:52:82:11:22:33\",\"name\":\"LAPTOP-7\",\"address\":\"192.168.1.50\","
		"\"network\":\"br-lan\",\"host\":\"dnl-01.geo.kaspersky.com\",\"layer\":\"tls\","
		"\"category\":\"update\",\"result\":\"blocked\",\"count\":12,\"asked\":true}],"
		"\"days\":[{\"day\":\"2026-11-01\",\"attempts\":null,\"blocked\":null,\"why\":"
		"\"before the log began\"},";
	ck_assert_msg(strncmp(json, begin, strlen(begin)) == 0, "%.1800s", json);
	ck_assert_ptr_nonnull(strstr(json, "{\"day\":\"2026-11-28\",\"attempts\":0,\"blocked\":0,"
	                                   "\"why\":null},{\"day\":\"2026-11-29\",\"attempts\":"
	                                   "null,\"blocked\":null,\"why\":\"filterd wrote no "
	                                   "record\"},{\"day\":\"2026-11-30\",\"attempts\":12,"
	                                   "\"blocked\":12,\"why\":null}],\"days_partial\":false}"));
}

START_TEST(a_long_name_leaves_a_blank_before_the_next_column)
{
	struct event e = log_event(&l, "dnl-01.geo.kaspersky.com");

	l.time_us = now_us - 5 * MINUTE;
	log_start(&l, PREVIOUS_NEW, 0, 0);
	attempt_as(&e, "CONFERENCE-ROOM-7", 1);
	give();
	make(DAYS_NOT_HERE, &no_notes);
	ck_assert_ptr_nonnull(strstr(show(100), " CONFERENCE-ROO… 3c:52:82:11:22:33 "));
}

/* --- devices --- */

START_TEST(new_ones_come_first_then_those_that_still_ask)
{
	static const char *const want[] = { "3c:52:82:11:00:04", "3c:52:82:11:00:01",
		                            "3c:52:82:11:00:03", "3c:52:82:11:00:02" };
	struct ack  note  = { .device = "3c:52:82:11:00:03", .time_us = now_us - 4 * HOUR };
	struct acks notes = { .list = &note, .num = 1 };

	for (unsigned device = 0; device < 4; device++)
		tried(device, now_us - 3 * DAY);
	/* 0 not since. */
	tried(4, now_us - 20 * HOUR);           /* new */
	tried(3, now_us - 3 * HOUR);            /* after it was noted */
	tried(2, now_us - 2 * HOUR);            /* lately, but not within the hour */
	tried(1, now_us - 59 * MINUTE);         /* blocked within the hour */
	make(DAYS_NOT_HERE, &notes);
	ck_assert_uint_eq(b.devices.num, COUNT(want));
	for (size_t i = 0; i < COUNT(want); i++)
		ck_assert_str_eq((const char *)b.devices.order[i]->row.name.at, want[i]);
	ck_assert(b.devices.order[0]->is_new && !b.devices.order[0]->is_still);
	ck_assert(b.devices.order[2]->has_returned);
	ck_assert_int_eq(b.devices.order[3]->first_us, now_us - 3 * DAY);
}

START_TEST(a_day_is_24_hours_to_the_microsecond)
{
	tried(1, now_us - DAY);
	tried(2, now_us - DAY - 1);
	make(DAYS_NOT_HERE, &no_notes);
	ck_assert_uint_eq(b.devices.num, 1);
	ck_assert_str_eq((const char *)b.devices.order[0]->row.name.at, "3c:52:82:11:00:01");
	ck_assert(b.devices.order[0]->is_new);
}

static const struct { int64_t before_us; enum days_end end; const char *want; } news[] = {
	{ DAY,     DAYS_NOT_HERE,  "\"is_new\":null" },
	{ DAY,     DAYS_TOO_LONG,  "\"is_new\":null" },
	{ DAY,     DAYS_LOG_BEGAN, "\"is_new\":true" },
	{ DAY + 1, DAYS_NOT_HERE,  "\"is_new\":true" },
	{ DAY + 1, DAYS_TOO_LONG,  "\"is_new\":true" },
};

START_TEST(who_is_new_is_not_known_if_the_records_are_of_the_last_day_alone)
{
	/* The first record is not here. */
	log_beat(&l);
	l.num = l.used = 0;
	beat(now_us - news[_i].before_us);
	tried(1, now_us - HOUR);
	ck_assert_ptr_nonnull(strstr(make(news[_i].end, &no_notes), news[_i].want));
}

static const struct { enum event_type type; const char *want; bool is_blocked; } results[] = {
	{ EVENT_BLOCK, "blocked", true },
	{ EVENT_WOULD_BLOCK, "would_block", false },
	{ EVENT_WAIVED, "waived", false },
	{ EVENT_LOG, "passed", false },
};

START_TEST(a_result_is_one_of_four)
{
	struct event e = log_event(&l, "dnl-01.geo.kaspersky.com");

	l.time_us = now_us - 5 * MINUTE;
	e.type    = results[_i].type;
	attempt_as(&e, "", 3);
	give();
	make(DAYS_NOT_HERE, &no_notes);
	ck_assert_str_eq(attempt_result(b.devices.order[0]->last->result), results[_i].want);
	ck_assert_uint_eq(b.devices.order[0]->attempts, 3);
	ck_assert_uint_eq(b.devices.order[0]->blocked, results[_i].is_blocked ? 3 : 0);
	ck_assert(b.devices.order[0]->is_still == results[_i].is_blocked);
	ck_assert_uint_eq(b.days.list[29].blocked, results[_i].is_blocked ? 3 : 0);
}

static const struct { enum folded folded; size_t devices; } folds[] = {
	{ FOLDED_NOT, 1 }, { FOLDED_DEVICE, 1 }, { FOLDED_HOST, 0 }, { FOLDED_CATEGORY, 0 },
};

/* The line has the last device; the attempts are those of all of them. */
START_TEST(what_is_counted_of_several_is_nobodys)
{
	struct event          e = log_event(&l, "dnl-01.geo.kaspersky.com");
	struct record_context c = { .sensor = "gw1", .policy_digest = bytes_of(l.policy, 32),
		                    .name = BYTES("LAPTOP-7") };
	struct writer         w;

	l.time_us = e.time_us = now_us - MINUTE;
	w         = log_line(&l);
	record_open(&w, &e, &c);
	record_count(&w, 40, e.time_us - MINUTE);
	record_folded(&w, folds[_i].folded);
	record_close(&w, &l.chain);
	log_keep(&l, &w);
	give();
	make(DAYS_NOT_HERE, &no_notes);
	ck_assert_uint_eq(b.devices.num, folds[_i].devices);
	ck_assert_uint_eq(b.days.list[29].attempts, 40);
	ck_assert_uint_eq(b.attempts.num, 1);
	ck_assert((strstr(json, "LAPTOP-7") != NULL) == (folds[_i].devices == 1));
	if (folds[_i].devices == 0)
		ck_assert_ptr_nonnull(strstr(json, "\"device\":null"));
}

/* --- the last attempts --- */

START_TEST(the_last_twenty_in_whichever_order_they_come)
{
	static const unsigned order[] = { 3, 1, 2, 0 };         /* files, ten records each */
	struct entry          e = { .type = ENTRY_BLOCK, .count = 1 };

	for (size_t i = 0; i < COUNT(order); i++) {
		for (unsigned k = 0; k < 10; k++) {
			e.end.seq = order[i] * 10 + k;
			ck_assert(attempts_wants(&b.attempts, e.end.seq) || e.end.seq < 20);
			attempts_keep(&b.attempts, &e);
		}
	}
	attempts_keep(&b.attempts, &e);         /* twice */
	ck_assert_uint_eq(b.attempts.num, BOARD_ATTEMPTS);
	for (size_t i = 0; i < BOARD_ATTEMPTS; i++)
		ck_assert_uint_eq(attempts_at(&b.attempts, i)->seq, 39 - i);
	ck_assert_ptr_null(attempts_at(&b.attempts, BOARD_ATTEMPTS));
}

START_TEST(a_host_that_is_cut_says_so)
{
	struct entry e = { .type = ENTRY_BLOCK, .count = 1 };
	uint8_t      host[600];

	memset(host, 'a', sizeof(host));
	e.host = bytes_of(host, ATTEMPT_HOST - 1);
	attempts_keep(&b.attempts, &e);
	ck_assert_uint_eq(strlen(attempts_at(&b.attempts, 0)->host), ATTEMPT_HOST - 1);
	e.end.seq = 1;
	e.host    = bytes_of(host, sizeof(host));
	attempts_keep(&b.attempts, &e);
	ck_assert_uint_eq(strlen(attempts_at(&b.attempts, 0)->host), ATTEMPT_HOST - 1);
	ck_assert_str_eq(attempts_at(&b.attempts, 0)->host + ATTEMPT_HOST - 4, "\u2026");
}

/* --- days --- */

static const struct { enum days_end end; bool from_0; const char *before, *begun; } ends[] = {
	{ DAYS_NOT_HERE, true,  "before the log began",                     "" },
	{ DAYS_NOT_HERE, false, "not in the log here",                      "not in the log here" },
	{ DAYS_TOO_LONG, false, "the log is too long to be read so far",
	  "the log is too long to be read so far" },
	{ DAYS_TOO_LONG, true,  "the log is too long to be read so far",
	  "the log is too long to be read so far" },
	{ DAYS_UNREAD,   false, "the log cannot be read",                   "the log cannot be read" },
};

START_TEST(a_day_that_is_not_known_says_why)
{
	l.chain.seq = ends[_i].from_0 ? 0 : 500;
	for (int64_t us = now_us - 3 * DAY; us <= now_us; us += 12 * HOUR)
		beat(us);
	make(ends[_i].end, &no_notes);
	ck_assert_str_eq(why(25), ends[_i].before);
	ck_assert_str_eq(why(26), ends[_i].begun);
	ck_assert_str_eq(why(27), "");
	ck_assert_str_eq(why(29), "");
	ck_assert((strstr(json, "\"days_partial\":true") != NULL) ==
	          (ends[_i].end == DAYS_TOO_LONG));
}

START_TEST(no_log_is_no_zeros)
{
	make(DAYS_NO_LOG, &no_notes);
	ck_assert_uint_eq(count_of(json, "\"why\":\"there is no log\""), DAYS_NUM);
	ck_assert_uint_eq(count_of(json, "\"attempts\":null"), DAYS_NUM);
}

START_TEST(numbers_that_are_missing_within_a_file_are_a_hole)
{
	for (int64_t us = now_us - 5 * DAY; us <= now_us; us += HOUR) {
		if (us == now_us - 3 * DAY)
			l.chain.seq += 2;
		beat(us);
	}
	make(DAYS_NOT_HERE, &no_notes);
	ck_assert_str_eq(why(25), "");
	ck_assert_str_eq(why(26), "records are missing");
	ck_assert_str_eq(why(27), "");
}

START_TEST(a_file_that_is_missing_is_a_hole_of_all_its_days)
{
	l.chain.seq = 900;
	for (int64_t us = now_us - DAY; us <= now_us; us += HOUR)
		beat(us);
	board_file(&b);
	l.chain.seq = 700;
	for (int64_t us = now_us - 6 * DAY; us <= now_us - 4 * DAY; us += HOUR)
		beat(us);
	make(DAYS_PAST, &no_notes);
	ck_assert_str_eq(why(24), "");
	for (size_t i = 25; i <= 28; i++)
		ck_assert_str_eq(why(i), "records are missing");
	ck_assert_str_eq(why(29), "");
}

START_TEST(files_that_follow_each_other_have_no_hole_between_them)
{
	l.chain.seq = 900;
	for (int64_t us = now_us - DAY; us <= now_us; us += HOUR)
		beat(us);
	board_file(&b);
	l.chain.seq = 900 - 48;
	for (int64_t us = now_us - 3 * DAY; us < now_us - DAY; us += HOUR)
		beat(us);
	make(DAYS_NOT_HERE, &no_notes);
	for (size_t i = 27; i <= 29; i++)
		ck_assert_str_eq(why(i), "");
}

static const struct { enum piece_kind kind; bool is_hole; } pieces[] = {
	{ PIECE_LINE, true },           /* no record */
	{ PIECE_LONG, true },
	{ PIECE_UNREAD, true },
	{ PIECE_PART, false },          /* it is being written */
};

START_TEST(what_is_no_record_is_a_hole_where_it_stands)
{
	for (int64_t us = now_us - 2 * DAY; us <= now_us; us += HOUR)
		beat(us);
	give_kind(pieces[_i].kind);
	make(DAYS_NOT_HERE, &no_notes);
	ck_assert_str_eq(why(28), "");
	ck_assert_str_eq(why(29), pieces[_i].is_hole ? "records are missing" : "");
}

START_TEST(a_day_without_a_record_is_not_known)
{
	beat(now_us - 3 * DAY);
	beat(now_us - DAY);
	make(DAYS_NOT_HERE, &no_notes);
	ck_assert_str_eq(why(27), "filterd wrote no record");
	ck_assert_str_eq(why(28), "");
	ck_assert_str_eq(why(29), "filterd wrote no record");
}

START_TEST(soon_after_midnight_today_has_no_attempt_yet)
{
	board_free(&b);
	ck_assert_int_eq(instant_parse(BYTES("2026-11-30T00:10:00Z"), &now_us), PARSE_OK);
	ck_assert(board_begin(&b, now_us, 7));
	beat(now_us - DAY);
	beat(now_us - 20 * MINUTE);
	make(DAYS_NOT_HERE, &no_notes);
	ck_assert_str_eq(why(29), "");
}

/* New York puts its clock back on 2026-11-01, a day of 25 hours. */
START_TEST(days_are_those_of_the_zone)
{
	int64_t us;

	board_free(&b);
	timezone_choose("EST5EDT,M3.2.0,M11.1.0", "America/New_York");
	ck_assert(board_begin(&b, now_us, 7));
	ck_assert_int_eq(instant_parse(BYTES("2026-11-02T04:59:59Z"), &us), PARSE_OK);
	beat(us - 25 * HOUR);                   /* 2026-10-31, 23:59:59 EDT */
	tried(1, us);                           /* 2026-11-01, 23:59:59 EST */
	tried(1, us + LOGS_SECOND);
	beat(now_us);
	make(DAYS_NOT_HERE, &no_notes);
	ck_assert_ptr_nonnull(strstr(json, "\"zone\":\"America/New_York\",\"offset_s\":-18000,"));
	ck_assert_ptr_nonnull(strstr(json, "{\"day\":\"2026-11-01\",\"attempts\":1,"));
	ck_assert_ptr_nonnull(strstr(json, "{\"day\":\"2026-11-02\",\"attempts\":1,"));
}

START_TEST(attempts_without_details_count_for_their_day)
{
	l.time_us = now_us - MINUTE;
	log_gap(&l, 5, 2);
	give();
	make(DAYS_NOT_HERE, &no_notes);
	ck_assert_uint_eq(b.days.list[29].attempts, 7);
	ck_assert_uint_eq(b.days.list[29].blocked, 0);
}

/* --- bounds --- */

/* A host of 253 letters, names that try to leave their place, in all the room there is. */
START_TEST(ten_thousand_devices_fit)
{
	static const char *const names[] = {
		"<img src=x onerror=alert(1)>", "\"},{\"device\":\"x", "\x1b[2J\x1b[31m",
		"\u202ereversed\u2066", "W\u00fcrzburg \U0001f600", "\xff\xfe\x80 no UTF-8",
		"a\\u0000b\n\r\t", "",
	};
	char     host[254], label[64];
	unsigned num = 10000, in_json;

	memset(label, 'a', 63);
	label[63] = '\0';
	snprintf(host, sizeof(host), "%s.%s.%s.%.61s", label, label, label, label);
	for (unsigned i = 0; i < num; i++) {
		struct event e = log_event(&l, host);

		e.mac[3] = (uint8_t)(i >> 16);
		e.mac[4] = (uint8_t)(i >> 8);
		e.mac[5] = (uint8_t)i;
		l.time_us = now_us - HOUR + i * LOGS_SECOND / 10;
		attempt_as(&e, names[i % COUNT(names)], 1);
		give();
	}
	make(DAYS_NOT_HERE, &no_notes);
	in_json = count_of(json, "\"vendor\":");
	ck_assert_uint_eq(b.devices.num, num);
	ck_assert_uint_gt(in_json, 30);
	snprintf(label, sizeof(label), "\"devices_more\":%u,", num - in_json);
	ck_assert_ptr_nonnull(strstr(json, label));
	ck_assert_uint_eq(count_of(json, "\"seq\":"), BOARD_ATTEMPTS);
	/* And a person sees all of it as text. */
	show(80);
	for (size_t i = 0; i < shown_len; i++)
		ck_assert((uint8_t)shown[i] >= 0x20 || shown[i] == '\n');
	ck_assert_ptr_nonnull(strstr(shown, "      and 9980 more\n"));
	ck_assert_ptr_null(strstr(shown, "\u202e"));
}

/* All beyond the table's end share a row, which is no device. */
START_TEST(more_devices_than_anybody_has)
{
	for (unsigned i = 0; i < BOARD_DEVICES + 100; i++)
		tried(i, now_us - HOUR);
	make(DAYS_NOT_HERE, &no_notes);
	ck_assert_uint_eq(b.devices.num, BOARD_DEVICES);
	ck_assert(b.devices.has_more);
	for (size_t i = 0; i < b.devices.num; i++)
		ck_assert_str_ne((const char *)b.devices.order[i]->row.name.at, ROWS_OTHERS);
	ck_assert_uint_eq(b.days.list[29].attempts, BOARD_DEVICES + 100);
}

/* Each text as long as there is room for it, of characters that JSON writes with six. */
START_TEST(the_worst_of_everything_fits)
{
	struct ack   note  = { .device = "3c:52:82:11:22:33", .time_us = now_us };
	struct acks  notes = { .list = &note, .num = 1 };
	struct event e     = log_event(&l, "a.example");
	char         name[64];

	memset(b.said.answer, 1, sizeof(b.said.answer) - 1);
	memset(b.said.sensor, 1, sizeof(b.said.sensor) - 1);
	memset(b.said.feed_text, 1, sizeof(b.said.feed_text) - 1);
	memset(b.said.feed, 1, sizeof(b.said.feed) - 1);
	memset(b.said.paused_because, 1, sizeof(b.said.paused_because) - 1);
	b.said.is_paused = true;
	for (b.said.num_troubles = 0; b.said.num_troubles < SAID_TROUBLES; b.said.num_troubles++)
		memset(b.said.troubles[b.said.num_troubles], 1, STATUS_TROUBLE_MAX - 1);
	memset(note.note, 1, ACKS_NOTE_MAX);
	memset(note.by, 1, sizeof(note.by) - 1);
	memset(name, 1, sizeof(name) - 1);
	name[sizeof(name) - 1] = '\0';
	memset(e.iface, 1, IFACE_NAME_MAX - 1);
	memset(e.host.text, 1, HOST_TEXT_MAX / 4);
	e.host.len = HOST_TEXT_MAX / 4;
	for (unsigned i = 0; i < 40; i++) {
		l.time_us = now_us - HOUR + i * LOGS_SECOND;
		attempt_as(&e, name, 1);
		give();
	}
	make(DAYS_NOT_HERE, &notes);
	ck_assert_uint_eq(count_of(json, "\"vendor\":"), 1);
	ck_assert_uint_eq(count_of(json, "\"why\":"), DAYS_NUM);
	ck_assert_ptr_nonnull(strstr(json, "\"devices_more\":0,"));
	ck_assert_uint_gt(count_of(json, "\"seq\":"), 5);
}

START_TEST(counts_that_are_made_up_do_not_begin_again)
{
	struct event e = log_event(&l, "a.example");

	for (unsigned i = 0; i < 2; i++) {
		l.time_us = now_us - HOUR;
		attempt_as(&e, "", UINT64_MAX - 1);
		give();
	}
	make(DAYS_NOT_HERE, &no_notes);
	ck_assert_uint_eq(b.days.list[29].attempts, UINT64_MAX);
	ck_assert_uint_eq(b.devices.order[0]->attempts, UINT64_MAX);
}

/* --- policies --- */

START_TEST(the_newest_record_says_which_policies_hold)
{
	static const char old[] = "\"policies\":[{\"id\":\"old\",\"serial\":1}]",
			  new[] = "\"policies\":[{\"id\":\"kaspersky-us\",\"title\":\"Kaspersky, "
				  "United States\",\"authority\":\"15 CFR 7.900\",\"serial\":3,"
				  "\"cutoff\":\"2024-09-29T00:00:00-04:00\"},{\"id\":\"house\","
				  "\"cutoff\":\"always\"}]";
	/* The newest file first, in it the older record first. */
	const struct { uint64_t seq; const char *says; } order[] = { { 8, old }, { 9, new },
		                                                     { 3, old } };

	for (size_t i = 0; i < COUNT(order); i++) {
		char         line[1024];
		struct piece piece = { .kind = PIECE_LINE };

		snprintf(line, sizeof(line),
		         "{\"timestamp\":\"2026-11-30T10:00:00.000000+0000\",\"filterd\":{\"type\":"
		         "\"segment\",%s,\"seq\":%" PRIu64 ",\"prev\":\"%064d\"}}",
		         order[i].says, order[i].seq, 0);
		piece.line = bytes_text(line);
		if (i == 2)
			board_file(&b);
		board_piece(&b, &piece);
	}
	make(DAYS_NOT_HERE, &no_notes);
	ck_assert_ptr_nonnull(strstr(
		json, "\"policies\":[{\"title\":\"Kaspersky, United States\",\"authority\":\"15 CFR "
		      "7.900\",\"serial\":3,\"effective\":\"2024-09-29T04:00:00Z\"},{\"title\":"
		      "\"house\",\"authority\":null,\"serial\":null,\"effective\":null}],"));
}

/* --- a glance is what the whole line says --- */

static void check_glance(struct bytes line)
{
	uint8_t       room[GLANCE_OWN_MAX + 1];
	struct glance g;
	struct entry  whole, part;

	ck_assert_int_eq(record_read(line, &whole), PARSE_OK);
	ck_assert_int_eq(glance_read(line, &g), PARSE_OK);
	ck_assert_uint_eq(g.seq, whole.end.seq);
	ck_assert_int_eq(g.time_us, whole.time_us);
	ck_assert_int_eq(glance_entry(&g, room, &part), PARSE_OK);
	ck_assert_int_eq(part.type, whole.type);
	ck_assert(!g.is_other || (!entry_is_attempt(&whole) && whole.gap_counts == 0 &&
	                          whole.policies.len == 0));
	ck_assert_uint_eq(part.count, whole.count);
	ck_assert_uint_eq(part.gap_counts, whole.gap_counts);
	ck_assert_int_eq(part.first_us, whole.first_us);
	ck_assert(bytes_equal(part.device, whole.device));
	ck_assert(bytes_equal(part.host, whole.host));
	ck_assert(bytes_equal(part.folded, whole.folded));
	ck_assert(entry_is_attempt(&part) == entry_is_attempt(&whole));
}

START_TEST(a_glance_says_what_the_whole_says)
{
	struct event e = log_event(&l, "a.example");

	log_start(&l, PREVIOUS_NEW, 0, 0);
	log_beat(&l);
	memcpy(e.http.user_agent.text, "\"filterd\":{\"type\":\"stop\"", 24);
	e.http.user_agent.len = 24;
	e.app                 = APP_HTTP;
	attempt_as(&e, "\"filterd\":{\"type\":\"stop\"", 4);
	log_gap(&l, 3, 4);
	log_segment(&l, 0);
	log_pruned(&l, 0, 3);
	log_stop(&l);
	for (size_t i = 0; i < l.num; i++)
		check_glance(bytes_first(l.lines[i], l.lines[i].len - 1));
}

static const char *const no_glances[] = {
	"", "{", "{\"timestamp\":\"2026-11-30T10:00:00.000000+0000\"",
	"{\"timestamp\":\"2026-11-30T10:00:00.000000+0000\",\"filterd\":{\"type\":\"stop\",\"seq\":1}}",
	"{\"timestamp\":\"2026-11-31T10:00:00.000000+0000\",\"filterd\":{\"type\":\"stop\",\"seq\":1,"
	"\"prev\":\"0000000000000000000000000000000000000000000000000000000000000000\"}}",
	"{\"timestamp\":\"2026-11-30T10:00:00.000000+0000\",\"filterd\":{\"type\":\"stop\",\"seq\":"
	"99999999999999999999,"
	"\"prev\":\"0000000000000000000000000000000000000000000000000000000000000000\"}}",
	"{\"timestamp\":\"2026-11-30T10:00:00.000000+0000\",\"filterd\":{\"kind\":\"stop\",\"seq\":1,"
	"\"prev\":\"0000000000000000000000000000000000000000000000000000000000000000\"}}",
};

START_TEST(another_form_takes_more_than_a_glance)
{
	struct glance g;

	ck_assert_int_eq(glance_read(bytes_text(no_glances[_i]), &g), PARSE_BAD);
}

/* --- for people --- */

START_TEST(text_says_the_answer_first)
{
	struct event e = log_event(&l, "dnl-01.geo.kaspersky.com");

	l.time_us = now_us - 5 * MINUTE;
	attempt_as(&e, "LAPTOP-7", 12);
	give();
	said_trouble(&b.said, "the log /var/log/x cannot be read: No such file or directory");
	make(DAYS_NOT_HERE, &no_notes);
	ck_assert_str_eq(show(80),
	                 "filterd does not run.\n"
	                 "  - the log /var/log/x cannot be read: No such file or directory\n"
	                 "\n"
	                 "Asked in the last 24 hours; times are those of UTC:\n"
	                 "      name            device            last        blocked   host\n"
	                 "new   LAPTOP-7        3c:52:82:11:22:33 11-30 17:15 12/12     "
	                 "dnl-01.geo.kasper\u2026\n"
	                 "\n"
	                 "The last attempts:\n"
	                 "11-30 17:15 LAPTOP-7        3c:52:82:11:22:33 tls   blocked     "
	                 "12 times dnl-01.geo.kasp\u2026\n"
	                 "\n"
	                 "In 30 days: 12 attempts, 12 blocked; 29 days are not known: before the "
	                 "log began\n");
}

START_TEST(nobody_asked_is_not_the_same_as_no_record)
{
	make(DAYS_NO_LOG, &no_notes);
	ck_assert_ptr_nonnull(strstr(show(80), "The log has no record of the last 24 hours.\n"));
	tear_down();
	set_up();
	beat(now_us - HOUR);
	make(DAYS_NOT_HERE, &no_notes);
	ck_assert_ptr_nonnull(strstr(show(80), "No device asked for anything in the last 24 hours.\n"));
}

int main(void)
{
	Suite *s = suite_create("board");
	TCase *t = tcase_create("board");

	tcase_add_checked_fixture(t, set_up, tear_down);
	tcase_add_test(t, a_board_is_as_the_manual_has_it);
	tcase_add_test(t, a_long_name_leaves_a_blank_before_the_next_column);
	tcase_add_test(t, new_ones_come_first_then_those_that_still_ask);
	tcase_add_test(t, a_day_is_24_hours_to_the_microsecond);
	tcase_add_loop_test(t, who_is_new_is_not_known_if_the_records_are_of_the_last_day_alone, 0,
	                    COUNT(news));
	tcase_add_loop_test(t, a_result_is_one_of_four, 0, COUNT(results));
	tcase_add_loop_test(t, what_is_counted_of_several_is_nobodys, 0, COUNT(folds));
	tcase_add_test(t, the_last_twenty_in_whichever_order_they_come);
	tcase_add_test(t, a_host_that_is_cut_says_so);
	tcase_add_loop_test(t, a_day_that_is_not_known_says_why, 0, COUNT(ends));
	tcase_add_test(t, no_log_is_no_zeros);
	tcase_add_test(t, numbers_that_are_missing_within_a_file_are_a_hole);
	tcase_add_test(t, a_file_that_is_missing_is_a_hole_of_all_its_days);
	tcase_add_test(t, files_that_follow_each_other_have_no_hole_between_them);
	tcase_add_loop_test(t, what_is_no_record_is_a_hole_where_it_stands, 0, COUNT(pieces));
	tcase_add_test(t, a_day_without_a_record_is_not_known);
	tcase_add_test(t, soon_after_midnight_today_has_no_attempt_yet);
	tcase_add_test(t, days_are_those_of_the_zone);
	tcase_add_test(t, attempts_without_details_count_for_their_day);
	tcase_add_test(t, ten_thousand_devices_fit);
	tcase_add_test(t, more_devices_than_anybody_has);
	tcase_add_test(t, the_worst_of_everything_fits);
	tcase_add_test(t, counts_that_are_made_up_do_not_begin_again);
	tcase_add_test(t, the_newest_record_says_which_policies_hold);
	tcase_add_test(t, a_glance_says_what_the_whole_says);
	tcase_add_loop_test(t, another_form_takes_more_than_a_glance, 0, COUNT(no_glances));
	tcase_add_test(t, text_says_the_answer_first);
	tcase_add_test(t, nobody_asked_is_not_the_same_as_no_record);
	suite_add_tcase(s, t);
	return suite_run(s);
}

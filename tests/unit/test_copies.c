/* SPDX-License-Identifier: MIT */

#include "review/copies.h"
#include "support/logs.h"

#include <stdlib.h>

static struct log    l, other;          /* 0 start, 1-6 run, 7 segment, 8-19 run, 20 stop; another story of it, or another log */
static struct copies c;
static uint8_t       memory[4 << 20];
static struct writer text;
static char          said[65536];
static size_t        said_len;

#define LAST 20

static void tell_story(struct log *into)
{
	log_start(into, PREVIOUS_NEW, 0, 0);
	log_run(into, 1);
	log_segment(into, 0);
	log_run(into, 2);
	log_stop(into);
	ck_assert_uint_eq(into->num, LAST + 1);
}

static void set_up(void)
{
	log_begin(&l);
	tell_story(&l);
	c    = (struct copies){ .sensor = BYTES("gw1") };
	text = writer_over(memory, sizeof(memory));
}

static void tear_down(void)
{
	copies_free(&c);
}

/* As a collection puts them: with a newline behind, whether the line had one or not. */
static void add_line(struct bytes line, uint64_t *last_seq)
{
	bool            whole = line.len > 0 && line.at[line.len - 1] == '\n';
	struct bytes    body  = bytes_first(line, line.len - whole);
	struct line_end end;
	struct copy     copy  = { .at = text.len, .len = (uint32_t)body.len & 0xffffff, .has_newline = whole };

	copy.is_record = whole && line_end_read(body, &end) == PARSE_OK;
	if (copy.is_record)
		*last_seq = end.seq;
	copy.is_signed = copy.is_record && end.is_signed;
	copy.seq       = *last_seq;
	write_bytes(&text, body);
	write_text(&text, "\n");
	ck_assert(!text.full);
	ck_assert_int_eq(copies_add(&c, &copy), 0);
}

/* A file with lines from..to of a log. */
static void add(const struct log *from, size_t first, size_t last)
{
	uint64_t seq = 0;

	for (size_t i = first; i <= last; i++)
		add_line(from->lines[i], &seq);
}

static void add_other(struct bytes line, uint64_t behind)
{
	add_line(line, &behind);
}

/* The line with other text in it, of the same length. */
static struct bytes changed(struct bytes line, const char *from, const char *to)
{
	static uint8_t room[8][2048];
	static size_t  next;
	uint8_t       *copy = room[next++ % 8], *at;

	memcpy(copy, line.at, line.len);
	at = memmem(copy, line.len, from, strlen(from));
	ck_assert_ptr_nonnull(at);
	ck_assert_uint_eq(strlen(from), strlen(to));
	memcpy(at, to, strlen(to));
	return bytes_of(copy, line.len);
}

static uint64_t run_from, run_to;
static bool     in_run;

static void end_run(void)
{
	if (in_run)
		said_len += (size_t)snprintf(said + said_len, sizeof(said) - said_len, run_from == run_to ? " %llu" : " %llu-%llu",
		                             (unsigned long long)run_from, (unsigned long long)run_to);
	in_run = false;
}

static void take_line(void *owner, struct bytes line, bool has_newline)
{
	struct line_end end;

	(void)owner;
	ck_assert_uint_eq(line.at[line.len], '\n');
	if (!has_newline || line_end_read(line, &end) != PARSE_OK) {
		end_run();
		said_len += (size_t)snprintf(said + said_len, sizeof(said) - said_len, has_newline ? " text" : " half");
		return;
	}
	if (in_run && end.seq == run_to + 1) {
		run_to = end.seq;
		return;
	}
	end_run();
	in_run   = true;
	run_from = run_to = end.seq;
}

static void take_broken(void *owner, uint64_t bytes)
{
	(void)owner;
	(void)bytes;
	end_run();
	said_len += (size_t)snprintf(said + said_len, sizeof(said) - said_len, " broken");
}

static void take_key(void *owner, struct bytes line)
{
	(void)owner;
	(void)line;
	said_len += (size_t)snprintf(said + said_len, sizeof(said) - said_len, " key");
}

static void take_rival(void *owner, uint64_t from, uint64_t to, uint64_t num, bool follow)
{
	(void)owner;
	end_run();
	said_len += (size_t)snprintf(said + said_len, sizeof(said) - said_len, " %s:%llu-%llu(%llu)", follow ? "story" : "rival",
	                             (unsigned long long)from, (unsigned long long)to, (unsigned long long)num);
}

/* " 0-20", of two logs " 2f9c: 0-20 7777: 0-3" */
static const char *sorted(void)
{
	struct copies_sink sink = { .key = take_key, .line = take_line, .broken = take_broken, .rival = take_rival };

	ck_assert_int_eq(copies_sort(&c, writer_written(&text)), 0);
	said[0]  = '\0';
	said_len = 0;
	for (size_t log = 0; log < copies_num_logs(&c); log++) {
		if (copies_num_logs(&c) > 1)
			said_len += (size_t)snprintf(said + said_len, sizeof(said) - said_len, " %.4s:", copies_log(&c, log));
		copies_give(&c, log, writer_written(&text), &sink);
		end_run();
	}
	ck_assert_uint_lt(said_len, sizeof(said));
	return said;
}

START_TEST(disorder_is_sorted)
{
	for (size_t i = 0; i <= LAST; i++)
		add(&l, i * 13 % (LAST + 1), i * 13 % (LAST + 1));
	ck_assert_str_eq(sorted(), " 0-20");
	ck_assert_uint_eq(c.num_twice, 0);
	ck_assert_str_eq(copies_log(&c, 0), LOGS_ID);
}

START_TEST(the_same_record_twice_is_harmless)
{
	add(&l, 5, LAST);
	add(&l, 0, 12);
	add(&l, 0, LAST);
	ck_assert_str_eq(sorted(), " 0-20");
	ck_assert_uint_eq(c.num_twice, 29);
}

START_TEST(what_no_copy_has_is_missing)
{
	add(&l, 0, 4);
	add(&l, 9, 11);
	add(&l, 17, LAST);
	add(&l, 3, 6);
	ck_assert_str_eq(sorted(), " 0-6 9-11 17-20");
}

/* Whichever copy came first: the record that the next one hangs on is the log's. */
START_TEST(a_record_that_one_copy_has_otherwise_is_found)
{
	static const struct { size_t record; const char *wanted; } cases[] = { { 9, " 0-20 rival:9-9(1)" }, { 17, " 0-20 rival:17-17(1)" } };
	size_t record = cases[_i / 2].record;

	if (_i % 2 == 0)
		add(&l, 0, LAST);
	add_other(changed(l.lines[record], "dnl-01", "dnl-09"), 0);
	add(&l, 0, LAST);
	ck_assert_str_eq(sorted(), cases[_i / 2].wanted);
	for (size_t i = 0; i < c.num; i++) {
		struct bytes found = bytes_first(bytes_from(writer_written(&text), c.list[i].at), (size_t)c.list[i].len + 1);

		if (c.list[i].seq == record)
			ck_assert_int_eq(bytes_equal(found, l.lines[record]), c.threads[c.list[i].thread].num_lost == 0);
	}
}

START_TEST(a_number_that_was_changed_is_found)
{
	add(&l, 0, 8);
	add_other(changed(l.lines[9], "\"seq\":9,", "\"seq\":4,"), 0);
	add(&l, 10, LAST);
	ck_assert_str_eq(sorted(), " 0-8 10-20 rival:4-4(1)");
}

/* Who has the key of the moment writes the end anew, and the live copy has it as it was. */
START_TEST(an_end_that_was_written_anew_is_another_story)
{
	log_begin(&other);
	log_start(&other, PREVIOUS_NEW, 0, 0);
	log_run(&other, 1);
	log_segment(&other, 0);
	log_block(&other, "ds.kaspersky.com");
	log_beat(&other);
	log_beat(&other);
	log_beat(&other);
	add(&l, 0, LAST);
	add(&other, 0, other.num - 1);
	ck_assert_str_eq(sorted(), " 0-20 story:8-11(4)");
}

START_TEST(two_logs_of_one_gateway_are_told_apart)
{
	log_begin_as(&other, "gw1", "77770000aaaabbbb", 1000);
	other.time_us += 3600 * LOGS_SECOND;
	tell_story(&other);
	add(&other, 0, LAST);
	add(&l, 0, LAST);
	add(&other, 3, 5);
	ck_assert_str_eq(sorted(), " 7777: 0-20 2f9c: 0-20");
}

/* A part that names no log, between two holes: the key that signed in it tells. */
START_TEST(a_part_of_a_log_is_known_by_its_keys)
{
	log_begin_as(&other, "gw1", "77770000aaaabbbb", 1000);
	tell_story(&other);
	add(&l, 0, 7);
	add(&other, 0, 8);
	add(&other, 11, LAST);
	add(&l, 10, LAST);
	ck_assert_str_eq(sorted(), " 2f9c: 0-7 10-20 7777: 0-8 11-20");
}

START_TEST(what_is_no_record_stays_behind_the_record_before_it)
{
	add(&l, 0, 4);
	add_other(BYTES("spoilt\n"), 4);
	add(&l, 5, LAST);
	ck_assert_str_eq(sorted(), " 0-4 text 5-20");
}

START_TEST(half_a_line_that_is_there_whole_is_left_out)
{
	add(&l, 0, 4);
	add_other(bytes_first(l.lines[5], 200), 4);
	add(&l, 3, LAST);
	ck_assert_str_eq(sorted(), " 0-20");
}

START_TEST(half_a_line_that_is_nowhere_whole_is_given)
{
	add(&l, 0, 4);
	add_other(bytes_first(l.lines[5], 200), 4);
	ck_assert_str_eq(sorted(), " 0-4 half");
}

START_TEST(no_record_names_a_log)
{
	add(&l, 8, 12);
	ck_assert_str_eq(sorted(), " 8-12");
	ck_assert_uint_eq(copies_num_logs(&c), 1);
	ck_assert_str_eq(copies_log(&c, 0), "");
}

START_TEST(nothing_is_one_log_without_a_line)
{
	ck_assert_str_eq(sorted(), "");
	ck_assert_uint_eq(copies_num_logs(&c), 1);
}

/* Somebody who may write to the collector cannot keep its reader busy for ever. */
START_TEST(a_thousand_records_of_one_number_are_counted)
{
	char     to[8];
	unsigned num = 0;

	add(&l, 0, LAST);
	for (unsigned i = 0; i < 1000; i++) {
		snprintf(to, sizeof(to), "x%05u", i);
		add_other(changed(l.lines[9], "dnl-01", to), 0);
	}
	ck_assert_int_eq(strncmp(sorted(), " 0-20 rival:9-9(1) ", 19), 0);
	for (const char *at = said; (at = strstr(at, "rival:9-9(1)")) != NULL; at++)
		num++;
	ck_assert_uint_eq(num, 1000);
}

static const struct { const char *what; struct bytes line, sensor; } lines[] = {
	{ "an attempt", BYTES("{\"timestamp\":\"x\",\"host\":\"gw1\",\"filterd\":{\"host\":\"a.b\"}}"), BYTES("gw1") },
	{ "with something between", BYTES("{\"timestamp\":\"x\",\"host\":\"gw1\",\"stats\":{},\"filterd\":{}}"), BYTES("gw1") },
	{ "an escape", BYTES("{\"a\":1,\"host\":\"g\\\"w\",\"filterd\":{}}"), BYTES("g\\\"w") },
	{ "an escape at the end", BYTES("{\"a\":1,\"host\":\"g\\"), BYTES("") },
	{ "a host of ours alone", BYTES("{\"timestamp\":\"x\",\"filterd\":{\"type\":\"block\",\"host\":\"a.b\"}}"), BYTES("") },
	{ "another program's", BYTES("{\"timestamp\":\"x\",\"host\":\"gw1\"}"), BYTES("") },
	{ "no end", BYTES("{\"a\":1,\"host\":\"gw1,\"filterd\":{"), BYTES("") },
	{ "nothing", BYTES(""), BYTES("") },
};

START_TEST(whose_line_it_is)
{
	ck_assert_msg(bytes_equal(copies_sensor(lines[_i].line), lines[_i].sensor), "%s", lines[_i].what);
}

int main(void)
{
	Suite *s = suite_create("review/copies");
	TCase *t = tcase_create("copies");

	tcase_add_checked_fixture(t, set_up, tear_down);
	tcase_add_test(t, disorder_is_sorted);
	tcase_add_test(t, the_same_record_twice_is_harmless);
	tcase_add_test(t, what_no_copy_has_is_missing);
	tcase_add_loop_test(t, a_record_that_one_copy_has_otherwise_is_found, 0, 4);
	tcase_add_test(t, a_number_that_was_changed_is_found);
	tcase_add_test(t, an_end_that_was_written_anew_is_another_story);
	tcase_add_test(t, two_logs_of_one_gateway_are_told_apart);
	tcase_add_test(t, a_part_of_a_log_is_known_by_its_keys);
	tcase_add_test(t, what_is_no_record_stays_behind_the_record_before_it);
	tcase_add_test(t, half_a_line_that_is_there_whole_is_left_out);
	tcase_add_test(t, half_a_line_that_is_nowhere_whole_is_given);
	tcase_add_test(t, no_record_names_a_log);
	tcase_add_test(t, nothing_is_one_log_without_a_line);
	tcase_add_test(t, a_thousand_records_of_one_number_are_counted);
	tcase_add_loop_test(t, whose_line_it_is, 0, COUNT(lines));
	suite_add_tcase(s, t);
	return suite_run(s);
}

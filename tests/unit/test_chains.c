/* SPDX-License-Identifier: MIT */

#include "log/noise.h"
#include "support/collection.h"

#include <stdlib.h>

static struct log    l, other;          /* another story of it, or another log */
static struct chains ch;

static void set_up(void)
{
	log_begin(&l);
	tell_story(&l);
	collection_begin();
}

static void tear_down(void)
{
	chains_free(&ch);
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

static void say_piece(const struct piece *p)
{
	char  *at;
	size_t room;

	if (p->kind == PIECE_LINE || p->kind == PIECE_PART) {
		say_line(p->line, p->kind == PIECE_LINE);
		return;
	}
	if (p->kind != PIECE_KEY)
		end_run();
	at   = said + said_len;
	room = sizeof(said) - said_len;
	said_len += (size_t)(p->kind == PIECE_KEY    ? snprintf(at, room, " key")
	                     : p->kind == PIECE_LONG ? snprintf(at, room, " broken")
	                                             : snprintf(at, room, " %s:%llu-%llu(%llu)",
	                                                        p->num > 1 ? "story" : "rival",
	                                                        (unsigned long long)p->from,
	                                                        (unsigned long long)p->to,
	                                                        (unsigned long long)p->num));
}

static void give(size_t log)
{
	struct piece piece;

	chains_begin(&ch, log);
	while (chains_next(&ch, &piece))
		say_piece(&piece);
}

/* " 0-20", of two logs " 2f9c: 0-20 7777: 0-3" */
static const char *given(void)
{
	c.text = writer_written(&text);
	copies_sort(&c);
	ck_assert_int_eq(chains_tell(&ch, &c), 0);
	for (size_t log = 0; log < chains_num_logs(&ch); log++) {
		if (chains_num_logs(&ch) > 1)
			said_len += (size_t)snprintf(said + said_len, sizeof(said) - said_len,
			                             " %.4s:", chains_log(&ch, log));
		give(log);
		end_run();
	}
	ck_assert_uint_lt(said_len, sizeof(said));
	return said;
}

static const char *sifted(const struct note_key *root)
{
	c.text = writer_written(&text);
	copies_sort(&c);
	ck_assert_int_eq(chains_tell(&ch, &c), 0);
	ck_assert_int_eq(noise_find(&ch, 0, root), 0);
	give(0);
	end_run();
	said_len += (size_t)snprintf(said + said_len, sizeof(said) - said_len, " noise:%llu",
	                             (unsigned long long)ch.num_noise);
	return said;
}

/* The line with a hash of nothing in it. */
static struct bytes junk(struct bytes line, unsigned number)
{
	struct bytes out = changed(line, "\"prev\":\"", "\"prev\":\"");
	char         digits[9];

	snprintf(digits, sizeof(digits), "%08x", 0xabcd0000 + number);
	memcpy((uint8_t *)memmem(out.at, out.len, "\"prev\":\"", 8) + 8, digits, 8);
	return out;
}

/* The line with another number. */
static struct bytes numbered(struct bytes line, unsigned number)
{
	static uint8_t room[2048];
	const uint8_t *at = memmem(line.at, line.len, "\"seq\":", 6), *behind = memchr(at, ',', 16);
	int            len = snprintf((char *)room, sizeof(room), "%.*s\"seq\":%u%.*s",
	                              (int)(at - line.at), (const char *)line.at, number,
	                              (int)(line.len - (size_t)(behind - line.at)),
	                              (const char *)behind);

	return bytes_of(room, (size_t)len);
}

START_TEST(copies_that_agree_are_one_log)
{
	add(&l, 0, 12);
	add(&l, 5, LAST);
	ck_assert_str_eq(given(), " 0-20");
	ck_assert_uint_eq(chains_num_logs(&ch), 1);
	ck_assert_str_eq(chains_log(&ch, 0), LOGS_ID);
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
	ck_assert_str_eq(given(), cases[_i / 2].wanted);
	for (size_t i = 0; i < c.num; i++) {
		struct bytes found = bytes_first(bytes_from(writer_written(&text), c.list[i].at),
		                                 (size_t)c.list[i].len + 1);

		if (c.list[i].seq == record)
			ck_assert_int_eq(bytes_equal(found, l.lines[record]),
			                 ch.threads[ch.thread_of[i]].num_lost == 0);
	}
}

START_TEST(a_number_that_was_changed_is_found)
{
	add(&l, 0, 8);
	add_other(changed(l.lines[9], "\"seq\":9,", "\"seq\":4,"), 0);
	add(&l, 10, LAST);
	ck_assert_str_eq(given(), " 0-8 10-20 rival:4-4(1)");
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
	ck_assert_str_eq(given(), " 0-20 story:8-11(4)");
}

START_TEST(two_logs_of_one_gateway_are_told_apart)
{
	log_begin_as(&other, "gw1", "77770000aaaabbbb", 1000);
	other.time_us += 3600 * LOGS_SECOND;
	tell_story(&other);
	add(&other, 0, LAST);
	add(&l, 0, LAST);
	add(&other, 3, 5);
	ck_assert_str_eq(given(), " 7777: 0-20 2f9c: 0-20");
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
	ck_assert_str_eq(given(), " 2f9c: 0-7 10-20 7777: 0-8 11-20");
}

/* Where a log is told from another, too. */
START_TEST(what_is_no_record_goes_with_the_record_before_it)
{
	log_begin_as(&other, "gw1", "77770000aaaabbbb", 1000);
	tell_story(&other);
	add(&l, 0, LAST);
	add(&other, 0, 3);
	add_other(BYTES("spoilt\n"), 3);
	add(&other, 4, LAST);
	ck_assert_str_eq(given(), " 2f9c: 0-20 7777: 0-3 text 4-20");
}

START_TEST(no_record_names_a_log)
{
	add(&l, 8, 12);
	ck_assert_str_eq(given(), " 8-12");
	ck_assert_uint_eq(chains_num_logs(&ch), 1);
	ck_assert_str_eq(chains_log(&ch, 0), "");
}

START_TEST(nothing_is_one_log_without_a_line)
{
	ck_assert_str_eq(given(), "");
	ck_assert_uint_eq(chains_num_logs(&ch), 1);
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
	ck_assert_int_eq(strncmp(given(), " 0-20 rival:9-9(1) ", 19), 0);
	for (const char *at = said; (at = strstr(at, "rival:9-9(1)")) != NULL; at++)
		num++;
	ck_assert_uint_eq(num, 1000);
}

/* Nor do so many between two copies of a record make two of it. */
START_TEST(a_crowd_of_one_number_takes_no_place)
{
	for (unsigned from = 9; from <= 10; from++) {
		add(&l, from, from);
		for (unsigned i = 0; i < 200; i++)
			add_other(junk(l.lines[from], i), from);
	}
	add(&l, 0, LAST);
	ck_assert_str_eq(sifted(&l.root), " 0-20 noise:400");
}

static const struct { const char *what; int kind; uint32_t file; const char *wanted; } noises[] = {
	{ "text in the log's own file", 0, 0, " 0-20 noise:1" },
	{ "text in another's file", 0, 1, " 0-20 noise:1" },
	{ "a record of a number that is there", 1, 0, " 0-20 noise:1" },
	{ "a record far beyond the end", 2, 0, " 0-20 noise:1" },
	{ "the number that comes next", 3, 0, " 0-20 noise:1" },
	{ "signed by nobody's key, in another's file", 4, 1, " 0-20 noise:1" },
	/* What is left of a log whose keys were lost looks like this. */
	{ "signed by nobody's key, in the log's own file", 4, 0, " 0-20 100 noise:0" },
	{ "one that hangs on a record and differs", 5, 1, " 0-20 rival:9-9(1) noise:0" },
};

START_TEST(what_hangs_on_nothing_is_noise)
{
	struct bytes line = l.lines[9];

	add(&l, 0, LAST);
	collection_file = noises[_i].file;
	switch (noises[_i].kind) {
	case 0: line = BYTES("junk that is no record\n"); break;
	case 1: line = junk(line, 1); break;
	case 2: line = numbered(junk(line, 1), 1000000000); break;
	case 3: line = numbered(junk(line, 1), 21); break;
	case 4: line = numbered(junk(l.lines[7], 1), 100); break;
	default: line = changed(line, "dnl-01", "dnl-09"); break;
	}
	add_other(line, 20);
	ck_assert_msg(strcmp(sifted(&l.root), noises[_i].wanted) == 0, "%s: %s", noises[_i].what,
	              said);
}

/* Without a key nobody knows which signature holds: only what nothing signs is left out. */
START_TEST(without_a_key_what_is_signed_stays)
{
	add(&l, 0, LAST);
	collection_file = 1;
	add_other(numbered(junk(l.lines[7], 1), 100), 20);
	add_other(junk(l.lines[9], 1), 20);
	ck_assert_str_eq(sifted(NULL), " 0-20 100 noise:1");
}

/* Where records are missing, what is behind them hangs on nothing but its signatures. */
START_TEST(what_signatures_vouch_for_is_no_noise)
{
	add(&l, 0, 3);
	collection_file = 1;
	add(&l, 7, 10);
	collection_file = 2;
	add(&l, 12, LAST);
	ck_assert_str_eq(sifted(&l.root), " 0-3 7-10 12-20 noise:0");
}

int main(void)
{
	Suite *s = suite_create("review/chains");
	TCase *t = tcase_create("chains");

	tcase_add_checked_fixture(t, set_up, tear_down);
	tcase_add_test(t, a_crowd_of_one_number_takes_no_place);
	tcase_add_loop_test(t, what_hangs_on_nothing_is_noise, 0, COUNT(noises));
	tcase_add_test(t, without_a_key_what_is_signed_stays);
	tcase_add_test(t, what_signatures_vouch_for_is_no_noise);
	tcase_add_test(t, copies_that_agree_are_one_log);
	tcase_add_loop_test(t, a_record_that_one_copy_has_otherwise_is_found, 0, 4);
	tcase_add_test(t, a_number_that_was_changed_is_found);
	tcase_add_test(t, an_end_that_was_written_anew_is_another_story);
	tcase_add_test(t, two_logs_of_one_gateway_are_told_apart);
	tcase_add_test(t, a_part_of_a_log_is_known_by_its_keys);
	tcase_add_test(t, what_is_no_record_goes_with_the_record_before_it);
	tcase_add_test(t, no_record_names_a_log);
	tcase_add_test(t, nothing_is_one_log_without_a_line);
	tcase_add_test(t, a_thousand_records_of_one_number_are_counted);
	suite_add_tcase(s, t);
	return suite_run(s);
}

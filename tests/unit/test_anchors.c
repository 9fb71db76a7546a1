/* SPDX-License-Identifier: MIT */

#include "review/anchors.h"
#include "support/logs.h"

#include <stdlib.h>
#include <string.h>

static struct log     l;
static struct anchors a;
static uint8_t        text[64 * 1024];
static struct writer  w;

/* 0 start, 1 attempt, 2 heartbeat, 3 attempt, 4 heartbeat ... 20 heartbeat. */
static void set_up(void)
{
	log_begin(&l);
	log_start(&l, PREVIOUS_NEW, 0, 0);
	for (int i = 0; i < 10; i++) {
		l.time_us += 60 * LOGS_SECOND;
		log_block(&l, "ds.kaspersky.com");
		log_beat(&l);
	}
	memset(&a, 0, sizeof(a));
	w = writer_over(text, sizeof(text));
}

static void tear_down(void)
{
	anchors_free(&a);
}

static struct line_end end_of(size_t number)
{
	struct line_end end;

	ck_assert_int_eq(line_end_read(bytes_first(l.lines[number], l.lines[number].len - 1), &end),
	                 PARSE_OK);
	return end;
}

/* The start hands over to another key. */
static const struct note_key *key_of(size_t number)
{
	return number == 0 ? &l.root : &l.key;
}

static void write_line(size_t number)
{
	struct line_end end = end_of(number);

	ck_assert_int_eq(note_write_line(&w, key_of(number), end.seq, end.body, end.sig), 0);
}

static void write_note(size_t number)
{
	struct line_end end = end_of(number);

	ck_assert_int_eq(note_write(&w, key_of(number), end.seq, end.body, end.sig), 0);
}

static void read_all(const char *origin)
{
	ck_assert(!w.full);
	ck_assert_int_eq(anchors_read(&a, writer_written(&w), origin), 0);
	anchors_sort(&a);
}

/* How many records the anchors do not agree with. */
static unsigned meet_all(void)
{
	unsigned num = 0;

	for (size_t i = 0; i < l.num; i++) {
		struct line_end end = end_of(i);

		num += anchors_meet(&a, &end, key_of(i)) != ANCHOR_SILENT;
	}
	return num;
}

#define ck_assert_read(num_, foreign_) do { \
	ck_assert_uint_eq(a.num, num_); \
	ck_assert_uint_eq(a.num_foreign, foreign_); \
	ck_assert_uint_eq(meet_all(), 0); \
	ck_assert_uint_eq(a.num_agreed, num_); \
} while (0)

START_TEST(nothing_holds_no_anchor)
{
	read_all(l.root.origin);
	ck_assert_read(0, 0);
}

START_TEST(a_line_of_a_syslog_is_one)
{
	write_text(&w, "Nov  1 00:01:00 gw1 filterd[812]: ");
	write_line(2);
	write_text(&w, "\n");
	read_all(l.root.origin);
	ck_assert_read(1, 0);
	ck_assert_uint_eq(a.list[0].seq, 2);
	ck_assert_mem_eq(a.list[0].sig, end_of(2).sig, CHAIN_SIG);
	ck_assert_mem_eq(a.list[0].key_id, end_of(2).key_id, CHAIN_KEYID);
}

START_TEST(a_last_line_without_its_newline_is_one)
{
	write_line(2);
	read_all(l.root.origin);
	ck_assert_read(1, 0);
}

START_TEST(a_signed_note_is_one)
{
	write_note(4);
	read_all(l.root.origin);
	ck_assert_read(1, 0);
	ck_assert_uint_eq(a.list[0].seq, 4);
	ck_assert_mem_eq(a.list[0].sig, end_of(4).sig, CHAIN_SIG);
}

START_TEST(both_forms_among_noise_in_any_order_are_each_one)
{
	write_text(&w, "Nov  1 00:00:01 gw1 kernel: filterd-anchor\nfilterd-anchor "
	               "\nfilterd-anchor a b c d\n\n\n");
	write_note(8);
	write_text(&w, "\n/var/log/filterd/audit.jsonl\nsome mail\n>");
	write_line(2);
	write_text(&w, "   trailing words\nNov  1 00:00:02 gw1 dnsmasq[1]: query[A] gw1/filterd/x "
	               "from 192.168.1.2\n");
	write_line(20);
	write_text(&w, "\n\xff\xfe\0\n");
	write_line(0);
	write_text(&w, "\n");
	read_all(NULL);
	ck_assert_read(4, 0);
	ck_assert_uint_eq(a.list[0].seq, 0);
	ck_assert_uint_eq(a.list[3].seq, 20);
}

START_TEST(a_mail_program_that_ends_lines_its_own_way_does_no_harm)
{
	uint8_t       crlf[8192];
	struct writer c = writer_over(crlf, sizeof(crlf));

	write_note(2);
	write_text(&w, "\n");
	write_line(4);
	write_text(&w, "\n");
	for (size_t i = 0; i < w.len; i++) {
		if (text[i] == '\n')
			write_u8(&c, '\r');
		write_u8(&c, text[i]);
	}
	ck_assert_int_eq(anchors_read(&a, writer_written(&c), l.root.origin), 0);
	anchors_sort(&a);
	ck_assert_read(2, 0);
}

START_TEST(a_syslog_that_is_kept_as_json_does_no_harm)
{
	write_text(&w, "{\"PRIORITY\":\"6\",\"MESSAGE\":\"");
	write_line(2);
	write_text(&w, "\",\"_PID\":\"812\"}\n");
	read_all(l.root.origin);
	ck_assert_read(1, 0);
}

START_TEST(a_program_that_is_called_like_the_title_does_no_harm)
{
	write_text(&w, "Nov  1 00:01:00 gw1 filterd-anchor filterd-anchor ");
	write_line(2);
	write_text(&w, "\n");
	read_all(l.root.origin);
	ck_assert_read(1, 0);
}

START_TEST(an_anchor_of_another_log_is_counted_and_left)
{
	write_line(2);
	write_text(&w, "\n");
	write_note(4);
	read_all("gw2/filterd/2f9c01d4a7b3e655");
	ck_assert_uint_eq(a.num, 0);
	ck_assert_uint_eq(a.num_foreign, 2);
}

START_TEST(an_anchor_given_twice_counts_once)
{
	write_line(2);
	write_text(&w, "\n");
	write_note(2);
	write_text(&w, "\n");
	write_line(2);
	read_all(l.root.origin);
	ck_assert_read(1, 0);
}

static const char *const spoiled[] = { "origin", "seq", "hash", "sig" };

/* Takes: which word of the line, counted from 0 behind the title, and what it becomes. */
static void spoil(int word, const char *with)
{
	char  copy[1024], *at = copy, *words[5];
	int   n = 0;

	write_line(2);
	ck_assert_uint_lt(w.len, sizeof(copy));
	memcpy(copy, text, w.len);
	copy[w.len] = '\0';
	for (char *token; n < 5 && (token = strsep(&at, " ")) != NULL;)
		words[n++] = token;
	ck_assert_int_eq(n, 5);
	w = writer_over(text, sizeof(text));
	for (int i = 0; i < 5; i++) {
		write_text(&w, i > 0 ? " " : "");
		write_text(&w, i == word + 1 ? with : words[i]);
	}
	write_text(&w, "\n");
	read_all(NULL);
}

#define Z44 "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="
#define A40 "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"

static const struct { const char *what; int word; const char *with; bool is_one; } words[] = {
	{ "an origin of no filter",              0, "gw1/other/2f9c01d4a7b3e655", false },
	{ "an origin that is empty",             0, "",                           false },
	{ "another origin",                      0, "gw2/filterd/x",              true  },
	{ "no number",                           1, "two",                        false },
	{ "a negative number",                   1, "-2",                         false },
	{ "a number too long",                   1, "12345678901234567890",       false },
	{ "a large number",                      1, "1234567890123456789",        true  },
	{ "a hash",                              2, Z44,                          true  },
	{ "a hash that is too short",            2, A40,                          false },
	{ "a hash that is too long",             2, A40 "AAAAAAA=",               false },
	{ "a hash of 33 bytes",                  2, A40 "AAAA",                   false },
	{ "a hash with stray bits",              2, A40 "AAB=",                   false },
	{ "a hash with a sign that is none",     2, A40 "A*A=",                   false },
	{ "a hash with padding in its middle",   2,
	  "====" "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=", false },
	{ "a hash with a tab before it",         2, "\t" A40 "A==",               false },
	{ "a signature that is too short",       3, A40 A40,                      false },
	{ "a signature with letters behind it",  3, A40 A40 "AAAAAAAAAAA=AAAA",   false },
	{ "a signature with stray bits",         3, A40 A40 "AAAAAAAAAAB=",       false },
	{ "a signature",                         3, A40 A40 "AAAAAAAAAAA=",       true  },
};

START_TEST(a_line_with_one_word_that_is_wrong)
{
	spoil(words[_i].word, words[_i].with);
	ck_assert_msg(a.num == words[_i].is_one, "%s (%s): %zu anchors", words[_i].what,
	              spoiled[words[_i].word], a.num);
}

START_TEST(a_note_signed_in_another_name_is_none)
{
	uint8_t *at;

	write_note(2);
	at = memmem(text + 10, w.len - 10, "gw1/", 4);          /* the one behind the dash */
	ck_assert_ptr_nonnull(at);
	at[2] = '2';
	read_all(NULL);
	ck_assert_uint_eq(a.num, 0);
}

START_TEST(a_note_cut_anywhere_is_none)
{
	size_t whole;

	write_note(2);
	whole = w.len;
	while (text[whole - 1] == '\n')
		whole--;
	for (size_t len = 0; len < whole; len++) {
		ck_assert_int_eq(anchors_read(&a, bytes_of(text, len), NULL), 0);
		ck_assert_msg(a.num == 0, "after %zu bytes", len);
	}
	ck_assert_int_eq(anchors_read(&a, bytes_of(text, whole), NULL), 0);
	ck_assert_uint_eq(a.num, 1);
}

/* What the log says against it. */

START_TEST(an_anchor_that_knows_another_record_does_not_agree)
{
	struct line_end end = end_of(2), other = end_of(4);

	ck_assert_int_eq(note_write_line(&w, &l.root, end.seq, other.body, end.sig), 0);
	read_all(l.root.origin);
	ck_assert_uint_eq(meet_all(), 1);
	ck_assert_uint_eq(a.num_agreed, 0);
}

START_TEST(of_two_that_contradict_each_other_one_agrees)
{
	struct line_end end = end_of(2), other = end_of(4);

	ck_assert_int_eq(note_write_line(&w, &l.root, end.seq, other.body, end.sig), 0);
	write_text(&w, "\n");
	write_line(2);
	read_all(l.root.origin);
	ck_assert_uint_eq(a.num, 2);
	ck_assert_uint_eq(meet_all(), 1);
	ck_assert_uint_eq(a.num_agreed, 1);
}

/* Anybody may write to a syslog: in the name of a key that did not sign it a note says nothing. */
START_TEST(a_forged_note_is_counted_and_says_nothing)
{
	struct line_end end = end_of(2), other = end_of(4);
	bool            denies;

	ck_assert_int_eq(note_write_line(&w, &l.key, end.seq, other.body, end.sig), 0);
	write_text(&w, "\n");
	ck_assert_int_eq(note_write_line(&w, &l.key, 1000, other.body, end.sig), 0);
	read_all(l.root.origin);
	ck_assert_uint_eq(meet_all(), 0);
	ck_assert_uint_eq(a.num_forged, 1);
	ck_assert_ptr_null(anchors_beyond(&a, 20, &l.key, &denies));
	ck_assert_uint_eq(a.num_forged, 2);
	ck_assert_uint_eq(a.num_agreed, 0);
	ck_assert_ptr_null(anchors_newest(&a));
}

/* A copy of a note whose signature somebody spoilt must not stand in for it. */
START_TEST(a_forged_note_does_not_silence_the_true_one)
{
	struct line_end end = end_of(2), other;
	uint8_t         sig[CHAIN_SIG];

	write_line(2);
	write_text(&w, "\n");
	memcpy(sig, end.sig, CHAIN_SIG);
	for (size_t i = 0; i < CHAIN_SIG; i += CHAIN_SIG - 1) {
		sig[i] ^= 0x80;
		ck_assert_int_eq(note_write_line(&w, &l.key, end.seq, end.body, sig), 0);
		write_text(&w, "\n");
	}
	read_all(l.root.origin);
	other     = end_of(4);
	other.seq = 2;
	ck_assert_int_eq(anchors_meet(&a, &other, &l.key), ANCHOR_DENIES);
	ck_assert_uint_eq(a.num_forged, 2);
}

/* What the key of another time signed cannot be told from a forged one. */
START_TEST(a_note_in_the_name_of_another_key_is_in_doubt)
{
	struct line_end end = end_of(2), other = end_of(4);
	bool            denies = true;

	ck_assert_int_eq(note_write_line(&w, &l.root, end.seq, other.body, end.sig), 0);
	write_text(&w, "\n");
	ck_assert_int_eq(note_write_line(&w, &l.root, 1000, other.body, end.sig), 0);
	read_all(l.root.origin);
	ck_assert_int_eq(anchors_meet(&a, &end, &l.key), ANCHOR_DOUBTS);
	ck_assert_uint_eq(anchors_beyond(&a, 20, &l.key, &denies)->seq, 1000);
	ck_assert(!denies);
}

START_TEST(notes_of_another_log_are_sifted_out)
{
	write_line(2);
	write_text(&w, "\n");
	snprintf(l.root.origin, sizeof(l.root.origin), "gw2/filterd/0000000000000000");
	l.key = l.root;
	write_line(2);
	write_text(&w, "\n");
	write_line(4);
	read_all(NULL);
	ck_assert_uint_eq(a.num, 3);
	anchors_only(&a, "gw1/filterd/2f9c01d4a7b3e655");
	ck_assert_uint_eq(a.num, 1);
	ck_assert_uint_eq(a.num_foreign, 2);
}

START_TEST(notes_of_many_logs_are_parted)
{
	struct anchors one;

	write_line(4);
	write_text(&w, "\n");
	snprintf(l.root.origin, sizeof(l.root.origin), "gw2/filterd/0000000000000000");
	l.key = l.root;
	write_line(6);
	write_text(&w, "\n");
	write_line(2);
	read_all(NULL);
	anchors_by_log(&a);
	ck_assert_int_eq(anchors_of(&a, "gw2/filterd/0000000000000000", &one), 0);
	ck_assert_uint_eq(one.num, 2);
	ck_assert_uint_eq(one.list[0].seq, 2);
	ck_assert_uint_eq(one.list[1].seq, 6);
	anchors_only(&one, "gw2/filterd/0000000000000000");
	ck_assert_uint_eq(one.num, 2);
	anchors_free(&one);
	ck_assert_int_eq(anchors_of(&a, "gw1/filterd/2f9c01d4a7b3e655", &one), 0);
	ck_assert_uint_eq(one.num, 1);
	anchors_free(&one);
	ck_assert_int_eq(anchors_of(&a, "gw3/filterd/2f9c01d4a7b3e655", &one), 0);
	ck_assert_uint_eq(one.num, 0);
	anchors_free(&one);
}

START_TEST(a_record_whose_signature_is_gone_does_not_agree)
{
	struct line_end end;

	write_line(2);
	read_all(l.root.origin);
	end           = end_of(2);
	end.is_signed = false;
	ck_assert_int_eq(anchors_meet(&a, &end, &l.key), ANCHOR_DENIES);
}

START_TEST(one_beyond_the_end_is_never_met)
{
	write_line(20);
	l.num = 20;
	read_all(l.root.origin);
	ck_assert_uint_eq(meet_all(), 0);
	ck_assert_uint_eq(a.num_agreed, 0);
}

/* A record that claims a number far ahead must not take the others' anchors away. */
START_TEST(a_log_in_disorder_meets_them_all_and_each_once)
{
	static const size_t order[] = { 20, 4, 2, 18, 2, 0, 20, 6, 8, 16, 10, 14, 12, 12 };

	for (size_t i = 0; i < l.num; i += 2) {
		write_line(i);
		write_text(&w, "\n");
	}
	read_all(l.root.origin);
	for (size_t i = 0; i < COUNT(order); i++) {
		struct line_end end = end_of(order[i]);

		ck_assert_int_eq(anchors_meet(&a, &end, key_of(order[i])), ANCHOR_SILENT);
	}
	ck_assert_uint_eq(a.num, 11);
	ck_assert_uint_eq(a.num_agreed, 11);
}

START_TEST(many_are_kept)
{
	uint8_t       hash[CHAIN_HASH] = { 0 };
	struct writer line;
	char          room[512];

	for (unsigned i = 0; i < 3000; i++) {
		line = writer_over(room, sizeof(room));
		ck_assert_int_eq(note_write_line(&line, &l.root, (i * 7) % 3000,
		                                 bytes_of(hash, sizeof(hash)), end_of(0).sig),
		                 0);
		ck_assert_int_eq(anchors_read(&a, writer_written(&line), l.root.origin), 0);
	}
	anchors_sort(&a);
	ck_assert_uint_eq(a.num, 3000);
	for (unsigned i = 0; i < 3000; i++)
		ck_assert_uint_eq(a.list[i].seq, i);
}

int main(void)
{
	Suite *s = suite_create("anchors");
	TCase *t = tcase_create("anchors");

	tcase_add_checked_fixture(t, set_up, tear_down);
	tcase_add_test(t, nothing_holds_no_anchor);
	tcase_add_test(t, a_line_of_a_syslog_is_one);
	tcase_add_test(t, a_last_line_without_its_newline_is_one);
	tcase_add_test(t, a_signed_note_is_one);
	tcase_add_test(t, both_forms_among_noise_in_any_order_are_each_one);
	tcase_add_test(t, a_mail_program_that_ends_lines_its_own_way_does_no_harm);
	tcase_add_test(t, a_syslog_that_is_kept_as_json_does_no_harm);
	tcase_add_test(t, a_program_that_is_called_like_the_title_does_no_harm);
	tcase_add_test(t, an_anchor_of_another_log_is_counted_and_left);
	tcase_add_test(t, an_anchor_given_twice_counts_once);
	tcase_add_loop_test(t, a_line_with_one_word_that_is_wrong, 0, COUNT(words));
	tcase_add_test(t, a_note_signed_in_another_name_is_none);
	tcase_add_test(t, a_note_cut_anywhere_is_none);
	tcase_add_test(t, an_anchor_that_knows_another_record_does_not_agree);
	tcase_add_test(t, of_two_that_contradict_each_other_one_agrees);
	tcase_add_test(t, a_forged_note_is_counted_and_says_nothing);
	tcase_add_test(t, a_forged_note_does_not_silence_the_true_one);
	tcase_add_test(t, a_note_in_the_name_of_another_key_is_in_doubt);
	tcase_add_test(t, notes_of_another_log_are_sifted_out);
	tcase_add_test(t, notes_of_many_logs_are_parted);
	tcase_add_test(t, a_record_whose_signature_is_gone_does_not_agree);
	tcase_add_test(t, one_beyond_the_end_is_never_met);
	tcase_add_test(t, a_log_in_disorder_meets_them_all_and_each_once);
	tcase_add_test(t, many_are_kept);
	suite_add_tcase(s, t);
	return suite_run(s);
}

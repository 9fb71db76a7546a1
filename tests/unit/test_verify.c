/* SPDX-License-Identifier: MIT */

#include "review/verdict.h"
#include "review/verify.h"
#include "support/logs.h"

#include <stdlib.h>

static struct log      l;
static struct verify  *v;
static struct anchors  anchors;
static bool            is_collected; /* the end is one that somebody vouches for */
static char            said[1024]; /* the findings, but for gaps: "ALTERED 150, COUNT 156" */

/*
 * Three runs of the filter, two of them in one segment: 0 start, 1-108 run, 109 segment, 110-217
 * run, 218 stop, 219 start, 220-327 run, 328 stop. A heartbeat is every sixth record.
 */
#define LAST 328

static void set_up(void)
{
	log_begin(&l);
	log_start(&l, PREVIOUS_NEW, 0, 0);
	log_run(&l, 18);
	log_segment(&l, 0);
	log_run(&l, 18);
	log_stop(&l);
	l.time_us += 36 * LOGS_SECOND;
	log_start(&l, PREVIOUS_CLEAN, 0, 0);
	log_run(&l, 18);
	log_stop(&l);
	ck_assert_uint_eq(l.num, LAST + 1);
	memset(&anchors, 0, sizeof(anchors));
	v            = NULL;
	is_collected = true;
}

static void tear_down(void)
{
	verify_free(v);
	anchors_free(&anchors);
}

static bool give_line(struct bytes line)
{
	struct entry e;
	bool         whole = line.len > 0 && line.at[line.len - 1] == '\n';

	return verify_line(v, bytes_first(line, line.len - whole), whole, &e);
}

static void say_findings(void)
{
	size_t len = 0;

	said[0] = '\0';
	for (size_t i = 0; i < v->findings.num; i++) {
		const struct finding *f = &v->findings.list[i];

		if (f->kind == FINDING_GAP)
			continue;
		len += (size_t)snprintf(said + len, sizeof(said) - len, "%s%s %llu",
		                        len > 0 ? ", " : "", finding_name(f->kind),
		                        (unsigned long long)f->from);
		if (f->to != f->from)
			len += (size_t)snprintf(said + len, sizeof(said) - len, "-%llu",
			                        (unsigned long long)f->to);
		ck_assert_uint_lt(len, sizeof(said));
	}
}

/* Takes: which key the auditor has, and which lines of audit.keys: those with a hand-over. */
static enum soundness verify_all(const struct note_key *root, bool with_keys, int64_t now_us)
{
	enum soundness soundness;

	verify_free(v);
	v = verify_new(root, anchors.num > 0 ? &anchors : NULL);
	ck_assert_ptr_nonnull(v);
	v->is_collected = is_collected;
	for (size_t i = 0; i < l.num && with_keys; i++)
		seals_known(&v->seals, bytes_first(l.lines[i], l.lines[i].len - 1));
	for (size_t i = 0; i < l.num; i++)
		give_line(l.lines[i]);
	soundness = verify_end(v, now_us);
	say_findings();
	return soundness;
}

#define ck_assert_findings(soundness_wanted, findings_wanted) do { \
	enum soundness s_ = verify_all(&l.root, false, INT64_MAX); \
	ck_assert_str_eq(said, findings_wanted); \
	ck_assert_int_eq(s_, soundness_wanted); \
} while (0)

static void take_out(size_t from, size_t num)
{
	memmove(&l.lines[from], &l.lines[from + num], (l.num - from - num) * sizeof(l.lines[0]));
	l.num -= num;
}

static void put_in(size_t at, struct bytes line)
{
	memmove(&l.lines[at + 1], &l.lines[at], (l.num - at) * sizeof(l.lines[0]));
	l.lines[at] = line;
	l.num++;
}

/* A copy that may be written to. */
static uint8_t *own(size_t number)
{
	struct bytes line = l.lines[number];
	uint8_t     *copy = l.memory + l.used;

	ck_assert_uint_le(l.used + line.len, sizeof(l.memory));
	memcpy(copy, line.at, line.len);
	l.used += line.len;
	l.lines[number] = bytes_of(copy, line.len);
	return copy;
}

static void change(size_t number, const char *from, const char *to)
{
	uint8_t *copy = own(number), *at = memmem(copy, l.lines[number].len, from, strlen(from));

	ck_assert_ptr_nonnull(at);
	ck_assert_uint_eq(strlen(from), strlen(to));
	memcpy(at, to, strlen(to));
}

/*
 * What somebody does who knows how the chain works: every line from `number` on hangs on the one
 * before again. Signed lines are signed with `key`, keep the signature they had (NULL), or lose it.
 */
static void chain_anew(size_t number, const struct note_key *key, const uint8_t *secret, bool strip)
{
	struct chain c = { 0 };

	for (size_t i = 0; i < l.num; i++) {
		struct line_end end;
		struct writer   w;
		uint8_t         sig[CHAIN_SIG];
		const uint8_t  *seq;
		size_t          head;

		if (i < number) {
			ck_assert_int_eq(chain_advance(&c, l.lines[i]), 0);
			continue;
		}
		ck_assert_int_eq(line_end_read(bytes_first(l.lines[i], l.lines[i].len - 1), &end),
		                 PARSE_OK);
		seq  = memmem(l.lines[i].at, l.lines[i].len, ",\"seq\":", 7);
		head = (size_t)(seq - l.lines[i].at);
		w    = writer_over(l.memory + l.used, sizeof(l.memory) - l.used);
		write_bytes(&w, bytes_first(l.lines[i], head));
		if (end.is_signed && key != NULL) {
			ck_assert_int_eq(control_close(&w, &c, key, secret, sig), 0);
		} else {
			chain_write(&w, &c);
			if (end.is_signed && !strip)
				write_bytes(&w, bytes_from(l.lines[i], l.lines[i].len - 104));
			else
				write_text(&w, "}}\n");
		}
		ck_assert(!w.full);
		l.used += w.len;
		l.lines[i] = writer_written(&w);
		ck_assert_int_eq(chain_advance(&c, l.lines[i]), 0);
	}
}

/* What a collector has: an anchor for each signed record up to `last`. */
static void note_elsewhere(uint64_t last)
{
	for (size_t i = 0; i < l.num; i++) {
		struct line_end end;
		uint8_t         room[NOTE_MAX];
		struct writer   w = writer_over(room, sizeof(room));
		struct note_key key = l.root;

		ck_assert_int_eq(line_end_read(bytes_first(l.lines[i], l.lines[i].len - 1), &end),
		                 PARSE_OK);
		if (!end.is_signed || end.seq > last)
			continue;
		ck_assert_int_eq(note_write_line(&w, &key, end.seq, end.body, end.sig), 0);
		write_text(&w, "\n");
		ck_assert_int_eq(anchors_read(&anchors, writer_written(&w), l.root.origin), 0);
	}
	anchors_sort(&anchors);
}

static const char *sentence(void)
{
	static char   room[1024];
	struct writer w = writer_over((uint8_t *)room, sizeof(room) - 1);

	verdict_sentence(&w, v);
	room[w.len] = '\0';
	return room;
}

/* A log as it was written. */

START_TEST(a_log_that_was_never_stopped_is_complete)
{
	log_begin(&l);
	log_start(&l, PREVIOUS_NEW, 0, 0);
	log_run(&l, 40);
	log_stop(&l);
	ck_assert_findings(SOUND_COMPLETE, "");
	ck_assert_uint_eq(v->findings.num, 0);
	ck_assert_uint_eq(v->num_records, l.num);
	ck_assert_uint_eq(v->attempts, 200);
	ck_assert_uint_eq(v->num_checked, 41);
	ck_assert_uint_eq(v->seals.num_signed, 42);
	ck_assert_uint_eq(coverage_ppm(&v->coverage), 1000000);
}

START_TEST(a_restart_is_a_gap_that_the_log_declares)
{
	ck_assert_findings(SOUND_DECLARED, "");
	ck_assert_uint_eq(v->coverage.num_gaps, 1);
	ck_assert_int_eq(v->coverage.gaps[0].kind, GAP_STOPPED);
	ck_assert_int_eq(v->coverage.gaps[0].length_us, 36 * LOGS_SECOND);
	ck_assert(v->coverage.gaps[0].packets_known);
	ck_assert_uint_eq(v->coverage.gaps[0].packets, 0);
	ck_assert_uint_eq(v->seals.num_keys, 4);
}

START_TEST(what_was_counted_in_a_gap_is_part_of_the_sums)
{
	log_begin(&l);
	log_start(&l, PREVIOUS_NEW, 0, 0);
	log_run(&l, 2);
	log_gap(&l, 5, 7);
	log_run(&l, 2);
	log_stop(&l);
	ck_assert_findings(SOUND_DECLARED, "");
	ck_assert_uint_eq(v->attempts, 4 * 5 + 12);
	ck_assert_uint_eq(v->num_checked, 5);
}

START_TEST(without_a_key_the_log_is_held_against_its_own_word)
{
	ck_assert_int_eq(verify_all(NULL, false, INT64_MAX), SOUND_DECLARED);
	ck_assert_str_eq(said, "");
	ck_assert(!v->seals.root_given);
	ck_assert_str_eq(v->seals.root.origin, l.root.origin);
	ck_assert_mem_eq(v->seals.root.public, l.root.public, NOTE_KEY);
}

START_TEST(the_newest_note_is_that_of_the_last_signed_record)
{
	ck_assert_findings(SOUND_DECLARED, "");
	ck_assert(v->has_newest);
	ck_assert_uint_eq(v->newest_seq, LAST);
	ck_assert_mem_eq(v->newest_key.public, l.key.public, NOTE_KEY);
}

START_TEST(anchors_that_agree_are_counted)
{
	note_elsewhere(LAST);
	ck_assert_findings(SOUND_DECLARED, "");
	ck_assert_uint_eq(anchors.num_agreed, anchors.num);
	ck_assert_uint_eq(anchors.num, 59);
}

/* Attacks: who can write the file but has no key. */

START_TEST(one_byte_changed)
{
	change(150, "kaspersky", "kasperskx");
	ck_assert_findings(SOUND_NOT, "ALTERED 150");
}

/*
 * Of the record's own place in the chain: the record before it may as well be the one that was
 * changed.
 */
START_TEST(one_byte_of_prev_changed)
{
	uint8_t *copy = own(156);

	copy[l.lines[156].len - 50] ^= 1;
	ck_assert_findings(SOUND_NOT, "ALTERED 155, ALTERED 156");
}

START_TEST(a_byte_of_a_signature_changed)
{
	uint8_t *copy = own(157), *at = &copy[l.lines[157].len - 50];

	*at = *at == 'A' ? 'B' : 'A';
	ck_assert_findings(SOUND_NOT, "SIGNATURE 110-157, ALTERED 157");
}

START_TEST(a_count_changed)
{
	struct event e;

	log_begin(&l);
	log_start(&l, PREVIOUS_NEW, 0, 0);
	e = log_event(&l, "ds.kaspersky.com");
	log_attempt(&l, &e, 37);
	l.time_us += 60 * LOGS_SECOND;
	log_beat(&l);
	log_stop(&l);
	ck_assert_findings(SOUND_COMPLETE, "");
	change(1, "\"count\":37", "\"count\":11");
	ck_assert_findings(SOUND_NOT, "ALTERED 1, COUNT 2");
}

START_TEST(one_record_taken_out)
{
	take_out(150, 1);
	ck_assert_findings(SOUND_NOT, "MISSING 150, COUNT 151");
}

START_TEST(one_record_given_twice)
{
	put_in(150, l.lines[150]);
	ck_assert_findings(SOUND_NOT, "ORDER 150, COUNT 151");
}

START_TEST(a_record_made_up)
{
	static const char made_up[] =
		"{\"timestamp\":\"2026-11-01T00:20:00.000000+0000\",\"filterd\":{\"type\":"
	        "\"block\",\"seq\":150,"
		"\"prev\":\"0000000000000000000000000000000000000000000000000000000000000000\"}}\n";

	put_in(150, BYTES(made_up));
	verify_all(&l.root, false, INT64_MAX);
	ck_assert_str_eq(said, "ALTERED 149, ORDER 150, COUNT 151");
}

/*
 * A log begins with a start, which is signed: of attempts alone no record needs a signature, and so
 * nobody's would be missed.
 */
START_TEST(a_log_of_nothing_but_attempts_made_up)
{
	log_begin(&l);
	for (int i = 0; i < 5; i++)
		log_block(&l, "ds.kaspersky.com");
	ck_assert_findings(SOUND_NOT, "ALTERED 0, OPEN 0-4");
	verify_all(NULL, false, INT64_MAX);
	ck_assert_str_eq(said, "ALTERED 0, OPEN 0-4");
}

START_TEST(two_records_swapped)
{
	struct bytes one = l.lines[152];

	l.lines[152] = l.lines[153];
	l.lines[153] = one;
	ck_assert_findings(SOUND_NOT, "MISSING 152, ORDER 152, MISSING 153");
}

START_TEST(a_line_that_is_no_record_put_in_the_place_of_one)
{
	l.lines[150] = BYTES("{}\n");
	ck_assert_findings(SOUND_NOT, "ALTERED 150, COUNT 151");
}

START_TEST(a_line_of_a_gigabyte_put_in_the_place_of_one)
{
	v               = verify_new(&l.root, NULL);
	v->is_collected = is_collected;
	for (size_t i = 0; i < l.num; i++) {
		if (i == 150)
			verify_piece(v, &(struct piece){ .kind = PIECE_LONG, .num = 1 << 30 },
			             NULL);
		else
			give_line(l.lines[i]);
	}
	verify_end(v, INT64_MAX);
	say_findings();
	ck_assert_str_eq(said, "ALTERED 150, COUNT 151");
}

START_TEST(the_tail_cut_off)
{
	l.num -= 7;
	ck_assert_findings(SOUND_DECLARED, "OPEN 321");
	ck_assert_uint_eq(v->unsigned_tail, 0);
	l.num -= 3;
	ck_assert_findings(SOUND_DECLARED, "OPEN 316-318");
}

START_TEST(the_tail_cut_off_and_somebody_else_has_notes)
{
	note_elsewhere(LAST);
	l.num -= 7;
	ck_assert_findings(SOUND_NOT, "TRUNCATED 322-328, OPEN 321");
}

START_TEST(all_cut_off_and_somebody_else_has_notes)
{
	note_elsewhere(LAST);
	l.num = 0;
	ck_assert_findings(SOUND_NOT, "TRUNCATED 0-328, OPEN 0");
}

/*
 * Where a run was stopped, a cut leaves no trace but in the copy of the keys: so such an end is
 * complete only if somebody else vouches for it.
 */
START_TEST(the_tail_cut_off_behind_a_stop)
{
	struct bytes keys[3] = { l.lines[0], l.lines[109], l.lines[219] };

	l.num        = 219;
	is_collected = false;
	ck_assert_findings(SOUND_DECLARED, "OPEN 218");
	ck_assert_str_eq(sentence(), "complete up to its stop at 2026-11-01 00:36:00; nothing "
	                             "vouches that nothing came after");
	verify_free(v);
	v               = verify_new(&l.root, NULL);
	v->is_collected = is_collected;
	for (size_t i = 0; i < COUNT(keys); i++)
		seals_known(&v->seals, bytes_first(keys[i], keys[i].len - 1));
	for (size_t i = 0; i < l.num; i++)
		give_line(l.lines[i]);
	ck_assert_int_eq(verify_end(v, INT64_MAX), SOUND_NOT);
	say_findings();
	ck_assert_str_eq(said, "TRUNCATED 219");
}

START_TEST(a_stop_that_somebody_else_has_noted_is_the_end)
{
	is_collected = false;
	note_elsewhere(LAST);
	ck_assert_findings(SOUND_DECLARED, "");
	ck_assert_str_eq(sentence(), "unaltered; 1 declared gap of 36 s, nothing passed in it");
}

/* So it is for notes of a record before it. */
START_TEST(a_stop_behind_the_newest_note_is_open)
{
	is_collected = false;
	note_elsewhere(LAST - 1);
	ck_assert_findings(SOUND_DECLARED, "OPEN 328");
	ck_assert_ptr_nonnull(strstr(sentence(), "nothing vouches that nothing came after"));
}

START_TEST(on_the_gateway_itself_a_stop_is_open_too)
{
	is_collected = false;
	ck_assert_int_eq(verify_all(&l.root, false, l.time_us + 30 * LOGS_SECOND), SOUND_DECLARED);
	ck_assert_str_eq(said, "OPEN 328");
}

/* The files up to a segment's end are a part of a log, as one may give it. */
START_TEST(the_files_of_the_first_segment_alone)
{
	struct bytes keys[3] = { l.lines[0], l.lines[109], l.lines[219] };

	v               = verify_new(&l.root, NULL);
	v->is_collected = is_collected;
	for (size_t i = 0; i < COUNT(keys); i++)
		seals_known(&v->seals, bytes_first(keys[i], keys[i].len - 1));
	for (size_t i = 0; i < 110; i++)
		give_line(l.lines[i]);
	ck_assert_int_eq(verify_end(v, INT64_MAX), SOUND_DECLARED);
	say_findings();
	ck_assert_str_eq(said, "OPEN 109");
}

START_TEST(a_crash_in_the_middle_of_a_line)
{
	l.lines[l.num - 1].len = 120;
	ck_assert_findings(SOUND_DECLARED, "PARTIAL 328, OPEN 327");
}

/* filterd cuts such an end off before it goes on, so here somebody hid something. */
START_TEST(half_a_line_that_is_not_at_the_end)
{
	put_in(150, BYTES("what nobody should see"));
	ck_assert_findings(SOUND_NOT, "ALTERED 150");
}

START_TEST(the_first_segment_taken_away)
{
	take_out(0, 110);
	verify_all(&l.root, false, INT64_MAX);
	ck_assert_str_eq(said, "KEY 115, MISSING 0-109");
	ck_assert_int_eq(v->findings.soundness, SOUND_NOT);
}

START_TEST(the_first_segment_pruned_as_it_may_be)
{
	struct bytes keys[2] = { l.lines[0], l.lines[109] };
	struct entry e;

	log_pruned(&l, 0, 109);
	l.time_us += LOGS_SECOND;
	log_stop(&l);
	take_out(0, 110);
	v               = verify_new(&l.root, NULL);
	v->is_collected = is_collected;
	for (size_t i = 0; i < COUNT(keys); i++)
		seals_known(&v->seals, bytes_first(keys[i], keys[i].len - 1));
	for (size_t i = 0; i < l.num; i++)
		ck_assert(verify_line(v, bytes_first(l.lines[i], l.lines[i].len - 1), true, &e));
	ck_assert_int_eq(verify_end(v, INT64_MAX), SOUND_DECLARED);
	say_findings();
	ck_assert_str_eq(said, "PRUNED 0-109");
}

/*
 * A log of four segments, 0-6, 7-13, 14-20, 21-27, from which the first are gone. Takes: how
 * records say what was deleted.
 */
static void prune_as_said(const uint64_t said_to_go[][2], size_t num, size_t gone)
{
	static struct log all;

	log_begin(&l);
	log_start(&l, PREVIOUS_NEW, 0, 0);
	log_run(&l, 1);
	for (uint64_t first = 7; first <= 21; first += 7) {
		log_segment(&l, first - 7);
		log_run(&l, 1);
	}
	for (size_t i = 0; i < num; i++)
		log_pruned(&l, said_to_go[i][0], said_to_go[i][1]);
	log_stop(&l);
	all = l;
	take_out(0, gone);
	v               = verify_new(&l.root, NULL);
	v->is_collected = is_collected;
	for (size_t i = 0; i < all.num; i++)
		seals_known(&v->seals, bytes_first(all.lines[i], all.lines[i].len - 1));
	for (size_t i = 0; i < l.num; i++)
		give_line(l.lines[i]);
	verify_end(v, INT64_MAX);
	say_findings();
}

static void beat_with_late(uint64_t so_far)
{
	struct control_heartbeat h = log_heartbeat_now(&l);
	struct writer            w = log_line(&l);

	h.log_dropped = so_far;
	control_heartbeat(&w, &l.control, &h);
	log_sign(&l, &w);
}

/* Each run counts from 0, and what was before the log is not its matter. */
START_TEST(records_that_could_not_be_written_when_they_were_due_are_counted)
{
	log_begin(&l);
	log_start(&l, PREVIOUS_NEW, 0, 0);
	log_run(&l, 1);
	beat_with_late(2);
	beat_with_late(2);
	beat_with_late(5);
	log_stop(&l);
	log_start(&l, PREVIOUS_CLEAN, 0, 0);
	beat_with_late(1);
	log_stop(&l);
	verify_all(&l.root, false, INT64_MAX);
	ck_assert_uint_eq(v->late, 6);
	take_out(0, 8);
	verify_all(&l.root, false, INT64_MAX);
	ck_assert_uint_eq(v->late, 4);
}

START_TEST(segments_pruned_one_after_the_other)
{
	prune_as_said((const uint64_t[][2]){ { 0, 7 }, { 8, 14 } }, 2, 15);
	ck_assert_str_eq(said, "PRUNED 0-14");
}

/* filterd was killed after the record, and before the file was gone. */
START_TEST(a_segment_that_is_said_to_be_pruned_and_is_there)
{
	prune_as_said((const uint64_t[][2]){ { 0, 7 }, { 8, 14 }, { 8, 14 } }, 3, 8);
	ck_assert_str_eq(said, "PRUNED 0-7");
}

/* Somebody took it away just before filterd came to it. */
START_TEST(a_segment_taken_away_among_those_that_were_pruned)
{
	prune_as_said((const uint64_t[][2]){ { 0, 7 }, { 15, 21 } }, 2, 22);
	ck_assert_str_eq(said, "MISSING 8-14, PRUNED 0-21");
	ck_assert_int_eq(v->findings.soundness, SOUND_NOT);
}

START_TEST(a_segment_in_the_middle_taken_away)
{
	struct bytes keys[3] = { l.lines[0], l.lines[109], l.lines[219] };
	struct entry e;

	take_out(100, 50);
	v               = verify_new(&l.root, NULL);
	v->is_collected = is_collected;
	for (size_t i = 0; i < COUNT(keys); i++)
		seals_known(&v->seals, bytes_first(keys[i], keys[i].len - 1));
	for (size_t i = 0; i < l.num; i++)
		ck_assert(verify_line(v, bytes_first(l.lines[i], l.lines[i].len - 1), true, &e));
	ck_assert_int_eq(verify_end(v, INT64_MAX), SOUND_NOT);
	say_findings();
	ck_assert_str_eq(said, "MISSING 100-149, COUNT 151");
}

START_TEST(a_record_taken_out_and_the_chain_made_good)
{
	take_out(150, 1);
	chain_anew(150, NULL, NULL, false);
	verify_all(&l.root, false, INT64_MAX);
	ck_assert_msg(strstr(said, "COUNT 150") != NULL && strstr(said, "SIGNATURE") != NULL, "%s",
	              said);
	ck_assert_int_eq(v->findings.soundness, SOUND_NOT);
}

START_TEST(a_host_changed_and_the_chain_made_good)
{
	change(1, "ds.kaspersky.com", "ds.kaspersky.org");
	chain_anew(1, NULL, NULL, false);
	verify_all(&l.root, false, INT64_MAX);
	ck_assert_msg(strncmp(said, "SIGNATURE 1", 11) == 0, "%s", said);
}

/*
 * One signature in SEALS_EVERY is computed, so that is how closely damage is told; after the first
 * that fails, each is.
 */
START_TEST(damage_is_told_to_within_a_few_signatures)
{
	log_begin(&l);
	log_start(&l, PREVIOUS_NEW, 0, 0);
	log_run(&l, 80);
	change(200, "kaspersky.com", "kaspersky.org");
	chain_anew(200, NULL, NULL, false);
	verify_all(&l.root, false, INT64_MAX);
	ck_assert_msg(strncmp(said, "SIGNATURE 193-384, SIGNATURE 385-390, ", 38) == 0, "%s", said);
}

START_TEST(the_same_with_signatures_taken_off)
{
	take_out(150, 1);
	chain_anew(150, NULL, NULL, true);
	verify_all(&l.root, false, INT64_MAX);
	ck_assert_msg(strncmp(said, "UNSIGNED 150", 12) == 0, "%s", said);
	ck_assert_int_eq(v->findings.soundness, SOUND_NOT);
}

/* Attacks: who has today's key. */

START_TEST(the_past_signed_with_the_newest_key)
{
	take_out(150, 1);
	chain_anew(150, &l.key, l.secret, false);
	verify_all(&l.root, false, INT64_MAX);
	ck_assert_msg(strstr(said, "KEY 150") != NULL, "%s", said);
	ck_assert_int_eq(v->findings.soundness, SOUND_NOT);
}

START_TEST(all_signed_with_a_key_of_ones_own)
{
	struct note_key key = l.root;
	uint8_t         secret[NOTE_KEY] = { 0xee };

	ck_assert_int_eq(note_public(secret, key.public), 0);
	chain_anew(0, &key, secret, false);
	verify_all(&l.root, false, INT64_MAX);
	ck_assert_msg(strncmp(said, "KEY 0", 5) == 0, "%s", said);
}

/* The same gateway, and as long as the one in l, but another log: it began with another key. */
static const struct log *another_log(void)
{
	static struct log other;

	log_begin_as(&other, "gw1", "1111111111111111", 100);
	log_start(&other, PREVIOUS_NEW, 0, 0);
	log_run(&other, 54);
	log_stop(&other);
	return &other;
}

START_TEST(another_log_of_the_gateway_in_its_place)
{
	const struct log *other = another_log();

	l.num = other->num;
	memcpy(l.lines, other->lines, sizeof(l.lines));
	verify_all(&l.root, false, INT64_MAX);
	ck_assert_msg(strncmp(said, "KEY 0", 5) == 0, "%s", said);
	ck_assert_int_eq(v->findings.soundness, SOUND_NOT);
}

/* As files come whose first records have the same numbers: a piece of one, a piece of the other. */
START_TEST(files_of_another_log_among_those_of_this_one)
{
	static struct bytes lines[400];
	const struct log   *other = another_log();

	for (size_t i = 0; i < 200; i++) {
		lines[2 * i - i % 50]      = l.lines[i];
		lines[2 * i - i % 50 + 50] = other->lines[i];
	}
	l.num = COUNT(lines);
	memcpy(l.lines, lines, sizeof(lines));
	verify_all(&l.root, false, INT64_MAX);
	ck_assert_str_eq(said, "OTHER 0-199, OPEN 199");
	ck_assert_int_eq(v->findings.soundness, SOUND_DECLARED);
	ck_assert_uint_eq(v->num_records, 200);
	ck_assert_ptr_nonnull(strstr(sentence(), "another log is among its files"));
	/* Whose key is given is the one that is verified, whichever comes first. */
	verify_all(&other->root, false, INT64_MAX);
	ck_assert_str_eq(said, "OTHER 0-199, OPEN 199");
	ck_assert_uint_eq(v->num_records, 200);
}

START_TEST(records_of_another_log_of_the_gateway_spliced_in)
{
	const struct log *other = another_log();

	memcpy(&l.lines[145], &other->lines[145], 6 * sizeof(l.lines[0]));
	verify_all(&l.root, false, INT64_MAX);
	ck_assert_str_eq(said, "ALTERED 144, KEY 150, ALTERED 150");
	ck_assert_int_eq(v->findings.soundness, SOUND_NOT);
}

START_TEST(keys_of_ones_own_put_into_audit_keys)
{
	struct note_key key = l.root;
	uint8_t         secret[NOTE_KEY] = { 0xee }, false_line[4096], sig[CHAIN_SIG];
	struct writer   w = writer_over(false_line, sizeof(false_line));
	struct chain    c = { .seq = 50 };
	struct control_segment s = { .file = "x", .first = 0, .last = 50,
	                             .log_id = "2f9c01d4a7b3e655" };
	struct bytes    first = l.lines[0];
	struct entry    e;

	/* A hand-over that names the right key as its signer, but that key did not sign it. */
	ck_assert_int_eq(note_public(secret, key.public), 0);
	s.key      = l.root.public;
	s.next_key = key.public;
	control_segment(&w, &l.control, &s);
	ck_assert_int_eq(control_close(&w, &c, &l.root, secret, sig), 0);
	take_out(0, 110);
	chain_anew(0, &key, secret, false);
	v               = verify_new(&l.root, NULL);
	v->is_collected = is_collected;
	seals_known(&v->seals, bytes_first(first, first.len - 1));
	seals_known(&v->seals, bytes_first(writer_written(&w), w.len - 1));
	ck_assert_uint_eq(v->seals.num_known, 1);
	for (size_t i = 0; i < l.num; i++)
		verify_line(v, bytes_first(l.lines[i], l.lines[i].len - 1), true, &e);
	ck_assert_int_eq(verify_end(v, INT64_MAX), SOUND_NOT);
}

/*
 * Root at this moment, the key of this moment, sums made good: the one blind spot, and anchors
 * close it.
 */
static void rewrite_the_present(void)
{
	log_begin(&l);
	log_start(&l, PREVIOUS_NEW, 0, 0);
	log_run(&l, 4);
	note_elsewhere(UINT64_MAX);
	change(2, "dnl-01.geo", "www.exampl");
	chain_anew(2, &l.key, l.secret, false);
}

START_TEST(the_present_written_anew_by_who_has_its_key_is_not_seen)
{
	rewrite_the_present();
	anchors_free(&anchors);
	ck_assert_findings(SOUND_DECLARED, "OPEN 24");
}

START_TEST(unless_somebody_else_has_notes)
{
	rewrite_the_present();
	ck_assert_findings(SOUND_NOT,
	                   "REWRITTEN 6, REWRITTEN 12, REWRITTEN 18, REWRITTEN 24, OPEN 24");
}

/*
 * A collector keeps the notes of many gateways, and an auditor without a key cannot say which he
 * means.
 */
START_TEST(notes_of_another_log_accuse_nobody)
{
	char mine[ORIGIN_MAX + 1];

	note_elsewhere(LAST);
	memcpy(mine, l.root.origin, sizeof(mine));
	snprintf(l.root.origin, sizeof(l.root.origin), "gw2/filterd/0000000000000000");
	change(6, "\"filterd\"", "\"filterD\"");
	note_elsewhere(LAST);
	memcpy(l.root.origin, mine, sizeof(mine));
	change(6, "\"filterD\"", "\"filterd\"");
	ck_assert_uint_eq(anchors.num, 118);
	ck_assert_int_eq(verify_all(NULL, false, INT64_MAX), SOUND_DECLARED);
	ck_assert_str_eq(said, "");
	ck_assert_uint_eq(anchors.num, 59);
	ck_assert_uint_eq(anchors.num_agreed, 59);
}

START_TEST(an_old_copy_put_back_is_said_by_the_log_for_ever)
{
	log_begin(&l);
	log_start(&l, PREVIOUS_NEW, 0, 0);
	log_run(&l, 2);
	log_start(&l, PREVIOUS_FORK, 0, 0);
	log_stop(&l);
	ck_assert_findings(SOUND_NOT, "FORK 13");
}

/* Whoever takes the key away gets a new log, sound in itself: it says that there was one before. */
START_TEST(a_log_put_away_is_said_by_the_next_one_for_ever)
{
	log_begin(&l);
	log_start(&l, PREVIOUS_LOST, 0, 0);
	log_run(&l, 2);
	log_stop(&l);
	ck_assert_findings(SOUND_DECLARED, "LOST 0");
}

/* Ends and sums. */

START_TEST(a_log_under_way_is_not_open)
{
	l.num -= 7;
	ck_assert_int_eq(verify_all(&l.root, false, l.time_us), SOUND_DECLARED);
	ck_assert_str_eq(said, "");
	verify_all(&l.root, false, l.time_us + 300 * LOGS_SECOND);
	ck_assert_str_eq(said, "OPEN 321");
}

START_TEST(a_heartbeat_that_is_short_of_attempts_is_found)
{
	struct control_heartbeat h;
	struct writer            w;

	log_begin(&l);
	log_start(&l, PREVIOUS_NEW, 0, 0);
	log_block(&l, "ds.kaspersky.com");
	l.time_us += 60 * LOGS_SECOND;
	w = log_line(&l);
	h = log_heartbeat_now(&l);
	h.attempts = 40;
	h.pending  = 38;
	control_heartbeat(&w, &l.control, &h);
	log_sign(&l, &w);
	log_stop(&l);
	verify_all(&l.root, false, INT64_MAX);
	ck_assert_msg(strncmp(said, "COUNT 2", 7) == 0, "%s", said);
}

START_TEST(attempts_carried_over_a_crash_are_counted_once)
{
	struct event e;

	log_begin(&l);
	log_start(&l, PREVIOUS_UNCLEAN, 0, 40);
	e = log_event(&l, "ds.kaspersky.com");
	log_attempt(&l, &e, 40);                /* the heartbeat's 41 have these in them */
	log_block(&l, "ds.kaspersky.com");
	l.time_us += 60 * LOGS_SECOND;
	log_beat(&l);
	log_stop(&l);
	ck_assert_findings(SOUND_COMPLETE, "");
	ck_assert_uint_eq(v->attempts, 41);
}

/* What is said. */

/*
 * Whoever can write the file can add attempts behind the last signature: nobody may call these
 * unaltered.
 */
START_TEST(the_verdict_vouches_for_what_is_signed)
{
	log_begin(&l);
	log_start(&l, PREVIOUS_NEW, 0, 0);
	log_run(&l, 2);
	ck_assert_findings(SOUND_DECLARED, "OPEN 12");
	ck_assert_str_eq(sentence(), "unaltered; its end is open");
	for (int i = 0; i < 20; i++)
		log_block(&l, "ds.kaspersky.com");
	ck_assert_findings(SOUND_DECLARED, "OPEN 13-32");
	ck_assert_str_eq(
		sentence(),
		"unaltered up to record 12; no signature vouches for the 20 records behind it");
}

static void keep_piece(void *owner, struct bytes piece)
{
	write_bytes(owner, piece);
}

/*
 * A file's name and a forged record's text come from whoever spoilt the log: neither may clear the
 * screen and write a verdict of its own.
 */
START_TEST(the_verdict_holds_nothing_that_moves_the_text)
{
	static const struct verdict_context c = { .log = "gw1", .num_files = 1,
	                                          .now_us = INT64_MAX };
	static uint8_t                      room[16384];
	struct writer                       w = writer_over(room, sizeof(room));
	struct text                         t;

	change(0, "823412", "\xc2\x9b" "2Jxx");
	verify_all(&l.root, false, INT64_MAX);
	verify_piece(v,
	             &(struct piece){ .kind = PIECE_UNREAD,
	                              .file = "b/\x1b[2Jresult    complete and unaltered.jsonl",
	                              .why  = "Is a directory" },
	             NULL);
	text_begin(&t, keep_piece, &w);
	verdict_write_text(&t, v, &c);
	text_end(&t);
	ck_assert(!w.full);
	ck_assert_ptr_null(memchr(room, 0x1b, w.len));
	ck_assert_ptr_null(memmem(room, w.len, "\xc2\x9b", 2));
	ck_assert_ptr_nonnull(memmem(room, w.len, "b/\\u{1b}[2Jresult", 16));
	ck_assert_ptr_nonnull(memmem(room, w.len, "\\u{9b}2Jxx", 10));
}

START_TEST(copies_that_differ_are_damage)
{
	static const struct { bool follow; const char *wanted; } cases[] = { { false, "ALTERED 7" },
	                                                                     { true,
	                                                                     "REWRITTEN 7-9" } };
	struct entry e;

	v               = verify_new(&l.root, NULL);
	v->is_collected = is_collected;
	for (size_t i = 0; i < l.num; i++)
		verify_line(v, bytes_first(l.lines[i], l.lines[i].len - 1), true, &e);
	verify_piece(v,
	             &(struct piece){ .kind = PIECE_RIVAL, .from = 7,
	                              .to = cases[_i].follow ? 9 : 7,
	                              .num = cases[_i].follow ? 3 : 1 },
	             NULL);
	ck_assert_int_eq(verify_end(v, INT64_MAX), SOUND_NOT);
	say_findings();
	ck_assert_str_eq(said, cases[_i].wanted);
}

int main(void)
{
	Suite *s = suite_create("verify");
	TCase *t = tcase_create("verify");

	tcase_add_checked_fixture(t, set_up, tear_down);
	tcase_add_test(t, a_log_that_was_never_stopped_is_complete);
	tcase_add_test(t, a_restart_is_a_gap_that_the_log_declares);
	tcase_add_test(t, what_was_counted_in_a_gap_is_part_of_the_sums);
	tcase_add_test(t, without_a_key_the_log_is_held_against_its_own_word);
	tcase_add_test(t, the_newest_note_is_that_of_the_last_signed_record);
	tcase_add_test(t, anchors_that_agree_are_counted);
	tcase_add_test(t, one_byte_changed);
	tcase_add_test(t, one_byte_of_prev_changed);
	tcase_add_test(t, a_byte_of_a_signature_changed);
	tcase_add_test(t, a_count_changed);
	tcase_add_test(t, one_record_taken_out);
	tcase_add_test(t, one_record_given_twice);
	tcase_add_test(t, a_record_made_up);
	tcase_add_test(t, a_log_of_nothing_but_attempts_made_up);
	tcase_add_test(t, two_records_swapped);
	tcase_add_test(t, a_line_that_is_no_record_put_in_the_place_of_one);
	tcase_add_test(t, a_line_of_a_gigabyte_put_in_the_place_of_one);
	tcase_add_test(t, the_tail_cut_off);
	tcase_add_test(t, the_tail_cut_off_and_somebody_else_has_notes);
	tcase_add_test(t, all_cut_off_and_somebody_else_has_notes);
	tcase_add_test(t, the_tail_cut_off_behind_a_stop);
	tcase_add_test(t, a_stop_that_somebody_else_has_noted_is_the_end);
	tcase_add_test(t, a_stop_behind_the_newest_note_is_open);
	tcase_add_test(t, on_the_gateway_itself_a_stop_is_open_too);
	tcase_add_test(t, the_files_of_the_first_segment_alone);
	tcase_add_test(t, a_crash_in_the_middle_of_a_line);
	tcase_add_test(t, half_a_line_that_is_not_at_the_end);
	tcase_add_test(t, the_first_segment_taken_away);
	tcase_add_test(t, the_first_segment_pruned_as_it_may_be);
	tcase_add_test(t, segments_pruned_one_after_the_other);
	tcase_add_test(t, records_that_could_not_be_written_when_they_were_due_are_counted);
	tcase_add_test(t, a_segment_that_is_said_to_be_pruned_and_is_there);
	tcase_add_test(t, a_segment_taken_away_among_those_that_were_pruned);
	tcase_add_test(t, a_segment_in_the_middle_taken_away);
	tcase_add_test(t, a_record_taken_out_and_the_chain_made_good);
	tcase_add_test(t, a_host_changed_and_the_chain_made_good);
	tcase_add_test(t, damage_is_told_to_within_a_few_signatures);
	tcase_add_test(t, the_same_with_signatures_taken_off);
	tcase_add_test(t, the_past_signed_with_the_newest_key);
	tcase_add_test(t, all_signed_with_a_key_of_ones_own);
	tcase_add_test(t, another_log_of_the_gateway_in_its_place);
	tcase_add_test(t, files_of_another_log_among_those_of_this_one);
	tcase_add_test(t, records_of_another_log_of_the_gateway_spliced_in);
	tcase_add_test(t, keys_of_ones_own_put_into_audit_keys);
	tcase_add_test(t, the_present_written_anew_by_who_has_its_key_is_not_seen);
	tcase_add_test(t, unless_somebody_else_has_notes);
	tcase_add_test(t, notes_of_another_log_accuse_nobody);
	tcase_add_test(t, an_old_copy_put_back_is_said_by_the_log_for_ever);
	tcase_add_test(t, a_log_put_away_is_said_by_the_next_one_for_ever);
	tcase_add_test(t, a_log_under_way_is_not_open);
	tcase_add_test(t, a_heartbeat_that_is_short_of_attempts_is_found);
	tcase_add_test(t, attempts_carried_over_a_crash_are_counted_once);
	tcase_add_test(t, the_verdict_vouches_for_what_is_signed);
	tcase_add_test(t, the_verdict_holds_nothing_that_moves_the_text);
	tcase_add_loop_test(t, copies_that_differ_are_damage, 0, 2);
	suite_add_tcase(s, t);
	return suite_run(s);
}

/* SPDX-License-Identifier: MIT */

#include "review/verdict.h"
#include "support/suite.h"

#include <stdio.h>
#include <string.h>

#define HOUR_US INT64_C(3600000000)

static struct verify *v;
static char           said[16384];
static size_t         said_len;

static void begin(void)
{
	v = verify_new(NULL, NULL);
	ck_assert_ptr_nonnull(v);
	said[0]  = '\0';
	said_len = 0;
}

static void end(void)
{
	verify_free(v);
}

static void give(void *owner, struct bytes piece)
{
	(void)owner;
	ck_assert_uint_lt(said_len + piece.len, sizeof(said));
	memcpy(said + said_len, piece.at, piece.len);
	said_len += piece.len;
	said[said_len] = '\0';
}

static void say(void write(struct text *, const struct verify *, const struct verdict_context *),
                bool color)
{
	const struct verdict_context c = { .log = "gw1", .num_files = 1, .now_us = INT64_MAX,
	                                   .color = color };
	struct text                  t;

	text_begin(&t, give, NULL);
	write(&t, v, &c);
	text_end(&t);
}

static const char *sentence(void)
{
	struct writer w = writer_over(said, sizeof(said) - 1);

	verdict_sentence(&w, v);
	said[w.len] = '\0';
	return said;
}

START_TEST(damage_is_counted_in_words_and_gaps_are_not_named_beside_it)
{
	v->findings.soundness = SOUND_NOT;
	v->coverage.num_gaps  = 1;
	findings_add(&v->findings, FINDING_MISSING, 5, 11, "gone");
	findings_add(&v->findings, FINDING_ALTERED, 12, 12, "changed");
	findings_add(&v->findings, FINDING_SIGNATURE, 13, 13, "no");
	findings_add(&v->findings, FINDING_SIGNATURE, 14, 14, "no");
	ck_assert_str_eq(
		sentence(),
		"NOT sound: 1 record altered, 7 records missing, 2 signatures do not hold");
}
END_TEST

START_TEST(what_a_log_declares_itself_stands_in_one_sentence)
{
	v->findings.soundness        = SOUND_DECLARED;
	v->coverage.num_gaps         = 2;
	v->coverage.gaps_us          = HOUR_US;
	v->coverage.unfiltered_known = true;
	findings_add(&v->findings, FINDING_PRUNED, 0, 9, "deleted");
	ck_assert_str_eq(sentence(), "unaltered; 2 declared gaps of 1 h, nothing passed in them; "
	                             "its beginning was deleted as the settings say");
	v->coverage.unfiltered = 1;
	ck_assert_ptr_nonnull(strstr(sentence(), "of 1 h; 1 packet passed unseen;"));
	v->coverage.unfiltered_known = false;
	ck_assert_ptr_nonnull(strstr(sentence(), "of 1 h; what passed in them was not counted;"));
}
END_TEST

START_TEST(nothing_passed_is_not_said_of_a_gap_in_which_nobody_counted)
{
	v->findings.soundness        = SOUND_DECLARED;
	v->coverage.num_gaps         = v->coverage.num_kept = 2;
	v->coverage.unfiltered_known = true;
	v->coverage.gaps[0]          = (struct gap){ .kind = GAP_STOPPED, .packets_known = true };
	v->coverage.gaps[1]          = (struct gap){ .kind = GAP_LOG };
	ck_assert_str_eq(sentence(), "unaltered; 2 declared gaps of 0 s, nothing passed in them");
	v->coverage.gaps[1].kind = GAP_NO_RULES;
	ck_assert_str_eq(sentence(), "unaltered; 2 declared gaps of 0 s; nothing passed where it "
	                             "was counted, and 1 was not");
	v->coverage.gaps[0].packets_known = false;
	ck_assert_str_eq(sentence(),
	                 "unaltered; 2 declared gaps of 0 s; what passed in them was not counted");
}
END_TEST

START_TEST(what_was_counted_only_and_what_nobody_knows_of_the_rules_is_said)
{
	v->coverage.has_span         = true;
	v->coverage.span_us          = 12 * HOUR_US;
	v->coverage.hooks_unknown_us = 2 * HOUR_US;
	v->attempts                  = 7;
	say(verdict_write_text, false);
	ck_assert_ptr_nonnull(strstr(said, "active    12 h of 12 h (100 %); for 2 h of it nobody "
	                                   "knows of the rules; 0 gaps\n"));
	ck_assert_ptr_nonnull(strstr(said, "counts    7 attempts; 0 sums agree\n"));
	v->late     = 1;
	said_len    = 0;
	say(verdict_write_text, false);
	ck_assert_ptr_nonnull(strstr(
		said,
		"0 sums agree; 1 record was counted only, as the log could not be written\n"));
	said_len    = 0;
	say(verdict_write_json, false);
	ck_assert_ptr_nonnull(strstr(said, "\"records_not_written_when_due\":1"));
	ck_assert_ptr_nonnull(strstr(said, "\"hooks_unknown_seconds\":7200"));
}
END_TEST

/* The wall clock says two hours, the machine's twelve. */
START_TEST(the_time_that_was_covered_is_the_machines_where_the_clock_was_set)
{
	v->coverage.has_span        = true;
	v->coverage.to_us           = 2 * HOUR_US;
	v->coverage.span_us         = 12 * HOUR_US;
	v->coverage.gaps_us         = 3 * HOUR_US;
	v->coverage.num_clock_steps = 1;
	v->coverage.largest_step_us = -10 * HOUR_US;
	say(verdict_write_text, false);
	ck_assert_ptr_nonnull(strstr(said, "active    9 h of 12 h (75 %); 0 gaps\n"));
	ck_assert_ptr_nonnull(strstr(said, "clock     was set 1 time, at most by 10 h back\n"));
}
END_TEST

START_TEST(a_gap_has_its_seconds_in_json)
{
	v->coverage.gaps[0] = (struct gap){ .kind = GAP_STOPPED, .from_us = 0,
	                                    .length_us = INT64_C(36000000), .packets_known = true,
	                                    .packets = 12 };
	v->coverage.num_gaps = v->coverage.num_kept = 1;
	v->coverage.gaps_us  = INT64_C(36000000);
	say(verdict_write_json, false);
	ck_assert_ptr_nonnull(strstr(said, "\"seconds\":36,\"unfiltered\":12"));
}
END_TEST

START_TEST(more_findings_of_a_kind_than_a_person_reads_are_counted)
{
	for (uint64_t i = 0; i < 25; i++)
		findings_add(&v->findings, FINDING_ORDER, i, i, "here");
	v->findings.soundness = SOUND_NOT;
	say(verdict_write_text, false);
	ck_assert_ptr_nonnull(strstr(said, "ORDER     and 5 more of these\n"));
	ck_assert_ptr_null(strstr(said, "\x1b"));
	say(verdict_write_json, false);
	ck_assert_ptr_nonnull(strstr(said, "{\"finding\":\"ORDER\",\"from\":24,\"to\":24,\"text\":"
	                                   "\"here\"}],\"findings_left_out\":0}"));
}
END_TEST

/* Policies that follow each other and say the same of their files: a list has changed. */
START_TEST(what_a_policy_says_of_itself_is_said_once)
{
	static const char array[] = "[{\"title\":\"No K\",\"authority\":\"Law\",\"serial\":7,"
	                            "\"cutoff\":\"2024-09-29T00:00:00-04:00\"}]";
	struct coverage *c = &v->coverage;

	c->num_policies = 4;
	for (size_t i = 0; i < 4; i++) {
		c->policies[i] = (struct policy_seen){ .slot = i, .from_us = (int64_t)i * HOUR_US };
		snprintf(c->policies[i].digest, sizeof(c->policies[i].digest), "%016zu", i);
	}
	/* The last one is of an older filterd, put back. */
	for (size_t i = 0; i < 3; i++) {
		c->policies[i].said_len = sizeof(array) - 1;
		memcpy(c->said[i], array, sizeof(array) - 1);
	}
	c->said[2][sizeof("[{\"title\":\"No ") - 1] = 'L';
	say(verdict_write_text, false);
	ck_assert_ptr_nonnull(strstr(said,
	                             "policy    0000000000000000 from 1970-01-01 00:00:00\n"
	                             "            No K, serial 7\n"
	                             "            Law\n"
	                             "            applies from 2024-09-29 00:00 -04:00 (04:00 UTC)\n"
	                             "          0000000000000001 from 1970-01-01 01:00:00\n"
	                             "          0000000000000002 from 1970-01-01 02:00:00\n"
	                             "            No L, serial 7\n"));
	ck_assert_ptr_nonnull(
		strstr(said, "          0000000000000003 from 1970-01-01 03:00:00\nresult"));
	say(verdict_write_json, false);
	ck_assert_ptr_nonnull(strstr(said, "\"from\":\"1970-01-01T01:00:00Z\",\"policy_files\":"
	                                   "[{\"title\":\"No K\",\"authority\":\"Law\","
	                                   "\"serial\":7,"
	                                   "\"cutoff\":\"2024-09-29T00:00:00-04:00\"}]}"));
	ck_assert_ptr_nonnull(strstr(said, "\"from\":\"1970-01-01T03:00:00Z\"}]"));
}
END_TEST

/*
 * The log's own word is all that there is, and whoever wrote it may have wished to move a cursor.
 */
START_TEST(a_log_without_a_key_is_said_to_be_one)
{
	snprintf(v->seals.root.origin, sizeof(v->seals.root.origin), "gw\x1b[2J");
	say(verdict_write_text, true);
	ck_assert_ptr_nonnull(strstr(
		said, "log       gw\\u{1b}[2J\n          its key is only the log's own word"));
	ck_assert_ptr_nonnull(strstr(said, "anchors   none given"));
}
END_TEST

int main(void)
{
	Suite *s = suite_create("verdict");
	TCase *t = tcase_create("verdict");

	suite_add_tcase(s, t);
	tcase_add_checked_fixture(t, begin, end);
	tcase_add_test(t, damage_is_counted_in_words_and_gaps_are_not_named_beside_it);
	tcase_add_test(t, a_log_without_a_key_is_said_to_be_one);
	tcase_add_test(t, what_a_policy_says_of_itself_is_said_once);
	tcase_add_test(t, a_gap_has_its_seconds_in_json);
	tcase_add_test(t, more_findings_of_a_kind_than_a_person_reads_are_counted);
	tcase_add_test(t, what_a_log_declares_itself_stands_in_one_sentence);
	tcase_add_test(t, nothing_passed_is_not_said_of_a_gap_in_which_nobody_counted);
	tcase_add_test(t, what_was_counted_only_and_what_nobody_knows_of_the_rules_is_said);
	tcase_add_test(t, the_time_that_was_covered_is_the_machines_where_the_clock_was_set);
	return suite_run(s);
}

/* SPDX-License-Identifier: MIT */

#include "audit/tally.h"
#include "policy/builtin.h"
#include "support/suite.h"

#include <stdio.h>
#include <string.h>

static struct tally tally, another;

static void attempt(struct tally *t, const char *id, enum app app, enum event_type type)
{
	struct category category = { .id = id };
	struct event    e        = { .type = type, .app = app };

	e.decision.has_rule      = id != NULL;
	e.decision.rule.category = &category;
	tally_add(t, &e);
}

static void begin(void)
{
	memset(&tally, 0, sizeof(tally));
	memset(&another, 0, sizeof(another));
}

static uint64_t count_of(const struct tally *t, const char *id, enum app app, enum event_type type)
{
	for (size_t i = 0; i < t->num; i++) {
		if (strcmp(t->rows[i].category, id) == 0 && t->rows[i].app == app &&
		    t->rows[i].type == type)
			return t->rows[i].count;
	}
	return 0;
}

START_TEST(category_layer_and_type_tell_attempts_apart)
{
	attempt(&tally, "update", APP_DNS, EVENT_BLOCK);
	attempt(&tally, "update", APP_DNS, EVENT_BLOCK);
	attempt(&tally, "update", APP_TLS, EVENT_BLOCK);
	attempt(&tally, "license", APP_DNS, EVENT_LOG);
	ck_assert_uint_eq(tally.num, 3);
	ck_assert_uint_eq(count_of(&tally, "update", APP_DNS, EVENT_BLOCK), 2);
	ck_assert_uint_eq(count_of(&tally, "update", APP_TLS, EVENT_BLOCK), 1);
	ck_assert_uint_eq(tally_sum(&tally, EVENT_BLOCK), 3);
	ck_assert_uint_eq(tally_sum(&tally, EVENT_LOG), 1);
}

START_TEST(an_attempt_without_a_rule_is_other)
{
	attempt(&tally, NULL, APP_TLS, EVENT_LOG);
	ck_assert_uint_eq(count_of(&tally, "other", APP_TLS, EVENT_LOG), 1);
}

START_TEST(what_finds_no_row_is_counted_all_the_same)
{
	char id[TALLY_CATEGORY_MAX];

	for (int i = 0; i < 1000; i++) {
		snprintf(id, sizeof(id), "c%d", i);
		attempt(&tally, id, APP_TLS, EVENT_BLOCK);
	}
	for (int app = APP_DNS; app <= APP_UNKNOWN; app++) {
		for (int type = EVENT_PASS; type <= EVENT_BLOCK; type++)
			attempt(&tally, "late", (enum app)app, (enum event_type)type);
	}
	ck_assert_uint_le(tally.num, TALLY_ROWS);
	ck_assert_uint_eq(tally_sum(&tally, EVENT_BLOCK), 1000 + 6);
	ck_assert_uint_eq(tally_sum(&tally, EVENT_LOG), 6);
	ck_assert_uint_eq(count_of(&tally, "c0", APP_TLS, EVENT_BLOCK), 1);
	ck_assert_uint_gt(count_of(&tally, "other", APP_TLS, EVENT_BLOCK), 800);
}

START_TEST(the_test_name_is_no_attempt)
{
	struct event e = { .type = EVENT_BLOCK, .app = APP_DNS };

	builtin_decide(BUILTIN_PROBE, OUTCOME_BLOCK, &e.decision);
	tally_add(&another, &e);
	e.type = EVENT_WOULD_BLOCK;
	tally_add(&another, &e);
	tally_merge(&tally, &another);
	tally_merge(&tally, &another);
	ck_assert_uint_eq(tally.num, 0);
	ck_assert_uint_eq(tally.probes_blocked, 2);
	ck_assert_uint_eq(tally.probes_passed, 2);
}

START_TEST(merging_adds_row_to_row)
{
	attempt(&tally, "update", APP_DNS, EVENT_BLOCK);
	attempt(&another, "license", APP_QUIC, EVENT_BLOCK);
	attempt(&another, "update", APP_DNS, EVENT_BLOCK);
	tally_merge(&tally, &another);
	ck_assert_uint_eq(count_of(&tally, "update", APP_DNS, EVENT_BLOCK), 2);
	ck_assert_uint_eq(count_of(&tally, "license", APP_QUIC, EVENT_BLOCK), 1);
	ck_assert_uint_eq(another.num, 2);
}

int main(void)
{
	Suite *s = suite_create("tally");
	TCase *t = tcase_create("tally");

	tcase_add_checked_fixture(t, begin, NULL);
	tcase_add_test(t, category_layer_and_type_tell_attempts_apart);
	tcase_add_test(t, an_attempt_without_a_rule_is_other);
	tcase_add_test(t, what_finds_no_row_is_counted_all_the_same);
	tcase_add_test(t, the_test_name_is_no_attempt);
	tcase_add_test(t, merging_adds_row_to_row);
	suite_add_tcase(s, t);
	return suite_run(s);
}

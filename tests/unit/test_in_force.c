/* SPDX-License-Identifier: MIT */

/*
 * A reload: each setting that has changed takes effect when its row says so, and the operator is
 * told.
 */

#include "daemon/in_force.h"
#include "policy/policy_file.h"
#include "support/policy.h"
#include "support/suite.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

static struct settings old;
static struct in_force new;
static char            said[4096];

/* What goes to standard error meanwhile is in `said`. */
static void follow(void)
{
	FILE *kept = tmpfile();
	int   own  = dup(STDERR_FILENO);

	ck_assert_ptr_nonnull(kept);
	dup2(fileno(kept), STDERR_FILENO);
	in_force_follow(&new, &old);
	dup2(own, STDERR_FILENO);
	close(own);
	rewind(kept);
	said[fread(said, 1, sizeof(said) - 1, kept)] = '\0';
	fclose(kept);
}

static void begin(void)
{
	settings_default(&old);
	memset(&new, 0, sizeof(new));
	new.settings = old;
}

/* Another value that the setting may have. */
static const char *other_value(const struct setting *row)
{
	static char number[16];

	switch (row->type) {
	case SETTING_CHOICE: return row->choices[strcmp(row->choices[0], row->fallback) == 0];
	case SETTING_LIST:
	case SETTING_TEXT:
	case SETTING_INTERFACES:
		return "other";
	case SETTING_MASK:   return "0x0f";
	case SETTING_NUMBER: break;
	}
	snprintf(number, sizeof(number), "%u",
	         strtoul(row->fallback, NULL, 10) == row->most ? row->most - 1 : row->most);
	return number;
}

START_TEST(what_has_not_changed_is_not_spoken_of)
{
	begin();
	follow();
	ck_assert_str_eq(said, "");
}

START_TEST(each_setting_that_has_changed_is_told_and_kept_if_it_waits_for_a_start)
{
	const struct setting *row  = &settings_table[_i];
	const char           *want = other_value(row);
	char                  text[200], room[SETTING_NUMBER_MAX], line[200];
	struct problem        problem = { "" };
	bool waits = row->when == SETTING_AT_START || row->when == SETTING_WITH_RULES_AT_START;

	begin();
	snprintf(text, sizeof(text), "[%s]\n%s = %s\n", row->section, row->key, want);
	ck_assert_msg(settings_parse(text, "f", &new.settings, &problem) == 0, "%s", problem.text);
	ck_assert(!setting_is_same(row, &old, &new.settings));
	ck_assert_int_eq(strtoul(setting_value(row, &new.settings, room), NULL, 0),
	                 strtoul(want, NULL, 0));
	follow();
	ck_assert_int_eq(setting_is_same(row, &old, &new.settings), waits);
	for (size_t i = 0; i < settings_count; i++)
		ck_assert(&settings_table[i] == row ||
		          setting_is_same(&settings_table[i], &old, &new.settings));
	snprintf(line, sizeof(line), "[%s] %s = ", row->section, row->key);
	ck_assert_msg(strstr(said, line) != NULL, "expected: %s\ncame: %s", line, said);
	ck_assert_int_eq(strstr(said, "from now on") != NULL, row->when == SETTING_AT_ONCE);
	ck_assert_int_eq(strstr(said, "at the next start") != NULL, waits);
	ck_assert_int_eq(strstr(said, "run filterctl rules install") != NULL,
	                 row->when == SETTING_WITH_RULES ||
	                         row->when == SETTING_WITH_RULES_AT_START);
}

static int fetch(void *context, const char *name, struct bytes *content_out)
{
	(void)context;
	*content_out = strcmp(name, "l") == 0
	                       ? BYTES("blocked.example\n")
	                       : BYTES("[policy]\nid = p\n[category c]\naction = block\nnames = l\n");
	return 0;
}

START_TEST(a_setting_that_is_gone_is_told_and_no_error)
{
	static const char *const files[] = { "p" };
	struct problem problem = { "" };
	char           remarks[IN_FORCE_REMARKS][PROBLEM_MAX];

	begin();
	ck_assert_int_eq(
		settings_parse("[inspect]\nstrict = yes\n", "f", &new.settings, &problem), 0);
	ck_assert_int_eq(policy_build(files, 1, fetch, NULL, &new.policy, &problem), 0);
	ck_assert_uint_eq(in_force_remarks(&new, remarks), 1);
	policy_free(new.policy);
	ck_assert_str_eq(remarks[0],
	                 "[inspect] strict is no longer a setting: filterd always waits for the "
	                 "server's acknowledgement now; remove the line");
}

static int fetch_ended(void *context, const char *name, struct bytes *content_out)
{
	(void)context;
	*content_out = strcmp(name, "l") == 0
	                       ? BYTES("blocked.example\n")
	                       : BYTES("[policy]\nid = p\n[category c]\naction = block\nnames = l\n"
	                               "[waiver lab]\ncategories = c\ndevices = 192.0.2.2\n"
	                               "until = 2020-01-01T00:00:00Z\nreason = R\n"
	                               "[waiver other]\ncategories = c\ndevices = 192.0.2.2\n"
	                               "until = 2920-01-01T00:00:00Z\nreason = R\n");
	return 0;
}

START_TEST(a_waiver_that_has_ended_is_named)
{
	static const char *const files[] = { "p" };
	struct problem problem = { "" };
	char           remarks[IN_FORCE_REMARKS][PROBLEM_MAX];

	begin();
	ck_assert_int_eq(policy_build(files, 1, fetch_ended, NULL, &new.policy, &problem), 0);
	ck_assert_uint_eq(in_force_remarks(&new, remarks), 1);
	policy_free(new.policy);
	ck_assert_str_eq(remarks[0], "policy: 1 waiver has ended and has no effect, the "
	                             "first [waiver lab] of p; remove it");
}

START_TEST(a_rule_of_the_engine_follows_at_once)
{
	begin();
	new.settings.mode = MODE_OBSERVE;
	follow();
	ck_assert_int_eq(new.rules.mode, MODE_OBSERVE);
}

int main(void)
{
	Suite *s = suite_create("in force");
	TCase *t = tcase_create("in force");

	tcase_add_test(t, what_has_not_changed_is_not_spoken_of);
	tcase_add_loop_test(t,
	                    each_setting_that_has_changed_is_told_and_kept_if_it_waits_for_a_start,
	                    0, (int)settings_count);
	tcase_add_test(t, a_setting_that_is_gone_is_told_and_no_error);
	tcase_add_test(t, a_waiver_that_has_ended_is_named);
	tcase_add_test(t, a_rule_of_the_engine_follows_at_once);
	suite_add_tcase(s, t);
	return suite_run(s);
}

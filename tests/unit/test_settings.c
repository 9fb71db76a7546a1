/* SPDX-License-Identifier: MIT */

/* One table has every setting; the sample configuration and the manual page must say the same. */

#include "os/files.h"
#include "policy/settings.h"
#include "support/suite.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

static struct settings settings, defaults;
static struct problem  problem;

static const struct { const char *text, *says;
} refused[] = {
	{ "[queue]\nnumber = 1\n",
	  "f: line 2: there is no setting 'number' in [queue]; filterd.conf(5) lists all" },
	{ "[queues]\nfirst = 1\n", "f: line 2: there is no section [queues]; expected [policy], "
	                           "[block], [inspect], [queue], [flow], "
	                           "[audit] or [daemon]" },
	{ "[queue]\nworkers = 17\n", "f: line 2: 'workers = 17': expected a number from 1 to 16" },
	{ "[queue]\nworkers = two\n",
	  "f: line 2: 'workers = two': expected a number from 1 to 16" },
	{ "[queue]\nworkers = 4294967297\n",
	  "f: line 2: 'workers = 4294967297': expected a number from 1 to 16" },
	{ "[queue]\nfirst = -1\n", "f: line 2: 'first = -1': expected a number from 0 to 65504" },
	{ "[block]\non-block = Reject\n",
	  "f: line 2: 'on-block = Reject': expected reject or drop" },
	{ "[queue]\nmark-mask = 0x7\n", "f: line 2: 'mark-mask = 0x7': expected a number such as "
	                                "0xf0000000 with exactly four bits set" },
	{ "[policy]\nfiles =\n", "f: line 2: 'files = ': expected policy files, separated by spaces" },
	{ "[queue]\nfirst = 1\nfirst = 2\n",
	  "f: line 3: 'first' occurs twice in [queue]; expected it once" },
#define NO_INTERFACES(value)                                                                       \
	"'protect = " value "': expected auto, or names of interfaces separated by spaces"
	{ "[queue]\nprotect = lan0,lan1\n", "f: line 2, column 15: " NO_INTERFACES("lan0,lan1") },
	{ "[queue]\n\nprotect=lan0  eth0@if3\n",
	  "f: line 3, column 19: " NO_INTERFACES("lan0  eth0@if3") },
	{ "[queue]\nprotect:  auto lan0\n", "f: line 2, column 11: " NO_INTERFACES("auto lan0") },
	{ "[queue]\nprotect = lan0 a-name-of-16-chr\n",
	  "f: line 2, column 16: " NO_INTERFACES("lan0 a-name-of-16-chr") },
	{ "[queue]\nprotect = br-*\n", "f: line 2, column 14: " NO_INTERFACES("br-*") },
	{ "[queue]\nprotect =\n", "f: line 2: 'protect = ': expected auto, or names of " },
	{ "[queue]\nprotect = lan0\n\tlan1 lan2,lan3\n",
	  "f: line 3, column 11: 'protect' goes on with 'lan1 lan2,lan3': expected auto, or" },
	{ "[queue]\nprotect = auto\n lan1\n",
	  "f: line 3: 'protect' goes on with 'lan1': expected auto, or names of interfaces" },
#define GOES_ON(value, name)                                                                       \
	"f: line 3: '" value "' begins with a blank, so it goes on with '" name "' of the line "    \
	"before; expected a list there, and further values of it here"
	{ "[policy]\n files = a\n mode = observe\n", GOES_ON("mode = observe", "files") },
	{ "[policy]\nmode = observe\n enforce\n", GOES_ON("enforce", "mode") },
	{ "[audit]\nsensor = gateway\n one\n", GOES_ON("one", "sensor") },
	{ "\n\nfirst\n", "f: line 3: expected '[section]', 'name = value' or a comment" },
};

START_TEST(a_wrong_line_is_named_with_what_was_expected)
{
	ck_assert_int_eq(settings_parse(refused[_i].text, "f", &settings, &problem), -EINVAL);
	ck_assert_msg(strncmp(problem.text, refused[_i].says, strlen(refused[_i].says)) == 0,
	              "expected: %s\ncame: %s", refused[_i].says, problem.text);
}

START_TEST(a_line_that_would_be_split_is_refused)
{
	char text[400] = "[daemon]\n# ";

	memset(text + strlen(text), 'x', 300);
	ck_assert_int_eq(settings_parse(text, "f", &settings, &problem), -EINVAL);
	ck_assert_str_eq(problem.text,
	                 "f: line 2: the line is too long; expected at most 198 characters");
}

START_TEST(an_empty_file_gives_the_defaults)
{
	settings_default(&defaults);
	ck_assert_int_eq(settings_parse("", "f", &settings, &problem), 0);
	ck_assert_int_eq(memcmp(&settings, &defaults, sizeof(settings)), 0);
	ck_assert_uint_eq(settings.workers, 1);
}

START_TEST(names_of_interfaces_are_kept_as_they_are_written)
{
	ck_assert_int_eq(settings_parse("[queue]\nprotect = br-lan\teth0.10  pppoe-wan_2 abcdefghij"
	                                "klmno\n", "f", &settings, &problem), 0);
	ck_assert_str_eq(settings.protect, "br-lan\teth0.10  pppoe-wan_2 abcdefghijklmno");
}

/* Also where the section before ended with a list, and behind lines that say nothing. */
START_TEST(a_list_may_go_on_in_further_lines)
{
	ck_assert_int_eq(settings_parse("[policy]\nfiles = a\n\n# one more\n\tb c\n d\n"
	                                "[queue]\n protect = lan0\n lan1\n", "f",
	                                &settings, &problem), 0);
	ck_assert_str_eq(settings.files, "a b c d");
	ck_assert_str_eq(settings.protect, "lan0 lan1");
}

START_TEST(a_list_is_as_long_as_there_is_room)
{
	char   text[1200] = "[policy]\nfiles = a\n";
	size_t len        = 1;

	for (; len + 101 < SETTINGS_TEXT_MAX; len += 101)
		sprintf(text + strlen(text), " %0100d\n", 0);
	ck_assert_int_eq(settings_parse(text, "f", &settings, &problem), 0);
	ck_assert_uint_eq(strlen(settings.files), len);
	sprintf(text + strlen(text), " %0100d\n", 0);
	ck_assert_int_eq(settings_parse(text, "f", &settings, &problem), -EINVAL);
	ck_assert_ptr_nonnull(strstr(problem.text, "expected at most 511 characters in all"));
}

/* Where no value at all is one, the word is none: what is empty cannot be written everywhere. */
START_TEST(none_is_nothing_where_that_may_be)
{
	const struct setting *row = &settings_table[_i];
	char                  text[128], room[SETTING_NUMBER_MAX];

	if (row->type != SETTING_TEXT && row->type != SETTING_LIST)
		return;
	snprintf(text, sizeof(text), "[%s]\n%s = none\n", row->section, row->key);
	ck_assert_int_eq(settings_parse(text, "f", &settings, &problem), 0);
	ck_assert_str_eq(setting_value(row, &settings, room),
	                 strstr(row->expects, ", or none") != NULL ? "" : "none");
}

START_TEST(the_four_marks_are_the_four_bits_of_the_mask)
{
	struct marks m;

	ck_assert_int_eq(
		settings_parse("[queue]\nmark-mask = 0x00f10000\n", "f", &settings, &problem),
		-EINVAL);
	ck_assert_int_eq(
		settings_parse("[queue]\nmark-mask = 0x00710000\n", "f", &settings, &problem), 0);
	m = settings_marks(&settings);
	ck_assert_uint_eq(m.decided, 0x10000);
	ck_assert_uint_eq(m.blocked, 0x100000);
	ck_assert_uint_eq(m.seen, 0x200000);
	ck_assert_uint_eq(m.injected, 0x400000);
}

static struct bytes source_file(const char *name)
{
	char         path[4096];
	struct bytes content = { 0 };

	snprintf(path, sizeof(path), "%s/%s", getenv("FILTERD_SOURCE"), name);
	ck_assert_msg(files_read(path, &content) == 0, "%s", path);
	return content;
}

/* An array is full without a NUL where the text is as long. */
START_TEST(what_the_table_says_in_arrays_ends_there)
{
	const struct setting *row = &settings_table[_i];

	ck_assert_ptr_nonnull(memchr(row->section, '\0', sizeof(row->section)));
	ck_assert_ptr_nonnull(memchr(row->key, '\0', sizeof(row->key)));
	ck_assert_ptr_nonnull(memchr(row->unit, '\0', sizeof(row->unit)));
}

/* Each row of the table, looked for in the sample as `key = default` and in the manual page. */
START_TEST(the_sample_and_the_manual_say_what_the_table_says)
{
	const struct setting *row    = &settings_table[_i];
	struct bytes          sample = source_file("config/filterd.conf");
	struct bytes          manual = source_file("filterd/filterd.conf.5");
	char                  line[700], room[SETTING_EXPECTS_MAX];

	snprintf(line, sizeof(line), "\n%s =%s%s\n", row->key, row->fallback[0] ? " " : "",
	         row->fallback);
	ck_assert_msg(strstr((const char *)sample.at, line) != NULL, "the sample lacks: %s", line);
	snprintf(line, sizeof(line), "\n.It Ic %s = %s\n", row->key,
	         setting_expects(row, room));
	ck_assert_msg(strstr((const char *)manual.at, line) != NULL, "the manual lacks: %s", line);
	if (row->fallback[0] != '\0')
		snprintf(line, sizeof(line), "Default: %s%s%s.\n", row->fallback,
		         row->unit[0] ? " " : "", row->unit);
	else
		snprintf(line, sizeof(line), "Default: nothing.\n");
	ck_assert_msg(strstr(strstr((const char *)manual.at, row->key), line) != NULL,
	              "the manual lacks: %s", line);
	files_free(sample);
	files_free(manual);
}

static const char *const when[] = {
	[SETTING_AT_ONCE]             = "",
	[SETTING_WITH_RULES]          = "With filterctl rules install.",
	[SETTING_AT_START]            = "At the next start.",
	[SETTING_WITH_RULES_AT_START] = "With filterctl rules install and the next start.",
};

/* Is this one of those sentences, and not another of them? */
static void check_when(const char *from, const char *to, enum setting_when is, const char *where,
                       const char *key)
{
	for (size_t i = SETTING_WITH_RULES; i < COUNT(when); i++) {
		char line[80];

		snprintf(line, sizeof(line), "%s\n", when[i]);
		ck_assert_msg((memmem(from, (size_t)(to - from), line, strlen(line)) != NULL) ==
		                      (i == is),
		              "%s, %s: '%s'", where, key, when[i]);
	}
}

START_TEST(both_say_when_a_change_takes_effect)
{
	const struct setting *row    = &settings_table[_i];
	struct bytes          sample = source_file("config/filterd.conf");
	struct bytes          manual = source_file("filterd/filterd.conf.5");
	char                  line[700];
	const char           *from, *to;

	snprintf(line, sizeof(line), "\n%s =", row->key);
	to   = strstr((const char *)sample.at, line) + 1;
	from = to;
	while (from - 2 > (const char *)sample.at && !(from[-1] == '\n' && from[-2] == '\n'))
		from--;
	check_when(from, to, row->when, "the sample", row->key);
	snprintf(line, sizeof(line), "\n.It Ic %s = ", row->key);
	from = strstr((const char *)manual.at, line);
	to   = strstr(from + 1, "\n.It ");
	if (to == NULL || strstr(from, "\n.El") < to)
		to = strstr(from, "\n.El");
	check_when(from, to + 1, row->when, "the manual", row->key);
	files_free(sample);
	files_free(manual);
}

START_TEST(the_sample_gives_the_defaults_and_has_no_setting_besides)
{
	struct bytes sample = source_file("config/filterd.conf");
	size_t       num    = 0;

	settings_default(&defaults);
	ck_assert_int_eq(settings_parse((const char *)sample.at, "f", &settings, &problem), 0);
	ck_assert_int_eq(memcmp(&settings, &defaults, sizeof(settings)), 0);
	for (const char *at = (const char *)sample.at; at != NULL; at = strchr(at, '\n')) {
		at += at[0] == '\n';
		if (at[0] == '\0')
			break;
		num += at[0] >= 'a' && at[0] <= 'z';
	}
	ck_assert_uint_eq(num, settings_count);
	files_free(sample);
}

/* One form, whatever the file looked like; by hand: filterctl settings --sorted | sha256sum. */
START_TEST(settings_are_written_in_one_form)
{
	static char     room[SETTINGS_WRITTEN_MAX + 1];
	struct settings s;
	struct writer   w       = writer_over(room, sizeof(room) - 1);
	const char     *at      = room, *before = "";

	ck_assert_int_eq(settings_parse("[queue]\nprotect = lan0\t  lan1\n lan2\n[audit]\n"
	                                "sensor = a  b\n[policy]\nmode=observe\n",
	                                "f", &s, &problem), 0);
	settings_write(&w, &s);
	room[w.len] = '\0';
	ck_assert(!w.full);
	ck_assert_ptr_nonnull(strstr(room, "\nqueue.protect = lan0 lan1 lan2\n"));
	ck_assert_ptr_nonnull(strstr(room, "\naudit.sensor = a  b\n"));
	ck_assert_ptr_nonnull(strstr(room, "\npolicy.mode = observe\n"));
	ck_assert_ptr_nonnull(strstr(room, "\npolicy.signed-by = none\n"));
	for (size_t i = 0; i < settings_count; i++) {
		const char *end = strchr(at, '\n');

		ck_assert_ptr_nonnull(end);
		ck_assert_int_lt(strncmp(before, at, 60), 0);
		before = at;
		at     = end + 1;
	}
	ck_assert_str_eq(at, "");
}

START_TEST(a_digest_of_settings_is_another_if_one_of_them_is)
{
	struct settings a, b;
	uint8_t         of_a[32], of_b[32];

	settings_default(&a);
	settings_default(&b);
	ck_assert_int_eq(settings_digest(&a, of_a), 0);
	ck_assert_int_eq(settings_digest(&b, of_b), 0);
	ck_assert_mem_eq(of_a, of_b, 32);
	for (size_t i = 0; i < settings_count; i++) {
		struct settings c = a;

		*((char *)&c + settings_table[i].offset) ^= 1;
		if (settings_table[i].type == SETTING_CHOICE && settings_table[i].choices[1] == NULL)
			continue;
		ck_assert_int_eq(settings_digest(&c, of_b), 0);
		ck_assert_msg(memcmp(of_a, of_b, 32) != 0, "%s", settings_table[i].key);
	}
}

/* Every text as long as it may be. */
START_TEST(the_longest_settings_have_a_digest)
{
	struct settings s;
	uint8_t         digest[32];

	settings_default(&s);
	for (size_t i = 0; i < settings_count; i++) {
		const struct setting *row = &settings_table[i];

		if (row->type == SETTING_TEXT || row->type == SETTING_LIST ||
		    row->type == SETTING_INTERFACES)
			memset((char *)&s + row->offset, 'x', SETTINGS_TEXT_MAX - 1);
	}
	ck_assert_int_eq(settings_digest(&s, digest), 0);
}

int main(void)
{
	Suite *s = suite_create("settings");
	TCase *t = tcase_create("settings");

	tcase_add_loop_test(t, a_wrong_line_is_named_with_what_was_expected, 0, COUNT(refused));
	tcase_add_test(t, a_line_that_would_be_split_is_refused);
	tcase_add_test(t, an_empty_file_gives_the_defaults);
	tcase_add_test(t, names_of_interfaces_are_kept_as_they_are_written);
	tcase_add_test(t, a_list_may_go_on_in_further_lines);
	tcase_add_test(t, a_list_is_as_long_as_there_is_room);
	tcase_add_loop_test(t, none_is_nothing_where_that_may_be, 0, (int)settings_count);
	tcase_add_test(t, the_four_marks_are_the_four_bits_of_the_mask);
	tcase_add_loop_test(t, what_the_table_says_in_arrays_ends_there, 0, (int)settings_count);
	tcase_add_loop_test(t, the_sample_and_the_manual_say_what_the_table_says, 0,
	                    (int)settings_count);
	tcase_add_loop_test(t, both_say_when_a_change_takes_effect, 0, (int)settings_count);
	tcase_add_test(t, the_sample_gives_the_defaults_and_has_no_setting_besides);
	tcase_add_test(t, settings_are_written_in_one_form);
	tcase_add_test(t, a_digest_of_settings_is_another_if_one_of_them_is);
	tcase_add_test(t, the_longest_settings_have_a_digest);
	suite_add_tcase(s, t);
	return suite_run(s);
}

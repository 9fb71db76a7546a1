/* SPDX-License-Identifier: MIT */

/* One line of a configuration is changed, and nothing else. */

#include "os/files.h"
#include "policy/settings_edit.h"
#include "support/suite.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct problem problem;
static char           room[65536];

static int edit(const char *text, const char *value)
{
	const struct setting *row = settings_find("policy", "mode");
	struct writer         w   = writer_over(room, strlen(text) + SETTINGS_EDIT_MAX);
	int                   error;

	memset(room, '?', sizeof(room));
	error       = settings_edit(text, "f.conf", row, value, &w, &problem);
	room[w.len] = '\0';
	return error;
}

static const struct { const char *what, *text, *is; } edits[] = {
	{ "the value alone", "[policy]\nmode = enforce\nwatch = 1\n",
	  "[policy]\nmode = observe\nwatch = 1\n" },
	{ "already so", "[policy]\nmode = observe\n", "[policy]\nmode = observe\n" },
	{ "however it is written", "# a\r\n [policy]\r\n  mode:enforce \t; for now\r\n[audit]\r\n",
	  "# a\r\n [policy]\r\n  mode:observe \t; for now\r\n[audit]\r\n" },
	{ "without a newline at the end", "[policy]\nmode=enforce", "[policy]\nmode=observe" },
	{ "a value that was wrong", "[policy]\nmode = enfroce\n", "[policy]\nmode = observe\n" },
	{ "a value that was missing", "[policy]\nmode =\n", "[policy]\nmode =observe\n" },
	{ "in the second part of its section", "[policy]\n[audit]\n[policy]\nmode = enforce\n",
	  "[policy]\n[audit]\n[policy]\nmode = observe\n" },
	{ "not what another key ends with", "[policy]\nmodes = 1\n", NULL },
	{ "behind one that is commented out",
	  "[policy]\nwatch = 1\n# what it does\n#mode = enforce\n\nmax-shrink = 1\n",
	  "[policy]\nwatch = 1\n# what it does\n#mode = enforce\nmode = observe\n\n"
	  "max-shrink = 1\n" },
	{ "the first of these", "[policy]\n; mode = a\n#mode = b\n",
	  "[policy]\n; mode = a\nmode = observe\n#mode = b\n" },
	{ "the last line of a text", "[policy]\n#mode = a", "[policy]\n#mode = a\nmode = observe\n" },
	{ "not behind a word about it", "[policy]\nwatch = 1\n# mode: what is blocked\n",
	  "[policy]\nmode = observe\nwatch = 1\n# mode: what is blocked\n" },
	{ "not within a list of several lines",
	  "[policy]\nfiles = a\n#mode = enforce\n\tb\n[audit]\n",
	  "[policy]\nmode = observe\nfiles = a\n#mode = enforce\n\tb\n[audit]\n" },
	{ "not where it would have the next line for its own", "[policy]\n  files = a\n",
	  "[policy]\n  files = a\n\n[policy]\nmode = observe\n" },
	{ "not in another section", "[audit]\n# mode = 1\nkeys = k\n",
	  "[audit]\n# mode = 1\nkeys = k\n\n[policy]\nmode = observe\n" },
	{ "behind a head without a newline", "[policy]", "[policy]\nmode = observe\n" },
	{ "with the newlines that there are", "[policy]\r\nwatch = 1\r\n",
	  "[policy]\r\nmode = observe\r\nwatch = 1\r\n" },
	{ "behind a line that goes on with what looks like a head",
	  "[policy]\nfiles = a\n\t[audit]\nmode = enforce\n",
	  "[policy]\nfiles = a\n\t[audit]\nmode = observe\n" },
	{ "behind a byte order mark", "\xef\xbb\xbf[policy]\nmode = enforce\n",
	  "\xef\xbb\xbf[policy]\nmode = observe\n" },
	{ "of nothing", "", "[policy]\nmode = observe\n" },
	{ "of a text that ends within a line", "[audit]\nkeys = k",
	  "[audit]\nkeys = k\n\n[policy]\nmode = observe\n" },
};

START_TEST(the_line_is_changed_or_put_in_and_all_else_stays)
{
	int error = edit(edits[_i].text, "observe");

	ck_assert_msg((error == 0) == (edits[_i].is != NULL), "%s: %s", edits[_i].what,
	              problem.text);
	if (error == 0)
		ck_assert_msg(strcmp(room, edits[_i].is) == 0, "%s: '%s'", edits[_i].what, room);
}

static const struct { const char *text, *says; } refused[] = {
	{ "[policy]\nmode = enforce\nwatch = x\n", "f.conf: line 3: 'watch = x': expected" },
	{ "[policy]\nmode = enforce\nmode = enforce\n", "f.conf: line 3: 'mode' occurs twice" },
	{ "[policy]\nwatch = x\n", "f.conf: line 2: 'watch = x': expected" },
	{ "what\n", "f.conf: line 1: expected '[section]'" },
};

START_TEST(what_else_is_wrong_is_said)
{
	ck_assert_int_eq(edit(refused[_i].text, "observe"), -EINVAL);
	ck_assert_msg(strncmp(problem.text, refused[_i].says, strlen(refused[_i].says)) == 0,
	              "expected: %s\ncame: %s", refused[_i].says, problem.text);
}

/* There and back. */
START_TEST(the_sample_is_as_it_was_when_the_value_is)
{
	char         path[4096];
	struct bytes sample;
	char        *observing;

	snprintf(path, sizeof(path), "%s/config/filterd.conf", getenv("FILTERD_SOURCE"));
	ck_assert_int_eq(files_read(path, &sample), 0);
	ck_assert_int_eq(edit((const char *)sample.at, "observe"), 0);
	ck_assert_uint_eq(strlen(room), sample.len);
	ck_assert(!bytes_equal(bytes_text(room), sample));
	observing = strdup(room);
	ck_assert_int_eq(edit(observing, "enforce"), 0);
	ck_assert(bytes_equal(bytes_text(room), sample));
	free(observing);
	files_free(sample);
}

int main(void)
{
	Suite *s = suite_create("settings_edit");
	TCase *t = tcase_create("settings_edit");

	tcase_add_loop_test(t, the_line_is_changed_or_put_in_and_all_else_stays, 0, COUNT(edits));
	tcase_add_loop_test(t, what_else_is_wrong_is_said, 0, COUNT(refused));
	tcase_add_test(t, the_sample_is_as_it_was_when_the_value_is);
	suite_add_tcase(s, t);
	return suite_run(s);
}

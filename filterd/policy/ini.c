/* SPDX-License-Identifier: MIT */

/*
 * inih tells the number of the first wrong line when it is done, not while it calls back; so the
 * first problem's words are kept and joined to that number at the end.
 */

#include "policy/ini.h"

#include <errno.h>
#include <ini.h>
#include <stdio.h>
#include <string.h>

struct ini_walking {
	ini_pair      *pair;
	void          *context;
	struct problem first;
	bool           is_wrong;
	size_t         at;              /* within its value, from 1; 0: all of it */
};

static int handle(void *user, const char *section, const char *name, const char *value)
{
	struct ini_walking *w  = user;
	const char         *at = NULL;

	if (w->is_wrong)
		return 1;
	w->is_wrong = !w->pair(w->context, section, name, value, &w->first, &at);
	w->at       = at != NULL ? (size_t)(at - value) + 1 : 0;
	return !w->is_wrong;
}

/* Where the value of this line begins, from 1: behind the first '=' or ':', and blanks. */
static size_t value_column(const char *text, int line)
{
	size_t column;

	for (; line > 1; line--)
		text += strcspn(text, "\n") + 1;
	column = strcspn(text, "=:\n");
	column += text[column] != '\0' && text[column] != '\n';
	return column + strspn(text + column, " \t") + 1;
}

/* The first line that inih would split, 0 if there is none. */
static int overlong_line(const char *text)
{
	int line = 1;

	for (;; line++) {
		size_t len = strcspn(text, "\n");

		if (len > INI_LINE_MAX)
			return line;
		if (text[len] == '\0')
			return 0;
		text += len + 1;
	}
}

int ini_walk(const char *text, const char *file, ini_pair *pair, void *context,
             struct problem *problem_out)
{
	struct ini_walking w    = { .pair = pair, .context = context };
	int                line = overlong_line(text);
	const char        *what = "the line is too long; expected at most 198 characters";

	if (line == 0) {
		line = ini_parse_string(text, handle, &w);
		what = w.is_wrong ? w.first.text
		                  : "expected '[section]', 'name = value' or a comment beginning "
		                    "with '#' or ';'";
	}
	if (line == 0)
		return 0;
	if (line < 0)
		return -ENOMEM;
	if (w.is_wrong && w.at > 0)
		snprintf(problem_out->text, PROBLEM_MAX, "%.180s: line %d, column %zu: %.280s",
		         file, line, value_column(text, line) + w.at - 1, what);
	else
		snprintf(problem_out->text, PROBLEM_MAX, "%.180s: line %d: %.300s", file, line,
		         what);
	return -EINVAL;
}

/* SPDX-License-Identifier: MIT */

/*
 * inih gives the number of the first wrong line only at the end, not in its callbacks; so the first
 * problem's text is kept and joined to that number at the end.
 */

#include "policy/ini.h"

#include <errno.h>
#include <ini.h>
#include <stdio.h>
#include <string.h>

struct ini_walking {
	const char    *rest;            /* not read yet */
	bool           is_indented;     /* the current line */
	bool           has_pair;        /* an indented line can continue a line of this section */
	ini_pair      *pair;
	void          *context;
	struct problem first;
	bool           is_wrong;
	bool           is_more;         /* it is in a continuation line */
	size_t         at;              /* position in the value, from 1; 0: all of it */
};

/* One line, like fgets(3). It fits, because longer lines were refused before. */
static char *next_line(char *line, int room, void *stream)
{
	struct ini_walking *w   = stream;
	size_t              len = strcspn(w->rest, "\n");

	len += w->rest[len] == '\n';
	if (len == 0 || len >= (size_t)room)
		return NULL;
	memcpy(line, w->rest, len);
	line[len]      = '\0';
	w->rest       += len;
	w->is_indented = line[0] == ' ' || line[0] == '\t';
	w->has_pair    = w->has_pair && line[0] != '[';
	return line;
}

static int handle(void *user, const char *section, const char *name, const char *value)
{
	struct ini_walking *w       = user;
	/* A continuation line: the name is that of the line before, the value is the whole line. */
	bool                goes_on = w->is_indented && w->has_pair;
	const char         *at      = NULL;

	w->has_pair = true;
	if (w->is_wrong)
		return 1;
	w->is_wrong = !w->pair(w->context, section, name, value, goes_on, &w->first, &at);
	w->at       = at != NULL ? (size_t)(at - value) + 1 : 0;
	w->is_more  = goes_on;
	return !w->is_wrong;
}

/* Position of the line's value, from 1: after blanks, and a name with its '=' or ':'. */
static size_t value_column(const char *text, int line, bool has_name)
{
	size_t column;

	for (; line > 1; line--)
		text += strcspn(text, "\n") + 1;
	column = has_name ? strcspn(text, "=:\n") : 0;
	column += has_name && text[column] != '\0' && text[column] != '\n';
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
	struct ini_walking w    = { .rest = text, .pair = pair, .context = context };
	int                line = overlong_line(text);
	const char        *what = "the line is too long; expected at most 198 characters";

	if (line == 0) {
		line = ini_parse_stream(next_line, &w, handle, &w);
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
		         file, line, value_column(text, line, !w.is_more) + w.at - 1, what);
	else
		snprintf(problem_out->text, PROBLEM_MAX, "%.180s: line %d: %.300s", file, line,
		         what);
	return -EINVAL;
}

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
};

static int handle(void *user, const char *section, const char *name, const char *value)
{
	struct ini_walking *w = user;

	if (w->is_wrong)
		return 1;
	w->is_wrong = !w->pair(w->context, section, name, value, &w->first);
	return !w->is_wrong;
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
	snprintf(problem_out->text, PROBLEM_MAX, "%.180s: line %d: %.300s", file, line, what);
	return -EINVAL;
}

/* SPDX-License-Identifier: MIT */
#ifndef FILTERD_REVIEW_OTHERS_H
#define FILTERD_REVIEW_OTHERS_H

/*
 * Others: other logs with files among those of the log being verified. They are recognised by their
 * own statements and followed by their chains, so that their records count neither as this log's
 * nor as damage to it; nothing else is checked.
 */

#include "audit/note.h"

#define OTHERS_MAX 16           /* told apart */

struct other {
	char         origin[ORIGIN_MAX + 1];    /* without the id if no record has it */
	struct chain due;
	uint64_t     first, last, num;          /* records */
	char         file[64];                  /* file of its first line; "": unknown */
};

struct others {
	struct other list[OTHERS_MAX];
	size_t       num;
};

/*
 * others_take - Takes: a line, followed by its newline, that does not continue the log with origin
 *               `own`; its file, NULL: unknown.
 * Gives:  true if it belongs to another log: it continues that log, begins it, or names another
 *         gateway.
 */
bool others_take(struct others *o, const char *own, const struct line_end *end, struct bytes line,
                 const char *file);

#endif

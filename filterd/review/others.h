/* SPDX-License-Identifier: MIT */
#ifndef FILTERD_REVIEW_OTHERS_H
#define FILTERD_REVIEW_OTHERS_H

/*
 * Others: logs that are not the one that is verified, and whose files lie among its own. They are
 * known by what they say of themselves and followed by their chains, so that their records are
 * taken neither for this log's nor for damage to it; nothing else is asked of them.
 */

#include "audit/note.h"

#define OTHERS_MAX 16           /* told apart */

struct other {
	char         origin[ORIGIN_MAX + 1];    /* without the id if no record says it */
	struct chain due;
	uint64_t     first, last, num;          /* records */
	char         file[64];                  /* where the first one stands; "": not known */
};

struct others {
	struct other list[OTHERS_MAX];
	size_t       num;
};

/*
 * others_take - Takes: a line, with its newline behind it, that does not hang on the log whose
 *               origin is `own`; its file, NULL: not known.
 * Gives:  true if it is another one's: it hangs on a line of that, begins it, or names another
 *         gateway.
 */
bool others_take(struct others *o, const char *own, const struct line_end *end, struct bytes line,
                 const char *file);

#endif

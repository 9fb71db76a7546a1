/* SPDX-License-Identifier: MIT */
#ifndef FILTERD_CTL_AUDIT_LINES_H
#define FILTERD_CTL_AUDIT_LINES_H

/*
 * Lines: records one after the other, each printed as it comes: for people, as CSV, or as the
 * record itself.
 */

#include "ctl/audit/options.h"
#include "log/entry.h"

#include "base/text.h"

struct lines {
	enum format format;
	size_t      columns;            /* of the terminal */
	bool        began;
	struct text text;               /* to the standard output */
};

void lines_begin(struct lines *l, enum format format);

void lines_put(struct lines *l, const struct entry *e);

/* What was put so far is given to the system: true, or nobody takes it any more. */
bool lines_flush(struct lines *l);

#endif

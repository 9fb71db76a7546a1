/* SPDX-License-Identifier: MIT */
#ifndef FILTERD_CTL_AUDIT_LISTING_H
#define FILTERD_CTL_AUDIT_LISTING_H

/* Listing: prints records one by one: for people, as CSV, or as the original lines. */

#include "ctl/audit/options.h"
#include "log/entry.h"

#include "base/text.h"

struct listing {
	enum format format;
	size_t      columns;            /* of the terminal */
	size_t      beyond;             /* columns by which the time is wider than its own column */
	int64_t     until_us;           /* no record is later */
	bool        began;
	struct text text;               /* to standard output */
};

void listing_begin(struct listing *l, enum format format, int64_t until_us);

void listing_put(struct listing *l, const struct entry *e);

/* Writes out everything so far. False: the output no longer has a reader. */
bool listing_flush(struct listing *l);

#endif

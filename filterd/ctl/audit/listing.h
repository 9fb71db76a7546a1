/* SPDX-License-Identifier: MIT */
#ifndef FILTERD_CTL_AUDIT_LISTING_H
#define FILTERD_CTL_AUDIT_LISTING_H

/*
 * Listing: records one after the other, each printed as it comes: for people, as CSV, or as the
 * record itself.
 */

#include "ctl/audit/options.h"
#include "log/entry.h"

#include "base/text.h"

struct listing {
	enum format format;
	size_t      columns;            /* of the terminal */
	size_t      beyond;             /* so many columns has the time more than its own */
	int64_t     until_us;           /* no record is of later */
	bool        began;
	struct text text;               /* to the standard output */
};

void listing_begin(struct listing *l, enum format format, int64_t until_us);

void listing_put(struct listing *l, const struct entry *e);

/* What was put so far is given to the system: true, or nobody takes it any more. */
bool listing_flush(struct listing *l);

#endif

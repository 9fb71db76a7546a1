/* SPDX-License-Identifier: MIT */
#ifndef FILTERD_REPORT_TOLD_H
#define FILTERD_REPORT_TOLD_H

/*
 * Told: what a report knows of a time, and if it does not know all, why: a nothing that nobody
 * counted is no zero.
 */

#include "base/text.h"
#include "report/report.h"

/* Of a time all is known, a part, or nothing, and then no count means anything. */
enum told {
	TOLD_WHOLE,
	TOLD_PARTLY,
	TOLD_NOT,
};

enum untold {
	UNTOLD_NOTHING,         /* all is known */
	UNTOLD_BEFORE,          /* the log had not begun */
	UNTOLD_DELETED,         /* filterd deleted the records, and a signed record says so */
	UNTOLD_MISSING,         /* the records are missing */
	UNTOLD_AFTER,           /* the log had ended */
	UNTOLD_OUTSIDE,         /* the report is about another time: nothing was counted */
};

#define UNTOLDS (UNTOLD_OUTSIDE + 1)

/*
 * told_of     - Takes: why_out, may be NULL. Of many logs no time that they cover is not told of at
 *               all: others tell of it.
 * told_of_day - Takes: days since 1970.
 */
enum told told_of(const struct report *r, int64_t from_us, int64_t to_us, enum untold *why_out);
enum told told_of_day(const struct report *r, int64_t day, enum untold *why_out);

/* "records deleted" */
const char *untold_words(enum untold why);

/* Days that follow each other of which the same is to be said. */
struct untold_days {
	int64_t     first, last;        /* since 1970 */
	enum told   told;
	enum untold why;
};

/*
 * untold_next    - the next such days of the period. Takes: *day, the first day of it, moved on.
 *                  Gives: false if there are no more.
 * untold_explain - who took the records of that time away, or when the log begins or ends: a
 *                  sentence without its end.
 */
bool untold_next(const struct report *r, int64_t *day, struct untold_days *out);
void untold_explain(struct writer *w, const struct report *r, enum untold why);

/* The first day of the period, and the last. */
int64_t report_first_day(const struct report *r);
int64_t report_last_day(const struct report *r);

#endif

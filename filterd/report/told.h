/* SPDX-License-Identifier: MIT */
#ifndef FILTERD_REPORT_TOLD_H
#define FILTERD_REPORT_TOLD_H

/*
 * Told: how much of a time the records cover and, if not all of it, why: a count of zero means
 * nothing where there are no records.
 */

#include "base/text.h"
#include "report/report.h"

/*
 * Records cover a time completely, partly, or not at all; in the last case counts mean nothing.
 */
enum told {
	TOLD_WHOLE,
	TOLD_PARTLY,
	TOLD_NOT,
};

enum untold {
	UNTOLD_NOTHING,         /* covered completely */
	UNTOLD_BEFORE,          /* the log had not begun */
	UNTOLD_DELETED,         /* filterd deleted the records, and a signed record says so */
	UNTOLD_MISSING,         /* the records are missing */
	UNTOLD_AFTER,           /* the log had ended */
	UNTOLD_OUTSIDE,         /* the report is about another time: no attempts were counted */
};

#define UNTOLDS (UNTOLD_OUTSIDE + 1)

/*
 * told_of     - Takes: why_out, may be NULL. Many logs: a time that any log covers is never
 *               TOLD_NOT: other logs have records of it.
 * told_of_day - Takes: days since 1970.
 */
enum told told_of(const struct report *r, int64_t from_us, int64_t to_us, enum untold *why_out);
enum told told_of_day(const struct report *r, int64_t day, enum untold *why_out);

/* "records deleted" */
const char *untold_words(enum untold why);

/* Consecutive days with the same cause. */
struct untold_days {
	int64_t     first, last;        /* since 1970 */
	enum told   told;
	enum untold why;
};

/*
 * untold_next    - the next such days of the period. Takes: *day, the first day of it, moved on.
 *                  Gives: false if there are no more.
 * untold_explain - who deleted the records of that time, or when the log begins or ends: a sentence
 *                  without its end.
 */
bool untold_next(const struct report *r, int64_t *day, struct untold_days *out);
void untold_explain(struct writer *w, const struct report *r, enum untold why);

/* The first day of the period, and the last. */
int64_t report_first_day(const struct report *r);
int64_t report_last_day(const struct report *r);

#endif

/* SPDX-License-Identifier: MIT */
#ifndef FILTERD_REPORT_ANSWERS_H
#define FILTERD_REPORT_ANSWERS_H

/*
 * Answers: what a report says before anything else, in a sentence each. Names of devices stand apart in it, as what a stranger wrote has
 * to be set apart from what we say.
 */

#include "report/report.h"

enum mood { MOOD_GOOD, MOOD_NOTE, MOOD_BAD };

#define ANSWER_NAMES 3

struct answer {
	enum mood                   mood;
	const char                 *question;
	char                        text[512];          /* before the names */
	const struct report_device *names[ANSWER_NAMES];
	size_t                      num_names;
	char                        rest[256];          /* behind them */
};

enum { ANSWER_WHOLE, ANSWER_ACTIVE, ANSWER_WHO, ANSWER_CHANGE, ANSWERS };

void answers_write(const struct report *r, struct answer out[ANSWERS]);

#endif

/* SPDX-License-Identifier: MIT */
#ifndef FILTERD_REPORT_ANSWERS_H
#define FILTERD_REPORT_ANSWERS_H

/*
 * Answers: what a report says before anything else, in a sentence each. Names of devices stand
 * apart in it, as what a stranger wrote has to be set apart from what we say.
 */

#include "report/report.h"

enum mood { MOOD_GOOD, MOOD_NOTE, MOOD_BAD };

#define ANSWER_NAMES 3

/*
 * What somebody calls himself, and whose device that is: a gateway, or empty. Of a device also the
 * name of its row.
 */
struct answer_name {
	struct bytes name, gateway, device;
};

struct answer {
	enum mood          mood;
	const char        *question;                    /* NULL: it is not asked of one log */
	char               text[512];                   /* before the names */
	struct answer_name names[ANSWER_NAMES];
	size_t             num_names;
	char               rest[512];                   /* behind them */
};

enum {
	ANSWER_WHOLE,
	ANSWER_ACTIVE,
	ANSWER_HEARD,
	ANSWER_POLICY,
	ANSWER_WHO,
	ANSWER_CHANGE,
	ANSWERS
};

void answers_write(const struct report *r, struct answer out[ANSWERS]);

/* Those that are answered otherwise of many logs (fleet_answers.c). */
enum mood fleet_say_whole(struct writer *w, const struct fleet *f);
enum mood fleet_say_active(struct answer *a, struct writer *w, struct writer *rest,
                           const struct fleet *f);
enum mood fleet_say_heard(struct answer *a, struct writer *w, struct writer *rest,
                          const struct fleet *f);
enum mood fleet_say_policy(struct answer *a, struct writer *w, struct writer *rest,
                           const struct fleet *f);

#endif

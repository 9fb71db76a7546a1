/* SPDX-License-Identifier: MIT */
#ifndef FILTERD_REPORT_ANSWERS_H
#define FILTERD_REPORT_ANSWERS_H

/*
 * Answers: the first part of a report, one sentence for each question. Device names are separate
 * fields in it, because a stranger's text must be set apart from ours.
 */

#include "report/report.h"

enum mood { MOOD_GOOD, MOOD_NOTE, MOOD_BAD };

#define ANSWER_NAMES 3

/*
 * A name that somebody chose, and the gateway of that device, or empty. For a device also the name
 * of its row.
 */
struct answer_name {
	struct bytes name, gateway, device;
};

struct answer {
	enum mood          mood;
	const char        *question;                    /* NULL: not asked about a single log */
	char               text[512];                   /* before the names */
	struct answer_name names[ANSWER_NAMES];
	size_t             num_names;
	char               rest[512];                   /* after the names */
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

/* The questions with other answers for many logs (fleet_answers.c). */
enum mood fleet_say_whole(struct writer *w, const struct fleet *f);
enum mood fleet_say_active(struct answer *a, struct writer *w, struct writer *rest,
                           const struct fleet *f);
enum mood fleet_say_heard(struct answer *a, struct writer *w, struct writer *rest,
                          const struct fleet *f);
enum mood fleet_say_policy(struct answer *a, struct writer *w, struct writer *rest,
                           const struct fleet *f);

#endif

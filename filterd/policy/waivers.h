/* SPDX-License-Identifier: MIT */
#ifndef FILTERD_POLICY_WAIVERS_H
#define FILTERD_POLICY_WAIVERS_H

/*
 * Waivers: the sections [waiver NAME] of one policy file, from their lines to the builder.
 * filterd-policy(5) has them.
 */

#include "base/problem.h"
#include "policy/policy_build.h"
#include "policy/words.h"

#define WAIVERS_MAX    1024        /* of one file */
#define WAIVERS_PREFIX "waiver "   /* of a section's name */

struct waiver_text {
	char    id[WORDS_ID], reason[WORDS_TEXT], categories[WORDS_MAX], devices[WORDS_MAX];
	int64_t effective_us, until_us;
};

/* All zeros: none yet. Free with free(at). */
struct waiver_texts {
	struct waiver_text *at;
	size_t              num, room;
};

/*
 * waivers_take_pair - Takes: id, what stands behind "waiver " in the section's name; a line of it.
 * Gives:  false, with *problem: the name is none, there are too many, it is no line of a waiver, or
 *         there is no memory.
 */
bool waivers_take_pair(struct waiver_texts *t, const char *id, const char *name, const char *value,
                       struct problem *problem);

/*
 * waivers_read - the waivers of a whole policy file; its other lines are passed over.
 * Takes:  text, NUL-terminated; file, its name for *problem.
 * Gives:  as ini_walk().
 */
int waivers_read(struct waiver_texts *t, const char *text, const char *file,
                 struct problem *problem);

/*
 * waivers_add - all of them into the builder, in their order.
 * Takes:  file, the policy file, for *problem; t, whose words are torn.
 * Gives:  0; -EINVAL: one lacks devices, categories, until or reason, or ends before it begins;
 *         -ENOMEM.
 */
int waivers_add(struct waiver_texts *t, struct builder *b, const char *file,
                struct problem *problem);

#endif

/* SPDX-License-Identifier: MIT */
#ifndef FILTERD_POLICY_WAIVERS_H
#define FILTERD_POLICY_WAIVERS_H

/*
 * Waivers: the sections [waiver NAME] of one policy file, from their lines to the builder. See
 * filterd-policy(5).
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
 * waivers_take_pair - Takes: id, the section's name after "waiver "; one of its lines.
 * Gives:  false, with *problem: a bad name, too many waivers, not a line of a waiver, or no memory.
 */
bool waivers_take_pair(struct waiver_texts *t, const char *id, const char *name, const char *value,
                       struct problem *problem);

/*
 * waivers_read - the waivers of a whole policy file; its other lines are skipped.
 * Takes:  text, NUL-terminated; file, its name for *problem.
 * Gives:  like ini_walk().
 */
int waivers_read(struct waiver_texts *t, const char *text, const char *file,
                 struct problem *problem);

/*
 * waivers_add - adds all of them to the builder, in their order.
 * Takes:  file, the policy file, for *problem; t, whose word lists are split in place.
 * Gives:  0; -EINVAL: one lacks devices, categories, until or reason, or ends before it begins;
 *         -ENOMEM.
 */
int waivers_add(struct waiver_texts *t, struct builder *b, const char *file,
                struct problem *problem);

#endif

/* SPDX-License-Identifier: MIT */
#ifndef FILTERD_POLICY_LISTS_SEEN_H
#define FILTERD_POLICY_LISTS_SEEN_H

/*
 * Lists seen: how many names each file of a policy had, to be held against those of the next. A
 * list that is empty, or half, is good by its syntax: a download that failed leaves such.
 */

#include "base/problem.h"
#include "policy/policy.h"

struct list_seen {
	const char *file;       /* borrowed from the policy */
	uint64_t    names;      /* a policy file has those of all its lists */
	bool        has_end;    /* its last line has a newline, or it has no line */
};

struct lists_seen {
	size_t            num;
	struct list_seen *lists;
};

/*
 * lists_seen_of - Gives: those of p, each file once, has_end true; 0 or -ENOMEM.
 * Keeps:  nothing but what p has; lists_seen_free() before it.
 */
int  lists_seen_of(const struct policy *p, struct lists_seen *out);
void lists_seen_free(struct lists_seen *l);

/*
 * lists_seen_lost - has a file of both lost more than `most` percent of its names, or is it cut off
 *                   within its last line, and was not before? 100: never. Then *problem_out says
 *                   so.
 */
bool lists_seen_lost(const struct lists_seen *new, const struct lists_seen *old, uint32_t most,
                     struct problem *problem_out);

#endif

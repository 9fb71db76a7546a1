/* SPDX-License-Identifier: MIT */
#ifndef FILTERD_POLICY_LISTS_SEEN_H
#define FILTERD_POLICY_LISTS_SEEN_H

/*
 * Lists seen: the number of names in each file of a policy, to compare with the next policy. A list
 * that is empty or truncated after a failed download can still have good syntax.
 */

#include "base/problem.h"
#include "policy/policy.h"

struct list_seen {
	const char *file;       /* borrowed from the policy */
	uint64_t    names;      /* for a policy file, those of all its lists */
	bool        has_end;    /* its last line has a newline, or it has no line */
};

struct lists_seen {
	size_t            num;
	struct list_seen *lists;
};

/*
 * lists_seen_of - Gives: those of p, each file once, has_end true; 0 or -ENOMEM.
 * Keeps:  pointers into p; call lists_seen_free() before freeing it.
 */
int  lists_seen_of(const struct policy *p, struct lists_seen *out);
void lists_seen_free(struct lists_seen *l);

/*
 * lists_seen_lost - has a file in both lost more than `most` percent of its names, or does it now
 *                   end within a line? 100: never. Fills *problem_out if so.
 */
bool lists_seen_lost(const struct lists_seen *new, const struct lists_seen *old, uint32_t most,
                     struct problem *problem_out);

#endif

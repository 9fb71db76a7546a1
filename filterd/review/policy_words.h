/* SPDX-License-Identifier: MIT */
#ifndef FILTERD_REVIEW_POLICY_WORDS_H
#define FILTERD_REVIEW_POLICY_WORDS_H

/* Policy words: what records say of a policy file, as people read it. Escapes are undone. */

#include "base/text.h"
#include "log/policy_said.h"

struct policy_words {
	struct bytes title;             /* the id if there is no title */
	struct bytes authority;         /* "" */
	struct bytes serial;            /* "serial 2026112301"; "" */
	uint64_t     number;            /* the serial; 0 */
	/*
	 * "applies from 2024-09-29 00:00 -04:00 (04:00 UTC)": the day of whoever made the rule, and
	 * the moment; "always applies"; "": it blocks nothing, or its date cannot be read
	 */
	struct bytes applies;
	struct bytes cutoff;            /* "2024-09-29T00:00:00-04:00", "always"; "" */
	uint8_t      room[2048];        /* what the above lie in */
};

/* The next file, as policy_said_next() has it. Views in *out last until the next call. */
bool policy_words_next(struct scan *s, struct policy_words *out);

/*
 * policy_words_put - all of them, a line for each thing said, under "policy    " and a hash. Takes:
 *                    said, the array; nothing is written of an empty one.
 */
#define POLICY_WORDS_INDENT "            "
void policy_words_put(struct text *t, struct bytes said, uint64_t left_out);

#endif

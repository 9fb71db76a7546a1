/* SPDX-License-Identifier: MIT */
#ifndef FILTERD_REVIEW_POLICY_WORDS_H
#define FILTERD_REVIEW_POLICY_WORDS_H

/* Policy words: the description of a policy file in records, unescaped, for people. */

#include "base/text.h"
#include "log/policy_said.h"

struct policy_words {
	struct bytes title;             /* the id if there is no title */
	struct bytes authority;         /* "" */
	struct bytes serial;            /* "serial 2026112301"; "" */
	uint64_t     number;            /* the serial; 0 */
	/*
	 * "applies from 2024-09-29 00:00 -04:00 (04:00 UTC)": the rule-maker's day, and the moment;
	 * "always applies"; "": it blocks nothing, or its date cannot be read
	 */
	struct bytes applies;
	struct bytes cutoff;            /* "2024-09-29T00:00:00-04:00", "always"; "" */
	uint8_t      room[2048];        /* memory of the above */
};

/* The next file from policy_said_next(). Views in *out are valid until the next call. */
bool policy_words_next(struct scan *s, struct policy_words *out);

/*
 * policy_words_put - all of them, one fact per line, below "policy    " and a hash. Takes: said,
 *                    the array; an empty one writes nothing.
 */
#define POLICY_WORDS_INDENT "            "
void policy_words_put(struct text *t, struct bytes said, uint64_t left_out);

#endif

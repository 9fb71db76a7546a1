/* SPDX-License-Identifier: MIT */
#ifndef FILTERD_LOG_POLICY_SAID_H
#define FILTERD_LOG_POLICY_SAID_H

/*
 * Policy said: a record's description of the policy files in force (audit/policies.h). The line may
 * come from anywhere.
 */

#include "log/scan.h"

/* Text is raw, like in struct entry: with escapes. Empty, or 0: missing. */
struct policy_said {
	struct bytes id, title, authority;
	struct bytes cutoff;            /* "2024-09-29T00:00:00-04:00", "always" */
	uint64_t     serial;
};

/*
 * policy_said_begin - Takes: the array "policies" of a record read by entry_read().
 * policy_said_next  - the next file in it. False: there are no more, or filterd would not write
 *                     this: for example the same member twice, where two readers could use
 *                     different ones.
 */
struct scan policy_said_begin(struct bytes array);
bool        policy_said_next(struct scan *s, struct policy_said *out);

#endif

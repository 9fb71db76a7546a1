/* SPDX-License-Identifier: MIT */
#ifndef FILTERD_LOG_POLICY_SAID_H
#define FILTERD_LOG_POLICY_SAID_H

/*
 * Policy said: what a record says of the policy files in force (audit/policies.h). The line may
 * come from anywhere.
 */

#include "log/scan.h"

/* Text is as in struct entry: escapes are escapes still. Empty, or 0: not said. */
struct policy_said {
	struct bytes id, title, authority;
	struct bytes cutoff;            /* "2024-09-29T00:00:00-04:00", "always" */
	uint64_t     serial;
};

/*
 * policy_said_begin - Takes: the array "policies" of a record that entry_read() has read.
 * policy_said_next  - the next file of it. False: there is none, or what stands there is not what
 *                     filterd writes: a member twice, as two readers could take two of them.
 */
struct scan policy_said_begin(struct bytes array);
bool        policy_said_next(struct scan *s, struct policy_said *out);

#endif

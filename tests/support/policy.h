/* SPDX-License-Identifier: MIT */
#ifndef FILTERD_TESTS_SUPPORT_POLICY_H
#define FILTERD_TESTS_SUPPORT_POLICY_H

/* Policies as most tests want them: of files that nobody signed, for a client without a name. */

#include "policy/policy_file.h"

static inline int policy_build(const char *const *files, size_t num_files, policy_fetch *fetch,
                               void *context, struct policy **policy_out,
                               struct problem *problem_out)
{
	const struct policy_from from = { .files = files, .num_files = num_files, .fetch = fetch,
	                                  .context = context };

	return policy_build_from(&from, policy_out, problem_out);
}

static inline void policy_decide(const struct policy *p, struct host host, int64_t now_us,
                                 struct decision *out)
{
	policy_decide_for(p, NULL, host, now_us, out);
}

#endif

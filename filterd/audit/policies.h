/* SPDX-License-Identifier: MIT */
#ifndef FILTERD_AUDIT_POLICIES_H
#define FILTERD_AUDIT_POLICIES_H

/*
 * Policies: what a record says of the policy files in force. Their hash proves which they were, but
 * tells nobody anything: so title, authority and serial stand beside it, and the first instant from
 * which each file blocks, with the offset of whoever made the rule.
 */

#include "base/json.h"
#include "policy/policy.h"

#define POLICIES_MAX 3072               /* bytes of the array, brackets included */
/* bytes to write the members in: a file that turns out to be too long is taken back */
#define POLICIES_ROOM (2 * POLICIES_MAX)

/*
 * policies_write - the members "policies", an array, and "policies_left_out", how many files the
 *                  array has no room for, if there are any. Nothing without a file.
 */
void policies_write(struct json *j, const struct policy_source *sources, size_t num);

#endif

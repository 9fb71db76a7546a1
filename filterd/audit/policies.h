/* SPDX-License-Identifier: MIT */
#ifndef FILTERD_AUDIT_POLICIES_H
#define FILTERD_AUDIT_POLICIES_H

/*
 * Policies: a record's members about the policy files in force. Their hash identifies them, but
 * means nothing to a reader: so a record also has title, authority and serial, and the first
 * instant from which each file blocks, with the rule-maker's offset.
 */

#include "base/json.h"
#include "policy/policy.h"

#define POLICIES_MAX 3072               /* bytes of the array, with brackets */
/* bytes for writing the members: a file that turns out too long is removed again */
#define POLICIES_ROOM (2 * POLICIES_MAX)

/*
 * policies_write - the members "policies", an array, and "policies_left_out", the number of files
 *                  that do not fit, if any. Nothing without a file.
 */
void policies_write(struct json *j, const struct policy_source *sources, size_t num);

#endif

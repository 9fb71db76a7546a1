/* SPDX-License-Identifier: MIT */
#ifndef FILTERD_POLICY_LIST_H
#define FILTERD_POLICY_LIST_H

/*
 * List: names, one a line. A line is
 *     name            that host
 *     .name           the host and all below it
 *     ksn-*.name      a pattern in the leftmost label: '*' any run of characters, [0-9] one of a
 *     range 0.0.0.0 name..  a line of a hosts file: each name is that host
 * or empty. '#' and ';' begin a comment.
 */

#include "base/problem.h"
#include "policy/policy.h"

/*
 * Called for every name; the host is valid during the call. False: stop, the builder has no memory.
 */
typedef bool list_rule(void *context, enum pattern_kind kind, struct host pattern, uint32_t line);

/*
 * list_walk - 0; -EINVAL with *problem_out naming file, line, column and what was expected; -ENOMEM
 * if rule said so.
 */
int list_walk(struct bytes content, const char *file, list_rule *rule, void *context,
              struct problem *problem_out);

#endif

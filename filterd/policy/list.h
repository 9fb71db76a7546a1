/* SPDX-License-Identifier: MIT */
#ifndef FILTERD_POLICY_LIST_H
#define FILTERD_POLICY_LIST_H

/*
 * List: names, one per line. A line is
 *     name            that host
 *     .name           the host and all below it; ||name^ of an ad blocker, and each name of
 *                     address=/name/ of dnsmasq, likewise
 *     *.name          all below it, and not the host itself, as in zones and for dnsmasq
 *     ksn-*.name      a pattern in the leftmost label: '*' any run of characters, [0-9] one of a
 *     range 0.0.0.0 name..  a line of a hosts file: each name is that host
 * or empty. '#', ';' and '!' begin a comment. A byte order mark and carriage returns are ignored.
 */

#include "base/problem.h"
#include "policy/policy.h"

/*
 * Called for every name; the host is valid during the call. False: stop, out of memory.
 */
typedef bool list_rule(void *context, enum pattern_kind kind, struct host pattern, uint32_t line);

/* The counts of a reading; lines without a name are not counted. */
struct list_lines {
	uint64_t num_good, num_wrong;
	uint64_t num_below;             /* of the good ones, those with a *.name */
	uint32_t first_below;
};

/*
 * list_walk - Gives: 0 with *lines_out; -ENOMEM if rule did. In wrong lines only the good names
 *             count; *problem_out has the first wrong line, with file, line, column and the
 *             expected value.
 */
int list_walk(struct bytes content, const char *file, list_rule *rule, void *context,
              struct list_lines *lines_out, struct problem *problem_out);

#endif

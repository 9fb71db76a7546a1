/* SPDX-License-Identifier: MIT */
#ifndef FILTERD_POLICY_ZONE_H
#define FILTERD_POLICY_ZONE_H

/*
 * Zone: a response policy zone (RPZ) as a list of names. Each name in it is prohibited, whatever
 * the zone would answer: no such name, no data, nothing, or data of its own; what becomes of it is
 * for the category to say. rpz-passthru makes an exception from the zone's own wildcards. A
 * wildcard stands for all names below, and not for the name itself.
 *
 * Left out, and counted, is what goes by addresses or by name servers, of which filterd knows
 * nothing at the question (rpz-ip, rpz-client-ip, rpz-nsip, rpz-nsdname), and rpz-tcp-only, which
 * prohibits nothing. Records of DNSSEC and what stands at the zone's own name are no part of the
 * policy.
 *
 * Source: draft-vixie-dnsop-dns-rpz, sections 3 and 4; RFC 1035, section 5.1.
 */

#include "base/problem.h"
#include "policy/policy.h"

struct zone_rule {
	enum pattern_kind kind;         /* PATTERN_EXACT or PATTERN_BELOW */
	struct host       pattern;      /* valid during the call */
	bool              is_exception;
	uint32_t          line;
};

/* Called for every name. False: stop, the builder has no memory. */
typedef bool zone_take(void *context, const struct zone_rule *rule);

struct zone_left_out {
	uint64_t num;
	uint32_t line;                  /* of the first */
};

/* Is this text a zone file, and no other list? It begins with a directive or with a SOA record. */
bool zone_is_one(struct bytes content);

/*
 * zone_walk - Takes: content, the text of a zone file, that begins with its SOA record.
 * Gives:  0; -EINVAL with *problem_out naming file, line, column and what was expected; -ENOMEM if
 *         take said so.
 */
int zone_walk(struct bytes content, const char *file, zone_take *take, void *context,
              struct zone_left_out *left_out, struct problem *problem_out);

#endif

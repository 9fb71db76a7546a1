/* SPDX-License-Identifier: MIT */
#ifndef FILTERD_POLICY_ZONE_H
#define FILTERD_POLICY_ZONE_H

/*
 * Zone: a response policy zone (RPZ) as a list of names. Each name in it is prohibited, whatever
 * the zone would answer: no such name, no data, nothing, or data of its own; the category decides
 * the action. rpz-passthru makes an exception from the zone's own wildcards. A wildcard matches all
 * names below, and not the name itself.
 *
 * Triggers on addresses or name servers are left out, and counted, because filterd does not know
 * them at the question (rpz-ip, rpz-client-ip, rpz-nsip, rpz-nsdname), and so is rpz-tcp-only,
 * which prohibits nothing. DNSSEC records and records at the zone's apex are not part of the
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

/* Called for every name. False: stop, out of memory. */
typedef bool zone_take(void *context, const struct zone_rule *rule);

struct zone_left_out {
	uint64_t num;
	uint32_t line;                  /* of the first */
};

/* Is this text a zone file? Then it begins with a directive or with a SOA record. */
bool zone_is_one(struct bytes content);

/*
 * zone_walk - Takes: content, the text of a zone file, beginning with its SOA record.
 * Gives:  0; -EINVAL with *problem_out naming file, line, column and the expected text; -ENOMEM if
 *         take did.
 */
int zone_walk(struct bytes content, const char *file, zone_take *take, void *context,
              struct zone_left_out *left_out, struct problem *problem_out);

#endif

/* SPDX-License-Identifier: MIT */
#ifndef FILTERD_POLICY_BUILTIN_H
#define FILTERD_POLICY_BUILTIN_H

/*
 * Builtin: rules for connections that show no name to look up. A setting decides about each; in
 * records they look like any rule, "builtin:ech" in a separate category. And the test name, which
 * no setting and no policy lets pass.
 */

#include "policy/policy.h"

enum outcome { OUTCOME_PASS, OUTCOME_LOG, OUTCOME_BLOCK };

enum builtin {
	BUILTIN_NO_NAME,        /* a hello or a request without a name */
	BUILTIN_ECH,            /* the name is encrypted; the visible one is the provider's */
	BUILTIN_QUIC,           /* QUIC that cannot be read */
	BUILTIN_UNREADABLE,     /* a message in which a server may read a name that we cannot */
	BUILTIN_LIMIT,          /* more bytes than are inspected, or no memory for them */
	BUILTIN_PROBE,          /* the test name, or a name below it */
};

/* Source: RFC 6761, section 6.2: nobody can register a name below .test. */
#define BUILTIN_TEST_NAME "blocked.filterd.test"
/* its category, which no policy file may have */
#define BUILTIN_PROBE_ID  "probe"

/* The setting's decision; *out as from policy_decide_for(), without instants. */
void builtin_decide(enum builtin which, enum outcome outcome, struct decision *out);

/* Categories that a waiver may name, from 0: all but the test name's. NULL: no more. */
const struct category *builtin_waivable(size_t number);

/* Which of them is a rule of PATTERN_BUILTIN? */
enum builtin builtin_of(const struct rule *r);

/* Is this the test name, or below it? Called for each name: nearly all end in other letters. */
bool builtin_ends_in_test_name(struct host host);

static inline bool builtin_has_test_name(struct host host)
{
	return host.len >= sizeof(BUILTIN_TEST_NAME) - 1 && host.text[host.len - 4] == 't' &&
	       host.text[host.len - 1] == 't' && builtin_ends_in_test_name(host);
}

/* Is it a probe of the filter, and not an attempt to reach a host? */
bool builtin_is_probe(const struct decision *d);

#endif

/* SPDX-License-Identifier: MIT */

#include "policy/builtin.h"

#include "base/instant.h"

#include <string.h>

static const struct policy_source source = { .id = "builtin", .title = "Settings of filterd",
                                             .authority = "", .file = "",
                                             .cutoff_us = INSTANT_ALWAYS, .cutoff = "" };

/* Numbers that follow those of the shipped policy. */
static const struct category categories[] = {
	[BUILTIN_NO_NAME] = { .id = "no-name", .title = "Connection that names no host",
	                      .source = &source,
	                      .effective_us = INSTANT_ALWAYS, .until_us = INSTANT_NEVER,
	                      .signature_id = 1791009 },
	[BUILTIN_ECH]     = { .id = "ech", .title = "Encrypted host name", .source = &source,
	                      .effective_us = INSTANT_ALWAYS, .until_us = INSTANT_NEVER,
	                      .signature_id = 1791020 },
	[BUILTIN_QUIC]    = { .id = "quic", .title = "QUIC that cannot be read", .source = &source,
	                      .effective_us = INSTANT_ALWAYS, .until_us = INSTANT_NEVER,
	                      .signature_id = 1791021 },
	[BUILTIN_UNREADABLE] = { .id = "unreadable",
	                      .title = "Hello or request that cannot be read",
	                      .source = &source,
	                      .effective_us = INSTANT_ALWAYS, .until_us = INSTANT_NEVER,
	                      .signature_id = 1791023 },
	[BUILTIN_PROBE]   = { .id = BUILTIN_PROBE_ID, .title = "Test name", .source = &source,
	                      .action = ACTION_BLOCK,
	                      .effective_us = INSTANT_ALWAYS, .until_us = INSTANT_NEVER,
	                      .signature_id = 1791024 },
	[BUILTIN_LIMIT]   = { .id = "limit", .title = "Connection beyond a limit of inspection",
	                      .source = &source,
	                      .effective_us = INSTANT_ALWAYS, .until_us = INSTANT_NEVER,
	                      .signature_id = 1791022 },
};

void builtin_decide(enum builtin which, enum outcome outcome, struct decision *out)
{
	const struct category *c = &categories[which];

	out->ruling   = outcome == OUTCOME_BLOCK ? RULING_BLOCK
	                : outcome == OUTCOME_LOG ? RULING_LOG
	                                         : RULING_PASS;
	out->waiver   = NULL;
	out->has_rule = true;
	out->rule     = (struct rule){ .kind = PATTERN_BUILTIN, .pattern = host_literal(c->id),
	                               .file = source.file,
	                               .category = c };
}

const struct category *builtin_waivable(size_t number)
{
	_Static_assert(BUILTIN_PROBE == COUNT(categories) - 1, "all but the last may be waived");
	return number < BUILTIN_PROBE ? &categories[number] : NULL;
}

enum builtin builtin_of(const struct rule *r)
{
	return (enum builtin)(r->category - categories);
}

bool builtin_ends_in_test_name(struct host host)
{
	static const char name[] = BUILTIN_TEST_NAME;
	size_t            len    = sizeof(name) - 1, before = host.len - len;

	return (before == 0 || host.text[before - 1] == '.') &&
	       memcmp(host.text + before, name, len) == 0;
}

bool builtin_is_probe(const struct decision *d)
{
	return d->has_rule && d->rule.category == &categories[BUILTIN_PROBE];
}

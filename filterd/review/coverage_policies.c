/* SPDX-License-Identifier: MIT */

/* The policies in force, and since when, according to the records. */

#include "review/coverage.h"

#include <string.h>

static struct policy_seen *coverage_policies_last(struct coverage *c)
{
	return c->num_policies > 0 ? &c->policies[c->num_policies - 1] : NULL;
}

/* Adds a policy; if there is no room, it replaces the oldest. Its description is in a slot. */
static struct policy_seen *coverage_policies_add(struct coverage *c, const struct entry *e)
{
	size_t              slot = c->num_policies;
	struct policy_seen *new;

	if (slot == COVERAGE_POLICIES) {
		slot = c->policies[0].slot;
		memmove(c->policies, c->policies + 1, sizeof(c->policies) - sizeof(c->policies[0]));
		c->num_policies--;
	}
	new  = &c->policies[c->num_policies++];
	*new = (struct policy_seen){ .from_us = e->time_us, .slot = slot };
	memcpy(new->digest, e->policy.at, e->policy.len);
	return new;
}

static void coverage_policies_say(struct coverage *c, struct policy_seen *p, struct bytes said,
                                  uint64_t left_out)
{
	if (said.len == 0 || said.len > POLICIES_MAX)
		return;
	memcpy(c->said[p->slot], said.at, said.len);
	p->said_len = said.len;
	p->left_out = left_out;
}

void coverage_note_policy(struct coverage *c, const struct entry *e)
{
	struct policy_seen *p = coverage_policies_last(c);

	if (e->policy.len != sizeof(p->digest) - 1)
		return;
	if (p == NULL || !bytes_equal(bytes_text(p->digest), e->policy)) {
		p = coverage_policies_add(c, e);
		/* It was in force before, with the same files. */
		for (size_t i = 0; i + 1 < c->num_policies; i++) {
			const struct policy_seen *before = &c->policies[i];

			if (strcmp(before->digest, p->digest) == 0)
				coverage_policies_say(c, p, coverage_said(c, before),
				                      before->left_out);
		}
	}
	/* A start has the number of rules, a heartbeat does not. */
	if (p->rules == 0)
		p->rules = e->rules;
	if (p->said_len == 0)
		coverage_policies_say(c, p, e->policies, e->policies_left_out);
}

struct bytes coverage_said(const struct coverage *c, const struct policy_seen *p)
{
	return bytes_of(c->said[p->slot], p->said_len);
}

/* SPDX-License-Identifier: MIT */
#ifndef FILTERD_RULESET_H
#define FILTERD_RULESET_H

#include "engine/engine.h"
#include "os/watch.h"
#include "policy/settings.h"

/* What a reload replaces as a whole. Never changed once workers have it. */
struct ruleset {
	struct settings     settings;
	struct policy      *policy;
	struct engine_rules rules;      /* borrows from the two above */
};

/*
 * ruleset_load - settings and policy from disk; with other settings than NULL the policy alone, under these. 0, or -errno with *problem_out.
 *                Either way the policy's files are added to watch, unless that is NULL.
 */
int  ruleset_load(const char *conf, const struct settings *settings, struct watch *watch, struct ruleset **out,
                  struct problem *problem_out);
void ruleset_free(struct ruleset *r);

/* Would this go back to an older policy, by its serial, where signatures are demanded? Then *problem_out says so. */
bool ruleset_is_older(const struct ruleset *new, const struct ruleset *old, struct problem *problem_out);

/* What people should know of it though it is good, a sentence each; how many. */
#define RULESET_REMARKS 2
size_t ruleset_remarks(const struct ruleset *r, char out[RULESET_REMARKS][PROBLEM_MAX]);

/* For the operator: what is in force now; which changes wait for a start or for new rules. */
void ruleset_say(const char *what, const struct ruleset *r);
void ruleset_say_unchanged(const struct settings *old, const struct settings *new);

#endif

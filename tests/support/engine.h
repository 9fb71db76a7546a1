/* SPDX-License-Identifier: MIT */
#ifndef TESTS_SUPPORT_ENGINE_H
#define TESTS_SUPPORT_ENGINE_H

/*
 * Engine: what its tests begin with: a policy, an engine, the rules that follow from both, and the
 * events that it reports. The lists that a policy may name are blocked, watched and allowed.
 */

#include "engine/engine.h"
#include "policy/policy_file.h"
#include "support/policy.h"
#include "support/suite.h"

#include <stdio.h>
#include <string.h>

static struct policy      *policy;
static struct engine      *engine;
static struct engine_rules rules;
static struct engine_reply reply;               /* for the tests' own engine_packet() */
static struct event        events[8];           /* the first ones */
static struct event        last_event;
static size_t              num_events;

static inline int engine_text(void *policy_text, const char *name, struct bytes *content_out)
{
	*content_out = bytes_text(strcmp(name, "blocked") == 0   ? ".blocked.example\n"
	                          : strcmp(name, "watched") == 0 ? ".watched.example\n"
	                          : strcmp(name, "allowed") == 0 ? "www.blocked.example\n"
	                                                         : (const char *)policy_text);
	return 0;
}

static inline void engine_keep_event(void *owner, const struct event *e)
{
	(void)owner;
	last_event = *e;
	if (num_events < COUNT(events))
		events[num_events] = *e;
	num_events++;
}

/* Takes: policy_text, as in a policy's file, behind its id. */
static inline void engine_begin(const struct engine_limits *limits, const char *policy_text)
{
	static const char *const files[] = { "p" };
	static struct settings   settings;
	char                     text[1500];
	struct problem           problem = { "" };

	snprintf(text, sizeof(text), "[policy]\nid = p\n%s", policy_text);
	num_events = 0;
	engine     = engine_new(limits, engine_keep_event, NULL);
	ck_assert_msg(policy_build(files, 1, engine_text, text, &policy, &problem) == 0, "%s",
	              problem.text);
	settings_default(&settings);
	rules = engine_rules_of(&settings, policy);
}

static inline void engine_end(void)
{
	engine_free(engine);
	policy_free(policy);
}

#endif

/* SPDX-License-Identifier: MIT */
#ifndef TESTS_SUPPORT_STREAMS_H
#define TESTS_SUPPORT_STREAMS_H

/*
 * Streams: one client's TCP stream through an engine of its own, cut into segments in any way, and
 * what came of it. For the tests and the fuzz target that hold cut streams against whole ones.
 */

#include "engine/engine.h"
#include "support/policy.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define STREAM_EVENTS 16

struct stream_result {
	size_t num;
	/* of the first events, cut to 63 characters; or the rule, as "=limit" */
	char   hosts[STREAM_EVENTS][64];
	bool   blocked;
};

static inline int stream_fetch(void *context, const char *name, struct bytes *content_out)
{
	(void)context;
	*content_out = bytes_text(strcmp(name, "l") == 0 ? ".blocked.example\n.blocked.example.com\n"
	                          : "[policy]\nid = p\n[category c]\naction = block\nnames = l\n");
	return 0;
}

static inline void stream_report(void *owner, const struct event *e)
{
	struct stream_result *r = owner;

	if (r->num < STREAM_EVENTS && !e->is_named && e->decision.has_rule)
		snprintf(r->hosts[r->num], 63, "=%s", e->decision.rule.category->id);
	else if (r->num < STREAM_EVENTS)
		memcpy(r->hosts[r->num], e->host.text, e->host.len < 63 ? e->host.len : 63);
	r->num++;
}

static inline enum verdict stream_send(struct engine *e, const struct engine_rules *rules,
                                       uint32_t seq, uint8_t flags, struct bytes payload)
{
	static uint8_t      room[66000];
	struct engine_reply reply;
	struct writer       w = writer_over(room, sizeof(room));
	struct engine_input in = { .now_us = INT64_C(1800000000000000), .sums_settled = true,
	                           .iface = "" };

	write_bytes(&w, BYTES("\x45\0"));
	write_u16(&w, (uint16_t)(40 + payload.len));
	write_bytes(&w, BYTES("\0\1\0\0\x40\6\0\0\xc0\0\2\2\xcb\0\x71\5\x9c\x40\x1f\x90"));
	write_u32(&w, seq);
	write_u32(&w, 1);
	write_u8(&w, 0x50);
	write_u8(&w, flags);
	write_u32(&w, 0xffff0000);
	write_u16(&w, 0);
	write_bytes(&w, payload);
	in.ip = writer_written(&w);
	return engine_packet(e, rules, &in, &reply);
}

struct stream {
	struct engine       *engine;
	struct engine_rules  rules;
	struct settings      settings;
	struct policy       *policy;
	struct stream_result result;
};

/* Aborts without memory. The SYN is sent. */
static inline void stream_open(struct stream *s, enum http_requests requests)
{
	static const char *const files[] = { "p" };
	struct engine_limits     limits  = { .flows = 4, .hellos = 2, .flow_idle_us = 1000000 };
	struct problem           problem;

	memset(s, 0, sizeof(*s));
	settings_default(&s->settings);
	s->settings.http_requests = requests;
	s->engine = engine_new(&limits, stream_report, &s->result);
	if (s->engine == NULL ||
	    policy_build(files, 1, stream_fetch, NULL, &s->policy, &problem) != 0)
		abort();
	s->rules               = engine_rules_of(&s->settings, s->policy);
	s->rules.report_passes = true;
	stream_send(s->engine, &s->rules, 999, TCP_SYN, BYTES(""));
}

/* Bytes `from` to `to` of all. */
static inline void stream_cut(struct stream *s, struct bytes all, size_t from, size_t to)
{
	struct bytes part = bytes_first(bytes_from(all, from), to - from);

	if (part.len > 0 && stream_send(s->engine, &s->rules, 1000 + (uint32_t)from, TCP_ACK,
	                                part) == VERDICT_BLOCK)
		s->result.blocked = true;
}

static inline struct stream_result stream_close(struct stream *s)
{
	engine_free(s->engine);
	policy_free(s->policy);
	return s->result;
}

static inline bool stream_same(const struct stream_result *a, const struct stream_result *b)
{
	return a->num == b->num && a->blocked == b->blocked &&
	       memcmp(a->hosts, b->hosts, sizeof(a->hosts)) == 0;
}

/*
 * Where servers differ in where a request ends, what it says is told when it may have ended, and
 * more of it later. Of one that hides several hellos while it is not whole no more is told than
 * that it goes beyond a limit.
 */
static inline bool stream_says_as_much(const struct stream_result *parts,
                                       const struct stream_result *whole)
{
	for (size_t k = 0; k < parts->num && k < STREAM_EVENTS; k++) {
		if (strcmp(parts->hosts[k], "=limit") == 0)
			return true;
	}
	for (size_t i = 0; i < whole->num && i < STREAM_EVENTS; i++) {
		bool found = parts->num >= STREAM_EVENTS;

		for (size_t k = 0; k < parts->num && k < STREAM_EVENTS; k++)
			found |= strcmp(whole->hosts[i], parts->hosts[k]) == 0;
		if (!found)
			return false;
	}
	return parts->blocked == whole->blocked;
}

#endif

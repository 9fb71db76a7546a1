/* SPDX-License-Identifier: MIT */
#ifndef TESTS_SUPPORT_LOGS_H
#define TESTS_SUPPORT_LOGS_H

/*
 * Logs: genuine audit logs in memory, written with the functions that the daemon writes with, for
 * tests to spoil.
 */

#include "audit/control.h"
#include "log/log_end.h"
#include "audit/record.h"
#include "base/instant.h"
#include "support/suite.h"

#include <stdio.h>
#include <string.h>

#define LOGS_MAX_LINES 512
#define LOGS_SECOND    INT64_C(1000000)

struct log {
	struct bytes    lines[LOGS_MAX_LINES];          /* newline included; in `memory` */
	size_t          num;
	uint8_t         memory[LOGS_MAX_LINES * 1536];
	size_t          used;
	struct chain    chain;
	struct note_key root, key;
	uint8_t         secret[NOTE_KEY], next_secret[NOTE_KEY];
	unsigned        num_keys;
	int64_t         time_us, start_us;
	uint64_t        attempts;
	struct control  control;
	const char     *id;                             /* of the log */
	const uint8_t  *policy;                         /* its digest */
	bool            has_cutoff;
	int64_t         cutoff_us;                      /* what its starts say of that */
};

#define LOGS_ID "2f9c01d4a7b3e655"


static const uint8_t logs_policy[32] = { 0x82, 0x34, 0x12 };

static inline void log_new_key(struct log *l, uint8_t secret_out[NOTE_KEY],
                               uint8_t public_out[NOTE_KEY])
{
	memset(secret_out, 0, NOTE_KEY);
	secret_out[0] = (uint8_t)++l->num_keys;
	secret_out[1] = (uint8_t)(l->num_keys >> 8);
	secret_out[2] = (uint8_t)(l->num_keys >> 16);
	ck_assert_int_eq(note_public(secret_out, public_out), 0);
}

/* Another gateway's, or another log of it: keys are numbered from first_key on. */
static inline void log_begin_as(struct log *l, const char *sensor, const char *id,
                                unsigned first_key)
{
	memset(l, 0, sizeof(*l));
	l->num_keys = first_key;
	l->id       = id;
	l->policy   = logs_policy;
	ck_assert_int_eq(instant_parse(BYTES("2026-11-01T00:00:00Z"), &l->time_us), PARSE_OK);
	snprintf(l->root.origin, sizeof(l->root.origin), "%s/filterd/%s", sensor, id);
	log_new_key(l, l->secret, l->root.public);
	l->key            = l->root;
	l->control.sensor = sensor;
}

static inline void log_begin(struct log *l)
{
	log_begin_as(l, "gw1", LOGS_ID, 0);
}

static inline struct writer log_line(struct log *l)
{
	ck_assert_uint_lt(l->num, LOGS_MAX_LINES);
	l->control.time_us = l->time_us;
	return writer_over(l->memory + l->used, sizeof(l->memory) - l->used);
}

static inline void log_keep(struct log *l, struct writer *w)
{
	ck_assert(!w->full);
	l->lines[l->num++] = writer_written(w);
	l->used += w->len;
	ck_assert_int_eq(chain_advance(&l->chain, writer_written(w)), 0);
}

static inline void log_sign(struct log *l, struct writer *w)
{
	uint8_t sig[CHAIN_SIG];

	ck_assert_int_eq(control_close(w, &l->chain, &l->key, l->secret, sig), 0);
	log_keep(l, w);
}

static inline struct standing log_standing(void)
{
	return (struct standing){ .state = STATE_ENFORCING,
	                          .policy_digest = bytes_of(logs_policy, sizeof(logs_policy)),
	                          .clock = TRUST_SYNCED, .hooks = HOOKS_OK,
	                          .unfiltered_known = true };
}

static inline void log_hand_over(struct log *l, const uint8_t next[NOTE_KEY])
{
	memcpy(l->secret, l->next_secret, NOTE_KEY);
	memcpy(l->key.public, next, NOTE_KEY);
}

static inline void log_start(struct log *l, enum previous previous, uint64_t unfiltered,
                             uint64_t carried)
{
	struct writer        w = log_line(l);
	uint8_t              next[NOTE_KEY];
	struct control_start s = { .standing = log_standing(), .version = "1.0.0", .boot = "boot-1",
	                           .rules = 54,
	                           .up_s = (uint64_t)(l->time_us / LOGS_SECOND) % 1000000,
	                           .previous = previous,
	                           .carried = carried, .log_id = l->id,
	                           .cutoff_us = l->has_cutoff ? l->cutoff_us
	                                                      : INSTANT_NEVER };

	log_new_key(l, l->next_secret, next);
	s.standing.policy_digest = bytes_of(l->policy, sizeof(logs_policy));
	s.standing.unfiltered    = unfiltered;
	s.key      = l->key.public;
	s.next_key = next;
	control_start(&w, &l->control, &s);
	log_sign(l, &w);
	log_hand_over(l, next);
	l->start_us = l->time_us;
	l->attempts = 0;
}

static inline void log_segment(struct log *l, uint64_t first)
{
	struct writer          w = log_line(l);
	uint8_t                next[NOTE_KEY];
	struct control_segment s = { .file = "audit-000000000000-000000000000.jsonl",
	                             .first = first, .last = l->chain.seq,
	                             .log_id = l->id, .key = l->key.public };

	log_new_key(l, l->next_secret, next);
	s.next_key = next;
	control_segment(&w, &l->control, &s);
	log_sign(l, &w);
	log_hand_over(l, next);
}

static inline struct event log_event(const struct log *l, const char *host)
{
	static const struct category category = { .id = "update", .title = "Kaspersky update",
	                                          .signature_id = 1791001 };
	struct event                 e = { .type = EVENT_BLOCK, .app = APP_TLS,
	                                   .reply = REPLY_RESET, .time_us = l->time_us,
	                                   .transport = TRANSPORT_TCP, .client = { .family = 4,
	                                                                           .at = { 192, 168,
	                                                                           1, 50 } },
	                                   .server = { .family = 4, .at = { 185, 85, 15, 31 } },
	                                               .client_port = 51788,
	                                   .server_port = 443, .iface = "br-lan", .has_mac = true, .is_named = true,
	                                   .mac = { 0x3c, 0x52, 0x82, 0x11, 0x22, 0x33 } };

	e.decision.has_rule      = true;
	e.decision.rule.category = &category;
	e.decision.rule.pattern  = host_literal("kaspersky.com");
	ck_assert_int_eq(host_from_text(bytes_text(host), &e.host), PARSE_OK);
	return e;
}

static inline void log_attempt(struct log *l, const struct event *e, uint64_t count)
{
	struct record_context c = { .sensor = l->control.sensor,
	                            .policy_digest = bytes_of(l->policy, sizeof(logs_policy)) };
	struct writer         w = log_line(l);

	record_open(&w, e, &c);
	record_count(&w, count, e->time_us - 30 * LOGS_SECOND);
	record_close(&w, &l->chain);
	log_keep(l, &w);
	l->attempts += count;
}

static inline void log_block(struct log *l, const char *host)
{
	struct event e = log_event(l, host);

	log_attempt(l, &e, 1);
}

static inline struct control_heartbeat log_heartbeat_now(const struct log *l)
{
	struct standing standing = log_standing();

	standing.policy_digest = bytes_of(l->policy, sizeof(logs_policy));
	return (struct control_heartbeat){ .standing = standing, .every_s = 60,
	                                   .attempts = l->attempts,
	                                   .mono_ms = (uint64_t)(l->time_us / 1000) % 1000000000,
	                                   .uptime_s = (uint64_t)((l->time_us - l->start_us) / LOGS_SECOND) };
}

static inline void log_beat(struct log *l)
{
	struct writer            w = log_line(l);
	struct control_heartbeat h = log_heartbeat_now(l);

	control_heartbeat(&w, &l->control, &h);
	log_sign(l, &w);
}

static inline void log_stop(struct log *l)
{
	struct writer w = log_line(l);

	control_stop(&w, &l->control, "SIGTERM", l->attempts);
	log_sign(l, &w);
}

/* The log could not be written from a minute before on; what was tried meanwhile is counted. */
static inline void log_gap(struct log *l, uint64_t update, uint64_t ksn)
{
	struct writer      w = log_line(l);
	struct control_gap g = { .from_us = l->time_us - 60 * LOGS_SECOND, .to_us = l->time_us,
	                         .reason = "No space left on device", .attempts = update + ksn,
	                         .num_counts = 2,
	                         .counts = { { "update", update }, { "ksn", ksn } } };

	l->attempts += update + ksn;
	control_gap(&w, &l->control, &g);
	log_sign(l, &w);
}

static inline void log_pruned(struct log *l, uint64_t first, uint64_t last)
{
	struct writer        w = log_line(l);
	struct control_prune p = { .file = "audit-0.jsonl", .reason = "older than is kept",
	                           .first = first, .last = last };

	control_prune(&w, &l->control, &p);
	log_sign(l, &w);
}

/* A run of `minutes`, five attempts a minute and a heartbeat. */
static inline void log_run(struct log *l, unsigned minutes)
{
	for (unsigned m = 0; m < minutes; m++) {
		for (unsigned i = 0; i < 5; i++) {
			l->time_us += 10 * LOGS_SECOND;
			log_block(l, i % 2 ? "dnl-01.geo.kaspersky.com" : "ds.kaspersky.com");
		}
		l->time_us += 10 * LOGS_SECOND;
		log_beat(l);
	}
}

#endif

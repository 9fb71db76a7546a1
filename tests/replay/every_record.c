/* SPDX-License-Identifier: MIT */

/*
 * Prints a record of every type that the filter can write, and attempts of every layer, reply and
 * peculiarity, as one chained and signed log: what eve.py holds against the schema that readers of
 * EVE expect.
 */

#include "audit/control.h"
#include "audit/policies.h"
#include "audit/record.h"
#include "base/instant.h"
#include "policy/builtin.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define TIME INT64_C(1793491200000000)          /* 2026-11-01 00:00:00 */

static const uint8_t        secret[NOTE_KEY] = { 1 }, digest[32] = { 0x82, 0x34 };
static struct note_key      key     = { .origin = "gw1/filterd/2f9c01d4a7b3e655" };
static struct control       control = { .time_us = TIME, .sensor = "gw1" };
static struct chain         chain;
static uint8_t              line[RECORD_MAX];

static struct writer begin(void)
{
	return writer_over(line, sizeof(line));
}

static void print(struct writer *w)
{
	if (w->full || chain_advance(&chain, writer_written(w)) != 0)
		abort();
	fwrite(line, 1, w->len, stdout);
}

static void print_signed(struct writer *w)
{
	uint8_t sig[CHAIN_SIG];

	if (control_close(w, &chain, &key, secret, sig) != 0)
		abort();
	print(w);
}

/* One of which all is known, and one that is named by its id. */
static void name_policies(void)
{
	static const struct policy_source sources[] = {
		{ .id = "k", .title = "The \"K\"\n\xff", .authority = "89 FR 52434", .file = "k",
		  .serial = UINT64_MAX, .cutoff_us = TIME, .cutoff = "2026-10-31T20:00:00-04:00" },
		{ .id = "h", .title = "h", .authority = "", .file = "h",
		  .cutoff_us = INSTANT_NEVER, .cutoff = "" },
	};
	static uint8_t room[POLICIES_ROOM];
	struct writer  w = writer_over(room, sizeof(room));
	struct json    j = json_after(&w);

	policies_write(&j, sources, COUNT(sources));
	control.policies = writer_written(&w);
}

static struct standing standing(void)
{
	return (struct standing){ .state = STATE_ENFORCING,
	                          .policy_digest = bytes_of(digest, sizeof(digest)),
	                          .hooks = HOOKS_MISSING,
	                          .clock = TRUST_UNTRUSTED, .unfiltered_known = true,
	                          .unfiltered = UINT64_MAX };
}

static void print_starts(void)
{
	struct control_start s = { .standing = standing(), .version = "1.0.0", .boot = "b",
	                           .up_s = 12, .rules = 54,
	                           .cutoff_us = TIME, .previous = PREVIOUS_SHORT, .missing_from = 1,
	                           .missing_to = 2,
	                           .carried = 40, .torn = { .len = 120, .head_len = 512 },
	                                                    .log_id = "2f9c01d4a7b3e655",
	                           .key = key.public, .next_key = key.public };
	struct writer        w = begin();

	control_start(&w, &control, &s);
	print_signed(&w);
	s = (struct control_start){ .version = "", .boot = "", .cutoff_us = INSTANT_NEVER,
	                            .log_id = "", .key = key.public,
	                            .next_key = key.public };
	w = begin();
	control_start(&w, &control, &s);
	print_signed(&w);
}

static void print_heartbeats(void)
{
	struct sources_since     over = { .packets = UINT64_MAX, .num = SOURCES_NAMED };
	struct control_heartbeat h = { .standing = standing(), .every_s = 60, .packets = UINT64_MAX,
	                               .over = &over, .num_queues = CONTROL_QUEUES };
	struct writer            w = begin();

	for (size_t i = 0; i < SOURCES_NAMED; i++)
		over.rows[i] = (struct sources_row){ .ip.family = 6, .has_mac = true,
			                             .packets = UINT64_MAX };
	control_heartbeat(&w, &control, &h);
	print_signed(&w);
	h = (struct control_heartbeat){ .standing = { .state = STATE_OBSERVING } };
	w = begin();
	control_heartbeat(&w, &control, &h);
	print_signed(&w);
}

static void print_policies(void)
{
	struct bytes          of = bytes_of(digest, sizeof(digest));
	struct control_policy p  = { .old_digest = of, .new_digest = of, .rules = 3,
	                             .file = "a.policy", .result = "loaded" };
	struct writer         w  = begin();

	control_policy(&w, &control, &p);
	print_signed(&w);
	p.new_digest = (struct bytes){ 0 };
	p.result     = "line 3: \"x\": not a host name\n";
	w            = begin();
	control_policy(&w, &control, &p);
	print_signed(&w);
}

static void print_rest(void)
{
	struct control_gap     g = { .to_us = TIME, .reason = "No space left on device",
	                             .num_counts = 2,
	                             .counts = { { "update", 5 }, { "ksn", 7 } } };
	struct control_segment s = { .file = "a", .log_id = "2f9c01d4a7b3e655", .key = key.public,
	                             .next_key = key.public,
	                             .policy_digest = bytes_of(digest, sizeof(digest)) };
	struct control_prune   p = { .file = "a", .reason = "older than is kept", .last = 9 };
	struct control_access  a = { .verb = "verify", .result = "declared", .has_login = true,
	                             .login = 1000 };
	struct writer          w = begin();

	control_access(&w, &control, &a);
	print_signed(&w);
	w = begin();
	control_gap(&w, &control, &g);
	print_signed(&w);
	w = begin();
	control_segment(&w, &control, &s);
	print_signed(&w);
	w = begin();
	control_prune(&w, &control, &p);
	print_signed(&w);
	for (enum state to = STATE_ENFORCING; to <= STATE_DEGRADED; to++) {
		w = begin();
		control_state(&w, &control, STATE_WAITING, to, "a date has come");
		print_signed(&w);
	}
	for (enum trust clock = TRUST_SYNCED; clock <= TRUST_UNTRUSTED; clock++) {
		w = begin();
		control_clock(&w, &control, STATE_ENFORCING, STATE_ENFORCING, clock,
		              "set back by 1 d 00:00:00");
		print_signed(&w);
	}
	w = begin();
	control_stop(&w, &control, "SIGTERM", 40);
	print_signed(&w);
}

static void print_attempt(const struct event *e, uint64_t count, enum folded folded)
{
	struct record_context c = { .sensor = "gw1",
	                            .policy_digest = bytes_of(digest, sizeof(digest)) };
	struct writer         w = begin();

	record_open(&w, e, &c);
	record_count(&w, count, e->time_us);
	record_folded(&w, folded);
	record_close(&w, &chain);
	print(&w);
}

static void set_text(struct event_text *t, const char *text)
{
	t->len = (uint16_t)strlen(text);
	memcpy(t->text, text, t->len);
}

static struct event plain_event(void)
{
	static const struct category category = { .id = "update", .title = "Kaspersky update",
	                                          .signature_id = 1791001 };
	struct event                 e = { .type = EVENT_BLOCK, .time_us = TIME,
	                                   .client = { .family = 4, .at = { 192, 168, 1, 50 } },
	                                   .server = { .family = 4, .at = { 185, 85, 15, 31 } },
	                                               .client_port = 51788,
	                                   .server_port = 443, .is_named = true };

	e.decision.has_rule      = true;
	e.decision.rule.category = &category;
	e.decision.rule.pattern  = host_literal("kaspersky.com");
	if (host_from_text(BYTES("A\"\x01\xff.Kaspersky.com."), &e.host) != PARSE_OK)
		abort();
	return e;
}

static const struct waiver waiver = { .id = "lab", .reason = "research \"A\"",
	                              .until_us = INSTANT_NEVER - 1 };

/* Every layer with every reply and type, bare; then with everything that an event can carry. */
static void print_attempts(void)
{
	for (enum app app = APP_DNS; app <= APP_UNKNOWN; app++) {
		struct event e = plain_event();

		e.app = app;
		for (enum reply reply = REPLY_NONE; reply <= REPLY_UNSPECIFIED; reply++) {
			e.reply = reply;
			print_attempt(&e, 1, FOLDED_NOT);
		}
		for (enum event_type type = EVENT_LOG; type <= EVENT_BLOCK; type++) {
			e.type            = type;
			e.decision.waiver = type == EVENT_WAIVED ? &waiver : NULL;
			print_attempt(&e, 2, FOLDED_DEVICE);
		}
		e.client = (struct address){ .family = 6, .at = { 0x20, 1 } };
		e.server = (struct address){ .family = 6, .at = { 0x20, 2 } };
		e.transport        = TRANSPORT_TCP;
		e.has_mac          = e.to_client = e.by_address = true;
		e.quic_version     = "draft-29";
		e.dns.is_response  = e.dns.has_question = true;
		e.dns.type         = 65535;
		e.dns.question     = e.host;
		snprintf(e.iface, sizeof(e.iface), "br-lan");
		set_text(&e.http.url, "/\"\xff\\");
		set_text(&e.http.method, "GET");
		set_text(&e.http.protocol, "HTTP/1.1");
		set_text(&e.http.user_agent, "AVP\n");
		print_attempt(&e, UINT64_MAX, FOLDED_CATEGORY);
		e.is_named = false;
		print_attempt(&e, 1, FOLDED_NOT);
	}
}

static void print_probes(void)
{
	struct event e = plain_event();

	builtin_decide(BUILTIN_PROBE, OUTCOME_BLOCK, &e.decision);
	print_attempt(&e, 1, FOLDED_NOT);
	e.type = EVENT_WOULD_BLOCK;
	print_attempt(&e, 2, FOLDED_DEVICE);
}

int main(void)
{
	if (note_public(secret, key.public) != 0)
		abort();
	name_policies();
	print_starts();
	print_heartbeats();
	print_policies();
	print_attempts();
	print_probes();
	print_rest();
	return fflush(stdout) == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}

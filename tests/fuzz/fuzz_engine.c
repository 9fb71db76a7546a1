/* SPDX-License-Identifier: MIT */

/*
 * engine_packet with a sequence of packets, each behind a length of two bytes: no packet of any
 * kind crashes it, replies are whole IP packets, and every event can be written as one line.
 */

#include "audit/record.h"
#include "engine/engine.h"
#include "support/policy.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static const char policy_text[] = "[policy]\nid = p\n[category c]\naction = block\neffective = "
                                  "2024-01-01T00:00:00Z\nnames = l\n";
static const char list_text[] = ".example.com\nksn-*.example.org\n";

static int fetch(void *context, const char *name, struct bytes *content_out)
{
	(void)context;
	*content_out = bytes_text(strcmp(name, "l") == 0 ? list_text : policy_text);
	return 0;
}

static void report(void *owner, const struct event *e)
{
	static uint8_t              line[RECORD_MAX];
	const struct record_context context = { .sensor = "s",
	                                        .policy_digest = policy_digest(owner) };
	struct writer               w       = writer_over(line, sizeof(line));

	record_open(&w, e, &context);
	record_count(&w, 1, 0);
	record_close(&w, &(struct chain){ 0 });
	if (w.full || memchr(line, '\n', w.len) != line + w.len - 1)
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	static const char *const files[] = { "p" };
	static struct policy    *policy;
	struct problem           problem;
	struct engine_limits     limits = { .flows = 8, .hellos = 4, .fragments = 2,
	                                    .flow_idle_us = 1000000,
	                                    .both_directions = len % 2,
	                                    .questions = questions_new(16, 0),
	                                    .askers = askers_new(16, 0, 0) };
	static struct settings   settings;
	struct engine_rules      rules;
	struct engine           *engine;
	unsigned                 num_packets = 0;
	struct reader            r = reader_over(bytes_of(data, len), PARSE_BAD);

	if (policy == NULL && policy_build(files, 1, fetch, NULL, &policy, &problem) != 0)
		abort();
	settings_default(&settings);
	settings.http_requests = len % 4 / 2;
	rules = engine_rules_of(&settings, policy);
	rules.report_passes = true;
	engine = engine_new(&limits, report, policy);
	while (engine != NULL && reader_has_more(&r)) {
		struct reader       packet = read_block16(&r);
		struct engine_reply reply;
		struct engine_input in = { .ip = packet.left, .now_us = INT64_C(1800000000000000),
		                           .sums_settled = true, .iface = "",
		                           /* live, or of a capture */
		                           .direction = len % 2 == 0 ? packet.left.len % 5
		                                                     : DIRECTION_UNKNOWN,
		                           .is_own = len % 8 / 4 && num_packets++ % 2 };
		struct packet       out;

		engine_fetch(engine, engine_expect(engine, DIRECTION_UNKNOWN, packet.left));
		engine_packet(engine, &rules, &in, &reply);
		if (reply.answer.len > 0 &&
		    (packet_read(reply.answer, &out) != PARSE_OK || !packet_sums_ok(&out)))
			abort();
		if (reply.reset.len > 0 &&
		    (packet_read(reply.reset, &out) != PARSE_OK || !packet_sums_ok(&out)))
			abort();
	}
	engine_free(engine);
	questions_free(limits.questions);
	askers_free(limits.askers);
	return 0;
}

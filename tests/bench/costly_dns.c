/* SPDX-License-Identifier: MIT */

/*
 * The DNS packets that cost most, each through an engine of its own. Callgrind counts what
 * costly_judge() takes, for costly_dns.sh, which holds it to a bound.
 *
 *     costly_dns           the names of all packets, one a line
 *     costly_dns NUMBER    judges that one, behind the question if it is an answer
 */

#include "engine/engine.h"
#include "inspect/dns.h"
#include "policy/policy_file.h"
#include "support/packets.h"
#include "support/policy.h"

#include <stdio.h>

enum verdict costly_judge(struct engine *e, const struct engine_rules *rules,
                          const struct engine_input *in, struct engine_reply *reply);

#define LABELS 127
#define ANSWER 0x8180

/* A message: its question's name is so many times `label`, and then `part` until it is so long. */
struct costly {
	const char  *what;
	struct bytes label;
	size_t       num_labels;
	uint16_t     type;
	bool         is_answer, has_questions;  /* the parts are these, or records */
	struct bytes part;
	size_t       len;
};

#define A_POINTER  BYTES("\xc0\x0c\0\1\0\1")
#define A_HOP      BYTES("\xc0\x0c")
#define AN_ADDRESS BYTES("\xc0\x0c\0\1\0\1\0\0\0\x3c\0\4\1\2\3\4")
#define AN_EMPTY   BYTES("\0\0\x10\0\1\0\0\0\x3c\0\0")
#define AN_ALIAS   BYTES("\xc0\x0c\0\5\0\1\0\0\0\x3c\0\2\xc0\x0c")
#define A_SERVICE  BYTES("\xc0\x0c\0\x41\0\1\0\0\0\x3c\0\4\0\1\xc0\x0c")
#define A_KEY      BYTES("\xc0\x0c\0\x41\0\1\0\0\0\x3c\0\x2b\0\1\0" "\0\5\0\x24\0\x22\xfe\x0d\0\x1e\x2a\0\x20" \
                         "\0\4pkey\0\4\0\1\0\1\0" "\x0b" "ech.example\0\0")

static const struct costly packets[] = {
	{ "a question", BYTES("\3www"), 3, 1, false, true, { 0 }, 0 },
	{ "one of 127 labels", BYTES("\1a"), LABELS, 1, false, true, { 0 }, 0 },
	{ "one in capitals", BYTES("\1A"), LABELS, 1, false, true, { 0 }, 0 },
	{ "one of octets that are written as four", BYTES("\1\xff"), LABELS, 1, false, true, { 0 }, 0 },
	{ "a name of 32,000 labels", BYTES("\1a"), 32000, 1, false, true, { 0 }, 0 },
	{ "233 questions for a name", BYTES("\1a"), LABELS, 1, false, true, A_POINTER, 1472 },
	{ "64 KB of them", BYTES("\1a"), LABELS, 1, false, true, A_POINTER, 65500 },
	{ "64 KB of them, in capitals", BYTES("\1A"), LABELS, 1, false, true, A_POINTER, 65500 },
	{ "a question with records", BYTES("\3www"), 3, 1, false, false, AN_EMPTY, 65500 },
	{ "an answer of addresses", BYTES("\3www"), 3, 1, true, false, AN_ADDRESS, 1472 },
	{ "64 KB of them", BYTES("\3www"), 3, 1, true, false, AN_ADDRESS, 65500 },
	{ "64 KB of empty records", BYTES("\3www"), 3, 1, true, false, AN_EMPTY, 65500 },
	{ "aliases for a long name", BYTES("\1a"), LABELS, 1, true, false, AN_ALIAS, 1472 },
	{ "64 KB of them", BYTES("\1a"), LABELS, 1, true, false, AN_ALIAS, 65500 },
	{ "64 KB of services of a long name", BYTES("\1a"), LABELS, DNS_TYPE_HTTPS, true, false, A_SERVICE,
	  65500 },
	{ "keys for encrypted hellos", BYTES("\3www"), 3, DNS_TYPE_HTTPS, true, false, A_KEY, 1472 },
	{ "64 KB of them", BYTES("\3www"), 3, DNS_TYPE_HTTPS, true, false, A_KEY, 65500 },
};

static int costly_fetch(void *context, const char *name, struct bytes *content_out)
{
	(void)context;
	*content_out = bytes_text(strcmp(name, "l") == 0 ? ".blocked.example.com\n"
	                          : "[policy]\nid = p\n[category c]\naction = block\nnames = l\n"
	                            "by-address = yes\n");
	return 0;
}

static void costly_report(void *owner, const struct event *e)
{
	(void)owner;
	(void)e;
}

static void costly_write(struct writer *w, const struct costly *c, bool is_answer)
{
	uint16_t num = 0;

	write_bytes(w, BYTES("\x12\x34\1\0\0\1\0\0\0\0\0\0"));
	for (size_t i = 0; i < c->num_labels; i++)
		write_bytes(w, c->label);
	write_u8(w, 0);
	write_u16(w, c->type);
	write_u16(w, 1);
	if (is_answer)
		write_u16_at(w, 2, ANSWER);
	for (; (is_answer || !c->is_answer) && w->len + c->part.len <= c->len; num++)
		write_bytes(w, c->part);
	write_u16_at(w, c->has_questions ? 4 : is_answer ? 6 : 10,
	             (uint16_t)(num + c->has_questions));
}

/* Its own function, so that it is found in a profile. */
__attribute__((noinline)) enum verdict costly_judge(struct engine *e, const struct engine_rules *rules,
                                                    const struct engine_input *in,
                                                    struct engine_reply *reply)
{
	return engine_packet(e, rules, in, reply);
}

int main(int argc, char **argv)
{
	static const char *const files[] = { "p" };
	static uint8_t           message[66000], packet[66000];
	struct packet_path       to   = { .from = { 4, { 192, 0, 2, 2 } }, .from_port = 40000,
	                                  .to = { 4, { 198, 51, 100, 53 } }, .to_port = 53 };
	struct packet_path       back = { .from = to.to, .from_port = 53, .to = to.from,
	                                  .to_port = 40000 };
	struct engine_limits     limits = { .flows = 64, .hellos = 4, .flow_idle_us = 1000000,
	                                    .questions = questions_new(256, 1),
	                                    .askers = askers_new(256, 1, 0) };
	struct engine_input      in = { .now_us = INT64_C(1800000000000000), .sums_settled = true,
	                                .iface = "lan", .direction = DIRECTION_NEW };
	struct engine           *e  = engine_new(&limits, costly_report, NULL);
	struct engine_rules      rules;
	struct engine_reply      reply;
	struct settings          settings;
	struct policy           *policy;
	struct problem           problem;
	const struct costly     *c;

	if (argc < 2) {
		for (size_t i = 0; i < COUNT(packets); i++)
			puts(packets[i].what);
		return EXIT_SUCCESS;
	}
	c = &packets[strtoul(argv[1], NULL, 10) % COUNT(packets)];
	if (e == NULL || policy_build(files, 1, costly_fetch, NULL, &policy, &problem) != 0)
		return EXIT_FAILURE;
	settings_default(&settings);
	rules = engine_rules_of(&settings, policy);
	for (int is_answer = 0; is_answer <= c->is_answer; is_answer++) {
		struct writer m = writer_over(message, sizeof(message));
		struct writer w = writer_over(packet, sizeof(packet));

		costly_write(&m, c, is_answer);
		packet_udp(&w, is_answer ? &back : &to, writer_written(&m));
		in.ip        = writer_written(&w);
		in.direction = is_answer ? DIRECTION_REPLY : DIRECTION_NEW;
		if (is_answer == c->is_answer)
			costly_judge(e, &rules, &in, &reply);
		else
			engine_packet(e, &rules, &in, &reply);
	}
	engine_free(e);
	questions_free(limits.questions);
	askers_free(limits.askers);
	policy_free(policy);
	return EXIT_SUCCESS;
}

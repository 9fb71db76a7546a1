/* SPDX-License-Identifier: MIT */

/*
 * To whom a blocked packet is answered, and what the record says of it. The answers' content is a
 * matter of test_dns.c.
 */

#include "engine/engine.h"
#include "policy/policy_file.h"
#include "support/packets.h"
#include "support/policy.h"
#include "support/suite.h"

#include <string.h>

static struct policy      *policy;
static struct engine      *engine;
static struct engine_rules rules;
static struct engine_reply reply;
static struct event        event;
static size_t              num_events;

static int fetch(void *context, const char *name, struct bytes *content_out)
{
	(void)context;
	*content_out = bytes_text(strcmp(name, "names") == 0
	                                  ? ".blocked.example\n"
	                                  : "[policy]\nid = p\n"
	                                    "[category c]\naction = block\nnames = names\n"
	                                    "[category d]\naction = block\nports = udp/5000\n");
	return 0;
}

static void report(void *owner, const struct event *e)
{
	(void)owner;
	event = *e;
	num_events++;
}

static void open_engine(void)
{
	static const char *const files[] = { "p" };
	struct engine_limits     limits  = { .flows = 64, .hellos = 4, .flow_idle_us = 60000000 };
	struct settings          settings;
	struct problem           problem;

	num_events = 0;
	engine     = engine_new(&limits, report, NULL);
	ck_assert_int_eq(policy_build(files, 1, fetch, NULL, &policy, &problem), 0);
	settings_default(&settings);
	rules          = engine_rules_of(&settings, policy);
	rules.dns_text = "blocked";
}

static void close_engine(void)
{
	engine_free(engine);
	policy_free(policy);
}

static struct packet_path path(const char *from, const char *to, uint16_t to_port)
{
	struct packet_path p = { .from_port = 40000, .to_port = to_port };

	ck_assert_int_eq(address_from_text(bytes_text(from), &p.from), PARSE_OK);
	ck_assert_int_eq(address_from_text(bytes_text(to), &p.to), PARSE_OK);
	return p;
}

static enum verdict judge(struct bytes ip)
{
	struct engine_input in = { .ip = ip, .now_us = 1, .sums_settled = true, .iface = "" };

	return engine_packet(engine, &rules, &in, &reply);
}

static enum verdict ask(const struct packet_path *p)
{
	uint8_t       message[300], packet[400];
	struct writer m = writer_over(message, sizeof(message));
	struct writer w = writer_over(packet, sizeof(packet));

	packet_query(&m, 7, "www.blocked.example", 1);
	packet_udp(&w, p, writer_written(&m));
	return judge(writer_written(&w));
}

static const struct { const char *from, *to; bool is_answered; } ends[] = {
	{ "192.0.2.2", "224.0.0.251", false },
	{ "192.0.2.2", "255.255.255.255", false },
	{ "192.0.2.2", "0.0.0.0", false },
	{ "0.0.0.0", "203.0.113.5", false },
	{ "224.0.0.251", "203.0.113.5", false },
	{ "fe80::2", "ff02::fb", false },
	{ "::", "2001:db8::5", false },
	{ "192.0.2.2", "203.0.113.5", true },
	{ "127.0.0.1", "127.0.0.1", true },
	{ "fe80::2", "fe80::5", true },
};

START_TEST(a_question_to_or_from_no_single_host_is_dropped_without_an_answer)
{
	struct packet_path p = path(ends[_i].from, ends[_i].to, 5353);

	ck_assert_int_eq(ask(&p), VERDICT_DROP);
	ck_assert_msg((reply.answer.len > 0) == ends[_i].is_answered, "%s > %s", ends[_i].from,
	              ends[_i].to);
	ck_assert_uint_eq(num_events, 1);
	ck_assert_int_eq(event.type, EVENT_BLOCK);
	ck_assert_int_eq(event.reply, ends[_i].is_answered ? REPLY_NXDOMAIN : REPLY_NONE);
}

START_TEST(a_datagram_to_many_hosts_is_not_said_to_be_refused)
{
	struct packet_path p = path(ends[_i].from, ends[_i].to, 5000);
	uint8_t            packet[400];
	struct writer      w = writer_over(packet, sizeof(packet));

	packet_udp(&w, &p, BYTES("x"));
	ck_assert_int_eq(judge(writer_written(&w)), VERDICT_BLOCK);
	ck_assert_int_eq(event.reply, ends[_i].is_answered ? REPLY_UNREACHABLE : REPLY_NONE);
}

START_TEST(a_segment_to_many_hosts_is_answered_with_no_reset)
{
	struct packet_path p = path(ends[_i].from, ends[_i].to, 443);
	uint8_t            hello[400], record[400], packet[400];
	struct writer      h = writer_over(hello, sizeof(hello));
	struct writer      r = writer_over(record, sizeof(record));
	struct writer      w = writer_over(packet, sizeof(packet));

	packet_hello(&h, "www.blocked.example", 1);
	packet_record(&r, writer_written(&h));
	packet_tcp(&w, &p, 1000, TCP_ACK, writer_written(&r));
	ck_assert_int_eq(judge(writer_written(&w)), VERDICT_BLOCK);
	ck_assert_int_eq(reply.reset.len > 0, ends[_i].is_answered);
	ck_assert_int_eq(event.reply, ends[_i].is_answered ? REPLY_RESET : REPLY_NONE);
}

static const struct { const char *to; bool is_sent; } receivers[] = {
	{ "224.0.0.251", false }, { "255.255.255.255", false }, { "192.0.2.2", true },
};

/* The response with an HTTPS record that has keys: RFC 9460, section 2.2. */
START_TEST(an_answer_to_many_hosts_does_not_go_on_without_keys_for_encrypted_hellos)
{
	struct packet_path p = path("203.0.113.5", receivers[_i].to, 40000);
	uint8_t            packet[400];
	struct writer      w = writer_over(packet, sizeof(packet));

	p.from_port       = 53;
	rules.ech_answers = ECH_REMOVE;
	packet_udp(&w, &p,
	           BYTES("\0\7\x81\x80\0\1\0\1\0\0\0\0" "\1a\3org\0\0\x41\0\1"
	                 "\xc0\x0c\0\x41\0\1\0\0\0\x3c\0\x08" "\0\1\0" "\0\5\0\1x"));
	ck_assert_int_eq(judge(writer_written(&w)), VERDICT_DROP);
	ck_assert_int_eq(reply.answer.len > 0, receivers[_i].is_sent);
}

int main(void)
{
	Suite *s = suite_create("replies");
	TCase *t = tcase_create("replies");

	tcase_add_checked_fixture(t, open_engine, close_engine);
	tcase_add_loop_test(t, a_question_to_or_from_no_single_host_is_dropped_without_an_answer,
	                    0, COUNT(ends));
	tcase_add_loop_test(t, a_datagram_to_many_hosts_is_not_said_to_be_refused, 0, COUNT(ends));
	tcase_add_loop_test(t, a_segment_to_many_hosts_is_answered_with_no_reset, 0, COUNT(ends));
	tcase_add_loop_test(
		t, an_answer_to_many_hosts_does_not_go_on_without_keys_for_encrypted_hellos, 0,
		COUNT(receivers));
	suite_add_tcase(s, t);
	return suite_run(s);
}

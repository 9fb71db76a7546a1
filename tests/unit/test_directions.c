/* SPDX-License-Identifier: MIT */

/*
 * What the kernel knows of a packet, new, known or a reply: when a pass is final, when a SYN begins
 * another connection, and which flow a reply belongs to that comes from elsewhere than was asked.
 */

#include "engine/engine.h"
#include "inspect/dns.h"
#include "policy/policy_file.h"
#include "support/packets.h"
#include "support/suite.h"

#include <string.h>

#define CLIENT  { 4, { 192, 0, 2, 9 } }
#define SERVER  { 4, { 203, 0, 113, 5 } }
#define GATEWAY { 4, { 192, 0, 2, 1 } }

static const struct packet_path forth = { CLIENT, SERVER, 40000, 443 },
				back  = { SERVER, CLIENT, 443, 40000 };

static struct policy      *policy;
static struct engine      *engine;
static struct engine_rules rules;
static struct engine_reply reply;
static struct event        events[8];
static size_t              num_events;
static uint8_t             hello[300];
static struct writer       w;

static int fetch(void *context, const char *name, struct bytes *content_out)
{
	(void)context;
	*content_out = bytes_text(strcmp(name, "l") == 0
	                                  ? "blocked.example\n"
	                                  : "[policy]\nid = p\n"
	                                    "[category c]\naction = block\nnames = l\n");
	return 0;
}

static void report(void *owner, const struct event *e)
{
	(void)owner;
	if (num_events < COUNT(events))
		events[num_events] = *e;
	num_events++;
}

static void begin(void)
{
	static const char *const files[] = { "p" };
	struct engine_limits     limits  = { .flows = 64, .hellos = 4, .flow_idle_us = 60000000 };
	struct settings          settings;
	struct problem           problem = { "" };

	num_events = 0;
	engine     = engine_new(&limits, report, NULL);
	ck_assert_int_eq(policy_build(files, 1, fetch, NULL, &policy, &problem), 0);
	settings_default(&settings);
	rules = engine_rules_of(&settings, policy);
}

static void end(void)
{
	engine_free(engine);
	policy_free(policy);
}

static enum verdict judge(enum direction direction, struct bytes ip)
{
	const struct engine_input in = { .ip = ip, .now_us = INT64_C(1800000000000000),
		                         .sums_settled = true, .direction = direction,
		                         .iface = "lan0" };

	return engine_packet(engine, &rules, &in, &reply);
}

static enum verdict segment(enum direction direction, const struct packet_path *path, uint32_t seq,
                            uint32_t ack, uint8_t flags, struct bytes payload)
{
	static uint8_t room[1600];
	struct writer  packet = writer_over(room, sizeof(room));

	packet_tcp(&packet, path, seq, flags, payload);
	write_u16_at(&packet, 28, (uint16_t)(ack >> 16));
	write_u16_at(&packet, 30, (uint16_t)ack);
	ck_assert(!packet.full);
	return judge(direction, writer_written(&packet));
}

static enum verdict datagram_of(enum direction direction, const struct packet_path *path,
                                struct bytes payload)
{
	static uint8_t room[1600];
	struct writer  packet = writer_over(room, sizeof(room));

	packet_udp(&packet, path, payload);
	return judge(direction, writer_written(&packet));
}

static struct bytes hello_of(const char *host)
{
	uint8_t       message[256];
	struct writer m = writer_over(message, sizeof(message));

	packet_hello(&m, host, 1);
	w = writer_over(hello, sizeof(hello));
	packet_record(&w, writer_written(&m));
	return writer_written(&w);
}

/* The client has 1000, the server 5000. */
static void shake_hands(void)
{
	ck_assert_int_eq(segment(DIRECTION_NEW, &forth, 999, 0, TCP_SYN, BYTES("")), VERDICT_ACCEPT);
	ck_assert_int_eq(segment(DIRECTION_REPLY, &back, 4999, 1000, TCP_SYN | TCP_ACK, BYTES("")),
	                 VERDICT_ACCEPT);
	ck_assert_int_eq(segment(DIRECTION_ORIGINAL, &forth, 1000, 5000, TCP_ACK, BYTES("")),
	                 VERDICT_ACCEPT);
}

START_TEST(a_pass_is_final_when_the_server_has_acknowledged_what_was_judged)
{
	struct bytes h = hello_of("other.example");

	shake_hands();
	ck_assert_int_eq(segment(DIRECTION_ORIGINAL, &forth, 1000, 5000, TCP_ACK, h),
	                 VERDICT_ACCEPT);
	ck_assert_int_eq(segment(DIRECTION_REPLY, &back, 5000, 1000 + (uint32_t)h.len - 1, TCP_ACK,
	                         BYTES("")),
	                 VERDICT_ACCEPT);
	ck_assert_int_eq(segment(DIRECTION_REPLY, &back, 5000, 1000 + (uint32_t)h.len, TCP_ACK,
	                         BYTES("")),
	                 VERDICT_PASS);
}

START_TEST(before_that_another_beginning_in_its_place_is_judged)
{
	struct bytes h = hello_of("other.example");

	shake_hands();
	segment(DIRECTION_ORIGINAL, &forth, 1000, 5000, TCP_ACK, h);
	h = hello_of("blocked.example");
	ck_assert_int_eq(segment(DIRECTION_ORIGINAL, &forth, 1000, 5000, TCP_ACK, h),
	                 VERDICT_BLOCK);
	ck_assert_uint_eq(num_events, 1);
}

/* Asymmetric routing: the client has an answer that never came by here. */
START_TEST(where_no_answer_comes_by_some_packets_are_enough)
{
	struct bytes h = hello_of("other.example");

	rules.unanswered_packets = 4;
	segment(DIRECTION_NEW, &forth, 999, 0, TCP_SYN, BYTES(""));
	segment(DIRECTION_ORIGINAL, &forth, 1000, 5000, TCP_ACK, h);
	for (int i = 0; i < 2; i++)
		ck_assert_int_eq(segment(DIRECTION_ORIGINAL, &forth, 1000 + (uint32_t)h.len, 6000,
		                         TCP_ACK, BYTES("")),
		                 VERDICT_ACCEPT);
	ck_assert_int_eq(segment(DIRECTION_ORIGINAL, &forth, 1000 + (uint32_t)h.len, 7000, TCP_ACK,
	                         BYTES("")),
	                 VERDICT_PASS);
}

START_TEST(where_answers_come_no_number_of_packets_is)
{
	struct bytes h = hello_of("other.example");

	shake_hands();
	segment(DIRECTION_ORIGINAL, &forth, 1000, 5000, TCP_ACK, h);
	for (int i = 0; i < 100; i++)
		ck_assert_int_eq(segment(DIRECTION_ORIGINAL, &forth, 1000 + (uint32_t)h.len, 5000,
		                         TCP_ACK, BYTES("x")),
		                 VERDICT_ACCEPT);
}

START_TEST(udp_passes_with_its_first_answer_or_after_some_packets_without)
{
	ck_assert_int_eq(datagram_of(DIRECTION_NEW, &forth, BYTES("?")), VERDICT_ACCEPT);
	ck_assert_int_eq(datagram_of(DIRECTION_REPLY, &back, BYTES("!")), VERDICT_PASS);
}

START_TEST(udp_that_nobody_answers_passes_after_some_packets)
{
	for (uint32_t i = 1; i < rules.unanswered_packets; i++)
		ck_assert_int_eq(datagram_of(DIRECTION_NEW, &forth, BYTES("?")), VERDICT_ACCEPT);
	ck_assert_int_eq(datagram_of(DIRECTION_NEW, &forth, BYTES("?")), VERDICT_PASS);
}

/* A download under way when filterd starts: its client only acknowledges. */
START_TEST(a_connection_that_nobody_saw_begin_and_whose_client_is_silent_passes)
{
	for (uint32_t i = 1; i < rules.unanswered_packets; i++) {
		bool is_reply = i % 2 == 0;

		ck_assert_int_eq(segment(is_reply ? DIRECTION_REPLY : DIRECTION_ORIGINAL,
		                         is_reply ? &back : &forth, 7000, 9000 + i, TCP_ACK,
		                         is_reply ? BYTES("data") : BYTES("")),
		                 VERDICT_ACCEPT);
	}
	ck_assert_int_eq(segment(DIRECTION_ORIGINAL, &forth, 7000, 9999, TCP_ACK, BYTES("")),
	                 VERDICT_PASS);
}

START_TEST(what_it_says_before_is_judged)
{
	segment(DIRECTION_ORIGINAL, &forth, 7000, 9000, TCP_ACK, BYTES(""));
	ck_assert_int_eq(segment(DIRECTION_ORIGINAL, &forth, 7000, 9000, TCP_ACK,
	                         hello_of("blocked.example")),
	                 VERDICT_BLOCK);
}

/* RFC 5961, section 4: the server answers it with an ACK and goes on. */
START_TEST(a_syn_within_a_connection_that_was_answered_begins_nothing)
{
	struct bytes h = hello_of("blocked.example");

	shake_hands();
	segment(DIRECTION_ORIGINAL, &forth, 1000, 5000, TCP_ACK, bytes_first(h, 60));
	segment(DIRECTION_ORIGINAL, &forth, 70000, 0, TCP_SYN, BYTES(""));
	ck_assert_int_eq(
		segment(DIRECTION_ORIGINAL, &forth, 1060, 5000, TCP_ACK, bytes_from(h, 60)),
		VERDICT_BLOCK);
}

START_TEST(one_of_a_new_connection_does)
{
	struct bytes h = hello_of("blocked.example");

	shake_hands();
	segment(DIRECTION_ORIGINAL, &forth, 1000, 5000, TCP_ACK, hello_of("other.example"));
	segment(DIRECTION_NEW, &forth, 69999, 0, TCP_SYN, BYTES(""));
	h = hello_of("blocked.example");
	ck_assert_int_eq(segment(DIRECTION_ORIGINAL, &forth, 70000, 5000, TCP_ACK, h),
	                 VERDICT_BLOCK);
}

/* Whatever it looks like, and though nobody saw who opened the connection. */
START_TEST(a_reply_is_not_taken_for_what_a_client_asks)
{
	ck_assert_int_eq(segment(DIRECTION_REPLY, &back, 5000, 1000, TCP_ACK,
	                         hello_of("blocked.example")),
	                 VERDICT_ACCEPT);
	ck_assert_uint_eq(num_events, 0);
}

/* An alias of a prohibited host, in the answer to id 7. */
static struct bytes alias_answer(struct writer *m)
{
	packet_query(m, 7, "www.permitted.example", DNS_TYPE_A);
	write_u16_at(m, 2, 0x8180);
	write_u16_at(m, 6, 1);
	write_bytes(m, BYTES("\xc0\x0c\0\5\0\1\0\0\0\x3c\0\x11\7blocked\7example\0"));
	return writer_written(m);
}

/* Forced DNS: the gateway's own resolver answers what was asked of another. */
START_TEST(a_reply_from_elsewhere_is_of_the_flow_that_its_receiver_opened)
{
	const struct packet_path ask  = { CLIENT, SERVER, 40001, 53 },
				 from = { GATEWAY, CLIENT, 53, 40001 };
	const struct address     server = SERVER;
	uint8_t                  message[200];
	struct writer            m = writer_over(message, sizeof(message));
	struct packet            p;

	packet_query(&m, 7, "www.permitted.example", DNS_TYPE_A);
	ck_assert_int_eq(datagram_of(DIRECTION_NEW, &ask, writer_written(&m)), VERDICT_ACCEPT);
	m = writer_over(message, sizeof(message));
	ck_assert_int_eq(datagram_of(DIRECTION_REPLY, &from, alias_answer(&m)), VERDICT_DROP);
	ck_assert_uint_eq(num_events, 1);
	ck_assert(address_equal(&events[0].server, &server));
	ck_assert_uint_eq(events[0].client_port, 40001);
	ck_assert_str_eq(events[0].iface, "lan0");
	ck_assert_int_eq(packet_read(reply.answer, &p), PARSE_OK);
	ck_assert(address_equal(&p.src, &server));
	ck_assert_uint_eq(p.dst_port, 40001);
}

START_TEST(so_is_one_of_tcp_and_it_makes_the_pass_final)
{
	const struct packet_path from = { GATEWAY, CLIENT, 3129, 40000 };
	struct bytes             h    = hello_of("other.example");

	segment(DIRECTION_NEW, &forth, 999, 0, TCP_SYN, BYTES(""));
	segment(DIRECTION_REPLY, &from, 4999, 1000, TCP_SYN | TCP_ACK, BYTES(""));
	segment(DIRECTION_ORIGINAL, &forth, 1000, 5000, TCP_ACK, h);
	ck_assert_int_eq(segment(DIRECTION_REPLY, &from, 5000, 1000 + (uint32_t)h.len, TCP_ACK,
	                         BYTES("")),
	                 VERDICT_PASS);
}

/* As the kernel hands over a datagram that it has cut out of joined ones: without the link's address. */
static const struct { int64_t later_us; bool is_own, want; } later[] = {
	{ 0, false, true },
	{ INT64_C(299000000), false, true },
	{ INT64_C(301000000), false, false },
	{ 0, true, false },
};

START_TEST(a_client_is_known_by_its_link_address_from_another_packet_lately)
{
	struct packet_path  path = { CLIENT, SERVER, 40002, 53 };
	uint8_t             message[64], room[200];
	struct writer       m = writer_over(message, sizeof(message)), p;
	struct engine_input in = { .now_us = INT64_C(1800000000000000), .sums_settled = true,
		                   .direction = DIRECTION_NEW, .has_mac = true,
		                   .mac = { 2, 0, 0, 0, 0, 9 }, .iface = "lan0" };

	packet_query(&m, 7, "blocked.example", DNS_TYPE_A);
	for (int i = 0; i < 2; i++) {
		p     = writer_over(room, sizeof(room));
		packet_udp(&p, &path, writer_written(&m));
		in.ip = writer_written(&p);
		engine_packet(engine, &rules, &in, &reply);
		path.from_port++;
		in.has_mac = false;
		in.is_own  = later[_i].is_own;
		in.now_us += later[_i].later_us;
	}
	ck_assert_uint_eq(num_events, 2);
	ck_assert_int_eq(events[1].has_mac, later[_i].want);
	if (later[_i].want)
		ck_assert_mem_eq(events[1].mac, events[0].mac, 6);
}

int main(void)
{
	Suite *s = suite_create("directions");
	TCase *t = tcase_create("directions");

	tcase_add_checked_fixture(t, begin, end);
	tcase_add_test(t, a_pass_is_final_when_the_server_has_acknowledged_what_was_judged);
	tcase_add_test(t, before_that_another_beginning_in_its_place_is_judged);
	tcase_add_test(t, where_no_answer_comes_by_some_packets_are_enough);
	tcase_add_test(t, where_answers_come_no_number_of_packets_is);
	tcase_add_test(t, udp_passes_with_its_first_answer_or_after_some_packets_without);
	tcase_add_test(t, udp_that_nobody_answers_passes_after_some_packets);
	tcase_add_test(t, a_connection_that_nobody_saw_begin_and_whose_client_is_silent_passes);
	tcase_add_test(t, what_it_says_before_is_judged);
	tcase_add_test(t, a_syn_within_a_connection_that_was_answered_begins_nothing);
	tcase_add_test(t, one_of_a_new_connection_does);
	tcase_add_test(t, a_reply_is_not_taken_for_what_a_client_asks);
	tcase_add_test(t, a_reply_from_elsewhere_is_of_the_flow_that_its_receiver_opened);
	tcase_add_test(t, so_is_one_of_tcp_and_it_makes_the_pass_final);
	tcase_add_loop_test(t, a_client_is_known_by_its_link_address_from_another_packet_lately, 0,
	                    COUNT(later));
	suite_add_tcase(s, t);
	return suite_run(s);
}

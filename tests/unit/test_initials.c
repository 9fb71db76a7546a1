/* SPDX-License-Identifier: MIT */

/*
 * Several QUIC connections within one flow, and what is forgotten of them; tests/replay has the
 * stories of single ones.
 */

#include "engine/engine.h"
#include "policy/policy_file.h"
#include "support/packets.h"
#include "support/suite.h"

#define NOW_US    INT64_C(1800000000000000)
#define FLOWS     64
#define HELLOS    16
#define CUT       40            /* bytes of a hello in its first datagram */
#define PERMITTED "www.permitted.org"
#define BLOCKED   "www.blocked.example"

static struct policy      *policy;
static struct engine      *engine;
static struct engine_rules rules;
static struct settings     settings;
static struct quic_cipher *cipher;
static size_t              num_events;

static int fetch(void *context, const char *name, struct bytes *content_out)
{
	(void)context;
	*content_out = bytes_text(strcmp(name, "l") == 0
	                                  ? ".blocked.example\n"
	                                  : "[policy]\nid = p\n[category c]\naction = "
	                                    "block\neffective = 2024-01-01T00:00:00Z\nnames = l\n");
	return 0;
}

static void report(void *owner, const struct event *e)
{
	(void)owner;
	(void)e;
	num_events++;
}

static void open_engine(void)
{
	static const char *const files[] = { "p" };
	struct engine_limits     limits  = { .flows = FLOWS, .hellos = HELLOS,
	                                     .flow_idle_us = 60000000 };
	struct problem           problem;

	num_events = 0;
	engine     = engine_new(&limits, report, NULL);
	cipher     = quic_cipher_new();
	ck_assert_int_eq(policy_build(files, 1, fetch, NULL, &policy, &problem), 0);
	settings_default(&settings);
	rules = engine_rules_of(&settings, policy);
}

static void close_engine(void)
{
	engine_free(engine);
	quic_cipher_free(cipher);
	policy_free(policy);
}

static struct packet_path path_of(uint16_t client_port, uint16_t server_port)
{
	return (struct packet_path){ .from = { .at = { 192, 0, 2, 2 }, .family = 4 },
	                             .to = { .at = { 203, 0, 113, 5 }, .family = 4 },
	                             .from_port = client_port, .to_port = server_port };
}

static enum verdict judge(struct writer *w)
{
	struct engine_input in = { .ip = writer_written(w), .now_us = NOW_US, .sums_settled = true,
	                           .iface = "" };
	struct engine_reply reply;

	return engine_packet(engine, &rules, &in, &reply);
}

static enum verdict udp_to(uint16_t client_port, uint16_t server_port, struct bytes payload)
{
	uint8_t            room[2000];
	struct writer      w    = writer_over(room, sizeof(room));
	struct packet_path path = path_of(client_port, server_port);

	packet_udp(&w, &path, payload);
	return judge(&w);
}

static enum verdict udp(uint16_t client_port, struct bytes payload)
{
	return udp_to(client_port, 443, payload);
}

/* A datagram with the bytes of a hello from `from` to before `to`, of the flow from this port. */
static enum verdict part(uint16_t port, uint64_t connection, const char *host, size_t from,
                         size_t to)
{
	uint8_t       hello[300], datagram[1300];
	struct writer h = writer_over(hello, sizeof(hello)),
		      d = writer_over(datagram, sizeof(datagram));

	packet_hello(&h, host, connection);
	packet_initial_piece(&d, cipher, bytes_from(bytes_first(writer_written(&h), to), from),
	                     (uint16_t)from, connection);
	return udp(port, writer_written(&d));
}

static enum verdict whole(uint16_t port, uint64_t connection, const char *host)
{
	return part(port, connection, host, 0, SIZE_MAX);
}

static enum verdict begin(uint16_t port, uint64_t connection, const char *host)
{
	return part(port, connection, host, 0, CUT);
}

static enum verdict finish(uint16_t port, uint64_t connection, const char *host)
{
	return part(port, connection, host, CUT, SIZE_MAX);
}

/* As many other flows begin a connection as are remembered. */
static void others_begin(void)
{
	for (uint16_t port = 1; port <= HELLOS; port++)
		ck_assert_int_eq(begin(port, port, PERMITTED), VERDICT_ACCEPT);
}

/* A packet of the handshake: a long header, and nothing that could be opened. */
#define HANDSHAKE BYTES("\xe0\0\0\0\1\0\0\x14" "12345678901234567890")
#define SHORT     BYTES("\x40 of a connection that goes on")

START_TEST(a_prohibited_name_in_two_datagrams_is_judged_with_the_second)
{
	ck_assert_int_eq(begin(5000, 1, BLOCKED), VERDICT_ACCEPT);
	ck_assert_int_eq(finish(5000, 1, BLOCKED), VERDICT_BLOCK);
	ck_assert_uint_eq(num_events, 1);
}

/* One datagram with so many Initials of other connections, and behind them one that names `host`. */
static enum verdict behind(unsigned num, const char *host)
{
	static uint8_t datagram[16384];
	uint8_t        hello[300];
	struct writer  d = writer_over(datagram, sizeof(datagram));
	struct writer  h;
	uint8_t            room[20000];
	struct writer      w    = writer_over(room, sizeof(room));
	struct packet_path path = path_of(5000, 443);

	for (unsigned i = 0; i <= num; i++) {
		h = writer_over(hello, sizeof(hello));
		packet_hello(&h, i < num ? PERMITTED : host, i < num ? 1 : 2);
		packet_initial_piece(&d, cipher, writer_written(&h), 0, i < num ? 1 : 2);
	}
	packet_udp(&w, &path, writer_written(&d));
	return judge(&w);
}

/* What a datagram can cost is bounded: so many are opened, and no more. */
START_TEST(the_eighth_initial_of_a_datagram_is_opened_and_no_other)
{
	ck_assert_int_eq(behind(7, BLOCKED), VERDICT_BLOCK);
	close_engine();
	open_engine();
	ck_assert_int_ne(behind(8, BLOCKED), VERDICT_BLOCK);
}

START_TEST(an_initial_that_is_sent_again_is_judged_as_before)
{
	ck_assert_int_eq(whole(5000, 1, PERMITTED), VERDICT_PASS);
	ck_assert_int_eq(whole(5000, 1, PERMITTED), VERDICT_PASS);
	/* the server may have the first one */
	ck_assert_int_eq(whole(5000, 1, BLOCKED), VERDICT_DROP);
	ck_assert_int_eq(whole(5001, 1, BLOCKED), VERDICT_BLOCK);       /* of another flow */
	ck_assert_int_eq(whole(5001, 1, BLOCKED), VERDICT_BLOCK);
	ck_assert_uint_eq(num_events, 1);
}

START_TEST(a_connection_that_waits_for_its_name_does_not_make_room_for_others)
{
	ck_assert_int_eq(begin(5000, 1, BLOCKED), VERDICT_ACCEPT);
	for (uint64_t connection = 2; connection <= 9; connection++)
		ck_assert_int_eq(whole(5000, connection, PERMITTED), VERDICT_ACCEPT);
	ck_assert_int_eq(finish(5000, 1, BLOCKED), VERDICT_BLOCK);
}

START_TEST(a_flow_that_begins_more_than_are_remembered_never_passes_by_the_others)
{
	rules.quic_datagrams = 64;
	for (uint64_t connection = 1; connection <= 5; connection++)
		ck_assert_int_eq(begin(5000, connection, PERMITTED), VERDICT_ACCEPT);
	for (uint64_t connection = 2; connection <= 5; connection++)
		ck_assert_int_eq(finish(5000, connection, PERMITTED), VERDICT_ACCEPT);
	ck_assert_int_eq(udp(5000, HANDSHAKE), VERDICT_ACCEPT);
	ck_assert_int_eq(whole(5000, 6, BLOCKED), VERDICT_BLOCK);
}

START_TEST(a_flow_whose_connection_was_forgotten_before_its_name_does_not_pass)
{
	ck_assert_int_eq(begin(5000, 1, BLOCKED), VERDICT_ACCEPT);
	others_begin();
	ck_assert_int_eq(udp(5000, HANDSHAKE), VERDICT_ACCEPT);
	ck_assert_int_eq(whole(5000, 2, PERMITTED), VERDICT_ACCEPT);
	ck_assert_int_eq(udp(5000, HANDSHAKE), VERDICT_ACCEPT);
	ck_assert_int_eq(whole(5000, 1, BLOCKED), VERDICT_BLOCK);
}

START_TEST(a_flow_whose_connection_was_forgotten_behind_its_name_still_passes)
{
	ck_assert_int_eq(whole(5000, 1, PERMITTED), VERDICT_PASS);
	others_begin();
	ck_assert_int_eq(udp(5000, HANDSHAKE), VERDICT_PASS);
	ck_assert_int_eq(whole(5000, 2, PERMITTED), VERDICT_PASS);
	ck_assert_int_eq(whole(5000, 3, BLOCKED), VERDICT_BLOCK);
}

/*
 * Beginnings of other streams, as many as are kept, take what was gathered of a connection, and the
 * connection stays.
 */
START_TEST(another_hello_of_a_connection_is_judged_when_the_first_one_is_forgotten)
{
	ck_assert_int_eq(whole(5000, 1, PERMITTED), VERDICT_PASS);
	for (uint16_t port = 1; port <= HELLOS; port++) {
		uint8_t            room[100];
		struct writer      w    = writer_over(room, sizeof(room));
		struct packet_path path = path_of(port, 443);

		packet_tcp(&w, &path, 1000, TCP_ACK, BYTES("\x16\3\1"));
		ck_assert_int_eq(judge(&w), VERDICT_ACCEPT);
	}
	ck_assert_int_eq(udp(5000, HANDSHAKE), VERDICT_PASS);
	ck_assert_int_eq(begin(5000, 1, BLOCKED), VERDICT_ACCEPT);
	ck_assert_int_eq(finish(5000, 1, BLOCKED), VERDICT_BLOCK);
}

START_TEST(what_is_left_of_a_forgotten_flow_is_nothing_to_the_next_one)
{
	ck_assert_int_eq(begin(5000, 1, BLOCKED), VERDICT_ACCEPT);
	for (uint16_t port = 1000; port < 1000 + FLOWS; port++)
		ck_assert_int_eq(udp(port, BYTES("none of QUIC")), VERDICT_PASS);
	/* no conflict, and nobody to wait for */
	ck_assert_int_eq(whole(5000, 1, PERMITTED), VERDICT_PASS);
	ck_assert_int_eq(whole(5000, 2, BLOCKED), VERDICT_BLOCK);
}

START_TEST(a_datagram_of_something_else_does_not_let_a_flow_pass_that_waits_for_a_name)
{
	ck_assert_int_eq(begin(5000, 1, BLOCKED), VERDICT_ACCEPT);
	ck_assert_int_eq(udp(5000, SHORT), VERDICT_ACCEPT);
	ck_assert_int_eq(finish(5000, 1, BLOCKED), VERDICT_BLOCK);
}

START_TEST(datagrams_of_something_else_count_to_the_limit)
{
	rules.quic_datagrams = 3;
	rules.quic_unread    = OUTCOME_BLOCK;
	ck_assert_int_eq(begin(5000, 1, PERMITTED), VERDICT_ACCEPT);
	ck_assert_int_eq(udp(5000, SHORT), VERDICT_ACCEPT);
	ck_assert_int_eq(udp(5000, SHORT), VERDICT_ACCEPT);
	ck_assert_int_eq(udp(5000, SHORT), VERDICT_BLOCK);
}

START_TEST(a_question_between_two_initials_is_judged)
{
	uint8_t       room[100];
	struct writer w = writer_over(room, sizeof(room));

	packet_query(&w, 7, BLOCKED, 1);
	ck_assert_int_eq(begin(5000, 1, PERMITTED), VERDICT_ACCEPT);
	ck_assert_int_eq(udp(5000, writer_written(&w)), VERDICT_DROP);
}

int main(void)
{
	Suite *s = suite_create("initials");
	TCase *t = tcase_create("initials");

	tcase_add_checked_fixture(t, open_engine, close_engine);
	tcase_add_test(t, a_prohibited_name_in_two_datagrams_is_judged_with_the_second);
	tcase_add_test(t, the_eighth_initial_of_a_datagram_is_opened_and_no_other);
	tcase_add_test(t, an_initial_that_is_sent_again_is_judged_as_before);
	tcase_add_test(t, a_connection_that_waits_for_its_name_does_not_make_room_for_others);
	tcase_add_test(t, a_flow_that_begins_more_than_are_remembered_never_passes_by_the_others);
	tcase_add_test(t, a_flow_whose_connection_was_forgotten_before_its_name_does_not_pass);
	tcase_add_test(t, a_flow_whose_connection_was_forgotten_behind_its_name_still_passes);
	tcase_add_test(t, another_hello_of_a_connection_is_judged_when_the_first_one_is_forgotten);
	tcase_add_test(t, what_is_left_of_a_forgotten_flow_is_nothing_to_the_next_one);
	tcase_add_test(t,
	               a_datagram_of_something_else_does_not_let_a_flow_pass_that_waits_for_a_name);
	tcase_add_test(t, datagrams_of_something_else_count_to_the_limit);
	tcase_add_test(t, a_question_between_two_initials_is_judged);
	suite_add_tcase(s, t);
	return suite_run(s);
}

/* SPDX-License-Identifier: MIT */

/*
 * A resolver on the gateway: what it asks for its clients is part of their attempts, and what it
 * asks by itself is its own. There are two engines, as two workers have them.
 */

#include "inspect/dns.h"
#include "support/engine.h"
#include "support/packets.h"

#define CLIENT   "192.0.2.2"
#define OTHER    "192.0.2.3"
#define GATEWAY  "192.0.2.1"
#define OUTSIDE  "198.51.100.1"         /* the gateway's address there */
#define UPSTREAM "198.51.100.53"
#define SECOND   INT64_C(1000000)

static struct questions    *questions;
static struct engine       *engines[2];
static struct engine_limits limits;
static int64_t              now_us;
static uint16_t             port;        /* each question is from one of its own */
static bool                 knows_own;   /* as the kernel's hook tells, and a capture does not */

static void begin(void)
{
	now_us     = INT64_C(1800000000000000);
	port       = 40000;
	knows_own  = true;
	questions  = questions_new(256, 1);
	limits     = (struct engine_limits){ .flows = 64, .hellos = 4, .flow_idle_us = 60000000,
	                                     .questions = questions };
	engine_begin(&limits, "[category c]\naction = block\nnames = blocked\n"
	                      "[category w]\naction = log\nnames = watched\n"
	                      "[category a]\naction = allow\nnames = allowed\n");
	engines[0] = engine;
	engines[1] = engine_new(&limits, engine_keep_event, NULL);
}

static void end(void)
{
	engine_end();
	engine_free(engines[1]);
	questions_free(questions);
}

struct said {
	const char *name;
	const char *alias;      /* NULL: it is a question */
	uint16_t    type;
	bool        by_tcp;
};

static void write_message(struct writer *w, const struct said *said)
{
	packet_query(w, 7, said->name, said->type);
	if (said->alias == NULL)
		return;
	write_u16_at(w, 2, 0x8180);
	write_u16_at(w, 6, 1);
	write_bytes(w, BYTES("\xc0\x0c\0\5\0\1\0\0\0\x3c"));
	write_u16(w, (uint16_t)(strlen(said->alias) + 2));
	for (const char *at = said->alias; *at != '\0'; at += strcspn(at, ".")) {
		at += *at == '.';
		write_u8(w, (uint8_t)strcspn(at, "."));
		write_bytes(w, bytes_of(at, strcspn(at, ".")));
	}
	write_u8(w, 0);
}

static enum verdict judge(struct engine *e, const struct packet_path *path, const struct said *said)
{
	uint8_t             message[600], stream[602], packet[700];
	struct writer       m = writer_over(message, sizeof(message));
	struct writer       s = writer_over(stream, sizeof(stream));
	struct writer       w = writer_over(packet, sizeof(packet));
	struct engine_input in = { .now_us = now_us, .sums_settled = true, .iface = "lan" };

	write_message(&m, said);
	write_u16(&s, (uint16_t)m.len);
	write_bytes(&s, writer_written(&m));
	if (said->by_tcp)
		packet_tcp(&w, path, 1000, TCP_ACK, writer_written(&s));
	else
		packet_udp(&w, path, writer_written(&m));
	ck_assert(!w.full);
	in.ip     = writer_written(&w);
	in.is_own = knows_own && path->from.at[0] == 198;
	return engine_packet(e, &rules, &in, &reply);
}

static enum verdict question(struct engine *e, const char *from, const char *to,
                             const struct said *said)
{
	struct packet_path path = { .from_port = ++port, .to_port = 53 };

	ck_assert_int_eq(address_from_text(bytes_text(from), &path.from), PARSE_OK);
	ck_assert_int_eq(address_from_text(bytes_text(to), &path.to), PARSE_OK);
	return judge(e, &path, said);
}

/* To the question before. */
static enum verdict answer(struct engine *e, const char *from, const char *to,
                           const struct said *said)
{
	struct packet_path path = { .from_port = 53, .to_port = port };

	ck_assert_int_eq(address_from_text(bytes_text(from), &path.from), PARSE_OK);
	ck_assert_int_eq(address_from_text(bytes_text(to), &path.to), PARSE_OK);
	return judge(e, &path, said);
}

static enum verdict ask(const char *client, const char *name)
{
	return question(engines[0], client, GATEWAY, &(struct said){ .name = name, .type = 1 });
}

/* The gateway itself, in the other worker. */
static enum verdict ask_on(const char *name)
{
	return question(engines[1], OUTSIDE, UPSTREAM, &(struct said){ .name = name, .type = 1 });
}

static const struct said repetitions[] = {
	{ .name = "a.watched.example", .type = 1 },
	{ .name = "a.WaTcHeD.eXaMpLe", .type = 1 },
	{ .name = "a.watched.example", .type = DNS_TYPE_AAAA },
	{ .name = "a.watched.example", .type = DNS_TYPE_HTTPS, .by_tcp = true },
	/* a resolver that shows each server a part of the name: RFC 9156 */
	{ .name = "watched.example", .type = 2 },
};

START_TEST(what_the_gateway_asks_for_a_client_is_the_clients_attempt)
{
	ck_assert_int_eq(ask(CLIENT, "a.watched.example"), VERDICT_ACCEPT);
	ck_assert_uint_eq(num_events, 1);
	ck_assert_int_eq(question(engines[_i % 2], OUTSIDE, UPSTREAM, &repetitions[_i]),
	                 VERDICT_ACCEPT);
	ck_assert_uint_eq(num_events, 1);
	ck_assert_uint_eq(events[0].client.at[3], 2);
}

START_TEST(an_attempt_that_is_observed_is_one)
{
	rules.mode = MODE_OBSERVE;
	ask(CLIENT, "a.blocked.example");
	ck_assert_int_eq(ask_on("a.blocked.example"), VERDICT_ACCEPT);
	ck_assert_uint_eq(num_events, 1);
	ck_assert_int_eq(events[0].type, EVENT_WOULD_BLOCK);
}

START_TEST(what_no_client_has_asked_for_is_the_gateways_attempt)
{
	ask(CLIENT, "www.example");
	ck_assert_int_eq(ask_on("a.blocked.example"), VERDICT_DROP);
	ck_assert_uint_eq(num_events, 1);
	ck_assert_uint_eq(events[0].client.at[0], 198);
}

START_TEST(a_name_below_one_that_was_asked_for_is_no_repetition)
{
	ask(CLIENT, "watched.example");
	ask_on("a.watched.example");
	ck_assert_uint_eq(num_events, 2);
}

/* The forwarder never had it: somebody asks for it whom we cannot see. */
START_TEST(a_question_that_was_blocked_is_none_to_be_repeated)
{
	ck_assert_int_eq(ask(CLIENT, "a.blocked.example"), VERDICT_DROP);
	ck_assert_int_eq(ask_on("a.blocked.example"), VERDICT_DROP);
	ck_assert_uint_eq(num_events, 2);
}

START_TEST(what_comes_half_a_minute_later_is_the_gateways_attempt)
{
	ask(CLIENT, "a.watched.example");
	now_us += _i * SECOND;
	ask_on("a.watched.example");
	ck_assert_uint_eq(num_events, _i <= 30 ? 1 : 2);
}

START_TEST(the_way_to_a_permitted_name_leads_through_its_prohibited_domain)
{
	ask(CLIENT, "www.blocked.example");
	ck_assert_int_eq(ask_on("blocked.example"), VERDICT_ACCEPT);
	ck_assert_uint_eq(num_events, 0);
}

START_TEST(an_alias_is_judged_on_its_way_to_each_client_cached_or_not)
{
	struct said says = { .name = "cdn.example", .alias = "a.blocked.example", .type = 1 };

	ask(CLIENT, "cdn.example");
	ask_on("cdn.example");
	ck_assert_int_eq(answer(engines[1], UPSTREAM, OUTSIDE, &says), VERDICT_ACCEPT);
	ck_assert_uint_eq(num_events, 0);
	ask(CLIENT, "cdn.example");
	ck_assert_int_eq(answer(engines[0], GATEWAY, CLIENT, &says), VERDICT_DROP);
	ck_assert_uint_gt(reply.answer.len, 0);
	ask(OTHER, "cdn.example");
	ck_assert_int_eq(answer(engines[0], GATEWAY, OTHER, &says), VERDICT_DROP);
	ck_assert_uint_eq(num_events, 2);
	ck_assert_uint_eq(events[0].client.at[3], 2);
	ck_assert_uint_eq(events[1].client.at[3], 3);
	ck_assert_str_eq(events[1].host.text, "a.blocked.example");
}

START_TEST(an_alias_that_a_resolver_follows_by_itself_is_part_of_the_attempt)
{
	ask(CLIENT, "cdn.example");
	ask_on("cdn.example");
	answer(engines[1], UPSTREAM, OUTSIDE,
	       &(struct said){ .name = "cdn.example", .alias = "edge.example", .type = 1 });
	ask_on("edge.example");
	answer(engines[1], UPSTREAM, OUTSIDE,
	       &(struct said){ .name = "edge.example", .alias = "a.blocked.example", .type = 1 });
	ck_assert_int_eq(ask_on("blocked.example"), VERDICT_ACCEPT);
	ck_assert_int_eq(ask_on("a.blocked.example"), VERDICT_ACCEPT);
	ck_assert_int_eq(ask_on("b.blocked.example"), VERDICT_DROP);
	ck_assert_uint_eq(num_events, 1);
}

START_TEST(an_alias_of_the_gateways_own_question_is_judged_there)
{
	ask_on("cdn.example");
	ck_assert_int_eq(answer(engines[1], UPSTREAM, OUTSIDE,
	                        &(struct said){ .name = "cdn.example", .type = 1,
	                                        .alias = "a.blocked.example" }),
	                 VERDICT_DROP);
	ck_assert_int_eq(ask_on("a.blocked.example"), VERDICT_DROP);
	ck_assert_uint_eq(num_events, 2);
}

START_TEST(a_second_question_of_a_message_is_not_hidden_by_the_first)
{
	struct packet_path  path = { .from = { 4, { 198, 51, 100, 1 } }, .from_port = 5000,
	                             .to = { 4, { 198, 51, 100, 53 } }, .to_port = 53 };
	uint8_t             message[300], packet[400];
	struct writer       m = writer_over(message, sizeof(message));
	struct writer       w = writer_over(packet, sizeof(packet));
	struct engine_input in = { .now_us = now_us, .sums_settled = true, .iface = "",
	                           .is_own = true };

	ask(CLIENT, "www.example");
	packet_query(&m, 7, "www.example", 1);
	write_u16_at(&m, 4, 2);
	write_bytes(&m, BYTES("\1a\7blocked\7example\0\0\1\0\1"));
	packet_udp(&w, &path, writer_written(&m));
	in.ip = writer_written(&w);
	ck_assert_int_eq(engine_packet(engines[0], &rules, &in, &reply), VERDICT_DROP);
	ck_assert_uint_eq(num_events, 1);
}

/* Whose question it is, a capture does not say. */
START_TEST(in_a_capture_each_question_is_an_attempt)
{
	knows_own = false;
	ask(CLIENT, "a.watched.example");
	ask_on("a.watched.example");
	ck_assert_uint_eq(num_events, 2);
}

START_TEST(the_gateways_own_question_is_no_clients)
{
	ask_on("a.watched.example");
	ask_on("a.watched.example");
	ck_assert_uint_eq(num_events, 2);
}

START_TEST(an_engine_by_itself_needs_no_table_of_questions)
{
	engine_free(engines[0]);
	limits.questions = NULL;
	engine = engines[0] = engine_new(&limits, engine_keep_event, NULL);
	ask(CLIENT, "a.watched.example");
	question(engines[0], OUTSIDE, UPSTREAM, &repetitions[0]);
	ck_assert_uint_eq(num_events, 2);
}

int main(void)
{
	Suite *s = suite_create("forwarder");
	TCase *t = tcase_create("forwarder");

	tcase_add_checked_fixture(t, begin, end);
	tcase_add_loop_test(t, what_the_gateway_asks_for_a_client_is_the_clients_attempt, 0,
	                    COUNT(repetitions));
	tcase_add_test(t, an_attempt_that_is_observed_is_one);
	tcase_add_test(t, what_no_client_has_asked_for_is_the_gateways_attempt);
	tcase_add_test(t, a_name_below_one_that_was_asked_for_is_no_repetition);
	tcase_add_test(t, a_question_that_was_blocked_is_none_to_be_repeated);
	tcase_add_loop_test(t, what_comes_half_a_minute_later_is_the_gateways_attempt, 29, 33);
	tcase_add_test(t, the_way_to_a_permitted_name_leads_through_its_prohibited_domain);
	tcase_add_test(t, an_alias_is_judged_on_its_way_to_each_client_cached_or_not);
	tcase_add_test(t, an_alias_that_a_resolver_follows_by_itself_is_part_of_the_attempt);
	tcase_add_test(t, an_alias_of_the_gateways_own_question_is_judged_there);
	tcase_add_test(t, a_second_question_of_a_message_is_not_hidden_by_the_first);
	tcase_add_test(t, in_a_capture_each_question_is_an_attempt);
	tcase_add_test(t, the_gateways_own_question_is_no_clients);
	tcase_add_test(t, an_engine_by_itself_needs_no_table_of_questions);
	suite_add_tcase(s, t);
	return suite_run(s);
}

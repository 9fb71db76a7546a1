/* SPDX-License-Identifier: MIT */

/*
 * What becomes of DNS messages: which have a record, and what is learnt from them, for whom and for
 * how long.
 */

#include "inspect/dns.h"
#include "policy/builtin.h"
#include "support/engine.h"
#include "support/packets.h"

#define SECOND INT64_C(1000000)
#define FLOWS  64
/* the category blocks from here on: before, its answers pass, and teach */
#define CUTOFF INT64_C(1727582400000000)

static int64_t              now_us;
static uint8_t              link_address;       /* its last byte; 0: unknown */
static const char          *iface;              /* by which packets come in; "": the gateway's own */

static void begin(void)
{
	const struct engine_limits limits = { .flows = FLOWS, .hellos = 4,
	                                      .flow_idle_us = 60000000 };

	now_us       = CUTOFF;
	link_address = 0;
	iface        = "lan";
	engine_begin(&limits, "[category c]\naction = block\nnames = blocked\n"
	                      "effective = 2024-09-29T00:00:00-04:00\nby-address = yes\n"
	                      "[category w]\naction = log\nnames = watched\n"
	                      "[category a]\naction = allow\nnames = allowed\n");
}

#define CLIENT   "192.0.2.2"
#define OTHER    "192.0.2.3"
#define CLIENT6  "2001:db8::2"
#define RESOLVER "198.51.100.53"
#define SERVER   "203.0.113.5"
#define SERVER6  "2001:db8:1::5"

static struct packet_path path_of(const char *from, uint16_t from_port, const char *to,
                                  uint16_t to_port)
{
	struct packet_path p = { .from_port = from_port, .to_port = to_port };

	ck_assert_int_eq(address_from_text(bytes_text(from), &p.from), PARSE_OK);
	ck_assert_int_eq(address_from_text(bytes_text(to), &p.to), PARSE_OK);
	return p;
}

static enum verdict judge(struct bytes ip, enum direction direction)
{
	struct engine_input in = { .ip = ip, .now_us = now_us, .sums_settled = true, .iface = iface,
	                           .direction = direction, .has_mac = link_address != 0,
	                           .mac = { 2, 0, 0, 0, 0, link_address } };

	return engine_packet(engine, &rules, &in, &reply);
}

static enum verdict udp(const struct packet_path *path, struct bytes payload,
                        enum direction direction)
{
	static uint8_t room[3100];
	struct writer  w = writer_over(room, sizeof(room));

	packet_udp(&w, path, payload);
	ck_assert(!w.full);
	return judge(writer_written(&w), direction);
}

/* By UDP, from port 5000. */
static enum verdict ask(const char *client, uint16_t port, struct bytes message)
{
	struct packet_path p = path_of(client, 5000, RESOLVER, port);

	return udp(&p, message, DIRECTION_NEW);
}

static enum verdict answer(const char *client, struct bytes message)
{
	struct packet_path p = path_of(RESOLVER, 53, client, 5000);

	return udp(&p, message, DIRECTION_REPLY);
}

static struct bytes query(const char *name, uint16_t id, uint16_t type)
{
	static uint8_t room[300];
	struct writer  w = writer_over(room, sizeof(room));

	packet_query(&w, id, name, type);
	return writer_written(&w);
}

/* To query(), with one record of its type and data. */
static struct bytes response(const char *name, uint16_t id, uint16_t type, struct bytes data)
{
	static uint8_t room[600];
	struct writer  w = writer_over(room, sizeof(room));

	packet_query(&w, id, name, type);
	write_u16_at(&w, 2, 0x8180);
	write_u16_at(&w, 6, 1);
	write_bytes(&w, BYTES("\xc0\x0c"));
	write_u16(&w, type);
	write_bytes(&w, BYTES("\0\1\0\0\0\x3c"));
	write_u16(&w, (uint16_t)data.len);
	write_bytes(&w, data);
	return writer_written(&w);
}

/* Of this host, which has 19 bytes: an alias of a.blocked.example. */
static struct bytes alias_of(const char *name, uint16_t id)
{
	struct bytes message = response(name, id, 1, BYTES("\1a\7blocked\7example\0"));

	((uint8_t *)message.at)[12 + 21 + 4 + 3] = DNS_TYPE_CNAME;
	return message;
}

static struct bytes response_with_alias(uint16_t id)
{
	return alias_of("www.watched.example", id);
}

START_TEST(an_attempt_that_is_judged_more_strictly_by_its_answer_is_recorded_so)
{
	ck_assert_int_eq(ask(CLIENT, 53, query("www.watched.example", 7, 1)), VERDICT_ACCEPT);
	ck_assert_uint_eq(num_events, 1);
	ck_assert_int_eq(events[0].type, EVENT_LOG);
	for (int i = 0; i < 2; i++) {
		ck_assert_int_eq(answer(CLIENT, response_with_alias(7)), VERDICT_DROP);
		ck_assert_uint_eq(num_events, 2);
		ck_assert_int_eq(events[1].type, EVENT_BLOCK);
		ck_assert_str_eq(events[1].host.text, "a.blocked.example");
		ck_assert_str_eq(events[1].dns.question.text, "www.watched.example");
	}
}

/*
 * As musl asks, by one port and with one id. REDIRECT makes one server of them: the kernel changes
 * the client's port of all but one, and undoes that only behind where filterd sees the answers.
 */
START_TEST(an_answer_is_that_of_whom_was_asked_whatever_port_it_comes_to)
{
	static const char *const servers[] = { "192.0.2.1", "198.51.100.53", "198.51.100.54" };
	static const uint16_t    ports[]   = { 7307, 5000, 7308 };
	struct packet_path       asked[COUNT(servers)];
	unsigned                 num_of[COUNT(servers)] = { 0 };

	for (size_t i = 0; i < COUNT(servers); i++) {
		asked[i] = path_of(CLIENT, 5000, servers[i], 53);
		ck_assert_int_eq(udp(&asked[i], query("www.example.example", 7, 1), DIRECTION_NEW),
		                 VERDICT_ACCEPT);
	}
	iface = "";
	for (size_t i = 0; i < COUNT(servers); i++) {
		struct packet_path p = path_of("192.0.2.1", 53, CLIENT, ports[i]);

		ck_assert_int_eq(udp(&p, alias_of("www.example.example", 7), DIRECTION_REPLY),
		                 VERDICT_DROP);
		ck_assert_uint_eq(num_events, i + 1);
		ck_assert_uint_eq(events[i].client_port, 5000);
		for (size_t s = 0; s < COUNT(servers); s++)
			num_of[s] += address_equal(&events[i].server, &asked[s].to);
	}
	for (size_t s = 0; s < COUNT(servers); s++)
		ck_assert_uint_eq(num_of[s], 1);
}

START_TEST(a_question_that_is_allowed_shields_its_aliases)
{
	ask(CLIENT, 53, query("www.blocked.example", 7, 1));
	ck_assert_int_eq(answer(CLIENT, alias_of("www.blocked.example", 7)), VERDICT_ACCEPT);
	ck_assert_int_eq(answer(OTHER, alias_of("www.blocked.example", 8)), VERDICT_ACCEPT);
	ck_assert_uint_eq(num_events, 0);
	ck_assert_int_eq(ask(CLIENT, 53, query("a.blocked.example", 9, 1)), VERDICT_DROP);
}

START_TEST(a_service_record_of_an_allowed_host_may_lead_anywhere)
{
	ck_assert_int_eq(answer(CLIENT, response("www.blocked.example", 7, DNS_TYPE_HTTPS,
	                                         BYTES("\0\1\1a\7blocked\7example\0"))),
	                 VERDICT_ACCEPT);
	ck_assert_uint_eq(num_events, 0);
}

/* The first question alone would shield what the second one leads to. */
START_TEST(an_allowed_question_beside_another_one_shields_nothing)
{
	static uint8_t room[300];
	struct bytes   message = alias_of("www.blocked.example", 7), second = BYTES("\0\0\1\0\1");
	size_t         records = 12 + 21 + 4;

	memcpy(room, message.at, records);
	memcpy(room + records, second.at, second.len);
	memcpy(room + records + second.len, message.at + records, message.len - records);
	room[5] = 2;
	ck_assert_int_eq(answer(CLIENT, bytes_of(room, message.len + second.len)), VERDICT_DROP);
	ck_assert_uint_eq(num_events, 1);
	ck_assert_int_eq(events[0].type, EVENT_BLOCK);
}

START_TEST(a_host_that_no_list_has_shields_nothing)
{
	ck_assert_int_eq(answer(CLIENT, alias_of("www.example.example", 7)), VERDICT_DROP);
	ck_assert_uint_eq(num_events, 1);
}

/* Of a log category: the answer is the resolver's. */
START_TEST(what_is_asked_again_behind_its_answer_is_another_attempt_with_all_its_records)
{
	for (size_t i = 1; i <= 3; i++) {
		for (int sent = 0; sent < 2; sent++)
			ask(CLIENT, 53, query("www.watched.example", 7, 1));
		ck_assert_uint_eq(num_events, 2 * i - 1);
		for (int sent = 0; sent < 2; sent++)
			answer(CLIENT, response_with_alias(7));
		ck_assert_uint_eq(num_events, 2 * i);
	}
}

/* Whoever sends one in a resolver's name: it says nothing about what the client got. */
START_TEST(an_answer_from_the_client_itself_is_none)
{
	struct packet_path p = path_of(CLIENT, 5000, RESOLVER, 53);

	ask(CLIENT, 53, query("www.watched.example", 7, 1));
	udp(&p, response("www.watched.example", 7, 1, BYTES("\xcb\0\x71\5")), DIRECTION_ORIGINAL);
	ask(CLIENT, 53, query("www.watched.example", 7, 1));
	ck_assert_uint_eq(num_events, 1);
}

START_TEST(one_that_would_be_blocked_is_recorded_so)
{
	rules.mode = MODE_OBSERVE;
	ask(CLIENT, 53, query("www.watched.example", 7, 1));
	ck_assert_int_eq(answer(CLIENT, response_with_alias(7)), VERDICT_ACCEPT);
	ck_assert_uint_eq(num_events, 2);
	ck_assert_int_eq(events[1].type, EVENT_WOULD_BLOCK);
}

/* Aliases of a log and a block category: the strictest stands for the answer. */
START_TEST(an_answer_is_one_record_whatever_names_it_has)
{
	static uint8_t room[300];
	struct writer  w = writer_over(room, sizeof(room));

	packet_query(&w, 7, "www.permitted.org", 1);
	write_u16_at(&w, 2, 0x8180);
	write_u16_at(&w, 6, 2);
	write_bytes(&w, BYTES("\xc0\x0c\0\5\0\1\0\0\0\x3c\0\x13" "\1a\7watched\7example\0"
	                      "\xc0\x0c\0\5\0\1\0\0\0\x3c\0\x13" "\1a\7blocked\7example\0"));
	ask(CLIENT, 53, query("www.permitted.org", 7, 1));
	ck_assert_int_eq(answer(CLIENT, writer_written(&w)), VERDICT_DROP);
	ck_assert_uint_eq(num_events, 1);
	ck_assert_str_eq(events[0].host.text, "a.blocked.example");
}

/* Whoever has a name of another zone for the test name, and would hide what it leads to. */
START_TEST(an_answer_to_a_probe_that_leads_to_a_prohibited_host_is_an_attempt)
{
	rules.mode = _i == 0 ? MODE_OBSERVE : MODE_ENFORCE;
	ask(CLIENT, 53, query("1.blocked.filterd.test", 7, 1));
	ck_assert_uint_eq(num_events, 1);
	ck_assert(builtin_is_probe(&events[0].decision));
	ck_assert_int_eq(events[0].type, _i == 0 ? EVENT_WOULD_BLOCK : EVENT_BLOCK);
	if (_i > 0)
		return;

	struct bytes message = response("1.blocked.filterd.test", 7, DNS_TYPE_CNAME,
	                                BYTES("\1a\7blocked\7example\0"));

	answer(CLIENT, message);
	ck_assert_uint_eq(num_events, 2);
	ck_assert_str_eq(events[1].decision.rule.category->id, "c");
}

#define HEAD(questions) "\x12\x34\1\0\0" questions "\0\0\0\0\0\0"

static const struct { const char *what; struct bytes in; } unreadable[] = {
	{ "no header", BYTES("\x12\x34\1\0\0\1\0\0\0\0\0") },
	{ "a label of a reserved kind", BYTES(HEAD("\1") "\x80" "abc\0\0\1\0\1") },
	{ "a pointer to itself", BYTES(HEAD("\1") "\xc0\x0c\0\1\0\1") },
	{ "a question that is cut", BYTES(HEAD("\1") "\3www\3org\0\0\1\0") },
	{ "a second question that is cut", BYTES(HEAD("\2") "\3www\3org\0\0\1\0\1" "\3www") },
	{ "no DNS at all", BYTES("\xff\xfe\xfd\xfc\xfb\xfa\xf9\xf8\xf7\xf6\xf5\xf4\xf3\xf2") },
};

START_TEST(what_cannot_be_read_on_its_port_has_one_record_a_flow)
{
	for (int i = 0; i < 3; i++)
		ck_assert_msg(ask(CLIENT, 53, unreadable[_i].in) == VERDICT_ACCEPT, "%s",
		              unreadable[_i].what);
	ck_assert_uint_eq(num_events, 1);
	ck_assert_int_eq(events[0].type, EVENT_LOG);
	ck_assert_str_eq(events[0].decision.rule.category->id, "unreadable");
	ck_assert_str_eq(events[0].host.text, RESOLVER);
	ck_assert(!events[0].is_named && !events[0].to_client);
	ck_assert_uint_eq(engine_counts(engine).unreadable, 1);
}

START_TEST(what_cannot_be_read_is_dropped_if_it_is_to_be_blocked)
{
	rules.unreadable = OUTCOME_BLOCK;
	for (int i = 0; i < 3; i++)
		ck_assert_msg(ask(CLIENT, 53, unreadable[_i].in) == VERDICT_DROP, "%s",
		              unreadable[_i].what);
	ck_assert_uint_eq(num_events, 1);
	ck_assert_int_eq(events[0].type, EVENT_BLOCK);
	/* a question that can be read is answered */
	ck_assert_int_eq(events[0].reply, reply.answer.len > 0 ? REPLY_NXDOMAIN : REPLY_NONE);
	ck_assert_int_eq(ask(CLIENT, 53, query("www.permitted.org", 8, 1)), VERDICT_ACCEPT);
}

START_TEST(what_cannot_be_read_has_no_record_if_it_is_to_pass)
{
	rules.unreadable = OUTCOME_PASS;
	ck_assert_int_eq(ask(CLIENT, 53, unreadable[_i].in), VERDICT_ACCEPT);
	ck_assert_uint_eq(num_events, 0);
}

START_TEST(what_is_no_dns_on_another_port_has_no_record)
{
	ask(CLIENT, 5300, unreadable[_i].in);
	ck_assert_uint_eq(num_events, 0);
}

START_TEST(an_answer_that_is_broken_has_no_record)
{
	struct bytes message = response("www.permitted.org", 7, 1, BYTES("\xcb\0\x71\5"));

	ask(CLIENT, 53, query("www.permitted.org", 7, 1));
	ck_assert_int_eq(answer(CLIENT, bytes_first(message, message.len - 1)), VERDICT_ACCEPT);
	ck_assert_uint_eq(num_events, 0);
}

/* So many that no more of them are looked at, or not so many. */
START_TEST(an_answer_of_too_many_records_has_one)
{
	static uint8_t room[3000];
	struct writer  w        = writer_over(room, sizeof(room));
	uint16_t       num      = _i == 0 ? 200 : 260;
	bool           is_over  = num == 260;

	rules.unreadable = OUTCOME_BLOCK;
	packet_query(&w, 7, "www.permitted.org", 1);
	write_u16_at(&w, 2, 0x8180);
	write_u16_at(&w, 6, num);
	for (uint16_t i = 0; i < num; i++)
		write_bytes(&w, BYTES("\0\0\x10\0\1\0\0\0\x3c\0\0"));
	ask(CLIENT, 53, query("www.permitted.org", 7, 1));
	ck_assert_int_eq(answer(CLIENT, writer_written(&w)),
	                 is_over ? VERDICT_DROP : VERDICT_ACCEPT);
	ck_assert_uint_eq(num_events, is_over);
}

/* All that a prohibited question can be beside. */
static const struct { const char *what; struct bytes in; uint16_t port; } asked[] = {
	{ "a pointer forwards, port 53",
	  BYTES(HEAD("\1") "\xc0\x12\0\1\0\1" "\1a\7blocked\7example\0"), 53 },
	{ "a pointer forwards, another port",
	  BYTES(HEAD("\1") "\xc0\x12\0\1\0\1" "\1a\7blocked\7example\0"), 5300 },
	{ "bytes behind it, another port",
	  BYTES(HEAD("\1") "\1a\7blocked\7example\0\0\1\0\1" "xyz"), 5300 },
	{ "flags and an rcode, another port",
	  BYTES("\x12\x34\7\x75\0\1\0\0\0\0\0\0" "\1a\7blocked\7example\0\0\1\0\1"), 5300 },
	{ "an opcode, another port",
	  BYTES("\x12\x34\x79\0\0\1\0\0\0\0\0\0" "\1a\7blocked\7example\0\0\1\0\1"), 5300 },
	{ "a record that is missing, another port",
	  BYTES("\x12\x34\1\0\0\1\0\0\0\0\0\1" "\1a\7blocked\7example\0\0\1\0\1"), 5300 },
};

START_TEST(what_a_resolver_reads_is_answered_in_its_place)
{
	struct packet p;

	ck_assert_msg(ask(CLIENT, asked[_i].port, asked[_i].in) == VERDICT_DROP, "%s",
	              asked[_i].what);
	ck_assert_uint_eq(num_events, 1);
	ck_assert_str_eq(events[0].host.text, "a.blocked.example");
	ck_assert_int_eq(events[0].reply, REPLY_NXDOMAIN);
	ck_assert_int_eq(packet_read(reply.answer, &p), PARSE_OK);
	ck_assert_bytes(bytes_from(p.payload, 12), "\1a\7blocked\7example\0\0\1\0\1");
}

/* By TCP to another port, in two pieces: none of a whole message. */
static enum verdict ask_stream(struct bytes stream, size_t cut)
{
	static uint16_t    port = 50000;
	struct packet_path p = path_of(CLIENT, ++port, RESOLVER, 5300);
	static uint8_t     room[9000];
	enum verdict       verdict = VERDICT_ACCEPT;
	struct writer      w       = writer_over(room, sizeof(room));

	packet_tcp(&w, &p, 999, TCP_SYN, BYTES(""));
	judge(writer_written(&w), DIRECTION_NEW);
	for (size_t at = 0; at < stream.len && verdict == VERDICT_ACCEPT; at += cut) {
		w = writer_over(room, sizeof(room));
		packet_tcp(&w, &p, 1000 + (uint32_t)at, TCP_ACK,
		           bytes_first(bytes_from(stream, at), cut));
		verdict = judge(writer_written(&w), DIRECTION_NEW);
	}
	return verdict;
}

/* A question, and bytes behind it that resolvers pass over. */
static const struct { const char *what; uint16_t len; const char *header; } longs[] = {
	{ "a short one", 100, "\x12\x34\1\0" },
	{ "a longer one than UDP has", 2000, "\x12\x34\1\0" },
	{ "one whose length is that of words", 0x4745, "T \1\0" },
	{ "one that may be a hello, to others", 0x1603, "\1\x40\1\1" },
};

START_TEST(a_question_of_any_length_is_judged_on_any_port)
{
	static uint8_t room[20000];
	struct writer  w      = writer_over(room, sizeof(room));
	size_t         cuts[] = { 1448, 7, 1 };

	write_u16(&w, longs[_i].len);
	packet_query(&w, 7, "a.blocked.example", 1);
	memcpy(room + 2, longs[_i].header, 4);
	for (size_t i = 0; i < COUNT(cuts); i++) {
		num_events = 0;
		ck_assert_msg(ask_stream(bytes_of(room, 2u + longs[_i].len), cuts[i]) ==
		                      VERDICT_BLOCK,
		              "%s, cut at %zu", longs[_i].what, cuts[i]);
		ck_assert_uint_eq(num_events, 1);
		ck_assert_str_eq(events[0].host.text, "a.blocked.example");
	}
}

/* A connection without a name to what the answers said, when they block. */
static enum verdict connect_to(const char *client, const char *server)
{
	struct packet_path p = path_of(client, 40000, server, 1443);
	uint8_t            room[200];
	struct writer      w = writer_over(room, sizeof(room));

	now_us     = CUTOFF;
	num_events = 0;
	packet_tcp(&w, &p, 999, TCP_SYN, BYTES(""));
	judge(writer_written(&w), DIRECTION_NEW);
	w = writer_over(room, sizeof(room));
	packet_tcp(&w, &p, 1000, TCP_ACK, BYTES("\xff binary"));
	return judge(writer_written(&w), DIRECTION_NEW);
}

#define ADDRESS  BYTES("\xcb\0\x71\5")
#define ADDRESS6 BYTES("\x20\1\x0d\xb8\0\1\0\0\0\0\0\0\0\0\0\5")

START_TEST(an_answer_to_another_question_teaches_no_address)
{
	static const struct { const char *asked; uint16_t id; enum verdict want; } answers[] = {
		{ "www.permitted.org", 7, VERDICT_ACCEPT },
		{ "x.blocked.example", 8, VERDICT_ACCEPT },
		{ "x.blocked.example", 7, VERDICT_BLOCK },
	};

	now_us -= SECOND;
	ask(CLIENT, 53, query(answers[_i].asked, answers[_i].id, 1));
	answer(CLIENT, response("x.blocked.example", 7, 1, ADDRESS));
	ck_assert_int_eq(connect_to(CLIENT, SERVER), answers[_i].want);
}

START_TEST(what_a_client_sends_in_a_servers_name_teaches_nothing)
{
	struct packet_path p = path_of(CLIENT, 5000, RESOLVER, 53);

	now_us -= SECOND;
	ask(CLIENT, 53, query("x.blocked.example", 7, 1));
	udp(&p, response("x.blocked.example", 7, 1, ADDRESS), DIRECTION_ORIGINAL);
	ck_assert_int_eq(connect_to(CLIENT, SERVER), VERDICT_ACCEPT);
}

/* So nobody keeps a prohibited address out of it, either. */
START_TEST(only_the_first_answer_to_a_question_teaches)
{
	now_us -= SECOND;
	ask(CLIENT, 53, query("www.permitted.org", 7, 1));
	ask(CLIENT, 53, query("x.blocked.example", 8, 1));
	answer(CLIENT, response("www.permitted.org", 7, 1, BYTES("\xcb\0\x71\6")));
	answer(CLIENT, response("www.permitted.org", 7, 1, ADDRESS));
	answer(CLIENT, response("x.blocked.example", 8, 1, ADDRESS));
	ck_assert_int_eq(connect_to(CLIENT, SERVER), VERDICT_BLOCK);
}

START_TEST(what_one_client_was_answered_decides_about_no_other)
{
	link_address = (uint8_t)_i;     /* 1: behind a router, both have its link address */
	now_us -= SECOND;
	ask(CLIENT, 53, query("x.blocked.example", 7, 1));
	answer(CLIENT, response("x.blocked.example", 7, 1, ADDRESS));
	ck_assert_int_eq(connect_to(OTHER, SERVER), VERDICT_ACCEPT);
	ck_assert_int_eq(connect_to(CLIENT, SERVER), VERDICT_BLOCK);
}

/* One that asks for more than all could remember together forgets its own. */
START_TEST(what_one_client_learnt_is_not_pushed_out_by_another)
{
	now_us -= SECOND;
	ask(CLIENT, 53, query("x.blocked.example", 7, 1));
	answer(CLIENT, response("x.blocked.example", 7, 1, ADDRESS));
	for (uint16_t i = 0; i < FLOWS; i++) {
		uint8_t address[] = { 198, 18, (uint8_t)(i >> 8), (uint8_t)i };

		ask(OTHER, 53, query("y.blocked.example", i, 1));
		answer(OTHER, response("y.blocked.example", i, 1,
		                       bytes_of(address, sizeof(address))));
	}
	ck_assert_int_eq(connect_to(CLIENT, SERVER), VERDICT_BLOCK);
}

START_TEST(a_client_that_asks_by_ipv4_is_known_by_ipv6)
{
	link_address = 1;
	now_us -= SECOND;
	ask(CLIENT, 53, query("x.blocked.example", 7, DNS_TYPE_AAAA));
	answer(CLIENT, response("x.blocked.example", 7, DNS_TYPE_AAAA, ADDRESS6));
	link_address = 2;
	ck_assert_int_eq(connect_to("2001:db8::3", SERVER6), VERDICT_ACCEPT);
	link_address = 1;
	ck_assert_int_eq(connect_to(CLIENT6, SERVER6), VERDICT_BLOCK);
	ck_assert_str_eq(events[0].host.text, "x.blocked.example");
}

/* One configuration, whose public name is www.example. */
#define KEYS BYTES("\0\1\0" "\0\5\0\x24\0\x22\xfe\x0d\0\x1e\x2a\0\x20\0\4pkey\0\4\0\1\0\1\0" \
                   "\x0b" "www.example\0\0")

/* With an encrypted hello, or what looks like one. */
static enum verdict hello_from(const char *client)
{
	static uint16_t    port = 41000;
	struct packet_path p = path_of(client, ++port, SERVER, 443);
	uint8_t            body[400], record[400], room[500];
	struct writer      b = writer_over(body, sizeof(body)), r = writer_over(record, sizeof(record));
	struct writer      w = writer_over(room, sizeof(room));
	size_t             extensions;

	packet_hello(&b, "www.example", 1);
	extensions = 4 + 34 + 1 + 4 + 2;
	write_bytes(&b, BYTES("\xfe\x0d\0\x0a\0\0\1\0\1\x2a\0\0\0\0"));
	write_u16_at(&b, 2, (uint16_t)(b.len - 4));
	write_u16_at(&b, extensions, (uint16_t)(b.len - extensions - 2));
	packet_record(&r, writer_written(&b));
	packet_tcp(&w, &p, 999, TCP_SYN, BYTES(""));
	judge(writer_written(&w), DIRECTION_NEW);
	w = writer_over(room, sizeof(room));
	packet_tcp(&w, &p, 1000, TCP_ACK, writer_written(&r));
	return judge(writer_written(&w), DIRECTION_NEW);
}

START_TEST(the_name_of_encrypted_hellos_is_learnt_for_who_asked_and_for_its_life)
{
	rules.ech = OUTCOME_BLOCK;
	ask(OTHER, 53, query("www.permitted.org", 7, DNS_TYPE_HTTPS));
	answer(OTHER, response("cdn.permitted.org", 7, DNS_TYPE_HTTPS, KEYS));
	ck_assert_int_eq(hello_from(OTHER), VERDICT_ACCEPT);
	answer(OTHER, response("www.permitted.org", 7, DNS_TYPE_HTTPS, KEYS));
	ck_assert_int_eq(hello_from(CLIENT), VERDICT_ACCEPT);
	ck_assert_int_eq(hello_from(OTHER), VERDICT_BLOCK);
	now_us += 61 * SECOND;
	ck_assert_int_eq(hello_from(OTHER), VERDICT_ACCEPT);
}

int main(void)
{
	Suite *s = suite_create("messages");
	TCase *t = tcase_create("messages");

	tcase_add_checked_fixture(t, begin, engine_end);
	tcase_add_test(t, an_attempt_that_is_judged_more_strictly_by_its_answer_is_recorded_so);
	tcase_add_test(t, an_answer_is_that_of_whom_was_asked_whatever_port_it_comes_to);
	tcase_add_test(t, a_question_that_is_allowed_shields_its_aliases);
	tcase_add_test(t, a_service_record_of_an_allowed_host_may_lead_anywhere);
	tcase_add_test(t, an_allowed_question_beside_another_one_shields_nothing);
	tcase_add_test(t, a_host_that_no_list_has_shields_nothing);
	tcase_add_test(
		t, what_is_asked_again_behind_its_answer_is_another_attempt_with_all_its_records);
	tcase_add_test(t, an_answer_from_the_client_itself_is_none);
	tcase_add_test(t, one_that_would_be_blocked_is_recorded_so);
	tcase_add_loop_test(t, an_answer_to_a_probe_that_leads_to_a_prohibited_host_is_an_attempt, 0,
	                    2);
	tcase_add_test(t, an_answer_is_one_record_whatever_names_it_has);
	tcase_add_loop_test(t, what_cannot_be_read_on_its_port_has_one_record_a_flow, 0,
	                    COUNT(unreadable));
	tcase_add_loop_test(t, what_cannot_be_read_is_dropped_if_it_is_to_be_blocked, 0,
	                    COUNT(unreadable));
	tcase_add_loop_test(t, what_cannot_be_read_has_no_record_if_it_is_to_pass, 0,
	                    COUNT(unreadable));
	tcase_add_loop_test(t, what_is_no_dns_on_another_port_has_no_record, 0, COUNT(unreadable));
	tcase_add_test(t, an_answer_that_is_broken_has_no_record);
	tcase_add_loop_test(t, an_answer_of_too_many_records_has_one, 0, 2);
	tcase_add_loop_test(t, what_a_resolver_reads_is_answered_in_its_place, 0, COUNT(asked));
	tcase_add_loop_test(t, a_question_of_any_length_is_judged_on_any_port, 0, COUNT(longs));
	tcase_add_loop_test(t, an_answer_to_another_question_teaches_no_address, 0, 3);
	tcase_add_test(t, what_a_client_sends_in_a_servers_name_teaches_nothing);
	tcase_add_test(t, only_the_first_answer_to_a_question_teaches);
	tcase_add_loop_test(t, what_one_client_was_answered_decides_about_no_other, 0, 2);
	tcase_add_test(t, what_one_client_learnt_is_not_pushed_out_by_another);
	tcase_add_test(t, a_client_that_asks_by_ipv4_is_known_by_ipv6);
	tcase_add_test(t, the_name_of_encrypted_hellos_is_learnt_for_who_asked_and_for_its_life);
	suite_add_tcase(s, t);
	return suite_run(s);
}

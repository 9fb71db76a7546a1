/* SPDX-License-Identifier: MIT */

/*
 * TCP as clients and servers really play it, with loss, long windows, joined segments and room for
 * few streams: an ordinary client gets through, and of one that plays with numbers nothing is
 * missed.
 */

#include "inspect/dns.h"
#include "support/engine.h"
#include "support/packets.h"

#define CLIENT { 4, { 192, 0, 2, 9 } }
#define SERVER { 4, { 203, 0, 113, 5 } }
#define ROOM   4                /* streams kept at once */

static struct packet_path  forth, back;
static struct links       *links;
/* of the client's next packet; where replies come in */
static bool                is_signed;
static const char         *reply_iface;
static int64_t             now_us;

static void use_port(uint16_t port)
{
	forth = (struct packet_path){ CLIENT, SERVER, 40000, port };
	back  = (struct packet_path){ SERVER, CLIENT, port, 40000 };
}

static void begin(void)
{
	static const struct link_known known[] = {
		{ "lan0", 2, false, 1, { { { 4, { 192, 0, 2 } }, 24 } } },
		{ "wan0", 3, true, 0, { { { 0 }, 0 } } },
	};
	struct engine_limits limits = { .flows = 64, .hellos = ROOM, .flow_idle_us = 60000000 };

	now_us       = INT64_C(1800000000000000);
	is_signed    = false;
	reply_iface  = "wan0";
	links        = links_new(NULL, NULL);
	links_set(links, known, COUNT(known));
	limits.links = links;
	engine_begin(&limits, "[category c]\naction = block\nnames = blocked\n"
	                      "[category d]\naction = block\nports = tcp/4444\n");
	use_port(443);
}

static void end(void)
{
	engine_end();
	links_free(links);
}

static enum verdict judge(enum direction direction, struct bytes ip)
{
	const struct engine_input in = { .ip = ip, .now_us = now_us,
		                         .sums_settled = true, .direction = direction,
		                         .iface = direction == DIRECTION_REPLY ? reply_iface
		                                                               : "lan0" };

	return engine_packet(engine, &rules, &in, &reply);
}

static enum verdict segment(enum direction direction, const struct packet_path *path, uint32_t seq,
                            uint32_t ack, uint8_t flags, struct bytes payload)
{
	static uint8_t room[65536 + 100], grown[65536 + 100];
	struct writer  packet = writer_over(room, sizeof(room)),
		       g      = writer_over(grown, sizeof(grown));

	if (is_signed) {
		write_bytes(&g, BYTES("\x13\x12" "0123456789abcdef\1\1"));
		write_bytes(&g, payload);
		payload = writer_written(&g);
	}
	packet_tcp(&packet, path, seq, flags, payload);
	write_u16_at(&packet, 28, (uint16_t)(ack >> 16));
	write_u16_at(&packet, 30, (uint16_t)ack);
	if (is_signed)
		write_u16_at(&packet, 32, (uint16_t)(0xa000 | flags));
	ck_assert(!packet.full);
	return judge(direction, writer_written(&packet));
}

static enum verdict says(uint32_t seq, uint32_t ack, struct bytes payload)
{
	return segment(DIRECTION_ORIGINAL, &forth, seq, ack, TCP_ACK, payload);
}

static enum verdict answers(uint32_t seq, uint32_t ack, struct bytes payload)
{
	return segment(DIRECTION_REPLY, &back, seq, ack, TCP_ACK, payload);
}

/* What each sends first has these numbers. */
static void shake_hands(uint32_t client, uint32_t server)
{
	segment(DIRECTION_NEW, &forth, client - 1, 0, TCP_SYN, BYTES(""));
	segment(DIRECTION_REPLY, &back, server - 1, client, TCP_SYN | TCP_ACK, BYTES(""));
	says(client, server, BYTES(""));
}

static struct bytes hello_of(const char *host)
{
	static uint8_t hello[300];
	uint8_t        message[256];
	struct writer  m = writer_over(message, sizeof(message)), w = writer_over(hello, 300);

	packet_hello(&m, host, 1);
	packet_record(&w, writer_written(&m));
	return writer_written(&w);
}

/* RFC 8446, section 4.1.3 */
static struct bytes server_hello(void)
{
	static uint8_t room[87];
	struct writer  s = writer_over(room, sizeof(room));

	write_bytes(&s, BYTES("\x16\3\3\0\x52\2\0\0\x4e\3\3" "0123456789abcdef0123456789abcdef"));
	while (s.len < sizeof(room))
		write_u8(&s, 0);
	return writer_written(&s);
}

/* Others take all the room there is for streams. */
static void crowd(size_t num)
{
	static uint16_t port = 50000;

	for (size_t i = 0; i < num; i++) {
		const struct packet_path other = { CLIENT, SERVER, port++, 443 };

		segment(DIRECTION_NEW, &other, 999, 0, TCP_SYN, BYTES(""));
		segment(DIRECTION_ORIGINAL, &other, 1000, 5000, TCP_ACK,
		        bytes_first(hello_of("other.example"), 20));
	}
}

static void write_question(struct writer *m, uint16_t id, const char *name)
{
	size_t at = m->len;

	write_u16(m, 0);
	packet_query(m, id, name, DNS_TYPE_A);
	write_u16_at(m, at, (uint16_t)(m->len - at - 2));
}

/*
 * The client says that its stream begins later than it does, and has already said something there;
 * the server's answer to its first SYN can then be taken for the answer to all of that.
 */
static const struct { const char *what; bool with_syn; } pretended[] = {
	{ "with the second SYN", true },
	{ "behind the second SYN", false },
};

START_TEST(what_was_said_before_an_answer_to_another_syn_is_not_what_the_server_has)
{
	struct bytes early = BYTES("GET / HTTP/1.1\r\nHost: a.example\r\n\r\n");
	uint32_t     seq   = 1000 - (uint32_t)early.len;

	segment(DIRECTION_NEW, &forth, 999, 0, TCP_SYN, BYTES(""));
	segment(DIRECTION_NEW, &forth, seq - 1, 0, TCP_SYN, pretended[_i].with_syn ? early
	                                                                          : BYTES(""));
	if (!pretended[_i].with_syn)
		segment(DIRECTION_NEW, &forth, seq, 1, TCP_ACK, early);
	ck_assert_int_eq(segment(DIRECTION_REPLY, &back, 4999, 1000, TCP_SYN | TCP_ACK, BYTES("")),
	                 VERDICT_ACCEPT);
	ck_assert_int_eq(says(1000, 5000, hello_of("blocked.example")), VERDICT_BLOCK);
}

/* RFC 7413: the server has taken what came with the first SYN. */
START_TEST(a_second_syn_does_not_make_what_came_with_the_first_forgotten)
{
	struct bytes h = hello_of("blocked.example");

	segment(DIRECTION_NEW, &forth, 999, 0, TCP_SYN, bytes_first(h, 60));
	segment(DIRECTION_NEW, &forth, 899, 0, TCP_SYN, BYTES(""));
	segment(DIRECTION_REPLY, &back, 4999, 1060, TCP_SYN | TCP_ACK, BYTES(""));
	ck_assert_int_eq(says(1060, 5000, bytes_from(h, 60)), VERDICT_BLOCK);
}

/* Its room went to others: nobody knows what it said, and that is known. */
START_TEST(what_came_with_a_syn_and_had_to_make_room_has_its_record)
{
	struct bytes h = hello_of("blocked.example");

	segment(DIRECTION_NEW, &forth, 999, 0, TCP_SYN, bytes_first(h, 60));
	crowd(ROOM);
	segment(DIRECTION_REPLY, &back, 4999, 1060, TCP_SYN | TCP_ACK, BYTES(""));
	says(1060, 5000, bytes_from(hello_of("blocked.example"), 60));
	ck_assert_uint_eq(num_events, 1);
}

START_TEST(a_question_is_judged_though_its_stream_had_to_make_room)
{
	uint8_t       room[300];
	struct writer m = writer_over(room, sizeof(room));
	uint32_t      at;

	use_port(53);
	shake_hands(1000, 5000);
	write_question(&m, 7, "other.example");
	says(1000, 5000, writer_written(&m));
	at = 1000 + (uint32_t)m.len;
	answers(5000, at, BYTES(""));
	crowd(ROOM);
	m = writer_over(room, sizeof(room));
	write_question(&m, 8, "blocked.example");
	ck_assert_int_eq(says(at, 5000, bytes_first(writer_written(&m), 9)), VERDICT_ACCEPT);
	ck_assert_int_eq(says(at + 9, 5000, bytes_from(writer_written(&m), 9)), VERDICT_BLOCK);
	ck_assert_uint_eq(num_events, 1);
}

/* Half a question is lost with the room for it. */
START_TEST(a_question_that_was_lost_in_part_has_its_record)
{
	uint8_t       room[300];
	struct writer m = writer_over(room, sizeof(room));

	use_port(53);
	shake_hands(1000, 5000);
	write_question(&m, 7, "other.example");
	write_question(&m, 8, "blocked.example");
	says(1000, 5000, bytes_first(writer_written(&m), 50));
	answers(5000, 1050, BYTES(""));
	crowd(ROOM);
	says(1050, 5000, bytes_from(writer_written(&m), 50));
	ck_assert_uint_eq(num_events, 1);
}

START_TEST(so_is_a_hello_behind_words)
{
	struct bytes words = BYTES("EHLO x\r\nSTARTTLS\r\n");
	uint32_t     at    = 1000 + (uint32_t)words.len;

	use_port(25);
	shake_hands(1000, 5000);
	answers(5000, 1000, BYTES("220 mail\r\n"));
	says(1000, 5010, words);
	answers(5010, at, BYTES("220 go\r\n"));
	crowd(ROOM);
	ck_assert_int_eq(says(at, 5018, hello_of("blocked.example")), VERDICT_BLOCK);
	ck_assert_uint_eq(num_events, 1);
}

START_TEST(words_whose_stream_had_to_make_room_bring_no_record)
{
	use_port(22);
	shake_hands(1000, 5000);
	answers(5000, 1000, BYTES("SSH-2.0-x\r\n"));
	says(1000, 5011, BYTES("SSH-2.0-y\r\n\0\0\1"));
	answers(5011, 1014, BYTES(""));
	crowd(ROOM);
	ck_assert_int_eq(says(1014, 5011, BYTES("\x14\4\5\6")), VERDICT_ACCEPT);
	ck_assert_uint_eq(num_events, 0);
}

/* The answer acknowledges the hello: it is what the server has, and it was judged. */
START_TEST(a_hello_that_is_answered_brings_no_record_though_its_stream_had_to_make_room)
{
	struct bytes h   = hello_of("other.example");
	uint32_t     end = 1000 + (uint32_t)h.len;

	shake_hands(1000, 5000);
	says(1000, 5000, h);
	crowd(ROOM);
	ck_assert_int_eq(answers(5000, end, server_hello()), VERDICT_PASS);
	ck_assert_int_eq(says(end, 5087, BYTES("\x14\3\3\0\1\1")), VERDICT_ACCEPT);
	ck_assert_uint_eq(num_events, 0);
}

/* A server that answers byte by byte, while others need room. */
START_TEST(an_answer_in_pieces_may_have_to_make_room)
{
	struct bytes h   = hello_of("other.example"), s = server_hello();
	uint32_t     end = 1000 + (uint32_t)h.len;

	shake_hands(1000, 5000);
	says(1000, 5000, h);
	answers(5000, end, bytes_first(s, 7));
	says(end, 5007, BYTES("\x14\3\3\0\1\1"));
	crowd(ROOM - 1);
	ck_assert_int_eq(answers(5007, end, bytes_from(s, 7)), VERDICT_ACCEPT);
	ck_assert_int_eq(says(end + 6, 5087, hello_of("blocked.example")), VERDICT_BLOCK);
}

/* What passed unseen, because the queue was full, will not come again. */
/* Longer than a flow is remembered. */
static void be_silent(void)
{
	now_us += 61000000;
}

static const struct { enum outcome outcome; enum verdict want; size_t records; } losses[] = {
	{ OUTCOME_BLOCK, VERDICT_BLOCK,  1 },
	{ OUTCOME_LOG,   VERDICT_ACCEPT, 1 },
	{ OUTCOME_PASS,  VERDICT_ACCEPT, 0 },
};

/* The server still waits for the rest. A SYN that it never gets changes nothing. */
START_TEST(half_a_hello_before_a_long_silence_is_known_to_be_lost)
{
	struct bytes h = hello_of("blocked.example");

	rules.over_limit = losses[_i / 2].outcome;
	shake_hands(1000, 5000);
	ck_assert_int_eq(says(1000, 5000, bytes_first(h, 60)), VERDICT_ACCEPT);
	be_silent();
	if (_i % 2 == 1)
		segment(DIRECTION_ORIGINAL, &forth, 900, 0, TCP_SYN, BYTES(""));
	ck_assert_int_eq(says(1060, 5000, bytes_from(h, 60)), losses[_i / 2].want);
	ck_assert_uint_eq(num_events, losses[_i / 2].records);
}

/* It opens as many connections as there is room for: its own are given up first. */
START_TEST(so_it_is_if_others_of_the_same_client_took_its_place)
{
	struct bytes h = hello_of("blocked.example");

	rules.over_limit = OUTCOME_BLOCK;
	shake_hands(1000, 5000);
	says(1000, 5000, bytes_first(h, 60));
	for (uint16_t i = 0; i < 300; i++) {
		const struct packet_path other = { CLIENT, SERVER, (uint16_t)(41000 + i), 443 };

		segment(DIRECTION_NEW, &other, 999, 0, TCP_SYN, BYTES(""));
		segment(DIRECTION_ORIGINAL, &other, 1000, 1, TCP_ACK, bytes_first(h, 60));
	}
	ck_assert_int_eq(says(1060, 5000, bytes_from(h, 60)), VERDICT_BLOCK);
	ck_assert_uint_eq(num_events, 1);
}

START_TEST(a_new_connection_of_its_port_has_lost_nothing)
{
	struct bytes h = hello_of("other.example");

	rules.over_limit = OUTCOME_BLOCK;
	shake_hands(1000, 5000);
	says(1000, 5000, bytes_first(h, 60));
	be_silent();
	shake_hands(1000000, 5000000);
	says(1000000, 5000000, h);
	answers(5000000, 1000000 + (uint32_t)h.len, server_hello());
	ck_assert_uint_eq(num_events, 0);
}

static const struct { const char *what, *says; } waiting[] = {
	{ "a request that was answered", "GET / HTTP/1.1\r\nHost: other.example\r\n\r\n" },
	{ "a greeting", "SSH-2.0-OpenSSH_9.2\r\n" },
	{ "what nobody knows", "\x01\x02\x03\x04 of some game" },
	{ "a command of mail", "EHLO other.example\r\n" },
};

/* Sessions rest for hours. */
START_TEST(a_session_that_rests_has_lost_nothing)
{
	static const uint8_t encrypted[400] = { 7, 3, 9, 200, 41 };
	struct bytes         first = bytes_text(waiting[_i].says);
	uint32_t             next  = 1000 + (uint32_t)first.len;

	rules.over_limit = OUTCOME_BLOCK;
	shake_hands(1000, 5000);
	says(1000, 5000, first);
	answers(5000, next, BYTES("220 well\r\n"));
	be_silent();
	says(next, 5010, bytes_of(encrypted, sizeof(encrypted)));
	ck_assert_msg(num_events == 0, "%s", waiting[_i].what);
}

START_TEST(a_client_goes_on_though_a_part_of_its_stream_passed_unseen)
{
	static uint8_t body[1000];
	uint32_t       seq = 1000;

	use_port(80);
	shake_hands(1000, 5000);
	says(seq, 5000, BYTES("GET /long HTTP/1.1\r\n"));
	seq += 20 + 100;
	for (int i = 0; i < 40; i++, seq += (uint32_t)sizeof(body)) {
		ck_assert_int_ne(says(seq, 5000, bytes_of(body, sizeof(body))), VERDICT_DROP);
		answers(5000, seq + (uint32_t)sizeof(body), BYTES(""));
	}
	ck_assert_uint_eq(num_events, 1);
}

/* RFC 2385: routers sign their segments, and come again from the same port. */
START_TEST(a_connection_whose_syn_ack_is_signed_is)
{
	shake_hands(1000, 5000);
	is_signed = true;
	shake_hands(70000, 90000);
	ck_assert_int_eq(says(70000, 90000, BYTES("\xff\xff\xff\xff")), VERDICT_ACCEPT);
}

START_TEST(one_whose_syn_ack_is_not_is_not_though_a_syn_was)
{
	is_signed = true;
	segment(DIRECTION_NEW, &forth, 999, 0, TCP_SYN, BYTES(""));
	is_signed = false;
	shake_hands(1000, 5000);
	is_signed = true;
	ck_assert_int_eq(says(1000, 5000, BYTES("?")), VERDICT_DROP);
}

/* The Telnet of FTP marks each ABOR so: RFC 959, section 4.1.3. */
START_TEST(an_urgent_byte_may_come_again_once_the_server_has_taken_the_one_before)
{
	static uint8_t room[200];
	uint32_t       seq = 1000;

	use_port(21);
	shake_hands(1000, 5000);
	for (int i = 0; i < 5; i++, seq += 9) {
		struct writer packet = writer_over(room, sizeof(room));

		packet_tcp(&packet, &forth, seq, TCP_ACK | TCP_URG, BYTES("\xff\xf4\xf2" "ABOR\r\n"));
		write_u16_at(&packet, 38, 3);
		ck_assert_int_eq(judge(DIRECTION_ORIGINAL, writer_written(&packet)),
		                 VERDICT_ACCEPT);
		answers(5000, seq + 9, BYTES(""));
	}
}

/* nginx closes a connection whose PROXY line stands behind a byte, and takes it if that was urgent. */
START_TEST(of_two_urgent_bytes_the_second_does_not_pass_where_a_reading_is_another)
{
	static uint8_t room[200];
	struct writer  packet = writer_over(room, sizeof(room));
	struct bytes   line   = BYTES("PROXY TCP4 192.0.2.1 192.0.2.2 12345 80\r\n"),
		     request  = BYTES("GET http://blocked.example/ \r\n\r\n?");
	uint32_t       end    = 1001 + (uint32_t)line.len;

	shake_hands(1000, 5000);
	packet_tcp(&packet, &forth, 1000, TCP_ACK | TCP_URG, BYTES("."));
	write_u16_at(&packet, 38, 1);
	judge(DIRECTION_ORIGINAL, writer_written(&packet));
	says(1001, 5000, line);
	says(end, 5000, bytes_first(request, 20));
	answers(5000, end + 20, BYTES(""));
	packet = writer_over(room, sizeof(room));
	packet_tcp(&packet, &forth, end + 20, TCP_ACK | TCP_URG, bytes_from(request, 20));
	write_u16_at(&packet, 38, (uint16_t)(request.len - 20));
	ck_assert_int_eq(judge(DIRECTION_ORIGINAL, writer_written(&packet)), VERDICT_DROP);
}

/* Forced DNS of a resolver in the clients' own network. */
START_TEST(a_reply_of_a_server_that_was_asked_in_place_of_another_is_one)
{
	struct bytes h = hello_of("other.example");

	reply_iface = "lan0";
	segment(DIRECTION_NEW, &forth, 999, 0, TCP_SYN, BYTES(""));
	back = (struct packet_path){ { 4, { 192, 0, 2, 53 } }, CLIENT, 3129, 40000 };
	segment(DIRECTION_REPLY, &back, 4999, 1000, TCP_SYN | TCP_ACK, BYTES(""));
	says(1000, 5000, h);
	ck_assert_int_eq(answers(5000, 1000 + (uint32_t)h.len, server_hello()), VERDICT_PASS);
}

START_TEST(a_port_stays_closed_whatever_syn_comes)
{
	use_port(4444);
	for (uint32_t seq = 1000; seq < 5000; seq += 500)
		ck_assert_int_eq(segment(DIRECTION_NEW, &forth, seq, 0, TCP_SYN, BYTES("")),
		                 VERDICT_BLOCK);
}

/* A connection that was there before, and its segments come in another order. */
START_TEST(what_comes_before_the_first_that_was_seen_is_its_beginning)
{
	static uint8_t room[400];
	struct writer  w = writer_over(room, sizeof(room));
	struct bytes   h;

	write_bytes(&w, hello_of("blocked.example"));
	write_bytes(&w, BYTES("word\nword\nword\n"));
	h = writer_written(&w);
	says(1000 + (uint32_t)h.len - 15, 5000, bytes_from(h, h.len - 15));
	ck_assert_int_eq(says(1000, 5000, bytes_first(h, h.len - 15)), VERDICT_BLOCK);
}

/* Python's wsgiref serves it; the first bytes could also be those of a hello of 16 KiB. */
START_TEST(a_request_whose_method_looks_like_a_hello_is_judged)
{
	struct bytes method = BYTES("\x16\3\1\x40\0\1\0\x3f\xfc\3\3");

	use_port(80);
	shake_hands(1000, 5000);
	says(1000, 5000, method);
	ck_assert_int_eq(says(1011, 5000, BYTES(" / HTTP/1.1\r\nHost: blocked.example\r\n\r\n")),
	                 VERDICT_BLOCK);
}

/* Python's wsgiref takes any method; such a line is read only when it is whole. */
START_TEST(a_request_whose_line_came_in_pieces_is_judged)
{
	static uint8_t room[512];
	struct writer  line = writer_over(room, sizeof(room));

	write_bytes(&line, BYTES("\1 /"));
	while (line.len < sizeof(room))
		write_u8(&line, 'a');
	use_port(80);
	shake_hands(1000, 5000);
	says(1000, 5000, writer_written(&line));
	ck_assert_int_eq(says(1512, 5000, BYTES(" HTTP/1.1\r\nHost: blocked.example\r\n\r\n")),
	                 VERDICT_BLOCK);
}

/* What is a proxy's to others is a method to Python's wsgiref. */
static const struct { const char *what; struct bytes first, then; } methods[] = {
	{ "a PROXY line", BYTES("PROXY TCP4 "), BYTES("HTTP/1.1") },
	{ "one of a family that is not known", BYTES(""), BYTES("PROXY UNKNOWN HTTP/1.1") },
	{ "behind SOCKS", BYTES("\4\1\1\xbb\0\0\0\0\0"), BYTES("PROXY TCP4 HTTP/1.1") },
	{ "SOCKS with a target", BYTES("\4\1\1\xbb\0\0\0\0 /\0"), BYTES(" HTTP/1.1") },
};

START_TEST(a_request_whose_method_looks_like_a_proxys_part_is_judged)
{
	uint8_t       room[100];
	struct writer line = writer_over(room, sizeof(room));
	uint32_t      seq  = 1000 + (uint32_t)methods[_i].first.len;

	use_port(80);
	shake_hands(1000, 5000);
	if (methods[_i].first.len > 0)
		says(1000, 5000, methods[_i].first);
	write_bytes(&line, methods[_i].then);
	write_bytes(&line, BYTES("\r\nHost: blocked.example\r\n\r\n"));
	ck_assert_int_eq(says(seq, 5000, writer_written(&line)), VERDICT_BLOCK);
}

/* What both say, a segment each; a part that is joined is in one segment with the next one. */
enum { SAYS = 1, HELLO, LONG_HELLO, BEGUN_HELLO, ENDS, ANSWERS, SERVER_HELLO, RETRY, JOINED = 16 };

struct part {
	unsigned     kind;
	struct bytes bytes;                     /* the name, of a hello */
};

/* RFC 8446, section 4.1.3: a ServerHello with this for its random number */
static const uint8_t asks_again[] = {
	0xcf, 0x21, 0xad, 0x74, 0xe5, 0x9a, 0x61, 0x11, 0xbe, 0x1d, 0x8c, 0x02, 0x1e, 0x65, 0xb8, 0x91,
	0xc2, 0xa2, 0x11, 0x16, 0x7a, 0xbb, 0x8c, 0x5e, 0x07, 0x9e, 0x09, 0xe2, 0xc8, 0xa8, 0x33, 0x9c,
};

/* The extension of 16,000 bytes is in front of the name: RFC 8446, section 4.2. */
static void write_long_hello(struct writer *w, const char *name)
{
	static uint8_t message[400], body[17000];
	struct writer  m = writer_over(message, sizeof(message));
	struct writer  b = writer_over(body, sizeof(body));
	struct bytes   whole;

	packet_hello(&m, name, 1);
	whole = writer_written(&m);
	write_bytes(&b, bytes_first(whole, 4 + 2 + 32 + 1 + 4 + 2));
	write_u16(&b, (uint16_t)(whole.len - b.len - 2 + 16004));
	write_u16(&b, 21);
	write_u16(&b, 16000);
	for (int i = 0; i < 16000; i++)
		write_u8(&b, i % 40 == 0 ? '\n' : 0);
	write_bytes(&b, bytes_from(whole, 4 + 2 + 32 + 1 + 4 + 2 + 2));
	write_u16_at(&b, 2, (uint16_t)(b.len - 4));
	packet_record(w, writer_written(&b));
}

static void write_part(struct writer *w, const struct part *part)
{
	char name[64] = "";

	snprintf(name, sizeof(name), "%.*s", (int)part->bytes.len,
	         part->bytes.len > 0 ? (const char *)part->bytes.at : "");
	switch (part->kind & ~(unsigned)JOINED) {
	case HELLO:       write_bytes(w, hello_of(name)); break;
	case BEGUN_HELLO: write_bytes(w, BYTES("\x16\3\1\x40\0\1\0\x3f\xfc\3\3")); break;
	case LONG_HELLO:  write_long_hello(w, name); break;
	case SERVER_HELLO:
	case RETRY:
		write_bytes(w, server_hello());
		if (part->kind == RETRY)
			memcpy(w->start + w->len - server_hello().len + 11, asks_again,
			       sizeof(asks_again));
		break;
	default: write_bytes(w, part->bytes); break;
	}
}

/* What becomes of the last segment; the server has all that was said before it answers. */
static enum verdict converse(const struct part *parts, size_t max)
{
	static uint8_t room[60000];
	struct writer  w       = writer_over(room, sizeof(room));
	uint32_t       client  = 1000, server = 5000;
	enum verdict   verdict = VERDICT_ACCEPT;

	shake_hands(client, server);
	for (size_t i = 0; i < max && parts[i].kind != 0; i++) {
		bool is_last = i + 1 == max || parts[i + 1].kind == 0;

		ck_assert_int_ne(verdict, VERDICT_BLOCK);
		write_part(&w, &parts[i]);
		ck_assert(!w.full);
		if (parts[i].kind & JOINED)
			continue;
		if (parts[i].kind >= ANSWERS) {
			verdict = answers(server, client, writer_written(&w));
			server += (uint32_t)w.len;
		} else if (parts[i].kind == ENDS) {
			verdict = segment(DIRECTION_ORIGINAL, &forth, client, server,
			                  TCP_ACK | TCP_FIN, writer_written(&w));
		} else {
			for (size_t at = 0; at < w.len; at += 1400) {
				ck_assert_int_ne(verdict, VERDICT_BLOCK);
				verdict = says(client + (uint32_t)at, server,
				               bytes_first(bytes_from(writer_written(&w), at), 1400));
			}
			client += (uint32_t)w.len;
			if (!is_last)
				answers(server, client, BYTES(""));
		}
		w.len = 0;
	}
	return verdict;
}

#define PARTS_MAX 8
#define GREETING  BYTES("\5\1\0")
#define REQUEST   BYTES("\5\1\0\3\x0dother.example\1\xbb")
#define TO_BLOCKED BYTES("\5\1\0\3\x0f" "blocked.example\1\xbb")
#define GRANTED   BYTES("\5\0\0\1\0\0\0\0\0\0")
#define NAME      BYTES("blocked.example")
#define OTHER     BYTES("other.example")
#define MANY_LINES BYTES("a\r\nb\r\nc\r\nd\r\ne\r\nf\r\ng\r\nh\r\ni\r\nj\r\nk\r\nl\r\nm\r\n" \
			 "n\r\no\r\np\r\nq\r\nr\r\ns\r\nt\r\nu\r\nv\r\nw\r\nx\r\ny\r\nz\r\n")
#define GET       BYTES("GET / HTTP/1.1\r\nHost: blocked.example\r\n\r\n")
#define GET_OTHER BYTES("GET / HTTP/1.1\r\nHost: other.example\r\n\r\n")

/* The last segment names a host that is prohibited, to some server. */
static const struct { const char *what; struct part parts[PARTS_MAX]; } talks[] = {
	{ "SOCKS 4 and a request in one segment",
	  { { SAYS, BYTES("\4\1\0\x50\0\0\0\1\0other.example\0GET / HTTP/1.1\r\n"
	                  "Host: blocked.example\r\n\r\n") } } },
	{ "SOCKS 4 of which a request is a part",
	  { { SAYS, BYTES("\4\1\0\x50\0\0\0\1\0blocked.example\0GET / HTTP/1.1\r\n"
	                  "Host: other.example\r\n\r\n") } } },
	{ "behind SOCKS 4 and a request in one segment, a hello",
	  { { SAYS, BYTES("\4\1\0\x50\0\0\0\1 / HTTP/1.1\r\nHost: a.example\r\n\r\n\0other.example\0") },
	    { HELLO, NAME } } },
	{ "to Java, which ends lines with CR LF alone, bytes and an LF in front of a request",
	  { { SAYS, BYTES("\x80\x81\n\2\3GET / HTTP/1.1\r\nHost: blocked.example\r\n\r\n") } } },
	{ "half of a PROXY header, another byte, and a request",
	  { { SAYS, BYTES("\r\n\r\n\0") }, { SAYS, BYTES("x") },
	    { SAYS, BYTES("\nQUIT\n!\21\0\14\306\22P / HTTP/1.1\r\nHost: blocked.example\r\n\r\n") } } },
	{ "behind a greeting and a request, the request of SOCKS",
	  { { SAYS | JOINED, GREETING }, { SAYS, GET_OTHER }, { ANSWERS, BYTES("\5\0") },
	    { SAYS, TO_BLOCKED } } },
	{ "behind a greeting and a request without version, the request of SOCKS",
	  { { SAYS | JOINED, GREETING }, { SAYS, BYTES("GET /\r\n") }, { ANSWERS, BYTES("\5\0") },
	    { SAYS, TO_BLOCKED } } },
	{ "behind a greeting, a line, and half of another one, the request of SOCKS",
	  { { SAYS | JOINED, GREETING }, { SAYS, BYTES("\nGET /junk") }, { ANSWERS, BYTES("\5\0") },
	    { SAYS, TO_BLOCKED } } },
	{ "behind a greeting and a line, a request through the tunnel",
	  { { SAYS | JOINED, GREETING }, { SAYS, BYTES("x\r\n") }, { ANSWERS, BYTES("\5\0") },
	    { SAYS, REQUEST }, { ANSWERS, GRANTED }, { SAYS, GET } } },
	{ "behind a greeting and a hello, the request of SOCKS",
	  { { SAYS | JOINED, GREETING }, { HELLO, OTHER }, { ANSWERS, BYTES("\5\0") },
	    { SAYS, TO_BLOCKED } } },
	{ "behind a greeting and half a hello, the request of SOCKS",
	  { { SAYS | JOINED, GREETING }, { BEGUN_HELLO, { 0 } }, { ANSWERS, BYTES("\5\0") },
	    { SAYS, TO_BLOCKED } } },
	{ "behind that, a request through the tunnel",
	  { { SAYS | JOINED, GREETING }, { BEGUN_HELLO, { 0 } }, { ANSWERS, BYTES("\5\0") },
	    { SAYS, REQUEST }, { ANSWERS, GRANTED }, { SAYS, GET } } },
	{ "behind that, a hello through the tunnel",
	  { { SAYS | JOINED, GREETING }, { BEGUN_HELLO, { 0 } }, { ANSWERS, BYTES("\5\0") },
	    { SAYS, REQUEST }, { ANSWERS, GRANTED }, { HELLO, NAME } } },
	{ "behind a greeting that says to be longer, the request of SOCKS",
	  { { SAYS, BYTES("\5\xff\0junk") }, { ANSWERS, BYTES("\5\0") }, { SAYS, TO_BLOCKED } } },
	{ "within a greeting that is whole, the request of SOCKS",
	  { { SAYS, BYTES("\5\x16\0") }, { ANSWERS, BYTES("\5\0") },
	    { SAYS, BYTES("\5\1\0\3\x1a" "blocked.example\0" "\5\1\0\1\1\2\3\4\1\xbb" "\1\xbb") } } },
	{ "behind a request within a greeting, the one that is behind the greeting",
	  { { SAYS, BYTES("\5\x07\0\5\1\0\3\1a\5\1") }, { ANSWERS, BYTES("\5\0") },
	    { SAYS, BYTES("\0\3\x0f" "blocked.example\1\xbb") } } },
	{ "behind a request of SOCKS and a hello, another hello",
	  { { SAYS, GREETING }, { ANSWERS, BYTES("\5\0") }, { SAYS | JOINED, REQUEST }, { HELLO, OTHER },
	    { ANSWERS, GRANTED }, { HELLO, NAME } } },
	{ "behind a request of SOCKS and two hellos, a request through the tunnel",
	  { { SAYS, GREETING }, { ANSWERS, BYTES("\5\0") }, { SAYS | JOINED, REQUEST },
	    { HELLO | JOINED, OTHER }, { HELLO, OTHER }, { ANSWERS, GRANTED }, { SAYS, GET } } },
	{ "behind a greeting and more lines than are looked at, the request of SOCKS",
	  { { SAYS | JOINED, GREETING }, { SAYS, MANY_LINES }, { ANSWERS, BYTES("\5\0") },
	    { SAYS, TO_BLOCKED } } },
	{ "behind a request of SOCKS and more lines than are looked at, a request",
	  { { SAYS, GREETING }, { ANSWERS, BYTES("\5\0") }, { SAYS | JOINED, REQUEST },
	    { SAYS, MANY_LINES }, { SAYS, MANY_LINES }, { ANSWERS, GRANTED }, { SAYS, GET } } },
	{ "behind a request of SOCKS and a line, a request",
	  { { SAYS, GREETING }, { ANSWERS, BYTES("\5\0") }, { SAYS | JOINED, REQUEST },
	    { SAYS, BYTES("x\r\n") }, { ANSWERS, GRANTED }, { SAYS, GET } } },
	{ "behind a request of SOCKS and a line, a request without version",
	  { { SAYS, GREETING }, { ANSWERS, BYTES("\5\0") }, { SAYS | JOINED, REQUEST },
	    { SAYS, BYTES("x\r\n") }, { ANSWERS, GRANTED },
	    { SAYS, BYTES("GET http://blocked.example/\r\n") } } },
	{ "behind a request of SOCKS and more lines than are looked at, a hello",
	  { { SAYS, GREETING }, { ANSWERS, BYTES("\5\0") }, { SAYS | JOINED, REQUEST },
	    { SAYS, MANY_LINES }, { SAYS, MANY_LINES }, { ANSWERS, GRANTED }, { HELLO, NAME } } },
	{ "behind a request of SOCKS and a message of DNS, a request through the tunnel",
	  { { SAYS, GREETING }, { ANSWERS, BYTES("\5\0") }, { SAYS | JOINED, REQUEST },
	    { SAYS, BYTES("\0\x13\0\1\1\0\0\1\0\0\0\0\0\0\1a\0\0\1\0\1") },
	    { ANSWERS, GRANTED }, { SAYS, GET } } },
	{ "behind a greeting and messages of DNS, the request of SOCKS",
	  { { SAYS | JOINED, GREETING },
	    { SAYS, BYTES("\0\x13\0\1\1\0\0\1\0\0\0\0\0\0\1a\0\0\1\0\1"
	                  "\0\x13\0\1\1\0\0\1\0\0\0\0\0\0\1a\0\0\1\0\1") },
	    { ANSWERS, BYTES("\5\0") }, { SAYS, TO_BLOCKED } } },
	{ "behind a greeting that looks like a message of DNS with the next, the same",
	  { { SAYS, BYTES("\5\2\0\2\0\x13\0\1\1\0\0\1\0\0\0\0\0\0\1a\0\0\1\0\1") },
	    { ANSWERS, BYTES("\5\0") }, { SAYS, TO_BLOCKED } } },
	{ "behind a request of SOCKS and half a hello, another hello",
	  { { SAYS, GREETING }, { ANSWERS, BYTES("\5\0") }, { SAYS | JOINED, REQUEST },
	    { BEGUN_HELLO, { 0 } }, { ANSWERS, GRANTED }, { HELLO, NAME } } },
	{ "a long hello through SOCKS, and another one",
	  { { SAYS, GREETING }, { ANSWERS, BYTES("\5\0") }, { SAYS, REQUEST }, { ANSWERS, GRANTED },
	    { LONG_HELLO, OTHER }, { RETRY, { 0 } }, { LONG_HELLO, NAME } } },
	{ "the same said at once",
	  { { SAYS | JOINED, GREETING }, { SAYS | JOINED, REQUEST }, { LONG_HELLO, OTHER },
	    { ANSWERS | JOINED, BYTES("\5\0") }, { ANSWERS | JOINED, GRANTED }, { RETRY, { 0 } },
	    { LONG_HELLO, NAME } } },
	{ "a hello where a name of SOCKS would be, as words",
	  { { SAYS, BYTES("\5\1\0\3\xff") }, { HELLO, NAME } } },
	{ "a hello within what a PROXY header of version 2 says to be its own",
	  { { SAYS, BYTES("\r\n\r\n\0\r\nQUIT\n\x21\x11\xff\xff") },
	    { ANSWERS, BYTES("* OK ready\r\n") }, { SAYS, BYTES("\r\na STARTTLS\r\n") },
	    { ANSWERS, BYTES("a OK\r\n") }, { HELLO, NAME } } },
	{ "behind a PROXY line that is a request's, too, a request to a proxy",
	  { { SAYS, BYTES("PROXY UNKNOWN / HTTP/1.1\r\n"
	                  "GET http://blocked.example/ HTTP/1.1\r\n\r\n") } } },
	{ "a body that a server of words does not wait for",
	  { { SAYS, BYTES("FOO http://a/ HTTP/1.1\r\nContent-Length: 99999\r\n\r\n") },
	    { ANSWERS, BYTES("220 mail\r\n") }, { SAYS, BYTES("STARTTLS\r\n") },
	    { ANSWERS, BYTES("220 go\r\n") }, { HELLO, NAME } } },
	{ "a chunk that a server of words does not wait for",
	  { { SAYS, BYTES("FOO http://a/ HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nfffff\r\n") },
	    { ANSWERS, BYTES("220 mail\r\n") }, { SAYS, BYTES("STARTTLS\r\n") },
	    { ANSWERS, BYTES("220 go\r\n") }, { HELLO, NAME } } },
	{ "a message of DNS to a server of words",
	  { { SAYS, BYTES("\0\x13\0\1\1\0\0\1\0\0\0\0\0\0\1a\0\0\1\0\1\xff\xff") },
	    { ANSWERS, BYTES("* OK ready\r\n") }, { SAYS, BYTES("\r\na STARTTLS\r\n") },
	    { ANSWERS, BYTES("a OK\r\n") }, { HELLO, NAME } } },
	{ "half a hello to a server of words, and a hello",
	  { { BEGUN_HELLO, { 0 } }, { ANSWERS, BYTES("220 mail\r\n") },
	    { SAYS, BYTES("\r\nSTARTTLS\r\n") }, { ANSWERS, BYTES("220 go\r\n") }, { HELLO, NAME } } },
};

START_TEST(a_host_behind_what_servers_throw_away_is_judged)
{
	use_port(1080);
	ck_assert_msg(converse(talks[_i].parts, PARTS_MAX) == VERDICT_BLOCK, "%s", talks[_i].what);
}

/* Python's wsgiref takes the hello's first bytes for a method. */
START_TEST(a_hello_whose_random_number_is_a_request_is_judged_none_the_less)
{
	uint8_t room[300];
	size_t  len = hello_of("blocked.example").len;

	memcpy(room, hello_of("blocked.example").at, len);
	memcpy(room + 11, " / HTTP/1.1\nHost:other.example\n\n", 32);
	shake_hands(1000, 5000);
	ck_assert_int_eq(says(1000, 5000, bytes_of(room, 44)), VERDICT_ACCEPT);
	ck_assert_int_eq(says(1044, 5000, bytes_of(room + 44, len - 44)), VERDICT_BLOCK);
}

/* Postfix takes 20 lines that are no command. */
START_TEST(a_hello_behind_many_others_in_place_of_lines_is_judged)
{
	static uint8_t room[4000];
	struct writer  w = writer_over(room, sizeof(room));

	use_port(25);
	shake_hands(1000, 5000);
	answers(5000, 1000, BYTES("220 mail\r\n"));
	for (int i = 0; i < 18; i++) {
		write_bytes(&w, hello_of("other.example"));
		write_bytes(&w, BYTES("\r\n"));
	}
	write_bytes(&w, BYTES("STARTTLS\r\n"));
	says(1000, 5010, writer_written(&w));
	answers(5010, 1000 + (uint32_t)w.len, BYTES("220 go\r\n"));
	ck_assert_int_eq(says(1000 + (uint32_t)w.len, 5018, hello_of("blocked.example")),
	                 VERDICT_BLOCK);
}

START_TEST(a_hello_through_a_proxy_is_decided_by_its_answer)
{
	static const struct part parts[] = {
		{ SAYS, GREETING }, { ANSWERS, BYTES("\5\0") }, { SAYS, REQUEST }, { ANSWERS, GRANTED },
		{ HELLO, OTHER }, { SERVER_HELLO, { 0 } },
	};

	use_port(1080);
	ck_assert_int_eq(converse(parts, COUNT(parts)), VERDICT_PASS);
}

/* Java's server takes what there is for a whole request, and its last bytes for a line. */
static const struct {
	const char  *what;
	struct part  parts[PARTS_MAX];
	enum verdict want;
} ends[] = {
	{ "a line", { { SAYS, BYTES("GET / HTTP/1.1\r\nHost: blocked.example\r\n") }, { ENDS, { 0 } } },
	  VERDICT_BLOCK },
	{ "half a line", { { SAYS, BYTES("GET / HTTP/1.1\r\nHost: blocked.example") }, { ENDS, { 0 } } },
	  VERDICT_BLOCK },
	{ "with the last bytes",
	  { { SAYS, BYTES("GET / HTTP/1.1\r\n") }, { ENDS, BYTES("Host: blocked.example\r\n") } },
	  VERDICT_BLOCK },
	{ "a request line", { { SAYS, BYTES("GET http://blocked.example/") }, { ENDS, { 0 } } },
	  VERDICT_BLOCK },
	{ "another host", { { SAYS, BYTES("GET / HTTP/1.1\r\nHost: other.example") }, { ENDS, { 0 } } },
	  VERDICT_ACCEPT },
	{ "nothing", { { SAYS, BYTES("QUIT\r\n") }, { ENDS, { 0 } } }, VERDICT_ACCEPT },
};

START_TEST(what_there_is_when_the_client_says_no_more_is_judged)
{
	use_port(80);
	ck_assert_msg(converse(ends[_i].parts, PARTS_MAX) == ends[_i].want, "%s", ends[_i].what);
	ck_assert_uint_eq(num_events, ends[_i].want == VERDICT_BLOCK);
}

/* As many as servers take, or more. Apache answers those, in the name of the host. */
static const struct { unsigned num, at_once; } many_fields[] = {
	{ 100, 100 }, { 101, 25 }, { 150, 25 },
};

START_TEST(a_request_of_many_fields_is_judged_when_it_is_answered)
{
	char     part[2000] = "GET / HTTP/1.1\r\nHost: blocked.example\r\n";
	uint32_t seq        = 1000;

	use_port(80);
	shake_hands(1000, 5000);
	for (unsigned num = 1; num < many_fields[_i].num && num_events == 0; num++) {
		strncat(part, "A: b\r\n", sizeof(part) - strlen(part) - 1);
		if (num % many_fields[_i].at_once != 0 && num + 1 < many_fields[_i].num)
			continue;
		says(seq, 5000, bytes_text(part));
		seq += (uint32_t)strlen(part);
		part[0] = '\0';
		answers(5000, seq, BYTES(""));
	}
	answers(5000, seq, BYTES("HTTP/1.1 400 Bad Request\r\n\r\n"));
	segment(DIRECTION_ORIGINAL, &forth, seq, 5028, TCP_ACK, BYTES(""));
	ck_assert_uint_eq(num_events, 1);
}

/* The FIN comes first, one that no server takes behind it, and then what is before both. */
START_TEST(a_request_that_ended_before_it_came_is_judged)
{
	struct bytes request = BYTES("GET / HTTP/1.1\r\nHost: blocked.example\r\n");
	uint32_t     end     = 1000 + (uint32_t)request.len;

	use_port(80);
	shake_hands(1000, 5000);
	segment(DIRECTION_ORIGINAL, &forth, end - 2, 5000, TCP_ACK | TCP_FIN, BYTES("\r\n"));
	segment(DIRECTION_ORIGINAL, &forth, end + 500, 5000, TCP_ACK | TCP_FIN, BYTES(""));
	ck_assert_int_eq(says(1000, 5000, bytes_first(request, request.len - 2)), VERDICT_BLOCK);
}

/* Each byte behind a FIN would be read with all before it, for ever. */
START_TEST(a_stream_that_ends_with_every_byte_goes_beyond_a_limit)
{
	use_port(80);
	shake_hands(1000, 5000);
	says(1000, 5000, BYTES("GET /"));
	segment(DIRECTION_ORIGINAL, &forth, 1005, 5000, TCP_ACK | TCP_FIN, BYTES(""));
	for (uint32_t i = 0; i < 200; i++)
		says(1005 + i, 5000, BYTES("x"));
	ck_assert_uint_eq(num_events, 1);
}

/*
 * What a proxy throws away looks like a long body, and its answer shows that it was none: what its
 * client says next is a beginning, though more seems to be sent. _i: before the server's SYN/ACK,
 * which takes nothing of it; further on, in a segment that never comes there.
 */
START_TEST(what_no_server_has_got_is_not_what_it_has_answered)
{
	struct bytes junk    = BYTES("\5\1\0\1\1\2\3\4\0\x50POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nfff\r\n");
	struct bytes granted = BYTES("\5\0\0\1\0\0\0\0\0\0");
	uint32_t     end     = 1003 + (uint32_t)junk.len;

	use_port(1080);
	rules.http_requests = HTTP_ALL;
	segment(DIRECTION_NEW, &forth, 999, 0, TCP_SYN, BYTES(""));
	if (_i == 0)
		segment(DIRECTION_NEW, &forth, end, 0, TCP_ACK, GET);
	segment(DIRECTION_REPLY, &back, 4999, 1000, TCP_SYN | TCP_ACK, BYTES(""));
	says(1000, 5000, BYTES("\5\1\0"));
	answers(5000, 1003, BYTES("\5\0"));
	says(1003, 5002, junk);
	if (_i == 1)
		says(end + (uint32_t)GET.len, 5002, BYTES("x"));
	answers(5002, end, granted);
	ck_assert_int_eq(says(end, 5012, GET), VERDICT_BLOCK);
	ck_assert_uint_eq(num_events, 1);
}

/* Its first bytes had to make room, and what was noted of it is not of the next one. */
START_TEST(a_request_in_pieces_behind_a_long_one_in_pieces_is_judged)
{
	static uint8_t room[12000];
	struct writer  w   = writer_over(room, sizeof(room));
	uint32_t       seq = 1000;

	use_port(80);
	rules.http_requests = HTTP_ALL;
	shake_hands(1000, 5000);
	write_bytes(&w, BYTES("GET / HTTP/1.1\r\nHost: other.example\r\nX: "));
	while (w.len < 11000)
		write_u8(&w, 'x');
	write_bytes(&w, BYTES("\r\n\r\n"));
	for (size_t at = 0; at < w.len; at += 1000) {
		struct bytes part = bytes_first(bytes_from(writer_written(&w), at), 1000);

		says(seq, 5000, part);
		seq += (uint32_t)part.len;
		answers(5000, seq, BYTES(""));
	}
	says(seq, 5000, bytes_first(GET, 20));
	answers(5000, seq + 20, BYTES(""));
	ck_assert_int_eq(says(seq + 20, 5000, bytes_from(GET, 20)), VERDICT_BLOCK);
}

/* Each is read in two ways, one after the other, and once. */
static const struct { const char *what; struct part parts[PARTS_MAX]; } in_two_ways[] = {
	{ "a request that begins as SOCKS 4, and is not whole",
	  { { SAYS, BYTES("\4\1\1\xbb\0\0\0\0 /\0") }, { SAYS, BYTES(" HTTP/1.1\r\n") },
	    { SAYS, BYTES("Host: blocked.example\r\n\r\n") } } },
	{ "a method whose second byte may begin a hello",
	  { { SAYS, BYTES("\x15\x16\3\1\2\x40\1\0\1\xfc\3\3") },
	    { SAYS, BYTES("POST / HTTP/1.1\r\nHost: blocked.example\r\n\r\n") } } },
	{ "a target that is in SOCKS 4, and another request behind it",
	  { { SAYS, BYTES("\4\1\1\xbb\0\0\0\0 http://blocked.example/\0") },
	    { SAYS, BYTES("PUT / HTTP/1.1\r\nHost: a.example\r\n\r\n") } } },
	{ "one whose last line has what may begin a hello",
	  { { SAYS, BYTES("\1 / HTTP/1.1\nA:\x16\3\1\1\1\1\nB: c\n\n") }, { HELLO, NAME } } },
};

START_TEST(a_request_in_two_ways_is_judged)
{
	use_port(80);
	ck_assert_msg(converse(in_two_ways[_i].parts, PARTS_MAX) == VERDICT_BLOCK, "%s",
	              in_two_ways[_i].what);
}

/* Of more bytes than come: what is a method, a target, a protocol and the end of all fields. */
#define QUESTION "\6dnl-01\7blocked\7example\0\0\1\0\1"
#define IN_A_REQUEST "! /ax \0\1\0\0\0\0\0\0" QUESTION " HTTP/1.1\r\n\r\n"

static const struct { const char *what; struct bytes stream; } questions[] = {
	{ "behind one that is too short, and an LF in its id",
	  BYTES("\0\13/\3\xc0\xde\xd4K-Hy`x\0\x28\n\xaf\1\0\0\1\0\0\0\0\0\0" QUESTION) },
	{ "in what is a request, too", BYTES(IN_A_REQUEST) },
	{ "in what is a request before its name has come",
	  BYTES("! /ax \0\1\0\0\0\0\0\0\15 HTTP/1.1\r\n\r\n" QUESTION) },
	{ "in what is SOCKS 4 before its name has come",
	  BYTES("\4\1\1\xbb\1\2\0\1\0\0\0\0\0\0\6dnl-01\7blocked\7example\0\0\1\0\1") },
};

/* _i: on each of two ports; on 53 nothing is SOCKS, and a message is waited for. */
START_TEST(a_question_that_looks_like_a_request_is_judged)
{
	struct bytes stream = questions[_i / 2].stream;
	size_t       first  = _i / 2 == 2 ? 28 : _i / 2 == 3 ? 9 : stream.len;
	enum verdict verdict;

	use_port(_i % 2 == 0 && _i / 2 < 3 ? 53 : 5300);
	shake_hands(1000, 5000);
	verdict = says(1000, 5000, bytes_first(stream, first));
	if (first < stream.len) {
		ck_assert_int_eq(verdict, VERDICT_ACCEPT);
		verdict = says(1000 + (uint32_t)first, 5000, bytes_from(stream, first));
	}
	ck_assert_msg(verdict == VERDICT_BLOCK, "%s", questions[_i / 2].what);
	ck_assert_uint_ge(num_events, 1);
}

/* In the random number of a hello, to a server of DNS. */
START_TEST(a_question_that_looks_like_a_hello_is_judged)
{
	struct bytes hello = hello_of("other.example");
	struct bytes name  = BYTES("\6dnl-01\7blocked\7example\0\0\1\0\1");

	use_port(53);
	shake_hands(1000, 5000);
	memcpy((uint8_t *)hello.at + 14, name.at, name.len);
	((uint8_t *)hello.at)[6] = 0;
	((uint8_t *)hello.at)[7] = 1;
	says(1000, 5000, hello);
	ck_assert_uint_ge(num_events, 1);
	ck_assert_str_eq(events[0].host.text, "dnl-01.blocked.example");
}

/* Java takes it for one line, as LF alone ends none. */
START_TEST(a_request_behind_a_line_that_ends_in_lf_is_judged)
{
	use_port(80);
	shake_hands(1000, 5000);
	says(1000, 5000, BYTES("X\n"));
	ck_assert_int_eq(says(1002, 5000, BYTES("GET / HTTP/1.1\r\nHost: blocked.example\r\n\r\n")),
	                 VERDICT_BLOCK);
}

/*
 * One reading has a body of 300,000 bytes, the other one of 30,000 and another request behind it;
 * what lies beyond the room for it comes again when there is room.
 */
START_TEST(no_reading_misses_what_is_body_to_the_other)
{
	static uint8_t filler[20000];
	struct bytes   head = BYTES("POST http://a.example/ HTTP/1.1\r\nHost: a.example\r\n"
	                          "Content-Length: 300000\r\n\r\n");
	uint32_t       seq = 1000 + (uint32_t)head.len;
	struct writer  packet = writer_over(filler, sizeof(filler));
	size_t         zero   = head.len - 5;           /* the last 0 */

	use_port(3128);
	shake_hands(1000, 5000);
	packet_tcp(&packet, &forth, 1000, TCP_ACK | TCP_URG, head);
	write_u16_at(&packet, 38, (uint16_t)(zero + 1));
	ck_assert_int_eq(judge(DIRECTION_ORIGINAL, writer_written(&packet)), VERDICT_ACCEPT);
	memset(filler, 'x', sizeof(filler));
	says(seq, 5000, bytes_of(filler, sizeof(filler)));
	says(seq + 20000, 5000, bytes_of(filler, 10000));
	ck_assert_int_eq(says(seq + 30000, 5000,
	                      BYTES("GET http://blocked.example/ HTTP/1.1\r\n"
	                            "Host: blocked.example\r\n\r\n")),
	                 VERDICT_DROP);
	answers(5000, seq + 30000, BYTES(""));
	ck_assert_int_eq(says(seq + 30000, 5000,
	                      BYTES("GET http://blocked.example/ HTTP/1.1\r\n"
	                            "Host: blocked.example\r\n\r\n")),
	                 VERDICT_BLOCK);
}

/* A zone comes to a name server as joined segments, and nobody needs its client's word for it. */
START_TEST(a_long_answer_is_not_held_up)
{
	static uint8_t room[65000];
	struct writer  m = writer_over(room, sizeof(room));
	uint32_t       seq = 5000;

	use_port(53);
	shake_hands(1000, 5000);
	while (m.len < 64000)
		write_question(&m, 7, "www.permitted.example");
	for (int i = 0; i < 5; i++, seq += (uint32_t)m.len)
		ck_assert_int_eq(answers(seq, 1000, writer_written(&m)), VERDICT_ACCEPT);
	ck_assert_int_eq(answers(5000, 1000, bytes_first(writer_written(&m), 1448)),
	                 VERDICT_ACCEPT);
}

/*
 * Streams of ordinary clients, sent as their systems do.
 */
static uint8_t       stream_room[400000];
static struct writer stream;

static void fill(size_t len, uint64_t state)
{
	for (size_t i = 0; i < len; i++) {
		state = state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
		write_u8(&stream, (uint8_t)(state >> 56));
	}
}

static void make_questions(void)
{
	for (uint16_t id = 0; id < 6000; id++)
		write_question(&stream, id, "www.permitted.example");
}

static void make_requests(void)
{
	for (int i = 0; i < 10; i++)
		write_text(&stream, "GET / HTTP/1.1\r\nHost: www.permitted.example\r\n\r\n");
}

static void make_upload(void)
{
	for (int i = 0; i < 3; i++) {
		write_text(&stream, "PUT / HTTP/1.1\r\nHost: www.permitted.example\r\n"
		                    "Content-Length: 100000\r\n\r\n");
		fill(100000, 7);
	}
}

static void make_chunks(void)
{
	write_text(&stream, "PUT http://a.example/ HTTP/1.1\r\nHost: a.example\r\n"
	                    "Transfer-Encoding: chunked\r\n\r\n");
	for (int i = 0; i < 20; i++) {
		write_text(&stream, "4000\r\n");
		fill(16384, 8);
		write_text(&stream, "\r\n");
	}
	write_text(&stream, "0\r\n\r\n");
}

static void make_mail(void)
{
	write_text(&stream, "EHLO a\r\nMAIL FROM:<a@a.example>\r\nRCPT TO:<b@b.example>\r\nDATA\r\n");
	for (int i = 0; i < 4000; i++)
		write_text(&stream, i % 40 == 0 ? "help us to fill this letter\r\n"
		                                : "this is a line of a letter with more words\r\n");
}

static void make_shell(void)
{
	write_text(&stream, "SSH-2.0-OpenSSH_9.2\r\n");
	fill(300000, 9);
}

static void make_messages(void)
{
	write_bytes(&stream, BYTES("\x10\x0e\0\4MQTT\4\2\0\x3c\0\2id"));
	for (int i = 0; i < 4000; i++)
		write_bytes(&stream, BYTES("\x30\x0b\0\3a/bhello!"));
}

static void make_readings(void)
{
	write_bytes(&stream, BYTES("\x10\x0e\0\4MQTT\4\2\0\x3c\0\2id"));
	for (int i = 0; i < 4000; i++)
		write_bytes(&stream, BYTES("\x30\x36\0\3a/b{\"temperature\": 20.1, \"pressure\": "
		                           "1013, \"open\": true}"));
}

static void make_hello(void)
{
	write_bytes(&stream, hello_of("www.permitted.example"));
	for (int i = 0; i < 20; i++) {
		write_bytes(&stream, BYTES("\x17\3\3\x3a\x98"));
		fill(15000, 10);
	}
}

static void make_frames(void)
{
	write_text(&stream, "GET /chat HTTP/1.1\r\nHost: www.permitted.example\r\nUpgrade: "
	                    "websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: x\r\n\r\n");
	for (int i = 0; i < 3000; i++) {
		write_bytes(&stream, BYTES("\x82\xc8"));
		fill(76, 11 + (uint64_t)i);
	}
}

static const struct {
	const char *what;
	void (*make)(void);
	uint16_t port;
	bool     server_first;
} streams[] = {
	{ "questions", make_questions, 53, false },
	{ "questions on another port", make_questions, 5353, false },
	{ "requests", make_requests, 80, false },
	{ "uploads", make_upload, 80, false },
	{ "chunks", make_chunks, 3128, false },
	{ "mail", make_mail, 25, true },
	{ "a shell", make_shell, 22, true },
	{ "messages", make_messages, 1883, false },
	{ "readings of instruments", make_readings, 1883, false },
	{ "a hello and more", make_hello, 443, false },
	{ "frames", make_frames, 80, false },
};

static const struct { uint32_t len, window, lost, first; } ways[] = {
	{ 1448, 14480, 0, 1000 },
	{ 1448, 14480, 7, UINT32_MAX - 5000 },
	{ 536, 65535, 5, INT32_MAX - 5000u },
	{ 1448, 200000, 0, 1000 },
	{ 1, 3000, 0, UINT32_MAX },
	{ 21000, 200000, 0, 1000 },
	{ 65000, 200000, 0, UINT32_MAX - 100000 },
	{ 65000, 65000, 3, 1000 },
};

static size_t num_rounds, num_dropped;

/* What the sender has in its window goes out; false if the connection is stuck. */
static bool send_all(struct bytes all, uint32_t len, uint32_t window, uint32_t lost, uint32_t first)
{
	uint32_t una = 0, number = 0, server = 5000;
	int      stuck = 0;

	num_rounds = num_dropped = 0;
	while (una < all.len) {
		uint32_t before = una, part = stuck > 0 ? 1448 : len, gap = 0;
		uint32_t until = una + (stuck > 0 ? part : window);

		num_rounds++;
		for (uint32_t at = una; at < all.len && at < until; at += part) {
			struct bytes piece = bytes_first(bytes_from(all, at), part);
			enum verdict v;

			number++;
			if (lost > 0 && number % lost == 0 && number / lost % 2 == 0) {
				gap = 1;                /* before us */
				continue;
			}
			v = says(first + at, server, piece);
			if (v == VERDICT_PASS)
				return true;
			if (v == VERDICT_BLOCK)
				return false;
			num_dropped += v == VERDICT_DROP;
			if (v == VERDICT_DROP || (lost > 0 && number % lost == 0))
				gap = 1;
			if (gap == 0)
				una = at + (uint32_t)piece.len;
		}
		stuck = una == before ? stuck + 1 : 0;
		if (stuck == 4)
			return false;
		if (answers(server, first + una, BYTES("")) == VERDICT_PASS)
			return true;
		if (num_rounds == 1 && forth.to_port == 443) {
			if (answers(server, first + una, server_hello()) == VERDICT_PASS)
				return true;
			server += 87;
		}
	}
	return true;
}

START_TEST(an_ordinary_stream_gets_through)
{
	static const enum http_requests requests[] = { HTTP_FIRST, HTTP_ALL };

	for (size_t i = 0; i < COUNT(ways) * COUNT(requests); i++) {
		size_t way = i / COUNT(requests);

		end();
		begin();
		use_port(streams[_i].port);
		rules.http_requests = requests[i % COUNT(requests)];
		stream = writer_over(stream_room, sizeof(stream_room));
		streams[_i].make();
		ck_assert(!stream.full);
		if (ways[way].len == 1)
			stream.len = stream.len < 60000 ? stream.len : 60000;
		shake_hands(ways[way].first, 5000);
		if (streams[_i].server_first)
			answers(5000, ways[way].first, BYTES("220 hello\r\n"));
		ck_assert_msg(send_all(writer_written(&stream), ways[way].len, ways[way].window,
		                       ways[way].lost, ways[way].first),
		              "%s, way %zu, all %zu", streams[_i].what, way, i % 2);
		ck_assert_msg(num_events == 0, "%s, way %zu, all %zu: %zu events",
		              streams[_i].what, way, i % 2, num_events);
	}
}

/* The random number of a hello, or a record of it, begins as one that is too long to be read. */
START_TEST(what_looks_like_a_hello_within_one_is_none)
{
	uint8_t      room[300];
	struct bytes h    = hello_of("other.example");
	uint32_t     next = 1010 + (uint32_t)h.len;

	memcpy(room, h.at, h.len);
	memcpy(room + 20, "\x16\3\1\0\x10\1\5\3\x10", 9);
	rules.over_limit = OUTCOME_BLOCK;
	use_port(143);
	shake_hands(1000, 5000);
	answers(5000, 1000, BYTES("220 well\r\n"));
	says(1000, 5010, BYTES("STARTTLS\r\n"));
	answers(5010, 1010, BYTES("220 so do\r\n"));
	ck_assert_int_eq(says(1010, 5021, bytes_of(room, h.len)), VERDICT_ACCEPT);
	answers(5021, next, server_hello());
	ck_assert_int_eq(says(next, 5021 + 87, BYTES("\x17\3\3\0\5hello")), VERDICT_ACCEPT);
	ck_assert_int_eq(answers(5021 + 87, next + 10, BYTES("\x17\3\3\0\5hello")),
	                 VERDICT_PASS);
	ck_assert_uint_eq(num_events, 0);
}

/* Random bytes look like anything at times; nothing is waited for that does not come. */
START_TEST(encrypted_bytes_behind_words_get_through)
{
	size_t num_told = 0;

	for (uint64_t seed = 0; seed < 500; seed++) {
		end();
		begin();
		use_port(22);
		stream = writer_over(stream_room, sizeof(stream_room));
		write_text(&stream, "SSH-2.0-OpenSSH_9.2\r\n");
		fill(30000, seed);
		shake_hands(1000, 5000);
		answers(5000, 1000, BYTES("SSH-2.0-x\r\n"));
		ck_assert_msg(send_all(writer_written(&stream), 1448, 14480, 0, 1000), "%llu",
		              (unsigned long long)seed);
		num_told += num_events;
	}
	ck_assert_uint_le(num_told, 1);
}

/*
 * Protocols that nobody reads, in as many bytes as a first flight has: no name is missed in them,
 * and no limit of any reader is their matter.
 */
static uint32_t chance;

static uint8_t by_chance(uint8_t least, uint8_t most)
{
	chance = chance * 1664525 + 1013904223;
	return (uint8_t)(least + (chance >> 16) % (most - least + 1u));
}

static void fill_bytes(struct writer *w)   { write_u8(w, by_chance(0, 255)); }
static void fill_letters(struct writer *w) { write_u8(w, by_chance('!', '~')); }
static void fill_lines(struct writer *w)
{
	write_u8(w, w->len % 78 < 76 ? by_chance('A', 'Z') : w->len % 78 == 76 ? '\r' : '\n');
}
static void fill_words(struct writer *w)
{
	write_u8(w, by_chance(0, 5) == 0 ? ' ' : by_chance(0, 30) == 0 ? '\n' : by_chance('a', 'z'));
}
static void fill_numbers(struct writer *w) { write_u8(w, w->len % 4 < 3 ? 0 : by_chance(0, 255)); }
static void fill_zeros(struct writer *w)   { write_u8(w, 0); }

static const struct { const char *what; void (*fill)(struct writer *); size_t most; } unknown[] = {
	{ "any bytes", fill_bytes, 14600 },     { "letters", fill_letters, 8000 },
	{ "lines of letters", fill_lines, 14600 }, { "words", fill_words, 14600 },
	{ "small numbers", fill_numbers, 14600 }, { "zeros", fill_zeros, 14600 },
};

START_TEST(what_no_reader_knows_has_no_record)
{
	static uint8_t room[14600];

	for (unsigned i = 0; i < 200; i++) {
		struct writer w = writer_over(room, unknown[_i].most);

		chance = i;
		while (w.len < w.cap)
			unknown[_i].fill(&w);
		end();
		begin();
		use_port(5555);
		rules.over_limit = rules.unreadable = OUTCOME_BLOCK;
		shake_hands(1000, 5000);
		says(1000, 5000, writer_written(&w));
		ck_assert_msg(num_events == 0, "%s, %u", unknown[_i].what, i);
	}
}

int main(void)
{
	Suite *s = suite_create("streams");
	TCase *t = tcase_create("streams");

	tcase_add_checked_fixture(t, begin, end);
	tcase_set_timeout(t, 120);
	tcase_add_loop_test(t, what_was_said_before_an_answer_to_another_syn_is_not_what_the_server_has,
	                    0, COUNT(pretended));
	tcase_add_test(t, a_second_syn_does_not_make_what_came_with_the_first_forgotten);
	tcase_add_test(t, what_came_with_a_syn_and_had_to_make_room_has_its_record);
	tcase_add_test(t, a_question_is_judged_though_its_stream_had_to_make_room);
	tcase_add_test(t, a_question_that_was_lost_in_part_has_its_record);
	tcase_add_test(t, so_is_a_hello_behind_words);
	tcase_add_test(t, words_whose_stream_had_to_make_room_bring_no_record);
	tcase_add_test(t, a_hello_that_is_answered_brings_no_record_though_its_stream_had_to_make_room);
	tcase_add_test(t, an_answer_in_pieces_may_have_to_make_room);
	tcase_add_loop_test(t, half_a_hello_before_a_long_silence_is_known_to_be_lost, 0,
	                    2 * COUNT(losses));
	tcase_add_test(t, so_it_is_if_others_of_the_same_client_took_its_place);
	tcase_add_test(t, a_new_connection_of_its_port_has_lost_nothing);
	tcase_add_loop_test(t, a_session_that_rests_has_lost_nothing, 0, COUNT(waiting));
	tcase_add_test(t, a_client_goes_on_though_a_part_of_its_stream_passed_unseen);
	tcase_add_test(t, a_connection_whose_syn_ack_is_signed_is);
	tcase_add_test(t, one_whose_syn_ack_is_not_is_not_though_a_syn_was);
	tcase_add_test(t, an_urgent_byte_may_come_again_once_the_server_has_taken_the_one_before);
	tcase_add_test(t, of_two_urgent_bytes_the_second_does_not_pass_where_a_reading_is_another);
	tcase_add_test(t, a_reply_of_a_server_that_was_asked_in_place_of_another_is_one);
	tcase_add_test(t, a_port_stays_closed_whatever_syn_comes);
	tcase_add_test(t, what_comes_before_the_first_that_was_seen_is_its_beginning);
	tcase_add_test(t, a_request_whose_method_looks_like_a_hello_is_judged);
	tcase_add_test(t, a_request_whose_line_came_in_pieces_is_judged);
	tcase_add_loop_test(t, a_request_whose_method_looks_like_a_proxys_part_is_judged, 0,
	                    COUNT(methods));
	tcase_add_loop_test(t, a_host_behind_what_servers_throw_away_is_judged, 0, COUNT(talks));
	tcase_add_test(t, a_hello_whose_random_number_is_a_request_is_judged_none_the_less);
	tcase_add_test(t, a_hello_behind_many_others_in_place_of_lines_is_judged);
	tcase_add_test(t, a_hello_through_a_proxy_is_decided_by_its_answer);
	tcase_add_loop_test(t, what_there_is_when_the_client_says_no_more_is_judged, 0,
	                    COUNT(ends));
	tcase_add_loop_test(t, a_request_of_many_fields_is_judged_when_it_is_answered, 0,
	                    COUNT(many_fields));
	tcase_add_test(t, a_request_that_ended_before_it_came_is_judged);
	tcase_add_test(t, a_stream_that_ends_with_every_byte_goes_beyond_a_limit);
	tcase_add_loop_test(t, what_no_server_has_got_is_not_what_it_has_answered, 0, 2);
	tcase_add_test(t, a_request_in_pieces_behind_a_long_one_in_pieces_is_judged);
	tcase_add_loop_test(t, a_request_in_two_ways_is_judged, 0, COUNT(in_two_ways));
	tcase_add_loop_test(t, a_question_that_looks_like_a_request_is_judged, 0,
	                    2 * COUNT(questions));
	tcase_add_test(t, a_question_that_looks_like_a_hello_is_judged);
	tcase_add_test(t, a_request_behind_a_line_that_ends_in_lf_is_judged);
	tcase_add_test(t, no_reading_misses_what_is_body_to_the_other);
	tcase_add_test(t, a_long_answer_is_not_held_up);
	tcase_add_loop_test(t, an_ordinary_stream_gets_through, 0, COUNT(streams));
	tcase_add_test(t, what_looks_like_a_hello_within_one_is_none);
	tcase_add_test(t, encrypted_bytes_behind_words_get_through);
	tcase_add_loop_test(t, what_no_reader_knows_has_no_record, 0, COUNT(unknown));
	suite_add_tcase(s, t);
	return suite_run(s);
}

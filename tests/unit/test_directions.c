/* SPDX-License-Identifier: MIT */

/*
 * What the kernel knows of a packet, new, known or a reply: when a pass is final, when a SYN begins
 * another connection, and which flow a reply belongs to that comes from elsewhere than was asked.
 */

#include "inspect/dns.h"
#include "support/engine.h"
#include "support/packets.h"

#define CLIENT  { 4, { 192, 0, 2, 9 } }
#define OTHER   { 4, { 192, 0, 2, 8 } }
#define SERVER  { 4, { 203, 0, 113, 5 } }
#define GATEWAY { 4, { 192, 0, 2, 1 } }

static const struct packet_path forth = { CLIENT, SERVER, 40000, 443 },
				back  = { SERVER, CLIENT, 443, 40000 };

static struct links       *links;
static bool                is_stray;            /* a reply that the kernel does not expect */
static uint8_t             hello[300];
static struct writer       w;

static bool leads_out(void *owner, const struct address *a, unsigned by, unsigned *other_out)
{
	(void)owner, (void)a;
	*other_out = 3;
	return by == *other_out;
}

static void begin(void)
{
	static const struct link_known known[] = {
		{ "lan0", 2, false, 1, { { { 4, { 192, 0, 2 } }, 24 } } },
		{ "wan0", 3, true, 0, { { { 0 }, 0 } } },
	};
	struct engine_limits limits = { .flows = 64, .hellos = 4, .flow_idle_us = 60000000 };

	is_stray   = false;
	links      = links_new(leads_out, NULL);
	links_set(links, known, COUNT(known));
	limits.links = links;
	engine_begin(&limits, "[category c]\naction = block\nnames = blocked\n");
}

static void end(void)
{
	engine_end();
	links_free(links);
}

static const char *iface_of[] = { [DIRECTION_NEW] = "lan0", [DIRECTION_ORIGINAL] = "lan0",
	                          [DIRECTION_TURNED] = "lan0",
	                          [DIRECTION_REPLY] = "wan0" };

static enum verdict judge(enum direction direction, struct bytes ip)
{
	const struct engine_input in = { .ip = ip, .now_us = INT64_C(1800000000000000),
		                         .sums_settled = true, .direction = direction,
		                         .iface = iface_of[direction], .is_stray = is_stray };

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

/* RFC 8446, section 4.1.3; the random number says whether another hello is asked for. */
static struct bytes server_hello(bool asks_again)
{
	static uint8_t room[100];
	struct writer  s = writer_over(room, sizeof(room));

	write_bytes(&s, BYTES("\x16\3\3\0\x52\2\0\0\x4e\3\3"));
	write_bytes(&s, asks_again ? BYTES("\xCF\x21\xAD\x74\xE5\x9A\x61\x11\xBE\x1D\x8C\x02"
	                                   "\x1E\x65\xB8\x91\xC2\xA2\x11\x16\x7A\xBB\x8C\x5E"
	                                   "\x07\x9E\x09\xE2\xC8\xA8\x33\x9C")
	                           : BYTES("0123456789abcdef0123456789abcdef"));
	while (s.len < 87)
		write_u8(&s, 0);
	return writer_written(&s);
}

static enum verdict urgent_segment(uint32_t seq, uint16_t pointer, struct bytes payload)
{
	static uint8_t room[1600];
	struct writer  packet = writer_over(room, sizeof(room));

	packet_tcp(&packet, &forth, seq, TCP_ACK | TCP_URG, payload);
	write_u16_at(&packet, 38, pointer);
	return judge(DIRECTION_ORIGINAL, writer_written(&packet));
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
	                         server_hello(false)),
	                 VERDICT_PASS);
}

/*
 * Bytes like the beginning of a long hello, and a whole one behind them, before the server of mail
 * has greeted: once it has, they are words. Its client may say nothing more that is let through.
 */
static struct bytes begun_and_whole(void)
{
	static uint8_t begun[600];
	struct writer  stream = writer_over(begun, sizeof(begun));

	write_bytes(&stream, BYTES("\x16\3\1\2\0\1\0\1\xfc\3\3\r\nSTLS\r\n"));
	write_bytes(&stream, hello_of("blocked.example"));
	return writer_written(&stream);
}

static const char *said_next[] = { "", "y" };

START_TEST(what_looked_begun_before_the_server_spoke_is_judged_with_its_clients_next_packet)
{
	struct bytes all = begun_and_whole();
	uint32_t     end = 1000 + (uint32_t)all.len;

	shake_hands();
	ck_assert_int_eq(segment(DIRECTION_ORIGINAL, &forth, 1000, 5000, TCP_ACK, all),
	                 VERDICT_ACCEPT);
	segment(DIRECTION_ORIGINAL, &forth, end, 5000, TCP_ACK, BYTES("x"));
	ck_assert_int_eq(segment(DIRECTION_REPLY, &back, 5000, end, TCP_ACK, BYTES("+OK mail\r\n")),
	                 VERDICT_ACCEPT);
	ck_assert_int_eq(segment(DIRECTION_ORIGINAL, &forth, end, 5010, TCP_ACK,
	                         bytes_text(said_next[_i])),
	                 VERDICT_BLOCK);
	ck_assert_uint_eq(num_events, 1);
}

static const char *greetings[] = { "220 mail\r\n", "Hail from mail\r\n", "HTTP is not spoken\r\n" };

/* It greeted behind its client's first bytes, so what looks like a message of DNS is words. */
START_TEST(a_server_that_greets_late_is_one_of_words)
{
	struct bytes message = BYTES("\0\x19\0\1\1\0\0\1\0\0\0\0\0\0\3www\3org\0\0\1\0\1\2\0\r\n"
	                             "STARTTLS\r\n");
	struct bytes greeting = bytes_text(greetings[_i]);
	uint32_t     at = 1015 + (uint32_t)message.len, said = 5000 + (uint32_t)greeting.len;

	shake_hands();
	segment(DIRECTION_ORIGINAL, &forth, 1000, 5000, TCP_ACK, BYTES("PROXY UNKNOWN\r\n"));
	segment(DIRECTION_REPLY, &back, 5000, 1015, TCP_ACK, greeting);
	ck_assert_int_eq(segment(DIRECTION_ORIGINAL, &forth, 1015, said, TCP_ACK, message),
	                 VERDICT_ACCEPT);
	segment(DIRECTION_REPLY, &back, said, at, TCP_ACK, BYTES("500 no\r\n220 go\r\n"));
	ck_assert_int_eq(segment(DIRECTION_ORIGINAL, &forth, at, said + 16, TCP_ACK,
	                         hello_of("blocked.example")),
	                 VERDICT_BLOCK);
}

/*
 * Apache answers a line of a blank alone with 400, and has noted the host. Its answer may go another
 * way: what the client acknowledges tells of it.
 */
static const bool is_seen[] = { true, false };

START_TEST(a_request_that_its_server_answers_is_judged_though_it_looks_begun)
{
	struct bytes begun = BYTES("GET / HTTP/1.1 \r\nHost: blocked.example:80 \r\n \r\n");
	struct bytes answer = BYTES("HTTP/1.1 400 Bad Request\r\n\r\n");
	uint32_t     end    = 1000 + (uint32_t)begun.len;

	shake_hands();
	ck_assert_int_eq(segment(DIRECTION_ORIGINAL, &forth, 1000, 5000, TCP_ACK, begun),
	                 VERDICT_ACCEPT);
	if (is_seen[_i])
		segment(DIRECTION_REPLY, &back, 5000, end, TCP_ACK, answer);
	ck_assert_int_eq(segment(DIRECTION_ORIGINAL, &forth, end, 5000 + (uint32_t)answer.len,
	                         TCP_ACK, BYTES("")),
	                 VERDICT_BLOCK);
	ck_assert_uint_eq(num_events, 1);
}

/* RFC 8446, section 4.1.4: OpenSSL takes the name of the second hello. */
START_TEST(a_second_hello_that_the_server_asks_for_is_judged)
{
	struct bytes h = hello_of("other.example");
	uint32_t     end = 1000 + (uint32_t)h.len;

	shake_hands();
	segment(DIRECTION_ORIGINAL, &forth, 1000, 5000, TCP_ACK, h);
	ck_assert_int_eq(segment(DIRECTION_REPLY, &back, 5000, end, TCP_ACK, server_hello(true)),
	                 VERDICT_ACCEPT);
	h = hello_of("blocked.example");
	ck_assert_int_eq(segment(DIRECTION_ORIGINAL, &forth, end, 5087, TCP_ACK, h), VERDICT_BLOCK);
	ck_assert_uint_eq(num_events, 1);
}

/*
 * Servers of mail overlook a hello that comes before STARTTLS, whole or not, and take the one that
 * comes behind it.
 */
static const struct { const char *what; bool is_whole, speaks_first; } before[] = {
	{ "a whole hello", true, true },
	{ "the beginning of one", false, true },
	{ "a whole hello to a server that waits", true, false },
};

START_TEST(a_hello_in_front_of_words_makes_nothing_final)
{
	struct bytes h   = hello_of("other.example");
	uint32_t     seq = 1000, server = 5000;

	shake_hands();
	if (before[_i].speaks_first)
		segment(DIRECTION_REPLY, &back, server, seq, TCP_ACK, BYTES("220 mail\r\n"));
	server += before[_i].speaks_first ? 10 : 0;
	if (!before[_i].is_whole)
		h = bytes_first(h, 40);
	ck_assert_int_eq(segment(DIRECTION_ORIGINAL, &forth, seq, server, TCP_ACK, h),
	                 VERDICT_ACCEPT);
	seq += (uint32_t)h.len;
	ck_assert_int_eq(segment(DIRECTION_REPLY, &back, server, seq, TCP_ACK, BYTES("500 no\r\n")),
	                 VERDICT_ACCEPT);
	segment(DIRECTION_ORIGINAL, &forth, seq, server, TCP_ACK, BYTES("\r\nSTARTTLS\r\n"));
	segment(DIRECTION_REPLY, &back, server + 8, seq + 12, TCP_ACK, BYTES("220 go\r\n"));
	h = hello_of("blocked.example");
	ck_assert_int_eq(segment(DIRECTION_ORIGINAL, &forth, seq + 12, server + 16, TCP_ACK, h),
	                 VERDICT_BLOCK);
	ck_assert_uint_ge(num_events, 1);       /* and perhaps that the first cannot be read */
}

/* Some of its lines look like a request, some bytes like a hello that cannot be read. */
START_TEST(a_mail_in_the_clear_makes_no_record)
{
	static const char line[] = "GET / is how X / HTTP/1.1 begins\r\n"
	                           "\x16\3\1\0\x08\1\0\0\4\3\3??\r\n";
	uint32_t          seq = 1000;

	rules.unreadable = rules.over_limit = OUTCOME_LOG;
	shake_hands();
	segment(DIRECTION_REPLY, &back, 5000, seq, TCP_ACK, BYTES("220 mail\r\n"));
	for (int i = 0; i < 1000; i++, seq += sizeof(line) - 1)
		segment(DIRECTION_ORIGINAL, &forth, seq, 5010, TCP_ACK,
		        bytes_of((const uint8_t *)line, sizeof(line) - 1));
	ck_assert_uint_eq(num_events, 0);
}

/* Node sends its SETTINGS at once: RFC 9113, section 3.4. */
START_TEST(a_server_of_http_2_may_speak_first)
{
	shake_hands();
	segment(DIRECTION_REPLY, &back, 5000, 1000, TCP_ACK, BYTES("\0\0\0\4\0\0\0\0\0"));
	ck_assert_int_eq(segment(DIRECTION_ORIGINAL, &forth, 1000, 5009, TCP_ACK,
	                         BYTES("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\4\0\0\0\0\0"
	                               "\0\0\x14\1\5\0\0\0\1\x82\x86\x84\x41\x0f"
	                               "blocked.example")),
	                 VERDICT_BLOCK);
}

START_TEST(whether_it_asks_is_read_though_its_hello_comes_in_pieces)
{
	struct bytes h = hello_of("other.example"), s = server_hello(false);
	uint32_t     end = 1000 + (uint32_t)h.len;

	shake_hands();
	segment(DIRECTION_ORIGINAL, &forth, 1000, 5000, TCP_ACK, h);
	ck_assert_int_eq(segment(DIRECTION_REPLY, &back, 5007, end, TCP_ACK, bytes_from(s, 7)),
	                 VERDICT_ACCEPT);
	ck_assert_int_eq(segment(DIRECTION_REPLY, &back, 5000, end, TCP_ACK, bytes_first(s, 7)),
	                 VERDICT_PASS);
}

/*
 * What the server says to a SYN is what counts: a SYN that it never got, or did not take, changes
 * nothing.
 */
START_TEST(a_connection_begins_where_the_server_says)
{
	struct bytes h = hello_of("blocked.example");

	segment(DIRECTION_NEW, &forth, 999, 0, TCP_SYN, BYTES(""));
	segment(DIRECTION_NEW, &forth, 949, 0, TCP_SYN, BYTES(""));
	segment(DIRECTION_REPLY, &back, 4999, 1000, TCP_SYN | TCP_ACK, BYTES(""));
	segment(DIRECTION_ORIGINAL, &forth, 950, 5000, TCP_ACK,
	        bytes_first(hello_of("other.example"), 50));
	h = hello_of("blocked.example");
	ck_assert_int_eq(segment(DIRECTION_ORIGINAL, &forth, 1000, 5000, TCP_ACK, h), VERDICT_BLOCK);
}

/* As after a reset that the server never got: the kernel takes the SYN for a new connection. */
START_TEST(a_syn_that_the_kernel_takes_for_a_new_connection_begins_none_without_an_answer)
{
	struct bytes h = hello_of("blocked.example");

	shake_hands();
	segment(DIRECTION_ORIGINAL, &forth, 1000, 5000, TCP_ACK, bytes_first(h, 60));
	segment(DIRECTION_NEW, &forth, 1059, 0, TCP_SYN, BYTES(""));
	ck_assert_int_eq(segment(DIRECTION_NEW, &forth, 1060, 5000, TCP_ACK, bytes_from(h, 60)),
	                 VERDICT_BLOCK);
}

/*
 * A port that is used again, whose server still has the connection before and says so: that makes
 * nothing final for the one that the SYN begins.
 */
START_TEST(behind_a_syn_no_answer_to_what_was_before_is_final)
{
	struct bytes h   = hello_of("other.example");
	uint32_t     end = 1000 + (uint32_t)h.len;

	shake_hands();
	segment(DIRECTION_ORIGINAL, &forth, 1000, 5000, TCP_ACK, h);
	segment(DIRECTION_NEW, &forth, 99999, 0, TCP_SYN, BYTES(""));
	ck_assert_int_eq(segment(DIRECTION_REPLY, &back, 5000, end, TCP_ACK, server_hello(false)),
	                 VERDICT_ACCEPT);
	segment(DIRECTION_REPLY, &back, 8999, 100000, TCP_SYN | TCP_ACK, BYTES(""));
	ck_assert_int_eq(segment(DIRECTION_ORIGINAL, &forth, 100000, 9000, TCP_ACK,
	                         hello_of("blocked.example")),
	                 VERDICT_BLOCK);
}

/* Its SYN/ACK has come by: a burst of its client's is no sign that answers go another way. */
START_TEST(a_connection_that_a_syn_ack_begins_anew_is_answered)
{
	struct bytes h   = hello_of("other.example");
	uint32_t     end = 100000 + (uint32_t)h.len;

	rules.unanswered_packets = 4;
	shake_hands();
	segment(DIRECTION_NEW, &forth, 99999, 0, TCP_SYN, BYTES(""));
	segment(DIRECTION_REPLY, &back, 8999, 100000, TCP_SYN | TCP_ACK, BYTES(""));
	for (unsigned i = 0; i < 8; i++)
		ck_assert_int_eq(segment(DIRECTION_ORIGINAL, &forth, 100000, 9000, TCP_ACK, h),
		                 VERDICT_ACCEPT);
	for (unsigned i = 0; i < 8; i++)
		ck_assert_int_eq(segment(DIRECTION_ORIGINAL, &forth, end, 9000, TCP_ACK, BYTES("")),
		                 VERDICT_ACCEPT);
}

START_TEST(a_connection_that_goes_on_behind_a_syn_is_final)
{
	struct bytes h   = hello_of("other.example");
	uint32_t     end = 1000 + (uint32_t)h.len;

	shake_hands();
	segment(DIRECTION_ORIGINAL, &forth, 1000, 5000, TCP_ACK, h);
	segment(DIRECTION_NEW, &forth, 99999, 0, TCP_SYN, BYTES(""));
	segment(DIRECTION_REPLY, &back, 5000, end, TCP_ACK, server_hello(false));
	ck_assert_int_eq(segment(DIRECTION_ORIGINAL, &forth, end, 5087, TCP_ACK, BYTES("more")),
	                 VERDICT_ACCEPT);
	ck_assert_int_eq(segment(DIRECTION_REPLY, &back, 5087, end + 4, TCP_ACK, BYTES("")),
	                 VERDICT_PASS);
}

START_TEST(a_syn_begins_anew_what_nobody_saw_begin)
{
	for (uint32_t i = 0; i < rules.unanswered_packets; i++)
		segment(DIRECTION_ORIGINAL, &forth, 7000, 9999, TCP_ACK, BYTES(""));
	segment(DIRECTION_NEW, &forth, 99999, 0, TCP_SYN, BYTES(""));
	ck_assert_int_eq(segment(DIRECTION_REPLY, &back, 9999, 7000, TCP_ACK, BYTES("")),
	                 VERDICT_ACCEPT);
	segment(DIRECTION_REPLY, &back, 8999, 100000, TCP_SYN | TCP_ACK, BYTES(""));
	ck_assert_int_eq(segment(DIRECTION_ORIGINAL, &forth, 100000, 9000, TCP_ACK,
	                         hello_of("blocked.example")),
	                 VERDICT_BLOCK);
}

START_TEST(nor_does_a_syn_ack_of_the_client)
{
	struct bytes h = hello_of("blocked.example");

	ck_assert_int_eq(segment(DIRECTION_NEW, &forth, 949, 1, TCP_SYN | TCP_ACK, BYTES("")),
	                 VERDICT_DROP);
	shake_hands();
	ck_assert_int_eq(segment(DIRECTION_ORIGINAL, &forth, 949, 1, TCP_SYN | TCP_ACK, BYTES("")),
	                 VERDICT_DROP);
	ck_assert_int_eq(segment(DIRECTION_ORIGINAL, &forth, 1000, 5000, TCP_ACK, h), VERDICT_BLOCK);
}

/* RFC 8684: a client that asks for several paths gets one. */
START_TEST(a_connection_keeps_to_one_path)
{
	static uint8_t room[100];
	struct writer  packet = writer_over(room, sizeof(room));
	struct packet  p;

	packet_tcp(&packet, &forth, 999, TCP_SYN, BYTES("\x1e\x0c\1\x81" "12345678"));
	write_u16_at(&packet, 32, 0x8002);
	reply = (struct engine_reply){ 0 };
	ck_assert_int_eq(judge(DIRECTION_NEW, writer_written(&packet)), VERDICT_ACCEPT);
	ck_assert_uint_eq(reply.instead.len, packet.len);
	ck_assert_int_eq(packet_read(reply.instead, &p), PARSE_OK);
	ck_assert_uint_eq(p.seq, 999);
	ck_assert_uint_eq(p.segment.at[20], 1);         /* no operation */
	segment(DIRECTION_NEW, &forth, 999, 0, TCP_SYN, BYTES(""));
	ck_assert_uint_eq(reply.instead.len, 0);
}

/* Data in a SYN (RFC 7413) that the server did not take comes again, or something else does. */
START_TEST(data_in_a_syn_counts_only_if_the_server_took_it)
{
	segment(DIRECTION_NEW, &forth, 999, 0, TCP_SYN, hello_of("other.example"));
	segment(DIRECTION_REPLY, &back, 4999, 1000, TCP_SYN | TCP_ACK, BYTES(""));
	ck_assert_int_eq(segment(DIRECTION_ORIGINAL, &forth, 1000, 5000, TCP_ACK,
	                         hello_of("blocked.example")),
	                 VERDICT_BLOCK);
}

START_TEST(nor_is_it_taken_from_a_syn_within_a_connection)
{
	shake_hands();
	ck_assert_int_eq(segment(DIRECTION_NEW, &forth, 69999, 0, TCP_SYN,
	                         hello_of("blocked.example")),
	                 VERDICT_DROP);
}

/* Windows keeps connections alive with a byte that the server has had: RFC 9293, section 3.8.4. */
START_TEST(what_the_server_has_taken_may_be_said_otherwise)
{
	struct bytes h = hello_of("blocked.example");
	uint32_t     end = 1000 + (uint32_t)h.len;

	shake_hands();
	segment(DIRECTION_ORIGINAL, &forth, 1000, 5000, TCP_ACK, bytes_first(h, 60));
	ck_assert_int_eq(segment(DIRECTION_ORIGINAL, &forth, 1059, 5000, TCP_ACK, BYTES("?")),
	                 VERDICT_DROP);
	segment(DIRECTION_REPLY, &back, 5000, 1060, TCP_ACK, BYTES(""));
	ck_assert_int_eq(segment(DIRECTION_ORIGINAL, &forth, 1059, 5000, TCP_ACK, BYTES("?")),
	                 VERDICT_ACCEPT);
	/* but nobody takes what was never sent */
	segment(DIRECTION_REPLY, &back, 5000, end + 1000, TCP_ACK, BYTES(""));
	ck_assert_uint_eq(engine_counts(engine).missed, 1);
	ck_assert_int_eq(segment(DIRECTION_ORIGINAL, &forth, 1060, 5000, TCP_ACK,
	                         bytes_from(h, 60)),
	                 VERDICT_BLOCK);
}

/*
 * The client's data goes around filterd, and the server's answer to it comes by: said once for the
 * connection, and what comes by after all is judged.
 */
START_TEST(what_went_around_is_known_by_the_servers_answer)
{
	struct bytes h = hello_of("blocked.example");

	shake_hands();
	ck_assert_int_eq(segment(DIRECTION_REPLY, &back, 5000, 1000, TCP_ACK, BYTES("")),
	                 VERDICT_ACCEPT);
	ck_assert_uint_eq(engine_counts(engine).missed, 0);
	ck_assert_int_eq(segment(DIRECTION_REPLY, &back, 5000, 1200, TCP_ACK, BYTES("ok")),
	                 VERDICT_ACCEPT);
	ck_assert_uint_eq(engine_counts(engine).missed, 1);
	ck_assert_uint_eq(engine_counts(engine).over_limit, 1);
	segment(DIRECTION_REPLY, &back, 5002, 1400, TCP_ACK, BYTES(""));
	ck_assert_uint_eq(engine_counts(engine).missed, 1);
	ck_assert_int_eq(segment(DIRECTION_ORIGINAL, &forth, 1000, 5002, TCP_ACK, h), VERDICT_BLOCK);
}

START_TEST(it_is_stopped_where_nobody_may_know)
{
	rules.over_limit = OUTCOME_BLOCK;
	shake_hands();
	ck_assert_int_eq(segment(DIRECTION_REPLY, &back, 5000, 1200, TCP_ACK, BYTES("ok")),
	                 VERDICT_BLOCK);
}

/* To the kernel that one is invalid, or nobody saw the connection begin, or it was judged. */
START_TEST(no_other_answer_says_so)
{
	struct bytes h = hello_of("www.example.org");

	shake_hands();
	is_stray = true;
	segment(DIRECTION_REPLY, &back, 5000, 1200, TCP_ACK, BYTES(""));
	is_stray = false;
	segment(DIRECTION_REPLY, &back, 5000, 1200, TCP_ACK | TCP_RST, BYTES(""));
	segment(DIRECTION_ORIGINAL, &forth, 1000, 5000, TCP_ACK, h);
	segment(DIRECTION_REPLY, &back, 5000, 1000 + (uint32_t)h.len, TCP_ACK, server_hello(false));
	segment(DIRECTION_REPLY, &back, 5087, 9000, TCP_ACK, BYTES(""));
	segment(DIRECTION_ORIGINAL, &(struct packet_path){ CLIENT, SERVER, 40001, 443 }, 1000, 5000,
	        TCP_ACK, BYTES("\x16"));
	segment(DIRECTION_REPLY, &(struct packet_path){ SERVER, CLIENT, 443, 40001 }, 5000, 9000,
	        TCP_ACK, BYTES(""));
	ck_assert_uint_eq(engine_counts(engine).missed, 0);
}

/* The kernel says that the connection was answered, and no answer came by. */
START_TEST(answers_that_go_around_are_known_by_what_the_client_says_then)
{
	segment(DIRECTION_NEW, &forth, 999, 0, TCP_SYN, BYTES(""));
	segment(DIRECTION_ORIGINAL, &forth, 1000, 5000, TCP_ACK, BYTES(""));
	ck_assert_uint_eq(engine_counts(engine).unheard, 0);
	segment(DIRECTION_ORIGINAL, &forth, 1000, 5000, TCP_ACK, BYTES("\x16"));
	segment(DIRECTION_ORIGINAL, &forth, 1001, 5000, TCP_ACK, BYTES("\3"));
	ck_assert_uint_eq(engine_counts(engine).unheard, 1);
}

START_TEST(where_answers_come_by_none_goes_around)
{
	shake_hands();
	segment(DIRECTION_ORIGINAL, &forth, 1000, 5000, TCP_ACK, BYTES("\x16"));
	/* one that was there before */
	segment(DIRECTION_ORIGINAL, &(struct packet_path){ CLIENT, SERVER, 40001, 443 }, 1000, 5000,
	        TCP_ACK, BYTES("\x16"));
	ck_assert_uint_eq(engine_counts(engine).unheard, 0);
}

/* The same within DNS over TCP, where each message is judged for itself. */
START_TEST(a_question_behind_such_a_byte_is_judged)
{
	static const struct packet_path ask = { CLIENT, SERVER, 40003, 53 },
					got = { SERVER, CLIENT, 53, 40003 };
	uint8_t       room[200];
	struct writer m = writer_over(room, sizeof(room));
	uint32_t      end;

	write_u16(&m, 0);
	packet_query(&m, 7, "www.permitted.example", DNS_TYPE_A);
	write_u16_at(&m, 0, (uint16_t)(m.len - 2));
	end = 1000 + (uint32_t)m.len;
	segment(DIRECTION_NEW, &ask, 999, 0, TCP_SYN, BYTES(""));
	segment(DIRECTION_REPLY, &got, 4999, 1000, TCP_SYN | TCP_ACK, BYTES(""));
	segment(DIRECTION_ORIGINAL, &ask, 1000, 5000, TCP_ACK, writer_written(&m));
	segment(DIRECTION_REPLY, &got, 5000, end, TCP_ACK, BYTES(""));
	ck_assert_int_eq(segment(DIRECTION_ORIGINAL, &ask, end - 1, 5000, TCP_ACK, BYTES("?")),
	                 VERDICT_ACCEPT);
	m = writer_over(room, sizeof(room));
	write_u16(&m, 0);
	packet_query(&m, 8, "blocked.example", DNS_TYPE_A);
	write_u16_at(&m, 0, (uint16_t)(m.len - 2));
	ck_assert_int_eq(segment(DIRECTION_ORIGINAL, &ask, end, 5000, TCP_ACK, writer_written(&m)),
	                 VERDICT_BLOCK);
}

/* RFC 6093: some receivers take the byte out of the stream, and some do not. */
static const struct { const char *what; uint16_t pointer; uint32_t len; } urgent[] = {
	{ "within the name, in a segment of its own", 1, 1 },
	{ "without a pointer", 0, 1 },
	{ "with what comes behind it", 1, 5 },
};

START_TEST(an_urgent_byte_is_read_both_ways)
{
	struct bytes  h   = hello_of("blocked.example");
	uint32_t      dot = 0;
	uint8_t       grown[300];
	struct writer g = writer_over(grown, sizeof(grown));

	while (h.at[dot] != '.')
		dot++;
	write_bytes(&g, bytes_first(h, dot));
	write_u8(&g, 'X');
	write_bytes(&g, bytes_from(h, dot));
	h = writer_written(&g);
	shake_hands();
	segment(DIRECTION_ORIGINAL, &forth, 1000, 5000, TCP_ACK, bytes_first(h, dot));
	ck_assert_int_ne(urgent_segment(1000 + dot, urgent[_i].pointer,
	                                bytes_first(bytes_from(h, dot), urgent[_i].len)),
	                 VERDICT_BLOCK);
	ck_assert_int_eq(segment(DIRECTION_ORIGINAL, &forth, 1000 + dot + urgent[_i].len, 5000,
	                         TCP_ACK, bytes_from(h, dot + urgent[_i].len)),
	                 VERDICT_BLOCK);
	ck_assert_uint_eq(num_events, 1);
}

START_TEST(a_second_hello_is_judged_in_each_reading)
{
	struct bytes h = hello_of("other.example");
	uint32_t     end = 1001 + (uint32_t)h.len;

	shake_hands();
	urgent_segment(1000, 1, BYTES("\x16\x16"));
	segment(DIRECTION_ORIGINAL, &forth, 1002, 5000, TCP_ACK, bytes_from(h, 1));
	ck_assert_int_eq(segment(DIRECTION_REPLY, &back, 5000, end, TCP_ACK, server_hello(true)),
	                 VERDICT_ACCEPT);
	h = hello_of("blocked.example");
	ck_assert_int_eq(segment(DIRECTION_ORIGINAL, &forth, end, 5087, TCP_ACK, h), VERDICT_BLOCK);
}

START_TEST(of_two_urgent_bytes_the_second_does_not_pass)
{
	struct bytes h = hello_of("other.example");

	shake_hands();
	ck_assert_int_eq(urgent_segment(1000, 1, bytes_first(h, 1)), VERDICT_ACCEPT);
	ck_assert_int_eq(urgent_segment(1000, 1, bytes_first(h, 1)), VERDICT_ACCEPT);
	ck_assert_int_eq(urgent_segment(1001, 1, bytes_first(bytes_from(h, 1), 1)), VERDICT_DROP);
}

START_TEST(nor_does_one_within_what_was_judged)
{
	struct bytes h = hello_of("other.example");

	shake_hands();
	segment(DIRECTION_ORIGINAL, &forth, 1000, 5000, TCP_ACK, h);
	ck_assert_int_eq(urgent_segment(1000, 50, h), VERDICT_DROP);
}

/*
 * The kernel forgot the connection, and the server spoke first: to the kernel, it has opened one. Of
 * others that came from outside nothing is looked at.
 */
START_TEST(a_client_that_the_kernel_takes_for_the_server_is_known_by_its_flow)
{
	struct bytes h = hello_of("blocked.example");

	ck_assert_int_eq(segment(DIRECTION_TURNED, &forth, 1000, 5000, TCP_ACK, h), VERDICT_PASS);
	shake_hands();
	segment(DIRECTION_ORIGINAL, &forth, 1000, 5000, TCP_ACK, bytes_first(h, 60));
	ck_assert_int_eq(segment(DIRECTION_TURNED, &forth, 1060, 5000, TCP_ACK, bytes_from(h, 60)),
	                 VERDICT_BLOCK);
	ck_assert_uint_eq(num_events, 1);
}

/* What the server has said to its words went another way: only their client tells of it. */
START_TEST(a_hello_behind_half_of_one_is_judged_though_no_answer_came_by)
{
	struct bytes h = hello_of("blocked.example"), half = BYTES("\x16\3\1\2\0\1\0\1\xfc\3\3\r\n");

	shake_hands();
	segment(DIRECTION_TURNED, &forth, 1000, 5035, TCP_ACK, half);
	ck_assert_int_eq(segment(DIRECTION_TURNED, &forth, 1000 + (uint32_t)half.len, 5070, TCP_ACK, h),
	                 VERDICT_BLOCK);
	ck_assert_uint_eq(num_events, 1);
}

/* A client that answers itself in the server's name, to have its own words taken for judged. */
START_TEST(a_reply_that_comes_from_where_the_server_cannot_be_says_nothing)
{
	struct bytes h = hello_of("other.example");

	shake_hands();
	segment(DIRECTION_ORIGINAL, &forth, 1000, 5000, TCP_ACK, h);
	iface_of[DIRECTION_REPLY] = "lan0";
	ck_assert_int_eq(segment(DIRECTION_REPLY, &back, 5000, 1000 + (uint32_t)h.len, TCP_ACK,
	                         server_hello(false)),
	                 VERDICT_ACCEPT);
	iface_of[DIRECTION_REPLY] = "wan0";
	ck_assert_int_eq(segment(DIRECTION_REPLY, &back, 5000, 1000 + (uint32_t)h.len, TCP_ACK,
	                         server_hello(false)),
	                 VERDICT_PASS);
}

/* As if the server had opened the connection, and the client answered. */
START_TEST(a_packet_in_the_servers_name_from_where_clients_are_opens_nothing)
{
	ck_assert_int_eq(segment(DIRECTION_NEW, &back, 1, 1, TCP_ACK, BYTES("")), VERDICT_DROP);
	ck_assert_int_eq(segment(DIRECTION_NEW, &back, 1, 0, TCP_SYN, BYTES("")), VERDICT_DROP);
	ck_assert_int_eq(datagram_of(DIRECTION_NEW, &back, BYTES("any")), VERDICT_DROP);
	ck_assert_int_eq(segment(DIRECTION_ORIGINAL, &back, 1, 1, TCP_FIN | TCP_ACK, BYTES("")),
	                 VERDICT_DROP);
	ck_assert_uint_eq(engine_counts(engine).forged, 4);
	ck_assert_uint_eq(engine_counts(engine).flows, 0);
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

/* What it says behind its hello would be words if the server had not answered. */
START_TEST(so_they_are_though_the_client_goes_on)
{
	static const uint8_t rest[100] = { 23, 3, 3, 0, 95 };
	struct bytes         h         = hello_of("other.example");
	uint32_t             seq       = 1000 + (uint32_t)h.len;
	enum verdict         verdict   = VERDICT_ACCEPT;

	segment(DIRECTION_NEW, &forth, 999, 0, TCP_SYN, BYTES(""));
	segment(DIRECTION_ORIGINAL, &forth, 1000, 5000, TCP_ACK, h);
	for (unsigned i = 0; i < rules.unanswered_packets && verdict == VERDICT_ACCEPT; i++) {
		verdict = segment(DIRECTION_ORIGINAL, &forth, seq, 6000 + i, TCP_ACK,
		                  bytes_of(rest, sizeof(rest)));
		seq += sizeof(rest);
	}
	ck_assert_int_eq(verdict, VERDICT_PASS);
}

/* The first one is lost for the kernel, and tells where the connection begins all the same. */
START_TEST(so_they_are_where_only_a_syn_ack_does)
{
	struct bytes h = hello_of("other.example");

	rules.unanswered_packets = 3;
	segment(DIRECTION_NEW, &forth, 99, 0, TCP_SYN, BYTES(""));
	segment(DIRECTION_NEW, &forth, 100, 5000, TCP_ACK, BYTES("words"));
	is_stray = true;
	segment(DIRECTION_REPLY, &back, 4999, 1000, TCP_SYN | TCP_ACK, BYTES(""));
	is_stray = false;
	for (int i = 0; i < 2; i++)
		ck_assert_int_eq(segment(DIRECTION_ORIGINAL, &forth, 1000, 5000, TCP_ACK, h),
		                 VERDICT_ACCEPT);
	ck_assert_int_eq(segment(DIRECTION_ORIGINAL, &forth, 1000, 5000, TCP_ACK, h), VERDICT_PASS);
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
	segment(DIRECTION_REPLY, &back, 89999, 70000, TCP_SYN | TCP_ACK, BYTES(""));
	h = hello_of("blocked.example");
	ck_assert_int_eq(segment(DIRECTION_ORIGINAL, &forth, 70000, 90000, TCP_ACK, h),
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

/*
 * Forced DNS: the gateway's own resolver answers what was asked of another. _i: while another client
 * opens as many flows as are remembered.
 */
START_TEST(a_reply_from_elsewhere_is_of_the_flow_that_its_receiver_opened)
{
	struct packet_path       others = { OTHER, SERVER, 1, 53 };
	const struct packet_path ask  = { CLIENT, SERVER, 40001, 53 },
				 from = { GATEWAY, CLIENT, 53, 40001 };
	const struct address     server = SERVER;
	uint8_t                  message[200];
	struct writer            m = writer_over(message, sizeof(message));
	struct packet            p;

	packet_query(&m, 7, "www.permitted.example", DNS_TYPE_A);
	ck_assert_int_eq(datagram_of(DIRECTION_NEW, &ask, writer_written(&m)), VERDICT_ACCEPT);
	for (; others.from_port <= 63 * _i; others.from_port++)
		datagram_of(DIRECTION_NEW, &others, writer_written(&m));
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
	                         server_hello(false)),
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

/* A question of the device with this number. */
static void ask_as(uint16_t device, int64_t at_us)
{
	struct packet_path  path = { { 4, { 192, 0, (uint8_t)(device >> 8), (uint8_t)device } },
		                     SERVER, 40000, 53 };
	uint8_t             message[64], room[200];
	struct writer       m = writer_over(message, sizeof(message)),
			    p = writer_over(room, sizeof(room));
	struct engine_input in = { .now_us = INT64_C(1800000000000000) + at_us,
		                   .sums_settled = true, .direction = DIRECTION_NEW, .iface = "",
		                   .has_mac = device % 2 != 0,
		                   .mac = { 2, 0, 0, 0, (uint8_t)(device >> 8), (uint8_t)device } };

	num_events = 0;
	packet_query(&m, 7, "blocked.example", DNS_TYPE_A);
	packet_udp(&p, &path, writer_written(&m));
	in.ip = writer_written(&p);
	engine_packet(engine, &rules, &in, &reply);
	ck_assert_uint_eq(num_events, 1);
	ck_assert_uint_gt(reply.answer.len, 0);
	ck_assert(reply.is_to_known == events[0].is_known);
}

/* _i: with its link address, or without one. */
START_TEST(a_device_is_known_from_its_sixth_minute_on_whatever_others_are_made_up)
{
	uint16_t device = (uint16_t)(2 + _i);
	int64_t  now_us = 0;

	for (int minute = 0; minute < 6; minute++, now_us += 60000000) {
		ask_as(device, now_us);
		ck_assert(events[0].is_known == (minute >= 5));
	}
	for (uint16_t other = 1000; other < 4000; other++) {
		ask_as(other, now_us++);
		ck_assert(!events[0].is_known);
	}
	now_us += INT64_C(3600000000);
	ask_as(device, now_us);
	ck_assert(events[0].is_known);
}

int main(void)
{
	Suite *s = suite_create("directions");
	TCase *t = tcase_create("directions");

	tcase_add_checked_fixture(t, begin, end);
	tcase_add_test(t, a_pass_is_final_when_the_server_has_acknowledged_what_was_judged);
	tcase_add_loop_test(
		t, what_looked_begun_before_the_server_spoke_is_judged_with_its_clients_next_packet,
		0, COUNT(said_next));
	tcase_add_loop_test(t, a_request_that_its_server_answers_is_judged_though_it_looks_begun, 0,
	                    COUNT(is_seen));
	tcase_add_loop_test(t, a_server_that_greets_late_is_one_of_words, 0, COUNT(greetings));
	tcase_add_test(t, a_second_hello_that_the_server_asks_for_is_judged);
	tcase_add_loop_test(t, a_hello_in_front_of_words_makes_nothing_final, 0, COUNT(before));
	tcase_add_test(t, a_mail_in_the_clear_makes_no_record);
	tcase_add_test(t, a_server_of_http_2_may_speak_first);
	tcase_add_test(t, whether_it_asks_is_read_though_its_hello_comes_in_pieces);
	tcase_add_test(t, a_connection_begins_where_the_server_says);
	tcase_add_test(t, a_syn_that_the_kernel_takes_for_a_new_connection_begins_none_without_an_answer);
	tcase_add_test(t, behind_a_syn_no_answer_to_what_was_before_is_final);
	tcase_add_test(t, a_connection_that_goes_on_behind_a_syn_is_final);
	tcase_add_test(t, a_connection_that_a_syn_ack_begins_anew_is_answered);
	tcase_add_test(t, a_syn_begins_anew_what_nobody_saw_begin);
	tcase_add_test(t, nor_does_a_syn_ack_of_the_client);
	tcase_add_test(t, a_connection_keeps_to_one_path);
	tcase_add_test(t, data_in_a_syn_counts_only_if_the_server_took_it);
	tcase_add_test(t, nor_is_it_taken_from_a_syn_within_a_connection);
	tcase_add_test(t, what_the_server_has_taken_may_be_said_otherwise);
	tcase_add_test(t, what_went_around_is_known_by_the_servers_answer);
	tcase_add_test(t, it_is_stopped_where_nobody_may_know);
	tcase_add_test(t, no_other_answer_says_so);
	tcase_add_test(t, answers_that_go_around_are_known_by_what_the_client_says_then);
	tcase_add_test(t, where_answers_come_by_none_goes_around);
	tcase_add_test(t, a_question_behind_such_a_byte_is_judged);
	tcase_add_loop_test(t, an_urgent_byte_is_read_both_ways, 0, COUNT(urgent));
	tcase_add_test(t, a_second_hello_is_judged_in_each_reading);
	tcase_add_test(t, of_two_urgent_bytes_the_second_does_not_pass);
	tcase_add_test(t, nor_does_one_within_what_was_judged);
	tcase_add_test(t, a_client_that_the_kernel_takes_for_the_server_is_known_by_its_flow);
	tcase_add_test(t, a_hello_behind_half_of_one_is_judged_though_no_answer_came_by);
	tcase_add_test(t, a_reply_that_comes_from_where_the_server_cannot_be_says_nothing);
	tcase_add_test(t, a_packet_in_the_servers_name_from_where_clients_are_opens_nothing);
	tcase_add_test(t, before_that_another_beginning_in_its_place_is_judged);
	tcase_add_test(t, where_no_answer_comes_by_some_packets_are_enough);
	tcase_add_test(t, so_they_are_though_the_client_goes_on);
	tcase_add_test(t, so_they_are_where_only_a_syn_ack_does);
	tcase_add_test(t, where_answers_come_no_number_of_packets_is);
	tcase_add_test(t, udp_passes_with_its_first_answer_or_after_some_packets_without);
	tcase_add_test(t, udp_that_nobody_answers_passes_after_some_packets);
	tcase_add_test(t, a_connection_that_nobody_saw_begin_and_whose_client_is_silent_passes);
	tcase_add_test(t, what_it_says_before_is_judged);
	tcase_add_test(t, a_syn_within_a_connection_that_was_answered_begins_nothing);
	tcase_add_test(t, one_of_a_new_connection_does);
	tcase_add_test(t, a_reply_is_not_taken_for_what_a_client_asks);
	tcase_add_loop_test(t, a_reply_from_elsewhere_is_of_the_flow_that_its_receiver_opened, 0, 2);
	tcase_add_test(t, so_is_one_of_tcp_and_it_makes_the_pass_final);
	tcase_add_loop_test(t, a_client_is_known_by_its_link_address_from_another_packet_lately, 0,
	                    COUNT(later));
	tcase_add_loop_test(
		t, a_device_is_known_from_its_sixth_minute_on_whatever_others_are_made_up, 0, 2);
	suite_add_tcase(s, t);
	return suite_run(s);
}

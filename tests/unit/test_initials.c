/* SPDX-License-Identifier: MIT */

/*
 * Several QUIC connections within one flow, and what is forgotten of them; tests/replay has the
 * stories of single ones.
 */

#include "support/engine.h"
#include "support/packets.h"

#define NOW_US    INT64_C(1800000000000000)
#define FLOWS     256
#define HELLOS    16
#define CUT       40            /* bytes of a hello in its first datagram */
#define PERMITTED "www.permitted.org"
#define BLOCKED   "www.blocked.example"

static struct quic_cipher *cipher;
static enum direction      direction;
static int64_t             now_us;
static uint8_t             client_byte;
static uint8_t             server_byte;         /* the last one of the client's address */

static void open_engine(void)
{
	const struct engine_limits limits = { .flows = FLOWS, .hellos = HELLOS,
	                                      .flow_idle_us = 60000000 };

	direction  = DIRECTION_UNKNOWN;
	now_us     = NOW_US;
	client_byte = 2;
	server_byte = 5;
	engine_begin(&limits, "[category c]\naction = block\nnames = blocked\n"
	                      "effective = 2024-01-01T00:00:00Z\n");
	cipher     = quic_cipher_new();
}

static void close_engine(void)
{
	engine_end();
	quic_cipher_free(cipher);
}

static struct packet_path path_of(uint16_t client_port, uint16_t server_port)
{
	return (struct packet_path){ .from = { .at = { 192, 0, 2, client_byte },
	                                       .family = 4 },
	                             .to = { .at = { 203, 0, 113, server_byte },
	                                     .family = 4 },
	                             .from_port = client_port, .to_port = server_port };
}

static enum verdict judge(struct writer *w)
{
	struct engine_input in = { .ip = writer_written(w), .now_us = now_us, .sums_settled = true,
	                           .direction = direction, .iface = "" };

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

/* A datagram with the bytes of this hello from `from` to before `to`, of the flow from this port. */
static enum verdict part_of(uint16_t port, uint64_t connection, struct bytes hello, size_t from,
                            size_t to)
{
	uint8_t       datagram[1300];
	struct writer d = writer_over(datagram, sizeof(datagram));

	packet_initial_piece(&d, cipher, bytes_from(bytes_first(hello, to), from), (uint16_t)from,
	                     connection);
	return udp(port, writer_written(&d));
}

static enum verdict part(uint16_t port, uint64_t connection, const char *host, size_t from,
                         size_t to)
{
	uint8_t       hello[300];
	struct writer h = writer_over(hello, sizeof(hello));

	packet_hello(&h, host, connection);
	return part_of(port, connection, writer_written(&h), from, to);
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

/* As many other flows begin a connection as are remembered: eight for each hello. */
static void others_begin(void)
{
	for (uint16_t port = 1; port <= 8 * HELLOS; port++)
		ck_assert_int_eq(begin(port, 1000u + port, PERMITTED), VERDICT_ACCEPT);
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

/* A datagram of any length. */
static enum verdict long_udp(uint16_t port, struct bytes payload)
{
	static uint8_t     room[20000];
	struct writer      w    = writer_over(room, sizeof(room));
	struct packet_path path = path_of(port, 443);

	packet_udp(&w, &path, payload);
	return judge(&w);
}

static void write_fill(struct writer *w, size_t len)
{
	while (len-- > 0)
		write_u8(w, 0);
}

/* Initials with connection ids from this one on, which nothing opens, of the least length. */
static void junk(struct writer *w, unsigned num, uint64_t connection, uint64_t step)
{
	for (unsigned i = 0; i < num; i++, connection += step) {
		write_bytes(w, BYTES("\xc1\0\0\0\1\x08"));
		write_bytes(w, bytes_of(&connection, sizeof(connection)));
		write_bytes(w, BYTES("\0\0\x40\x14" "junk of twenty bytes"));
	}
}

/* Behind so much junk an Initial that names `host`. */
static enum verdict behind(unsigned num, uint64_t first, uint64_t step, uint64_t connection,
                           const char *host)
{
	static uint8_t datagram[16384];
	uint8_t        hello[300];
	struct writer  d = writer_over(datagram, sizeof(datagram)),
		       h = writer_over(hello, sizeof(hello));

	junk(&d, num, first, step);
	packet_hello(&h, host, connection);
	packet_initial(&d, cipher, writer_written(&h), connection);
	return long_udp(5000, writer_written(&d));
}

START_TEST(an_initial_is_read_behind_all_that_a_datagram_has_room_for)
{
	ck_assert_int_eq(behind(8, 1, 0, 1, BLOCKED), VERDICT_BLOCK);
	close_engine();
	open_engine();
	ck_assert_int_eq(behind(38, 1, 0, 1, BLOCKED), VERDICT_BLOCK);
	ck_assert_uint_eq(num_events, 1);
}

START_TEST(a_datagram_of_more_initials_than_are_tried_is_ruled_by_the_setting)
{
	ck_assert_int_eq(behind(64, 1, 0, 1, BLOCKED), VERDICT_ACCEPT);
	ck_assert_uint_eq(num_events, 1);
	ck_assert_int_eq(last_event.decision.ruling, RULING_LOG);
	close_engine();
	open_engine();
	rules.quic_unread = OUTCOME_BLOCK;
	ck_assert_int_eq(behind(64, 1, 0, 1, BLOCKED), VERDICT_BLOCK);
	ck_assert_uint_eq(num_events, 1);
}

START_TEST(a_datagram_of_more_ids_than_have_their_keys_derived_is_ruled_by_the_setting)
{
	ck_assert_int_eq(behind(7, 1, 1, 100, BLOCKED), VERDICT_BLOCK);
	close_engine();
	open_engine();
	ck_assert_int_eq(behind(8, 1, 1, 100, BLOCKED), VERDICT_ACCEPT);
	ck_assert_uint_eq(num_events, 1);
	close_engine();
	open_engine();
	rules.quic_unread = OUTCOME_BLOCK;
	ck_assert_int_eq(behind(8, 1, 1, 100, BLOCKED), VERDICT_BLOCK);
}

/* quic-go answers it. */
START_TEST(a_hello_from_two_ports_is_one)
{
	ck_assert_int_eq(begin(5000, 1, BLOCKED), VERDICT_ACCEPT);
	ck_assert_int_eq(finish(5001, 1, BLOCKED), VERDICT_BLOCK);
	close_engine();
	open_engine();
	ck_assert_int_eq(begin(5000, 1, PERMITTED), VERDICT_ACCEPT);
	ck_assert_int_eq(finish(5001, 1, PERMITTED), VERDICT_PASS);
	ck_assert_int_eq(udp(5000, BYTES("\x40 goes on")), VERDICT_PASS);
	ck_assert_int_eq(whole(5000, 1, PERMITTED), VERDICT_PASS);
	ck_assert_uint_eq(num_events, 0);
}

/* From the server: its own id is of 8 bytes. */
static enum verdict server_says_to(uint16_t port, struct bytes datagram)
{
	uint8_t            room[2000];
	struct writer      w    = writer_over(room, sizeof(room));
	struct packet_path path = { .from = { .at = { 203, 0, 113, server_byte },
	                                      .family = 4 },
		                    .to = { .at = { 192, 0, 2, 2 }, .family = 4 },
		                    .from_port = 443, .to_port = port };
	enum verdict       verdict;

	packet_udp(&w, &path, datagram);
	direction = DIRECTION_REPLY;
	verdict   = judge(&w);
	direction = DIRECTION_ORIGINAL;
	return verdict;
}

static enum verdict server_says(struct bytes datagram)
{
	return server_says_to(5000, datagram);
}

/* An Initial with that id, and nothing that could be opened. */
#define ANSWER(id) BYTES("\xc0\0\0\0\1\0\x08" id "\0\x14" "an acknowledgement..")

/* Sealed with the keys of connection 1, and with the id of the server. */
static enum verdict go_on(uint16_t port, const char *host)
{
	uint8_t          hello[300], datagram[1300];
	struct writer    h = writer_over(hello, sizeof(hello)),
		         d = writer_over(datagram, sizeof(datagram));

	packet_hello(&h, host, 1);
	packet_initial_of(&d, cipher, bytes_from(writer_written(&h), CUT), CUT,
	                  BYTES("chosenby"), BYTES("\1\0\0\0\0\0\0\0"));
	return udp(port, writer_written(&d));
}

START_TEST(a_hello_goes_on_from_another_port_with_the_id_of_the_server)
{
	direction = DIRECTION_NEW;
	ck_assert_int_eq(begin(5000, 1, BLOCKED), VERDICT_ACCEPT);
	ck_assert_int_eq(server_says(ANSWER("chosenby")), VERDICT_ACCEPT);
	ck_assert_int_eq(go_on(5001, BLOCKED), VERDICT_BLOCK);
}

/* ngtcp2 wants a token that it gave to another port, and says so with the client's own id. */
START_TEST(an_answer_with_the_id_of_the_client_to_another_port_takes_nothing_from_the_first)
{
	direction = DIRECTION_NEW;
	ck_assert_int_eq(begin(5000, 1, BLOCKED), VERDICT_ACCEPT);
	ck_assert_int_eq(part(5001, 1, BLOCKED, CUT, CUT + 5), VERDICT_ACCEPT);
	ck_assert_int_eq(server_says_to(5001, ANSWER("\1\0\0\0\0\0\0\0")), VERDICT_ACCEPT);
	ck_assert_int_eq(part(5001, 1, BLOCKED, CUT, CUT + 5), VERDICT_ACCEPT);
	ck_assert_int_eq(finish(5000, 1, BLOCKED), VERDICT_BLOCK);
}

/* It goes on from there or from a third port; the server may have another address, too. */
START_TEST(an_id_that_a_server_chooses_is_of_the_connection_that_went_on_from_the_port_it_answers)
{
	direction = DIRECTION_NEW;
	ck_assert_int_eq(begin(5000, 1, BLOCKED), VERDICT_ACCEPT);
	server_byte += _i / 2;
	ck_assert_int_eq(part(5001, 1, BLOCKED, CUT, CUT + 5), VERDICT_ACCEPT);
	ck_assert_int_eq(server_says_to(5001, ANSWER("chosenby")), VERDICT_ACCEPT);
	ck_assert_int_eq(go_on(5001 + _i % 2, BLOCKED), VERDICT_BLOCK);
}

#define RETRY BYTES("\xf0\0\0\0\1\0\x08" "chosenby" "a token" "1234567890123456")

/* RFC 9000, section 17.2.5: with the token comes the whole hello, under another id. */
START_TEST(half_a_hello_before_a_retry_is_not_waited_for)
{
	direction = DIRECTION_NEW;
	ck_assert_int_eq(begin(5000, 1, PERMITTED), VERDICT_ACCEPT);
	ck_assert_int_eq(server_says(RETRY), VERDICT_ACCEPT);
	ck_assert_int_eq(begin(5000, 2, PERMITTED), VERDICT_ACCEPT);
	finish(5000, 2, PERMITTED);
	udp(5000, HANDSHAKE);
	ck_assert_uint_eq(num_events, 0);
}

START_TEST(half_a_hello_before_a_retry_is_judged_if_it_goes_on)
{
	direction = DIRECTION_NEW;
	ck_assert_int_eq(begin(5000, 1, BLOCKED), VERDICT_ACCEPT);
	ck_assert_int_eq(server_says(RETRY), VERDICT_ACCEPT);
	ck_assert_int_eq(begin(5000, 2, PERMITTED), VERDICT_ACCEPT);
	ck_assert_int_eq(finish(5000, 1, BLOCKED), VERDICT_BLOCK);
}

START_TEST(a_handshake_without_a_whole_hello_is_ruled_by_the_setting_at_once)
{
	ck_assert_int_eq(begin(5000, 1, BLOCKED), VERDICT_ACCEPT);
	ck_assert_int_eq(udp(5000, HANDSHAKE), VERDICT_ACCEPT);
	ck_assert_uint_eq(num_events, 1);
	ck_assert_int_eq(last_event.decision.ruling, RULING_LOG);
	close_engine();
	open_engine();
	rules.quic_unread = OUTCOME_BLOCK;
	ck_assert_int_eq(begin(5000, 1, BLOCKED), VERDICT_ACCEPT);
	ck_assert_int_eq(udp(5000, HANDSHAKE), VERDICT_BLOCK);
}

START_TEST(another_connection_of_a_flow_that_passed_is_judged)
{
	direction = DIRECTION_NEW;
	ck_assert_int_eq(whole(5000, 1, PERMITTED), VERDICT_ACCEPT);
	ck_assert_int_eq(server_says(HANDSHAKE), VERDICT_PASS);
	ck_assert_int_eq(begin(5000, 2, BLOCKED), VERDICT_ACCEPT);
	ck_assert_int_eq(server_says(HANDSHAKE), VERDICT_ACCEPT);
	ck_assert_int_eq(finish(5000, 2, BLOCKED), VERDICT_BLOCK);
}

START_TEST(a_hello_behind_eight_datagrams_of_junk_is_judged)
{
	direction = DIRECTION_NEW;
	for (unsigned i = 0; i < 7; i++)
		ck_assert_int_eq(udp(5000, BYTES("junk")), VERDICT_ACCEPT);
	ck_assert_int_eq(udp(5000, BYTES("junk")), VERDICT_PASS);
	ck_assert_int_eq(whole(5000, 1, BLOCKED), VERDICT_BLOCK);
}

static enum verdict junk_datagram(uint64_t connection)
{
	uint8_t       datagram[1300];
	struct writer d = writer_over(datagram, sizeof(datagram));

	junk(&d, 1, connection, 0);
	write_fill(&d, 1200 - d.len);
	return udp(5000, writer_written(&d));
}

START_TEST(a_hello_behind_twenty_initials_that_cannot_be_opened_is_judged)
{
	for (uint64_t i = 0; i < 16; i++)
		ck_assert_int_eq(junk_datagram(100 + i), VERDICT_ACCEPT);
	ck_assert_uint_eq(num_events, 0);
	for (uint64_t i = 16; i < 20; i++)
		ck_assert_int_eq(junk_datagram(100 + i), VERDICT_PASS);
	ck_assert_uint_eq(num_events, 1);
	ck_assert_int_eq(last_event.decision.ruling, RULING_LOG);
	ck_assert_int_eq(whole(5000, 1, BLOCKED), VERDICT_BLOCK);
	ck_assert_uint_eq(num_events, 2);
}

START_TEST(twenty_initials_that_cannot_be_opened_are_ruled_by_the_setting)
{
	rules.quic_unread = OUTCOME_BLOCK;
	for (uint64_t i = 0; i < 16; i++)
		ck_assert_int_eq(junk_datagram(100 + i), VERDICT_ACCEPT);
	ck_assert_int_eq(junk_datagram(116), VERDICT_BLOCK);
	ck_assert_uint_eq(num_events, 1);
}

/* With an extension in front of its name that fills it up. */
static struct bytes long_hello(const char *host, size_t len)
{
	static uint8_t room[65536];
	uint8_t        plain[300];
	struct writer  p = writer_over(plain, sizeof(plain)), w = writer_over(room, sizeof(room));
	size_t         fill;
	struct bytes   short_one;

	packet_hello(&p, host, 1);
	short_one = writer_written(&p);
	fill      = len - short_one.len - 4;
	write_bytes(&w, bytes_first(short_one, 2 + 2 + 2 + 32 + 1 + 4 + 2));
	write_u16(&w, (uint16_t)(short_one.len - 47 + fill + 4));
	write_u16(&w, 0x4a4a);
	write_u16(&w, (uint16_t)fill);
	write_fill(&w, fill);
	write_bytes(&w, bytes_from(short_one, 47));
	write_u16_at(&w, 2, (uint16_t)(len - 4));
	ck_assert_uint_eq(w.len, len);
	return writer_written(&w);
}

/* In datagrams of 1,000 bytes each; what became of the last one, or of the first that was blocked. */
static enum verdict send_long(struct bytes hello)
{
	enum verdict verdict = VERDICT_ACCEPT;

	for (size_t at = 0; at < hello.len && verdict != VERDICT_BLOCK; at += 1000)
		verdict = part_of(5000, 1, hello, at, at + 1000);
	return verdict;
}

START_TEST(a_hello_of_17_kb_is_judged)
{
	rules.quic_datagrams = 64;
	ck_assert_int_eq(send_long(long_hello(PERMITTED, 17000)), VERDICT_PASS);
	ck_assert_uint_eq(num_events, 0);
	close_engine();
	open_engine();
	rules.quic_datagrams = 64;
	ck_assert_int_eq(send_long(long_hello(BLOCKED, 17000)), VERDICT_BLOCK);
	ck_assert_uint_eq(num_events, 1);
	ck_assert_int_eq(last_event.decision.ruling, RULING_BLOCK);
}

START_TEST(a_hello_in_more_datagrams_than_are_waited_for_is_ruled_by_the_setting_and_still_judged)
{
	ck_assert_int_eq(send_long(long_hello(BLOCKED, 19000)), VERDICT_BLOCK);
	ck_assert_uint_eq(num_events, 2);
	ck_assert_str_eq(last_event.host.text, BLOCKED);
	close_engine();
	open_engine();
	rules.quic_unread = OUTCOME_BLOCK;
	ck_assert_int_eq(send_long(long_hello(BLOCKED, 19000)), VERDICT_BLOCK);
	ck_assert_uint_eq(num_events, 1);
	ck_assert(!last_event.is_named);
}

START_TEST(a_hello_longer_than_the_room_for_it_is_ruled_by_the_setting)
{
	rules.quic_datagrams = 64;
	ck_assert_int_ne(send_long(long_hello(BLOCKED, 30000)), VERDICT_BLOCK);
	ck_assert_uint_eq(num_events, 1);
	ck_assert_int_eq(last_event.decision.ruling, RULING_LOG);
	close_engine();
	open_engine();
	rules.quic_unread = OUTCOME_BLOCK;
	ck_assert_int_eq(part_of(5000, 1, long_hello(BLOCKED, 30000), 0, 1000), VERDICT_BLOCK);
	ck_assert_uint_eq(num_events, 1);
}

START_TEST(that_a_message_of_dns_could_not_be_read_says_nothing_of_quic_behind_it)
{
	/* of 12,337 questions */
	uint8_t message[1200] = { 0xc1, 0x51, 0, 0, 0x30, 0x31 };

	direction         = DIRECTION_NEW;
	rules.quic_unread = OUTCOME_BLOCK;
	ck_assert_int_eq(udp(53, bytes_of(message, sizeof(message))), VERDICT_ACCEPT);
	ck_assert_uint_eq(num_events, 1);
	direction = DIRECTION_ORIGINAL;
	ck_assert_int_eq(part_of(53, 1, long_hello(BLOCKED, 30000), 0, 1000), VERDICT_BLOCK);
	ck_assert_uint_eq(num_events, 2);
}

/* RFC 8446, section 4.1.4: a server that wants other keys asks for it. */
START_TEST(a_second_hello_of_a_connection_is_judged)
{
	uint8_t       hellos[600];
	struct writer h = writer_over(hellos, sizeof(hellos));
	size_t        first;

	packet_hello(&h, PERMITTED, 1);
	first = h.len;
	packet_hello(&h, BLOCKED, 2);
	ck_assert_int_eq(part_of(5000, 1, writer_written(&h), 0, first), VERDICT_PASS);
	ck_assert_int_eq(part_of(5000, 1, writer_written(&h), first, first + CUT), VERDICT_ACCEPT);
	ck_assert_int_eq(part_of(5000, 1, writer_written(&h), first + CUT, SIZE_MAX),
	                 VERDICT_BLOCK);
}

/* A whole hello in version 2, with the keys of connection 1. */
static enum verdict in_version_2(uint16_t port, const char *host, size_t offset, struct bytes dcid)
{
	uint8_t       hello[300], frames[400], datagram[1300];
	struct writer h = writer_over(hello, sizeof(hello)), f = writer_over(frames, sizeof(frames)),
	              d = writer_over(datagram, sizeof(datagram));

	packet_hello(&h, host, 2);
	write_bytes(&f, BYTES("\2\0\0\0\0\6\0\0\6"));        /* and an empty piece before it */
	write_u32(&f, 0x80000000 | (uint32_t)offset);
	write_u16(&f, (uint16_t)(0x4000 | h.len));
	write_bytes(&f, writer_written(&h));
	packet_initial_in(&d, cipher, 0x6b3343cf, writer_written(&f), dcid,
	                  BYTES("\1\0\0\0\0\0\0\0"));
	return udp(port, writer_written(&d));
}

#define ANSWER_2(id) BYTES("\xd0\x6b\x33\x43\xcf\0\x08" id "\0\x14" "asks for another one")

static size_t length_of(const char *host)
{
	uint8_t       hello[300];
	struct writer h = writer_over(hello, sizeof(hello));

	packet_hello(&h, host, 1);
	return h.len;
}

/* RFC 9368, section 2.3: the hello offers it. From the same port, and from another one. */
START_TEST(a_second_hello_in_another_version_that_the_server_chose_is_judged)
{
	direction = DIRECTION_NEW;
	ck_assert_int_eq(whole(5000, 1, PERMITTED), VERDICT_ACCEPT);
	server_says(ANSWER_2("chosenby"));
	ck_assert_int_eq(in_version_2(5000 + _i, BLOCKED, length_of(PERMITTED), BYTES("chosenby")),
	                 VERDICT_BLOCK);
}

/* The server still knows the id that the client chose: ngtcp2. */
START_TEST(so_is_one_with_the_first_id)
{
	direction = DIRECTION_NEW;
	ck_assert_int_eq(whole(5000, 1, PERMITTED), VERDICT_ACCEPT);
	ck_assert_int_eq(in_version_2(5000 + _i, BLOCKED, length_of(PERMITTED),
	                              BYTES("\1\0\0\0\0\0\0\0")),
	                 VERDICT_BLOCK);
}

/* It was told that the server has not the first version, or sends its first hello again. */
START_TEST(a_connection_that_begins_anew_in_another_version_is_judged_by_itself)
{
	direction = DIRECTION_NEW;
	ck_assert_int_eq(whole(5000, 1, PERMITTED), VERDICT_ACCEPT);
	ck_assert_int_eq(in_version_2(5000, PERMITTED, 0, BYTES("\1\0\0\0\0\0\0\0")),
	                 VERDICT_ACCEPT);
	ck_assert_uint_eq(num_events, 0);
	ck_assert_int_eq(in_version_2(5000, PERMITTED, length_of(PERMITTED), BYTES("chosenby")),
	                 VERDICT_ACCEPT);
	ck_assert_int_eq(whole(5000, 1, PERMITTED), VERDICT_ACCEPT);
	ck_assert_uint_eq(num_events, 0);
	ck_assert_int_eq(in_version_2(5001, BLOCKED, 0, BYTES("\1\0\0\0\0\0\0\0")),
	                 VERDICT_BLOCK);
}

START_TEST(a_hello_from_port_53_is_the_clients)
{
	direction = DIRECTION_NEW;
	ck_assert_int_eq(begin(53, 1, BLOCKED), VERDICT_ACCEPT);
	ck_assert_int_eq(udp(53, HANDSHAKE), VERDICT_ACCEPT);
	ck_assert_uint_eq(num_events, 1);
	ck_assert_int_eq(finish(53, 1, BLOCKED), VERDICT_BLOCK);
	ck_assert_uint_eq(last_event.client_port, 53);
}

/* An Initial with the hello in pieces of one byte, but for the rest behind so many. */
static enum verdict in_bytes(size_t num)
{
	uint8_t       hello[300], room[PACKET_INITIAL_CONTENT], datagram[1300];
	struct writer h = writer_over(hello, sizeof(hello)), f = writer_over(room, sizeof(room)),
		      d = writer_over(datagram, sizeof(datagram));

	packet_hello(&h, BLOCKED, 1);
	for (size_t at = 0; at <= num; at++) {
		size_t len = at < num ? 1 : h.len - num;

		write_u8(&f, 6);
		write_u16(&f, (uint16_t)(0x4000 | at));
		write_u16(&f, (uint16_t)(0x4000 | len));
		write_bytes(&f, bytes_of(hello + at, len));
	}
	packet_initial_frames(&d, cipher, writer_written(&f), BYTES("12345678"),
	                      BYTES("12345678"));
	return udp(5000, writer_written(&d));
}

START_TEST(a_hello_in_many_pieces_is_judged)
{
	ck_assert_int_eq(in_bytes(90), VERDICT_BLOCK);
	ck_assert_str_eq(last_event.host.text, BLOCKED);
}

START_TEST(an_initial_of_too_many_pieces_is_ruled_by_the_setting)
{
	uint8_t       room[PACKET_INITIAL_CONTENT], datagram[1300];
	struct writer f = writer_over(room, sizeof(room)), d = writer_over(datagram, sizeof(datagram));

	for (size_t i = 0; i < 101; i++)
		write_bytes(&f, BYTES("\6\0\1\1"));
	packet_initial_frames(&d, cipher, writer_written(&f), BYTES("12345678"),
	                      BYTES("12345678"));
	ck_assert_int_eq(udp(5000, writer_written(&d)), VERDICT_ACCEPT);
	ck_assert_uint_eq(num_events, 1);
	ck_assert(!last_event.is_named);
	rules.quic_unread = OUTCOME_BLOCK;
	ck_assert_int_eq(udp(5001, writer_written(&d)), VERDICT_BLOCK);
}

/* Of a client, as many connections as it may begin at once. */
static unsigned begin_many(uint16_t first_port, unsigned num)
{
	unsigned unread = 0;

	for (unsigned i = 0; i < num; i++) {
		size_t before = num_events;

		whole((uint16_t)(first_port + i),
		      client_byte * 100000u + first_port + i, PERMITTED);
		unread += num_events > before;
	}
	return unread;
}

static enum verdict udp_from(uint8_t client, const char *host)
{
	uint8_t            hello[300], datagram[1300], room[2000];
	struct writer      h    = writer_over(hello, sizeof(hello)),
			   d    = writer_over(datagram, sizeof(datagram)),
			   w    = writer_over(room, sizeof(room));
	struct packet_path path = path_of(5000, 443);

	path.from.at[3] = client;
	packet_hello(&h, host, 5);
	packet_initial(&d, cipher, writer_written(&h), 5);
	packet_udp(&w, &path, writer_written(&d));
	return judge(&w);
}

START_TEST(a_client_that_begins_too_much_at_once_is_ruled_by_the_setting)
{
	unsigned unread = begin_many(10000, 1000);

	ck_assert_uint_ge(unread, 500);
	ck_assert_uint_le(unread, 600);
	ck_assert_int_eq(last_event.decision.ruling, RULING_LOG);
	/* another client */
	ck_assert_int_eq(udp_from(3, BLOCKED), VERDICT_BLOCK);
	rules.quic_unread = OUTCOME_BLOCK;
	ck_assert_int_eq(whole(5000, 1, PERMITTED), VERDICT_BLOCK);
	now_us += 10000000;
	ck_assert_int_eq(whole(5001, 2, PERMITTED), VERDICT_PASS);
	ck_assert_int_eq(whole(5002, 3, BLOCKED), VERDICT_BLOCK);
}

/* A client that makes up addresses of its network has no more by that than eight clients. */
START_TEST(what_all_new_clients_may_begin_at_once_is_bounded_and_not_taken_from_known_ones)
{
	unsigned unread = 0;

	client_byte = 3;
	for (uint16_t minute = 0; minute < 6; minute++, now_us += 60000000)
		udp(6000 + minute, BYTES("none of QUIC"));
	for (unsigned i = 10; i < 250; i++) {
		client_byte = (uint8_t)i;
		unread += begin_many(10000, 20);
	}
	ck_assert_uint_ge(unread, 1000);
	ck_assert_uint_le(unread, 1300);
	rules.quic_unread = OUTCOME_BLOCK;
	client_byte       = 4;
	ck_assert_int_eq(whole(5000, 1, PERMITTED), VERDICT_BLOCK);
	client_byte = 3;
	for (uint16_t i = 0; i < 100; i++)
		ck_assert_int_eq(whole(5000 + i, 100 + i, PERMITTED), VERDICT_PASS);
	now_us += 10000000;
	client_byte = 4;
	ck_assert_int_eq(whole(5001, 2, PERMITTED), VERDICT_PASS);
}

START_TEST(an_initial_that_is_sent_again_is_judged_as_before)
{
	ck_assert_int_eq(whole(5000, 1, PERMITTED), VERDICT_PASS);
	ck_assert_int_eq(whole(5000, 1, PERMITTED), VERDICT_PASS);
	/* of another flow */
	ck_assert_int_eq(whole(5001, 1, BLOCKED), VERDICT_BLOCK);
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

/* As many others as are remembered. */
static void others_come(void)
{
	for (uint16_t port = 1000; port < 1000 + FLOWS; port++)
		ck_assert_int_eq(udp(port, BYTES("none of QUIC")), VERDICT_PASS);
}

static enum verdict part_from(uint8_t client, uint16_t port, uint64_t connection, size_t from,
                              size_t to)
{
	enum verdict verdict;

	client_byte = client;
	verdict     = part(port, connection, BLOCKED, from, to);
	client_byte = 2;
	return verdict;
}

/* Neither the connection itself nor the id that leads to it from another port. */
START_TEST(what_one_client_begins_is_not_pushed_out_by_another)
{
	ck_assert_int_eq(part_from(3, 5000, 1, 0, CUT), VERDICT_ACCEPT);
	others_begin();
	for (uint16_t port = 1; port <= 4 * HELLOS; port++) {
		for (uint64_t i = 1; i <= 4; i++)
			whole(port, 10000 + port * 4 + i, PERMITTED);
	}
	ck_assert_int_eq(part_from(3, 5001, 1, CUT, SIZE_MAX), VERDICT_BLOCK);
}

START_TEST(nobody_waits_for_what_is_left_of_a_forgotten_flow)
{
	ck_assert_int_eq(begin(5000, 1, BLOCKED), VERDICT_ACCEPT);
	others_come();
	ck_assert_int_eq(whole(5000, 2, PERMITTED), VERDICT_PASS);
	ck_assert_int_eq(whole(5000, 3, BLOCKED), VERDICT_BLOCK);
}

START_TEST(a_hello_goes_on_in_a_flow_that_was_forgotten)
{
	ck_assert_int_eq(begin(5000, 1, BLOCKED), VERDICT_ACCEPT);
	others_come();
	ck_assert_int_eq(finish(5000, 1, BLOCKED), VERDICT_BLOCK);
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

/* The bytes of a hello from `from` to before `to`, from this client, with an empty id. */
static enum verdict part_without_an_id(uint8_t client, const char *host, size_t from, size_t to)
{
	uint8_t            hello[300], datagram[1300], room[2000];
	struct writer      h = writer_over(hello, sizeof(hello));
	struct writer      d = writer_over(datagram, sizeof(datagram));
	struct writer      w = writer_over(room, sizeof(room));
	struct packet_path path = path_of(5000, 443);

	path.from.at[3] = client;
	packet_hello(&h, host, 1);
	packet_initial_of(&d, cipher, bytes_from(bytes_first(writer_written(&h), to), from),
	                  (uint16_t)from, BYTES(""), BYTES(""));
	packet_udp(&w, &path, writer_written(&d));
	return judge(&w);
}

/* quic-go takes one if there is a token. */
START_TEST(connections_of_two_clients_with_an_empty_id_are_two)
{
	ck_assert_int_eq(part_without_an_id(2, BLOCKED, 0, CUT), VERDICT_ACCEPT);
	ck_assert_int_eq(part_without_an_id(3, PERMITTED, CUT, 300), VERDICT_ACCEPT);
	ck_assert_int_eq(part_without_an_id(3, PERMITTED, 0, CUT), VERDICT_PASS);
	ck_assert_uint_eq(num_events, 0);
	ck_assert_int_eq(part_without_an_id(2, BLOCKED, CUT, 300), VERDICT_BLOCK);
	ck_assert_uint_eq(num_events, 1);
}

/* The server may not have got the first one: it goes no further than one hop. */
START_TEST(a_hello_that_contradicts_the_one_before_is_judged_and_dropped)
{
	ck_assert_int_eq(whole(5000, 1, PERMITTED), VERDICT_PASS);
	ck_assert_int_eq(whole(5000, 1, BLOCKED), VERDICT_BLOCK);
	ck_assert_uint_eq(num_events, 1);
	ck_assert_int_eq(last_event.decision.ruling, RULING_BLOCK);
	ck_assert(last_event.quic_version != NULL);
}

/* Servers tell connections apart by their ids, so these are pieces of one. */
START_TEST(so_are_pieces_from_another_port)
{
	ck_assert_int_eq(finish(5000, 1, "www.another.example"), VERDICT_ACCEPT);
	ck_assert_int_eq(finish(5001, 1, BLOCKED), VERDICT_DROP);
	ck_assert_uint_eq(num_events, 1);
	ck_assert_int_eq(begin(5000, 1, BLOCKED), VERDICT_PASS);
}

/* It may be the same server by another address, and have what the first one was told. */
START_TEST(pieces_to_another_server_that_lack_their_beginning_are_ruled_by_the_setting)
{
	rules.quic_unread = OUTCOME_BLOCK;
	ck_assert_int_eq(finish(5000, 1, "www.another.example"), VERDICT_ACCEPT);
	server_byte = 6;
	ck_assert_int_eq(finish(5000, 1, BLOCKED), VERDICT_BLOCK);
	server_byte = 5;
	ck_assert_int_eq(begin(6000, 2, BLOCKED), VERDICT_ACCEPT);
	ck_assert_int_eq(finish(6000, 2, "www.another.example"), VERDICT_PASS);
	server_byte = 7;
	ck_assert_int_eq(finish(6000, 2, BLOCKED), VERDICT_BLOCK);
	ck_assert_int_eq(last_event.decision.ruling, RULING_BLOCK);
	ck_assert(last_event.host.len > 0);
}

START_TEST(another_server_that_was_told_the_same_id_has_a_hello_of_its_own)
{
	ck_assert_int_eq(whole(5000, 1, PERMITTED), VERDICT_PASS);
	server_byte = 6;
	ck_assert_int_eq(whole(5000, 1, "www.another.example"), VERDICT_PASS);
	ck_assert_uint_eq(num_events, 0);
	server_byte = 7;
	ck_assert_int_eq(whole(5000, 1, BLOCKED), VERDICT_BLOCK);
	ck_assert_uint_eq(num_events, 1);
}

START_TEST(pieces_that_contradict_those_before_are_ruled_by_the_setting_and_dropped)
{
	ck_assert_int_eq(whole(5000, 1, PERMITTED), VERDICT_PASS);
	ck_assert_int_eq(whole(5000, 1, "www.another.example"), VERDICT_DROP);
	ck_assert_int_eq(whole(5000, 1, "www.another.example"), VERDICT_DROP);
	ck_assert_uint_eq(num_events, 1);
	ck_assert_int_eq(last_event.decision.ruling, RULING_LOG);
	close_engine();
	open_engine();
	rules.quic_unread = OUTCOME_BLOCK;
	ck_assert_int_eq(whole(5000, 1, PERMITTED), VERDICT_PASS);
	ck_assert_int_eq(whole(5000, 1, "www.another.example"), VERDICT_BLOCK);
}

int main(void)
{
	Suite *s = suite_create("initials");
	TCase *t = tcase_create("initials");

	tcase_add_checked_fixture(t, open_engine, close_engine);
	tcase_add_test(t, a_prohibited_name_in_two_datagrams_is_judged_with_the_second);
	tcase_add_test(t, an_initial_is_read_behind_all_that_a_datagram_has_room_for);
	tcase_add_test(t, a_datagram_of_more_initials_than_are_tried_is_ruled_by_the_setting);
	tcase_add_test(t, a_datagram_of_more_ids_than_have_their_keys_derived_is_ruled_by_the_setting);
	tcase_add_test(t, a_hello_from_two_ports_is_one);
	tcase_add_test(t, a_hello_goes_on_from_another_port_with_the_id_of_the_server);
	tcase_add_test(
		t, an_answer_with_the_id_of_the_client_to_another_port_takes_nothing_from_the_first);
	tcase_add_loop_test(
		t,
		an_id_that_a_server_chooses_is_of_the_connection_that_went_on_from_the_port_it_answers,
		0, 4);
	tcase_add_test(t, half_a_hello_before_a_retry_is_not_waited_for);
	tcase_add_test(t, half_a_hello_before_a_retry_is_judged_if_it_goes_on);
	tcase_add_test(t, a_handshake_without_a_whole_hello_is_ruled_by_the_setting_at_once);
	tcase_add_test(t, another_connection_of_a_flow_that_passed_is_judged);
	tcase_add_test(t, a_hello_behind_eight_datagrams_of_junk_is_judged);
	tcase_add_test(t, a_hello_behind_twenty_initials_that_cannot_be_opened_is_judged);
	tcase_add_test(t, twenty_initials_that_cannot_be_opened_are_ruled_by_the_setting);
	tcase_add_test(t, a_hello_of_17_kb_is_judged);
	tcase_add_test(
		t,
		a_hello_in_more_datagrams_than_are_waited_for_is_ruled_by_the_setting_and_still_judged);
	tcase_add_test(t, a_hello_longer_than_the_room_for_it_is_ruled_by_the_setting);
	tcase_add_test(t, that_a_message_of_dns_could_not_be_read_says_nothing_of_quic_behind_it);
	tcase_add_test(t, a_second_hello_of_a_connection_is_judged);
	tcase_add_loop_test(t, a_second_hello_in_another_version_that_the_server_chose_is_judged, 0,
	                    2);
	tcase_add_loop_test(t, so_is_one_with_the_first_id, 0, 2);
	tcase_add_test(t, a_connection_that_begins_anew_in_another_version_is_judged_by_itself);
	tcase_add_test(t, a_hello_from_port_53_is_the_clients);
	tcase_add_test(t, a_hello_in_many_pieces_is_judged);
	tcase_add_test(t, an_initial_of_too_many_pieces_is_ruled_by_the_setting);
	tcase_add_test(t, a_client_that_begins_too_much_at_once_is_ruled_by_the_setting);
	tcase_add_test(
		t,
		what_all_new_clients_may_begin_at_once_is_bounded_and_not_taken_from_known_ones);
	tcase_add_test(t, an_initial_that_is_sent_again_is_judged_as_before);
	tcase_add_test(t, a_connection_that_waits_for_its_name_does_not_make_room_for_others);
	tcase_add_test(t, a_flow_that_begins_more_than_are_remembered_never_passes_by_the_others);
	tcase_add_test(t, a_flow_whose_connection_was_forgotten_before_its_name_does_not_pass);
	tcase_add_test(t, a_flow_whose_connection_was_forgotten_behind_its_name_still_passes);
	tcase_add_test(t, another_hello_of_a_connection_is_judged_when_the_first_one_is_forgotten);
	tcase_add_test(t, what_one_client_begins_is_not_pushed_out_by_another);
	tcase_add_test(t, nobody_waits_for_what_is_left_of_a_forgotten_flow);
	tcase_add_test(t, a_hello_goes_on_in_a_flow_that_was_forgotten);
	tcase_add_test(t, a_datagram_of_something_else_does_not_let_a_flow_pass_that_waits_for_a_name);
	tcase_add_test(t, datagrams_of_something_else_count_to_the_limit);
	tcase_add_test(t, a_question_between_two_initials_is_judged);
	tcase_add_test(t, connections_of_two_clients_with_an_empty_id_are_two);
	tcase_add_test(t, a_hello_that_contradicts_the_one_before_is_judged_and_dropped);
	tcase_add_test(t, pieces_that_contradict_those_before_are_ruled_by_the_setting_and_dropped);
	tcase_add_test(t, so_are_pieces_from_another_port);
	tcase_add_test(t, pieces_to_another_server_that_lack_their_beginning_are_ruled_by_the_setting);
	tcase_add_test(t, another_server_that_was_told_the_same_id_has_a_hello_of_its_own);
	suite_add_tcase(s, t);
	return suite_run(s);
}

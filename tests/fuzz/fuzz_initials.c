/* SPDX-License-Identifier: MIT */

/*
 * A prohibited hello in pieces, in any order, twice, from several ports, between junk and other
 * connections, never passes in silence: when the server can have all of it, the name was judged, or
 * there is a record that it could not be read. The first byte says how long the pieces are, each of
 * the others is a datagram.
 */

#include "support/packets.h"
#include "support/streams.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

#define PIECES       8
#define DATAGRAMS    64         /* of an input: more tell nothing new */
#define PORTS        3
#define ID           BYTES("prohibit")
#define SERVER_ID    BYTES("ofserver")

enum { PIECE, PIECE_AGAIN, PIECE_TO_SERVER_ID, SERVER_ANSWERS, JUNK, INITIAL_OF_NOBODY, DECOY_BEGINS,
       ANOTHER };

static struct quic_cipher *cipher;
static struct stream       stream;
static uint8_t             hello_room[300];
static struct bytes        hello;
static size_t              piece_len;
/* What the server has: quic-go goes by the ids, and answers to the port that it heard first. */
static unsigned            has_pieces;
static uint16_t            first_port;
static bool                has_answered;

static void send_between(uint16_t client_port, bool to_client, struct bytes payload)
{
	uint8_t             room[2000];
	struct writer       w      = writer_over(room, sizeof(room));
	struct address      client = { 4, { 192, 0, 2, 2 } }, server = { 4, { 203, 0, 113, 5 } };
	struct packet_path  path   = { client, server, client_port, 443 };
	struct engine_input in     = { .now_us = INT64_C(1800000000000000), .sums_settled = true,
		                       .direction = DIRECTION_ORIGINAL, .iface = "" };
	struct engine_reply reply;

	if (to_client) {
		path         = (struct packet_path){ server, client, 443, client_port };
		in.direction = DIRECTION_REPLY;
	}
	packet_udp(&w, &path, payload);
	in.ip = writer_written(&w);
	if (engine_packet(stream.engine, &stream.rules, &in, &reply) == VERDICT_BLOCK)
		stream.result.blocked = true;
}

static void send_piece(uint16_t port, size_t number, struct bytes id)
{
	uint8_t       room[1300];
	struct writer w  = writer_over(room, sizeof(room));
	size_t        at = number * piece_len;

	/* the last one has the rest */
	packet_initial_of(&w, cipher,
	                  bytes_first(bytes_from(hello, at), number + 1 < PIECES ? piece_len
	                                                                         : hello.len),
	                  (uint16_t)at, id, ID);
	send_between(port, false, writer_written(&w));
	if (bytes_equal(id, SERVER_ID) && !has_answered)
		return;
	has_pieces |= 1u << number;
	if (first_port == 0)
		first_port = port;
}

/* A connection with a name that passes: up to so many bytes of its hello. */
static void send_other(uint16_t port, uint8_t number, size_t len)
{
	uint8_t       of[300], room[1300], id[8] = { number, 1 };
	struct writer h = writer_over(of, sizeof(of)), w = writer_over(room, sizeof(room));

	packet_hello(&h, "www.example.org", number);
	packet_initial_of(&w, cipher, bytes_first(writer_written(&h), len), 0,
	                  bytes_of(id, sizeof(id)), bytes_of(id, sizeof(id)));
	send_between(port, false, writer_written(&w));
}

static void send_datagram(uint8_t what)
{
	uint8_t  number = what >> 3 & 7, id[8] = { what, 2 };
	uint16_t port   = (uint16_t)(40000 + what % PORTS);
	uint8_t  room[100];
	struct writer w = writer_over(room, sizeof(room));

	switch (what & 7) {
	case PIECE:
	case PIECE_AGAIN:        send_piece(port, number, ID); break;
	case PIECE_TO_SERVER_ID: send_piece(port, number, SERVER_ID); break;
	case SERVER_ANSWERS:
		if (first_port == 0)
			break;
		has_answered = true;
		write_bytes(&w, BYTES("\xc0\0\0\0\1\0\x08"));
		write_bytes(&w, SERVER_ID);
		write_bytes(&w, BYTES("\0\x14" "an acknowledgement.."));
		send_between(first_port, true, writer_written(&w));
		break;
	case JUNK: send_between(port, false, BYTES("\x40 junk")); break;
	case INITIAL_OF_NOBODY:
		write_bytes(&w, BYTES("\xc1\0\0\0\1\x08"));
		write_bytes(&w, bytes_of(id, sizeof(id)));
		write_bytes(&w, BYTES("\0\0\x40\x14" "junk of twenty bytes"));
		send_between(port, false, writer_written(&w));
		break;
	case DECOY_BEGINS: send_other(port, number, 40); break;
	case ANOTHER:      send_other(port, number, SIZE_MAX); break;
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct engine_limits limits = { .flows = 8, .hellos = 4, .flow_idle_us = 1000000 };
	struct writer        w      = writer_over(hello_room, sizeof(hello_room));

	if (len == 0)
		return 0;
	if (cipher == NULL && (cipher = quic_cipher_new()) == NULL)
		abort();
	packet_hello(&w, "www.blocked.example", 1);
	hello        = writer_written(&w);
	has_pieces   = 0;
	first_port   = 0;
	has_answered = false;
	piece_len    = 1 + data[0] % (hello.len / PIECES);
	stream_open(&stream, HTTP_FIRST);
	engine_free(stream.engine);
	stream.engine              = engine_new(&limits, stream_report, &stream.result);
	stream.rules.report_passes = false;
	if (stream.engine == NULL)
		abort();
	for (size_t i = 1; i < len && i <= DATAGRAMS; i++)
		send_datagram(data[i]);
	/* What the server does not have yet, from one port; then the client goes on. */
	for (size_t i = 0; i < PIECES; i++) {
		if (!(has_pieces >> i & 1))
			send_piece(40000, i, ID);
	}
	send_between(first_port, false, BYTES("\xe0\0\0\0\1\x08" "ofserver\0\x14" "junk of twenty bytes"));
	if (stream.result.num == 0)
		abort();
	stream_close(&stream);
	return 0;
}

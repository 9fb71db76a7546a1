/* SPDX-License-Identifier: MIT */

/*
 * What a stranger may send: packets that are meant to take long, some for each reader. Callgrind
 * counts them: see worst.py.
 *
 *     worst [ROW]
 *     worst build
 *
 * Prints a line for each row when it is done: its name, how many packets were counted, of which the
 * mean is held against the table, and how often keys of QUIC were derived for them and tried. What
 * comes before those is not counted.
 */

#include "support/packets.h"
#include "support/streams.h"

#include <stdio.h>

#define MTU    1500
#define LARGE  65000            /* bytes of a datagram in fragments, or of a segment with GSO */
#define STREAM 20480            /* bytes of a stream that are looked at */
#define HELLO  (STREAM - 100)

/* Counted; behind a row its counts are written, and begin anew. */
void worst_packet(struct bytes ip, enum direction direction);
void worst_row(const char *name);

/* Linked in place of what is called for keys: the linker's --wrap. */
int __real_quic_keys_derive(struct quic_cipher *c, const struct quic_version *v, struct bytes dcid,
                            struct quic_keys *out);
int __wrap_quic_keys_derive(struct quic_cipher *c, const struct quic_version *v, struct bytes dcid,
                            struct quic_keys *out);
int __real_quic_header_mask(struct quic_cipher *c, const struct quic_keys *keys,
                            struct bytes sample, uint8_t mask_out[5]);
int __wrap_quic_header_mask(struct quic_cipher *c, const struct quic_keys *keys,
                            struct bytes sample, uint8_t mask_out[5]);

static struct stream       stream;
static struct quic_cipher *cipher;
static uint8_t             payload_room[70000], packet_room[70000];
static struct writer       payload;
static struct questions   *asked;
static struct askers      *askers;
static unsigned            num_packets, num_keys, num_tries;     /* counted */
static bool                is_counting;

__attribute__((noinline)) void worst_packet(struct bytes ip, enum direction direction)
{
	struct engine_input in = { .ip = ip, .now_us = INT64_C(1800000000000000),
	                           .sums_settled = true, .direction = direction, .iface = "" };
	struct engine_reply reply;

	engine_packet(stream.engine, &stream.rules, &in, &reply);
}

__attribute__((noinline)) void worst_row(const char *name)
{
	printf("%s\t%u\t%u\t%u\n", name, num_packets, num_keys, num_tries);
}

int __wrap_quic_keys_derive(struct quic_cipher *c, const struct quic_version *v, struct bytes dcid,
                            struct quic_keys *out)
{
	num_keys += is_counting;
	return __real_quic_keys_derive(c, v, dcid, out);
}

int __wrap_quic_header_mask(struct quic_cipher *c, const struct quic_keys *keys,
                            struct bytes sample, uint8_t mask_out[5])
{
	num_tries += is_counting;
	return __real_quic_header_mask(c, keys, sample, mask_out);
}

/* The same, not counted. */
static void worst_before(struct bytes ip)
{
	struct engine_input in = { .ip = ip, .now_us = INT64_C(1800000000000000),
	                           .sums_settled = true, .iface = "" };
	struct engine_reply reply;

	engine_packet(stream.engine, &stream.rules, &in, &reply);
}

static void begin(void)
{
	payload = writer_over(payload_room, sizeof(payload_room));
}

static void repeat(struct bytes what, size_t up_to)
{
	while (payload.len + what.len <= up_to)
		write_bytes(&payload, what);
}

static void count(struct bytes ip, enum direction direction)
{
	num_packets++;
	is_counting = true;
	worst_packet(ip, direction);
	is_counting = false;
}

static struct packet_path path_to(uint16_t from_port, uint16_t port)
{
	return (struct packet_path){ .from = { .at = { 192, 0, 2, 2 }, .family = 4 },
		                     .to = { .at = { 203, 0, 113, 5 }, .family = 4 },
		                     .from_port = from_port, .to_port = port };
}

static struct bytes datagram_to(uint16_t port)
{
	struct writer      w    = writer_over(packet_room, sizeof(packet_room));
	struct packet_path path = path_to(40000, port);

	packet_udp(&w, &path, writer_written(&payload));
	return writer_written(&w);
}

static void count_datagram(uint16_t port)
{
	count(datagram_to(port), DIRECTION_UNKNOWN);
}

/* From port 8080 on, so that nothing is known of it; seq 1000 is the first byte. */
static struct bytes segment_of(struct bytes part, uint32_t at)
{
	struct writer      w    = writer_over(packet_room, sizeof(packet_room));
	struct packet_path path = path_to(40000, 8080);

	packet_tcp(&w, &path, 1000 + at, TCP_ACK, part);
	return writer_written(&w);
}

static void send_part(struct bytes all, size_t from, size_t to)
{
	stream_cut(&stream, all, from, to);
}

/* The whole payload in one segment, as a host sends it that leaves cutting to its card. */
static void count_at_once(void)
{
	count(segment_of(writer_written(&payload), 0), DIRECTION_UNKNOWN);
}

static void count_in_pieces(size_t len)
{
	struct bytes all = writer_written(&payload);

	for (size_t at = 0; at < all.len; at += len)
		count(segment_of(bytes_first(bytes_from(all, at), len), (uint32_t)at),
		      DIRECTION_UNKNOWN);
}

/* The first one again, with the whole payload before it. */
static void count_duplicate(size_t len)
{
	struct bytes all = writer_written(&payload);

	send_part(all, 0, all.len);
	count(segment_of(bytes_first(all, len), 0), DIRECTION_UNKNOWN);
}

/* DNS: RFC 1035, section 4.1. */

/* A name of 255 bytes, the longest, of labels of one byte. */
static void write_long_name(void)
{
	for (unsigned i = 0; i < 127; i++)
		write_bytes(&payload, BYTES("\1a"));
	write_u8(&payload, 0);
}

static void write_dns(uint16_t flags, uint16_t questions, uint16_t answers)
{
	write_u16(&payload, 7);
	write_u16(&payload, flags);
	write_u16(&payload, questions);
	write_u16(&payload, answers);
	write_u32(&payload, 0);
}

static void dns_questions(size_t len)
{
	begin();
	write_dns(0x100, (uint16_t)(1 + (len - 12 - 259) / 6), 0);
	write_long_name();
	write_bytes(&payload, BYTES("\0\1\0\1"));
	repeat(BYTES("\xc0\x0c\0\1\0\1"), len);
}

static void dns_pointed_questions(void)  { dns_questions(MTU - 28); count_datagram(53); }
static void dns_pointed_in_fragments(void) { dns_questions(LARGE); count_datagram(53); }

static void dns_pointed_over_tcp(void)
{
	struct writer      w    = writer_over(packet_room, sizeof(packet_room));
	struct packet_path path = path_to(40000, 53);
	uint8_t            room[STREAM];
	struct writer      copy = writer_over(room, sizeof(room));

	dns_questions(STREAM - 2);
	write_u16(&copy, (uint16_t)payload.len);
	write_bytes(&copy, writer_written(&payload));
	packet_tcp(&w, &path, 999, TCP_SYN, BYTES(""));
	worst_before(writer_written(&w));
	w = writer_over(packet_room, sizeof(packet_room));
	packet_tcp(&w, &path, 1000, TCP_ACK, writer_written(&copy));
	count(writer_written(&w), DIRECTION_UNKNOWN);
}

static void dns_different_questions(void)
{
	begin();
	write_dns(0x100, 163, 0);
	for (unsigned i = 0; i < 163; i++) {
		write_bytes(&payload, BYTES("\2"));
		write_u8(&payload, (uint8_t)('a' + i % 26));
		write_u8(&payload, (uint8_t)('a' + i / 26));
		write_bytes(&payload, BYTES("\0\0\1\0\1"));
	}
	count_datagram(53);
}

#define WAIVERS_ROOM 200000

static char          waivers_text[WAIVERS_ROOM];
static struct policy *waivers_policy;

static int waivers_fetch(void *context, const char *name, struct bytes *content_out)
{
	(void)context;
	*content_out = bytes_text(strcmp(name, "l") == 0 ? ".blocked.example\n" : waivers_text);
	return 0;
}

/*
 * Each for a network, an address, a MAC and a name, of all lengths of prefixes, and none for who asks.
 */
static void waivers_open(unsigned num)
{
	static const char *const files[] = { "p" };
	struct problem           problem;
	size_t                   len;

	len = (size_t)snprintf(waivers_text, WAIVERS_ROOM, "[policy]\nid = p\n"
	                       "[category c]\naction = block\nnames = l\n");
	for (unsigned i = 0; i < num; i++)
		len += (size_t)snprintf(waivers_text + len, WAIVERS_ROOM - len,
		                        "[waiver w%u]\ncategories = c\nreason = r\n"
		                        "until = 2030-01-01T00:00:00Z\n"
		                        "devices = 10.%u.%u.0/%u 2001:db8:%x::/%u 02:00:00:00:%02x:%02x "
		                        "lab-%u\n",
		                        i, i / 256, i % 256, 9 + i % 24, i, 33 + i % 96, i / 256, i % 256,
		                        i);
	if (policy_build(files, 1, waivers_fetch, NULL, &waivers_policy, &problem) != 0)
		abort();
	stream.rules = engine_rules_of(&stream.settings, waivers_policy);
}

static void waivers_close(void)
{
	policy_free(waivers_policy);
	stream.rules = engine_rules_of(&stream.settings, stream.policy);
}

/* Different names, each with a pointer to the first one's end. */
static void waivers_asked(unsigned num_waivers, unsigned num_questions, struct bytes first)
{
	waivers_open(num_waivers);
	begin();
	write_dns(0x100, (uint16_t)num_questions, 0);
	write_bytes(&payload, first);
	for (unsigned i = 1; i < num_questions; i++) {
		write_bytes(&payload, BYTES("\2"));
		write_u8(&payload, (uint8_t)('a' + i % 26));
		write_u8(&payload, (uint8_t)('a' + i / 26));
		write_bytes(&payload, BYTES("\xc0\x0e\0\1\0\1"));
	}
	count_datagram(53);
	waivers_close();
}

#define PROHIBITED BYTES("\1a\7blocked\7example\0\0\1\0\1")
#define FREE       BYTES("\1a\7allowed\7example\0\0\1\0\1")

static void waivers_none(void)           { waivers_asked(0, 1, PROHIBITED); }
static void waivers_of_others(void)      { waivers_asked(1000, 1, PROHIBITED); }
static void waivers_none_many(void)      { waivers_asked(0, 160, PROHIBITED); }
static void waivers_of_others_many(void) { waivers_asked(1000, 160, PROHIBITED); }
static void waivers_none_free(void)      { waivers_asked(0, 160, FREE); }
static void waivers_of_others_free(void) { waivers_asked(1000, 160, FREE); }

/* Each pointer leads to the one before. */
static void dns_chain_of_pointers(void)
{
	begin();
	write_dns(0x100, 180, 0);
	write_bytes(&payload, BYTES("\1a\0\0\1\0\1"));
	for (uint16_t at = 12; payload.len + 8 <= MTU - 28; at = (uint16_t)(payload.len - 8)) {
		write_bytes(&payload, BYTES("\1b"));
		write_u16(&payload, (uint16_t)(0xc000 | at));
		write_bytes(&payload, BYTES("\0\1\0\1"));
	}
	count_datagram(53);
}

/* The records of an answer; the question was asked before. */
static void dns_answer(uint16_t type, struct bytes data)
{
	struct writer      w    = writer_over(packet_room, sizeof(packet_room));
	struct packet_path back = { .from = { .at = { 203, 0, 113, 5 }, .family = 4 },
		                    .to = { .at = { 192, 0, 2, 2 }, .family = 4 },
		                    .from_port = 53, .to_port = 40000 };
	uint16_t           num = (uint16_t)((MTU - 28 - 12 - 259) / (12 + data.len));

	begin();
	write_dns(0x100, 1, 0);
	write_long_name();
	write_u16(&payload, type);
	write_u16(&payload, 1);
	worst_before(datagram_to(53));
	write_u16_at(&payload, 2, 0x8180);
	write_u16_at(&payload, 6, num);
	for (unsigned i = 0; i < num; i++) {
		write_bytes(&payload, BYTES("\xc0\x0c"));
		write_u16(&payload, type);
		write_bytes(&payload, BYTES("\0\1\0\0\0\x3c"));
		write_u16(&payload, (uint16_t)data.len);
		write_bytes(&payload, data);
	}
	packet_udp(&w, &back, writer_written(&payload));
	count(writer_written(&w), DIRECTION_UNKNOWN);
}

static void dns_aliases(void)   { dns_answer(5, BYTES("\xc0\x0c")); }
static void dns_addresses(void) { dns_answer(1, BYTES("\xc0\0\2\1")); }
static void dns_services(void)  { dns_answer(65, BYTES("\0\1\xc0\x0c")); }

/* TLS: RFC 8446, section 4.1.2. */

static void write_hello_head(size_t len)
{
	write_u8(&payload, 1);
	write_u8(&payload, 0);
	write_u16(&payload, (uint16_t)(len - 4));
	write_u16(&payload, 0x0303);
	for (unsigned i = 0; i < 32; i++)
		write_u8(&payload, (uint8_t)i);
	write_bytes(&payload, BYTES("\0\0\2\x13\1\1\0"));
	write_u16(&payload, (uint16_t)(len - 47));
}

/* As many extensions as there is room for. */
static void write_hello_of(struct bytes extension, size_t len)
{
	size_t num = (len - 47) / extension.len;

	write_hello_head(47 + num * extension.len);
	for (size_t i = 0; i < num; i++)
		write_bytes(&payload, extension);
}

static void write_record_head(size_t len)
{
	write_bytes(&payload, BYTES("\x16\3\1"));
	write_u16(&payload, (uint16_t)len);
}

/* What was written, in records of so many bytes. */
static void cut_into_records(size_t len)
{
	static uint8_t copy[sizeof(payload_room)];
	struct bytes   rest;

	memcpy(copy, payload_room, payload.len);
	rest = bytes_of(copy, payload.len);
	begin();
	for (; rest.len > 0; rest = bytes_from(rest, len)) {
		write_record_head(rest.len < len ? rest.len : len);
		write_bytes(&payload, bytes_first(rest, len));
	}
}

static void tls_extensions(struct bytes extension)
{
	begin();
	write_hello_of(extension, 16000);
	cut_into_records(16384);
}

static void tls_empty_extensions(void)
{
	tls_extensions(BYTES("\x4a\x4a\0\0"));
	count_at_once();
}

static void tls_server_names(void)
{
	tls_extensions(BYTES("\0\0\0\x09\0\7\0\0\4" "a.b:"));
	count_at_once();
}

/* One list of names, each of which is odd. */
static void tls_list_of_names(void)
{
	size_t num = 16000 / 8;

	begin();
	write_hello_head(47 + 6 + num * 8);
	write_u16(&payload, 0);
	write_u16(&payload, (uint16_t)(num * 8 + 2));
	write_u16(&payload, (uint16_t)(num * 8));
	for (size_t i = 0; i < num; i++)
		write_bytes(&payload, BYTES("\0\0\5" "a.b.:"));
	cut_into_records(16384);
	count_at_once();
}

static void tls_small_records(void)
{
	begin();
	write_hello_of(BYTES("\0\0\0\x09\0\7\0\0\4" "a.b:"), 502 * 34);
	cut_into_records(34);
	count_at_once();
}

static void tls_empty_records(void)
{
	begin();
	repeat(BYTES("\x16\3\1\0\0"), STREAM);
	count_at_once();
}

static void tls_alerts(void)
{
	begin();
	repeat(BYTES("\x15\3\1\0\2\1\x70"), STREAM);
	count_at_once();
}

static void tls_bytes_one_by_one(void)
{
	tls_extensions(BYTES("\x4a\x4a\0\0"));
	count_in_pieces(1);
}

static void tls_duplicate(void)
{
	begin();
	write_hello_of(BYTES("\x4a\x4a\0\0"), HELLO);
	cut_into_records(60);
	payload.len -= 1;
	count_duplicate(41);
}

/* In a connection whose SYN nobody saw. */
static void tls_last_first(void)
{
	struct bytes all;

	tls_extensions(BYTES("\x4a\x4a\0\0"));
	all = writer_written(&payload);
	for (size_t at = all.len - all.len % 100; at > 0; at -= 100) {
		struct writer      w    = writer_over(packet_room, sizeof(packet_room));
		struct packet_path path = path_to(41000, 8080);

		packet_tcp(&w, &path, 1000 + (uint32_t)at, TCP_ACK,
		           bytes_first(bytes_from(all, at), 100));
		if (at > 2000)
			worst_before(writer_written(&w));
		else
			count(writer_written(&w), DIRECTION_UNKNOWN);
	}
}

/* HTTP/1: RFC 9112. */

static void http_of(struct bytes line, size_t up_to)
{
	begin();
	write_text(&payload, "GET / HTTP/1.1\r\n");
	repeat(line, up_to - 2);
	write_text(&payload, "\r\n");
}

static void http_short_lines(void)  { http_of(BYTES("a:\r\n"), STREAM); count_at_once(); }
static void http_bare_lines(void)   { http_of(BYTES("a:\n"), STREAM); count_at_once(); }
static void http_hosts(void)        { http_of(BYTES("Host:a\r\n"), STREAM); count_at_once(); }
static void http_folded(void)       { http_of(BYTES("a:\r\n b\r\n"), STREAM); count_at_once(); }
static void http_in_one_packet(void) { http_of(BYTES("Host:a\n"), MTU - 40); count_at_once(); }

static void http_duplicate(void)
{
	http_of(BYTES("a:\r\n"), STREAM - 10);
	payload.len -= 2;
	count_duplicate(41);
}

static void http_bytes_one_by_one(void)
{
	http_of(BYTES("Host:a\r\n"), STREAM);
	count_in_pieces(1);
}

static void http_one_line(void)
{
	begin();
	write_text(&payload, "GET /");
	repeat(BYTES("a"), STREAM);
	count_in_pieces(100);
}

static void http_of_words(struct bytes before, struct bytes word, struct bytes behind)
{
	begin();
	write_bytes(&payload, before);
	repeat(word, STREAM - behind.len);
	write_bytes(&payload, behind);
	count_at_once();
}

static void http_long_target(void)
{
	http_of_words(BYTES("GET /"), BYTES("a"), BYTES(" HTTP/1.1\r\n\r\n"));
}

static void http_long_authority(void)
{
	http_of_words(BYTES("GET http://"), BYTES("a@"), BYTES(" HTTP/1.1\r\n\r\n"));
}

static void http_blanks(void)
{
	http_of_words(BYTES("GET"), BYTES("\t"), BYTES("/ HTTP/1.1\r\n\r\n"));
}

static void http_odd_method(void)
{
	http_of_words(BYTES("G"), BYTES("\x81"), BYTES(" / HTTP/1.1\r\n\r\n"));
}

static void http_blanks_before(void)
{
	http_of_words(BYTES(""), BYTES("\r\n"), BYTES("GET / HTTP/1.1\r\n\r\n"));
}

static void http_long_host(void)
{
	http_of_words(BYTES("GET / HTTP/1.1\r\nHost: "), BYTES("a, "), BYTES("\r\n\r\n"));
}

static void http_long_name(void)
{
	http_of_words(BYTES("GET / HTTP/1.1\r\nHost"), BYTES(" "), BYTES(": a\r\n\r\n"));
}

static void http_upgrades(void)
{
	http_of_words(BYTES("GET / HTTP/1.1\r\n"), BYTES("Upgrade: a,b\r\n"), BYTES("\r\n"));
}

static void http_lines_of_cr(void)
{
	http_of_words(BYTES("GET / HTTP/1.1\r\n"), BYTES("a:\r"), BYTES("\r\n\r\n"));
}

static void http_pipelined(void)
{
	begin();
	repeat(BYTES("GET / HTTP/1.1\r\n\r\n"), STREAM);
	stream.rules.http_requests = HTTP_ALL;
	count_at_once();
}

static void http_chunks(void)
{
	begin();
	write_text(&payload, "POST / HTTP/1.1\r\nHost: a.org\r\nTransfer-Encoding: chunked\r\n\r\n");
	repeat(BYTES("1\r\na\r\n"), STREAM);
	stream.rules.http_requests = HTTP_ALL;
	count_at_once();
}

/* HTTP/2: RFC 9113, and RFC 7541 for the fields. */

static void http2_of(struct bytes field, bool in_small_frames)
{
	size_t len = STREAM - 100;

	begin();
	write_text(&payload, "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n");
	write_bytes(&payload, BYTES("\0\0\0\4\0\0\0\0\0"));
	if (in_small_frames) {
		write_bytes(&payload, BYTES("\0\0\0\1\0\0\0\0\1"));
		while (payload.len + 9 + field.len <= STREAM) {
			write_u8(&payload, 0);
			write_u16(&payload, (uint16_t)field.len);
			write_bytes(&payload, BYTES("\x09\0\0\0\0\1"));
			write_bytes(&payload, field);
		}
		return;
	}
	len -= len % field.len;
	len = len < 16384 ? len : 16384 - 16384 % field.len;
	write_u8(&payload, 0);
	write_u16(&payload, (uint16_t)len);
	write_bytes(&payload, BYTES("\1\4\0\0\0\1"));
	for (size_t i = 0; i < len / field.len; i++)
		write_bytes(&payload, field);
}

static void http2_indexed(void)  { http2_of(BYTES("\x82"), false); count_at_once(); }
static void http2_literals(void) { http2_of(BYTES("\x41\1a"), false); count_at_once(); }
static void http2_huffman(void)
{
	http2_of(BYTES("\x41\x8c\xf1\xe3\xc2\xe5\xf2\x3a\x6b\xa0\xab\x90\xf4\xff"), false);
	count_at_once();
}
static void http2_sizes(void)    { http2_of(BYTES("\x20"), false); count_at_once(); }
static void http2_continued(void) { http2_of(BYTES("\x82"), true); count_at_once(); }
static void http2_frames(void)
{
	begin();
	write_text(&payload, "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n");
	repeat(BYTES("\0\0\0\4\0\0\0\0\0"), STREAM);
	count_at_once();
}

/* What comes in front of a hello. */

static void words(void)
{
	begin();
	repeat(BYTES("NOOP\r\n"), 292 * 6);
	count_at_once();
}

static void words_up_to_the_limit(void)
{
	begin();
	repeat(BYTES("NOOP\r\n"), STREAM);
	count_at_once();
}

static void proxy_lines(void)
{
	begin();
	repeat(BYTES("PROXY TCP4 1.1.1.1 2.2.2.2 1 2\r\n"), STREAM);
	count_at_once();
}

static void socks_greeting(void)
{
	begin();
	write_bytes(&payload, BYTES("\5\xff"));
	repeat(BYTES("\0"), 257);
	repeat(BYTES("\5\1\0\3\1a\0\x50"), STREAM);
	count_at_once();
}

static void nothing_known(void)
{
	begin();
	repeat(BYTES("\x16"), STREAM);
	count_at_once();
}

/* As of a protocol that nobody knows. */
static void bytes_by_chance(void)
{
	uint32_t state = 1;

	begin();
	for (size_t i = 0; i < 14600; i++) {
		state = state * 1664525 + 1013904223;
		write_u8(&payload, (uint8_t)(state >> 24));
	}
	count_at_once();
}

static void white_space(void)
{
	begin();
	repeat(BYTES(" \t"), STREAM);
	count_at_once();
}

static void lines_of_letters(void)
{
	begin();
	repeat(BYTES("abc\n"), STREAM);
	count_at_once();
}

static void lines_of_odd_bytes(void)
{
	begin();
	repeat(BYTES("\200\1 \200\1 \200\1 \200\1 \200\1 \200\1 \200\1 \200\1 \200\1 \200\1 \200\1 "
	             "\200\1 \200\1 \200\1 \200\1 \200\1 \200\1 \200\1 \200\1 \200\1 \n"), STREAM);
	count_at_once();
}

static void long_lines_of_odd_bytes(void)
{
	static uint8_t line[505];

	memset(line, 0x80, sizeof(line) - 1);
	for (size_t i = 0; i < sizeof(line) - 1; i += 2)
		line[i] = ' ';
	line[0]                = 'x';
	line[sizeof(line) - 1] = '\n';
	begin();
	repeat(bytes_of(line, sizeof(line)), STREAM);
	count_at_once();
}

static void lines_behind_spaces(void)
{
	begin();
	repeat(BYTES("  \r\n abc\n"), STREAM);
	count_at_once();
}

/* QUIC: RFC 9000. */

/* An Initial whose keys nobody has, of the least length. */
static void write_initial_in(uint32_t version, uint64_t id)
{
	write_u8(&payload, 0xc1 | quic_version_find(version)->initial << 4);
	write_u32(&payload, version);
	write_u8(&payload, 8);
	write_bytes(&payload, bytes_of(&id, sizeof(id)));
	write_bytes(&payload, BYTES("\0\0\x40\x14" "junk of twenty bytes"));
}

static void write_initial_of_nobody(uint64_t id)
{
	write_initial_in(1, id);
}

static void quic_initials_of_nobody(void)
{
	begin();
	for (unsigned i = 0; i < 8; i++)
		write_initial_of_nobody(1);
	count_datagram(443);
}

static void quic_ids_of_nobody(void)
{
	begin();
	for (uint64_t id = 1; payload.len + 38 <= MTU - 28; id++)
		write_initial_of_nobody(id);
	count_datagram(443);
}

static void quic_most_initials(void)
{
	begin();
	while (payload.len + 38 <= MTU - 28)
		write_initial_of_nobody(1);
	count_datagram(443);
}

static void quic_most_in_fragments(void)
{
	begin();
	while (payload.len + 38 <= LARGE)
		write_initial_of_nobody(1);
	count_datagram(443);
}

/* With the connections of a flow that may be theirs. */
static void quic_behind_decoys_in(uint32_t version)
{
	for (uint64_t id = 1; id <= 4; id++) {
		begin();
		packet_initial_piece(&payload, cipher, BYTES("\1\0\1\0"), 0, id);
		worst_before(datagram_to(443));
	}
	begin();
	while (payload.len + 38 <= MTU - 28)
		write_initial_in(version, 9);
	count_datagram(443);
}

static void quic_behind_decoys(void) { quic_behind_decoys_in(1); }

static void quic_behind_decoys_of_another_version(void) { quic_behind_decoys_in(0x6b3343cf); }

/* Of a client that has no more allowance. */
static void quic_beyond_allowance(void)
{
	for (uint64_t id = 1; id <= 520; id++) {
		begin();
		write_initial_of_nobody(id);
		worst_before(datagram_to(443));
	}
	begin();
	for (uint64_t id = 1000; payload.len + 38 <= MTU - 28; id++)
		write_initial_of_nobody(id);
	count_datagram(443);
}

#define FIRST_ID BYTES("\1\0\0\0\0\0\0\0")

static void quic_frames(struct bytes frame)
{
	uint8_t       room[PACKET_INITIAL_CONTENT];
	struct writer w = writer_over(room, sizeof(room) - 20);

	while (w.len + frame.len <= w.cap)
		write_bytes(&w, frame);
	begin();
	packet_initial_frames(&payload, cipher, writer_written(&w), FIRST_ID, FIRST_ID);
	count_datagram(443);
}

static void quic_pings(void)   { quic_frames(BYTES("\1")); }
static void quic_pieces(void)  { quic_frames(BYTES("\6\0\1\1")); }
static void quic_padding(void) { quic_frames(BYTES("\0\1")); }

/* Pieces of one byte, each with a gap before it, from the end of the room for them on. */
static void quic_scattered(void)
{
	uint8_t       room[PACKET_INITIAL_CONTENT];
	struct writer w = writer_over(room, sizeof(room) - 20);

	for (uint16_t at = STREAM - 1; w.len + 6 <= w.cap && at > 80; at = (uint16_t)(at - 80)) {
		write_u8(&w, 6);
		write_u32(&w, 0x80000000u | at);
		write_bytes(&w, BYTES("\1\1"));
	}
	begin();
	packet_initial_frames(&payload, cipher, writer_written(&w), FIRST_ID, FIRST_ID);
	count_datagram(443);
}

static void quic_acks(void)
{
	uint8_t       room[PACKET_INITIAL_CONTENT];
	struct writer w = writer_over(room, sizeof(room) - 20);

	write_bytes(&w, BYTES("\2\x40\xff\0\x44\x00\0"));
	while (w.len < w.cap)
		write_u8(&w, 0);
	begin();
	packet_initial_frames(&payload, cipher, writer_written(&w), FIRST_ID, FIRST_ID);
	count_datagram(443);
}

/* The last datagram of a hello that is as long as the room for it. */
static void quic_long_hello(struct bytes extension)
{
	static uint8_t copy[STREAM];
	struct bytes   hello;

	begin();
	write_hello_of(extension, STREAM - 4);
	hello = bytes_of(copy, payload.len);
	memcpy(copy, payload_room, payload.len);
	for (size_t at = 0; at < hello.len; at += 1000) {
		begin();
		packet_initial_piece(&payload, cipher, bytes_first(bytes_from(hello, at), 1000),
		                     (uint16_t)at, 1);
		if (at + 1000 < hello.len)
			worst_before(datagram_to(443));
	}
	count_datagram(443);
}

static void quic_extensions(void)   { quic_long_hello(BYTES("\x4a\x4a\0\0")); }
static void quic_server_names(void) { quic_long_hello(BYTES("\0\0\0\x09\0\7\0\0\4" "a.b:")); }

/* IP */

static void ipv6_headers(void)
{
	struct writer w = writer_over(packet_room, sizeof(packet_room));

	write_bytes(&w, BYTES("\x60\0\0\0\5\x90\x3c\x40"));
	for (unsigned i = 0; i < 32; i++)
		write_u8(&w, (uint8_t)(i | 0x20));
	while (w.len + 8 <= MTU - 40)
		write_bytes(&w, BYTES("\x3c\0\1\4\0\0\0\0"));
	write_u16_at(&w, 4, (uint16_t)(w.len - 40));
	count(writer_written(&w), DIRECTION_UNKNOWN);
}

/* Options of one byte, up to the end, of a SYN that is live: multipath is looked for. */
static void tcp_options(void)
{
	struct writer      w    = writer_over(packet_room, sizeof(packet_room));
	struct packet_path path = path_to(42000, 8080);

	packet_tcp(&w, &path, 1, TCP_SYN, BYTES("\1\1\1\1\1\1\1\1\1\1\1\1\1\1\1\1\1\1\1\1"
	                                        "\1\1\1\1\1\1\1\1\1\1\1\1\1\1\1\1\1\x1e\3\0"));
	w.start[32] = 0xf0;
	count(writer_written(&w), DIRECTION_NEW);
}

/* A flow that pushes another one out, of as many as are remembered. */
static void flow_of_a_full_table(void)
{
	for (uint16_t port = 1; port <= 64; port++) {
		struct writer      w    = writer_over(packet_room, sizeof(packet_room));
		struct packet_path path = path_to(port, 8080);

		packet_tcp(&w, &path, 1, TCP_SYN, BYTES(""));
		count(writer_written(&w), DIRECTION_NEW);
	}
}

static const struct { const char *name; void (*run)(void); } rows[] = {
	{ "dns: questions that point to one long name", dns_pointed_questions },
	{ "dns: such questions, in fragments", dns_pointed_in_fragments },
	{ "dns: such questions, over TCP", dns_pointed_over_tcp },
	{ "dns: as many questions as there is room for", dns_different_questions },
	{ "dns: pointers to pointers", dns_chain_of_pointers },
	{ "dns: aliases of one long name", dns_aliases },
	{ "dns: addresses of one long name", dns_addresses },
	{ "dns: services of one long name", dns_services },
	{ "waivers: none, and a prohibited name", waivers_none },
	{ "waivers: 1,000 of others", waivers_of_others },
	{ "waivers: none, and 160 prohibited names", waivers_none_many },
	{ "waivers: 1,000 of others, and 160 prohibited names", waivers_of_others_many },
	{ "waivers: none, and 160 free names", waivers_none_free },
	{ "waivers: 1,000 of others, and 160 free names", waivers_of_others_free },
	{ "tls: empty extensions", tls_empty_extensions },
	{ "tls: extensions with odd names", tls_server_names },
	{ "tls: one list of odd names", tls_list_of_names },
	{ "tls: 502 records with odd names", tls_small_records },
	{ "tls: empty records", tls_empty_records },
	{ "tls: warnings", tls_alerts },
	{ "tls: bytes one by one", tls_bytes_one_by_one },
	{ "tls: a duplicate behind 20 KB", tls_duplicate },
	{ "tls: the last segment first, without a SYN", tls_last_first },
	{ "http: lines of 4 bytes", http_short_lines },
	{ "http: lines of 3 bytes", http_bare_lines },
	{ "http: hosts", http_hosts },
	{ "http: hosts in 1,460 bytes", http_in_one_packet },
	{ "http: folded lines", http_folded },
	{ "http: a duplicate behind 20 KB", http_duplicate },
	{ "http: bytes one by one", http_bytes_one_by_one },
	{ "http: one line without an end", http_one_line },
	{ "http: a target of 20 KB", http_long_target },
	{ "http: an authority of 20 KB", http_long_authority },
	{ "http: a line of blanks", http_blanks },
	{ "http: a method of no letters", http_odd_method },
	{ "http: empty lines before it", http_blanks_before },
	{ "http: a host of 20 KB", http_long_host },
	{ "http: a name of blanks", http_long_name },
	{ "http: upgrades", http_upgrades },
	{ "http: lines that end with CR", http_lines_of_cr },
	{ "http: requests one behind the other", http_pipelined },
	{ "http: chunks of one byte", http_chunks },
	{ "http2: indexed fields", http2_indexed },
	{ "http2: fields that are remembered", http2_literals },
	{ "http2: fields in Huffman's code", http2_huffman },
	{ "http2: changes of the table's size", http2_sizes },
	{ "http2: fields in frames of one byte", http2_continued },
	{ "http2: empty frames", http2_frames },
	{ "mail: 292 words", words },
	{ "mail: words in 20 KB", words_up_to_the_limit },
	{ "proxy: lines of PROXY", proxy_lines },
	{ "proxy: requests of SOCKS", socks_greeting },
	{ "tcp: nothing that is known", nothing_known },
	{ "tcp: bytes by chance", bytes_by_chance },
	{ "tcp: white space", white_space },
	{ "tcp: short lines", lines_of_letters },
	{ "tcp: lines behind spaces", lines_behind_spaces },
	{ "tcp: lines of odd bytes", lines_of_odd_bytes },
	{ "tcp: long lines of odd bytes", long_lines_of_odd_bytes },
	{ "quic: eight Initials that nobody can open", quic_initials_of_nobody },
	{ "quic: as many ids as there is room for", quic_ids_of_nobody },
	{ "quic: as many Initials as there is room for", quic_most_initials },
	{ "quic: such Initials, in fragments", quic_most_in_fragments },
	{ "quic: such Initials behind four decoys", quic_behind_decoys },
	{ "quic: the same in another version", quic_behind_decoys_of_another_version },
	{ "quic: ids beyond the allowance", quic_beyond_allowance },
	{ "quic: pings", quic_pings },
	{ "quic: pings and padding in turns", quic_padding },
	{ "quic: pieces of one byte", quic_pieces },
	{ "quic: pieces of one byte with gaps", quic_scattered },
	{ "quic: an acknowledgement with ranges", quic_acks },
	{ "quic: empty extensions in 20 KB", quic_extensions },
	{ "quic: extensions with odd names in 20 KB", quic_server_names },
	{ "ip: extension headers", ipv6_headers },
	{ "tcp: options of one byte", tcp_options },
	{ "tcp: flows of a full table", flow_of_a_full_table },
};

/* As a gateway has it, with less room. */
static void open_engine(void)
{
	struct engine_limits limits = { .flows = 64, .hellos = 16, .flow_idle_us = 60000000,
	                                .seed = 1, .questions = asked, .askers = askers };

	stream_open(&stream, HTTP_FIRST);
	engine_free(stream.engine);
	stream.engine              = engine_new(&limits, stream_report, &stream.result);
	stream.rules.report_passes = false;
	if (stream.engine == NULL)
		abort();
	stream_send(stream.engine, &stream.rules, 999, TCP_SYN, BYTES(""));
}

int main(int argc, char **argv)
{
	if (argc == 2 && strcmp(argv[1], "build") == 0) {
		puts(WORST_BUILD);
		return EXIT_SUCCESS;
	}
	cipher    = quic_cipher_new();
	asked     = questions_new(64, 1);
	askers    = askers_new(256, 1, 0);
	if (argc > 2 || cipher == NULL || asked == NULL || askers == NULL)
		return EXIT_FAILURE;
	for (size_t i = 0; i < COUNT(rows); i++) {
		if (argc == 2 && strcmp(argv[1], rows[i].name) != 0)
			continue;
		open_engine();
		num_packets = num_keys = num_tries = 0;
		rows[i].run();
		worst_row(rows[i].name);
		stream_close(&stream);
	}
	questions_free(asked);
	askers_free(askers);
	quic_cipher_free(cipher);
	return EXIT_SUCCESS;
}

/* SPDX-License-Identifier: MIT */

/*
 * One client that means to stop the filter for all others: sends so many packets a second of one
 * kind, whatever comes back.
 *
 *     flood KIND RATE SECONDS FROM TO MAC
 *     flood kinds
 *
 * FROM and TO are IPv4 addresses; the kinds `spoofed`, `made-up` and `forged` take others of FROM's
 * network of 24 bits, and `made-up` as many MAC addresses, by eth0 to the gateway's, MAC. Needs a
 * raw socket. One line at the end, `sent 30000`; SIGTERM ends it before its time, in order.
 */

#include "support/packets.h"
#include "wire/checksum.h"

#include <arpa/inet.h>
#include <errno.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <net/if.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdio.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define MTU     1500
#define STREAM  20400           /* bytes of a stream that are looked at */
#define SEGMENT 1400
#define PARTS   (STREAM / SEGMENT)
#define AT_ONCE 64              /* packets between two looks at the clock */

struct kind {
	const char *name;
	void      (*make)(uint64_t number);
	bool        is_framed;          /* with Ethernet's header */
};

static struct packet_path path;
static uint8_t            packet_room[MTU], content_room[STREAM + SEGMENT];
static struct writer      packet, content;
static struct sockaddr_in to;
static struct sockaddr_ll link_to;
static uint8_t            gateway[6];

static volatile sig_atomic_t is_told_to_end;

static void flood_on_term(int number)
{
	(void)number;
	is_told_to_end = 1;
}

static void flood_repeat(struct bytes what, size_t up_to)
{
	while (content.len + what.len <= up_to)
		write_bytes(&content, what);
}

static void flood_begin(void)
{
	content = writer_over(content_room, sizeof(content_room));
}

/* A stream, of which each packet sends a part. */
static void flood_stream(struct bytes head, struct bytes what, size_t up_to)
{
	if (content.len > 0)
		return;
	flood_begin();
	write_bytes(&content, head);
	flood_repeat(what, up_to);
}

/* A flow each, or the same one for a while. */
static void flood_from(uint64_t flow, uint16_t port)
{
	path.from_port = (uint16_t)(1024 + flow % 64000);
	path.to_port   = port;
}

static void flood_udp(void)
{
	packet_udp(&packet, &path, writer_written(&content));
}

static void flood_tcp(uint32_t seq, uint8_t flags, struct bytes payload)
{
	struct bytes segment;
	uint16_t     sum;

	packet_tcp(&packet, &path, seq, flags, payload);
	segment = bytes_from(writer_written(&packet), 20);
	sum     = checksum_end(checksum_add(
                checksum_pseudo(&path.from, &path.to, 6, (uint32_t)segment.len), segment));
	packet_room[36] = (uint8_t)(sum >> 8);
	packet_room[37] = (uint8_t)sum;
}

/* The stream in segments, the last of them again and again. */
static void flood_duplicate(uint64_t number)
{
	uint64_t round = number % 1000, part = round < PARTS ? round : PARTS - 1;

	flood_tcp((uint32_t)(1000 + part * SEGMENT), TCP_ACK,
	          bytes_first(bytes_from(writer_written(&content), part * SEGMENT), SEGMENT));
}

static void flood_syn(uint64_t number)
{
	flood_from(number, 443);
	flood_tcp(1, TCP_SYN, (struct bytes){ 0 });
}

static void flood_spoofed(uint64_t number)
{
	path.from.at[3] = (uint8_t)(1 + number % 254);
	flood_syn(number);
}

static void flood_made_up(uint64_t number)
{
	static struct writer inner;
	uint8_t              ip[128];

	flood_spoofed(number);
	/* no raw socket fills it in */
	write_u16_at(&packet, 10, 0);
	write_u16_at(&packet, 10,
	             checksum_end(checksum_add(0, bytes_first(writer_written(&packet), 20))));
	inner = writer_over(ip, sizeof(ip));
	write_bytes(&inner, writer_written(&packet));
	packet = writer_over(packet_room, sizeof(packet_room));
	write_bytes(&packet, bytes_of(gateway, sizeof(gateway)));
	write_u16(&packet, 0x0200);
	write_u32(&packet, (uint32_t)number);
	write_u16(&packet, ETH_P_IP);
	write_bytes(&packet, writer_written(&inner));
}

/* In the name of the first address that another client has. */
static void flood_forged(uint64_t number)
{
	path.from.at[3] = 2;
	flood_syn(number);
}

static void flood_header(uint64_t number)
{
	flood_from(number / 1000, 80);
	flood_stream(BYTES("GET / HTTP/1.1\r\n"), BYTES("a:\r\n"), STREAM);
	flood_duplicate(number);
}

static void flood_fields(uint64_t number)
{
	flood_from(number / 1000, 80);
	flood_stream(BYTES("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"
	                   "\0\0\0\4\0\0\0\0\0\0\x3e\x80\1\0\0\0\0\1"),
	             BYTES("\x82"), STREAM);
	flood_duplicate(number);
}

static void flood_bytes(uint64_t number)
{
	flood_from(number / 4000, 80);
	flood_stream(BYTES("GET / HTTP/1.1\r\n"), BYTES("Host:a\r\n"), STREAM);
	flood_tcp((uint32_t)(1000 + number % 4000), TCP_ACK,
	          bytes_first(bytes_from(writer_written(&content), number % 4000), 1));
}

/* The head of one that has 16,380 bytes. */
#define HELLO BYTES("\x16\3\1\x40\0\1\0\x3f\xfc\3\3")

static void flood_reversed(uint64_t number)
{
	uint64_t part = 99 - number % 100;

	flood_from(number / 100, 443);
	flood_stream(HELLO, BYTES("a"), STREAM);
	flood_tcp((uint32_t)(1000 + part * 100), TCP_ACK,
	          bytes_first(bytes_from(writer_written(&content), part * 100), 100));
}

static void flood_half_hellos(uint64_t number)
{
	flood_from(number, 443);
	flood_stream(HELLO, BYTES("a"), SEGMENT);
	flood_tcp(1000, TCP_ACK, writer_written(&content));
}

static void flood_dns(uint64_t number)
{
	flood_from(number, 53);
	flood_begin();
	write_u16(&content, (uint16_t)number);
	write_bytes(&content, BYTES("\1\0\0\xc9\0\0\0\0\0\0"));
	for (unsigned i = 0; i < 127; i++)
		write_bytes(&content, BYTES("\1a"));
	write_bytes(&content, BYTES("\0\0\1\0\1"));
	flood_repeat(BYTES("\xc0\x0c\0\1\0\1"), 12 + 259 + 200 * 6);
	flood_udp();
}

static void flood_initials(uint64_t number)
{
	flood_from(number, 443);
	flood_begin();
	for (unsigned i = 0; i < 8; i++) {
		write_bytes(&content, BYTES("\xc1\0\0\0\1\x08"));
		write_u32(&content, (uint32_t)number);
		write_u32(&content, i);
		write_bytes(&content, BYTES("\0\0\x40\x14" "junk of twenty bytes"));
	}
	flood_repeat(BYTES("\0"), 1200);
	flood_udp();
}

static const struct kind kinds[] = {
	{ "syn", flood_syn, false },
	{ "spoofed", flood_spoofed, false },
	{ "made-up", flood_made_up, true },
	{ "forged", flood_forged, false },
	{ "http-duplicate", flood_header, false },
	{ "http2-fields", flood_fields, false },
	{ "one-byte", flood_bytes, false },
	{ "last-first", flood_reversed, false },
	{ "half-hello", flood_half_hellos, false },
	{ "dns-pointers", flood_dns, false },
	{ "quic-initials", flood_initials, false },
};

static uint64_t flood_now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000 + (uint64_t)t.tv_nsec / 1000000;
}

/* What the host has no room for is not sent. */
static bool flood_send(const struct kind *kind, int fd)
{
	const void *where = kind->is_framed ? (const void *)&link_to : &to;

	if (sendto(fd, packet_room, packet.len, 0, where,
	           kind->is_framed ? sizeof(link_to) : sizeof(to)) >= 0)
		return true;
	if (errno == ENOBUFS || errno == EAGAIN || errno == EINTR)
		return false;
	fprintf(stderr, "flood: send: %s\n", strerror(errno));
	exit(EXIT_FAILURE);
}

static uint64_t flood_all(const struct kind *kind, int fd, uint64_t rate, uint64_t seconds)
{
	uint64_t begin_ms = flood_now_ms(), sent = 0, number = 0, now_ms;

	while ((now_ms = flood_now_ms() - begin_ms) < seconds * 1000 && !is_told_to_end) {
		uint64_t due = now_ms * rate / 1000;

		/* A machine that is behind does not catch up: that would be a burst. */
		if (number + rate / 10 < due)
			number = due - rate / 10;
		for (int i = 0; number < due && i < AT_ONCE; i++) {
			packet = writer_over(packet_room, sizeof(packet_room));
			kind->make(number++);
			sent += flood_send(kind, fd);
		}
		if (number >= due)
			usleep(1000);
	}
	return sent;
}

static const struct kind *flood_kind(const char *name)
{
	for (size_t i = 0; i < COUNT(kinds); i++) {
		if (strcmp(kinds[i].name, name) == 0)
			return &kinds[i];
	}
	return NULL;
}

int main(int argc, char **argv)
{
	const struct kind *kind = argc == 7 ? flood_kind(argv[1]) : NULL;
	int                fd;

	if (argc == 2 && strcmp(argv[1], "kinds") == 0) {
		for (size_t i = 0; i < COUNT(kinds); i++)
			puts(kinds[i].name);
		return EXIT_SUCCESS;
	}
	path.from.family = path.to.family = 4;
	to.sin_family    = AF_INET;
	if (kind == NULL || inet_pton(AF_INET, argv[4], path.from.at) != 1 ||
	    inet_pton(AF_INET, argv[5], path.to.at) != 1 ||
	    sscanf(argv[6], "%hhx:%hhx:%hhx:%hhx:%hhx:%hhx", &gateway[0], &gateway[1], &gateway[2],
	           &gateway[3], &gateway[4], &gateway[5]) != 6) {
		fprintf(stderr, "usage: flood KIND RATE SECONDS FROM TO MAC\n");
		return 64;
	}
	memcpy(&to.sin_addr, path.to.at, sizeof(to.sin_addr));
	link_to.sll_family  = AF_PACKET;
	link_to.sll_ifindex = (int)if_nametoindex("eth0");
	fd = kind->is_framed ? socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC, 0)
	                     : socket(AF_INET, SOCK_RAW | SOCK_CLOEXEC, IPPROTO_RAW);
	if (fd < 0) {
		fprintf(stderr, "flood: a raw socket: %s\n", strerror(errno));
		return EXIT_FAILURE;
	}
	signal(SIGTERM, flood_on_term);
	printf("sent %llu\n",
	       (unsigned long long)flood_all(kind, fd, strtoull(argv[2], NULL, 10),
	                                     strtoull(argv[3], NULL, 10)));
	return EXIT_SUCCESS;
}

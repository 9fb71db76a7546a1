/* SPDX-License-Identifier: MIT */

/*
 * A capture as large as one likes, to measure replay with; the same bytes each time. Goes to
 * standard output:
 *
 *     make_capture bulk  MIB               downloads over TLS, 64 at a time: large segments
 *     make_capture small MIB               look-ups, handshakes, short answers, calls: small
 *     packets make_capture mix   MIB STORY...      some of both, and between them the stories, in
 *     flows of their own each time
 *
 * One look-up in a thousand is for a prohibited name of the stories.
 */

#include "support/packets.h"

#include "queue/pcap.h"
#include "wire/checksum.h"
#include "wire/link.h"

#include <stdio.h>

#define FRAME_MAX       2048
#define ETHERNET_HEADER 14
#define AT_ONCE         64              /* downloads under way */
/* bytes of payload: an Ethernet frame of 1,514 with TCP time stamps */
#define SEGMENT         1448
#define SEGMENTS        256             /* of a download */
#define STORY_MAX       256             /* packets; longer stories are left out */
#define EVERY_STORY     4000            /* packets between two stories of a mix */
#define PROHIBITED      1000            /* one look-up in so many */
#define START_US        INT64_C(1800000000000000)
#define STEP_US         3

static const char prohibited[] = "update.blocked.example.com";

struct making {
	uint64_t left;                  /* bytes still to write */
	uint64_t num_packets, num_flows;
	bool     done;
};

struct download {
	struct packet_path up, down;
	uint32_t           seq_up, seq_down;
	unsigned           step;
};

struct story {
	struct bytes frames[STORY_MAX]; /* Ethernet */
	size_t       num;
};

static void put(const void *what, size_t len)
{
	if (fwrite(what, 1, len, stdout) != len) {
		perror("make_capture");
		exit(EXIT_FAILURE);
	}
}

static void put_u32(uint32_t value)
{
	put(&value, sizeof(value));
}

/* One packet of the capture, at a time of its own. */
static void put_frame(struct making *m, struct bytes frame)
{
	int64_t now_us = START_US + (int64_t)m->num_packets * STEP_US;

	put_u32((uint32_t)(now_us / 1000000));
	put_u32((uint32_t)(now_us % 1000000));
	put_u32((uint32_t)frame.len);
	put_u32((uint32_t)frame.len);
	put(frame.at, frame.len);
	m->num_packets++;
	m->done = m->left < frame.len + 16;
	m->left -= m->done ? m->left : frame.len + 16;
}

/* Both checksums of an IPv4 packet. */
static void sum(uint8_t *ip, size_t len)
{
	struct packet p;
	struct writer w = writer_over(ip, len);
	size_t        at, header;

	w.len = len;
	write_u16_at(&w, 10, 0);
	if (packet_read(bytes_of(ip, len), &p) != PARSE_OK)
		abort();
	header = (size_t)(p.segment.at - p.ip.at);
	at     = header + (p.transport == TRANSPORT_TCP ? 16 : 6);
	write_u16_at(&w, 10, checksum_end(checksum_add(0, bytes_of(ip, header))));
	write_u16_at(&w, at, 0);
	write_u16_at(&w, at, checksum_end(checksum_add(
		checksum_pseudo(&p.src, &p.dst, p.ip_proto, (uint32_t)p.segment.len), p.segment)));
}

static void put_packet(struct making *m, uint8_t *frame, struct writer *ip)
{
	static const uint8_t ethernet[ETHERNET_HEADER] = { 2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2, 8,
	                                                   0 };

	if (ip->full)
		abort();
	memcpy(frame, ethernet, sizeof(ethernet));
	sum(ip->start, ip->len);
	put_frame(m, bytes_of(frame, ETHERNET_HEADER + ip->len));
}

static void put_tcp(struct making *m, const struct packet_path *path, uint32_t *seq, uint8_t flags,
                    struct bytes payload)
{
	uint8_t       frame[FRAME_MAX];
	struct writer w = writer_over(frame + ETHERNET_HEADER, sizeof(frame) - ETHERNET_HEADER);

	packet_tcp(&w, path, *seq, flags, payload);
	*seq += (uint32_t)payload.len + (flags & (TCP_SYN | TCP_FIN) ? 1 : 0);
	put_packet(m, frame, &w);
}

static void put_udp(struct making *m, const struct packet_path *path, struct bytes payload)
{
	uint8_t       frame[FRAME_MAX];
	struct writer w = writer_over(frame + ETHERNET_HEADER, sizeof(frame) - ETHERNET_HEADER);

	packet_udp(&w, path, payload);
	put_packet(m, frame, &w);
}

static struct packet_path turned(const struct packet_path *p)
{
	return (struct packet_path){ .from = p->to, .to = p->from, .from_port = p->to_port,
	                             .to_port = p->from_port };
}

/* Ends that no flow before had. */
static struct packet_path fresh(struct making *m, uint16_t to_port)
{
	uint64_t n = m->num_flows++;

	return (struct packet_path){
		.from      = { 4, { 10, (uint8_t)(n >> 14), (uint8_t)(n >> 22), (uint8_t)n } },
		.to        = { 4, { 198, 18, (uint8_t)(n >> 6), (uint8_t)(n * 7) } },
		.from_port = (uint16_t)(20000 + n % 40000),
		.to_port   = to_port,
	};
}

static void put_hello(struct making *m, struct download *d, const char *host)
{
	uint8_t       hello[512], record[600];
	struct writer h = writer_over(hello, sizeof(hello)),
		      r = writer_over(record, sizeof(record));

	packet_hello(&h, host, m->num_flows);
	packet_record(&r, writer_written(&h));
	put_tcp(m, &d->up, &d->seq_up, TCP_ACK | TCP_PSH, writer_written(&r));
}

/* The next packet of a connection, from SYN to FIN; false at its end. */
static bool put_step(struct making *m, struct download *d, unsigned num_segments, size_t len)
{
	static const uint8_t data[SEGMENT] = { 0x17, 3, 3 };
	unsigned             step = d->step++;
	char                 host[64];

	switch (step) {
	case 0:
		d->up   = fresh(m, 443);
		d->down = turned(&d->up);
		put_tcp(m, &d->up, &d->seq_up, TCP_SYN, BYTES(""));
		return true;
	case 1: put_tcp(m, &d->down, &d->seq_down, TCP_SYN | TCP_ACK, BYTES("")); return true;
	case 2: put_tcp(m, &d->up, &d->seq_up, TCP_ACK, BYTES("")); return true;
	case 3:
		snprintf(host, sizeof(host), "cdn-%llu.assets.example.net",
		         (unsigned long long)(m->num_flows % 5000));
		put_hello(m, d, host);
		return true;
	default: break;
	}
	step -= 4;
	if (step / 3 < num_segments) {
		if (step % 3 < 2)
			put_tcp(m, &d->down, &d->seq_down, TCP_ACK, bytes_of(data, len));
		else
			put_tcp(m, &d->up, &d->seq_up, TCP_ACK, BYTES(""));
		return true;
	}
	put_tcp(m, &d->up, &d->seq_up, TCP_ACK | TCP_FIN, BYTES(""));
	*d = (struct download){ 0 };
	return false;
}

static void make_bulk(struct making *m, uint64_t num_packets)
{
	static struct download downloads[AT_ONCE];

	for (uint64_t until = m->num_packets + num_packets; m->num_packets < until && !m->done;)
		put_step(m, &downloads[m->num_packets % AT_ONCE], SEGMENTS / 2, SEGMENT);
}

/* The question, and an answer with an alias and an address. */
static void put_look_up(struct making *m, const char *host)
{
	uint8_t            message[256];
	struct writer      w    = writer_over(message, sizeof(message));
	struct packet_path path = fresh(m, 53), back = turned(&path);

	packet_query(&w, (uint16_t)m->num_flows, host, 1);
	put_udp(m, &path, writer_written(&w));
	write_bytes(&w, BYTES("\xc0\x0c\0\5\0\1\0\0\0\x3c\0\x0e\4edge\7example\0"
	                      "\xc0\x0c\0\1\0\1\0\0\0\x3c\0\4\xc6\x12\0\1"));
	write_u16_at(&w, 2, 0x8180);
	write_u16_at(&w, 6, 2);
	put_udp(m, &back, writer_written(&w));
}

/*
 * What a page costs besides its bytes: a look-up, a short connection, and a call that goes on
 * beside it.
 */
static void make_visit(struct making *m)
{
	static const uint8_t voice[60] = { 0x80 };
	static struct packet_path call;
	static uint64_t           visits;
	struct download           d = { 0 };
	char                      host[64];

	snprintf(host, sizeof(host), "www.host-%llu.example.org",
	         (unsigned long long)(visits % 20000));
	put_look_up(m, ++visits % PROHIBITED == 0 ? prohibited : host);
	if (visits % 64 == 1)
		call = fresh(m, 40000);
	while (!m->done && put_step(m, &d, 2, 200))
		put_udp(m, &call, bytes_of(voice, sizeof(voice)));
}

/* A story again, its client another one. Packets whose checksums did not hold keep that. */
static void put_story(struct making *m, const struct story *s)
{
	uint32_t other = (uint32_t)++m->num_flows;

	for (size_t i = 0; i < s->num && !m->done; i++) {
		uint8_t       frame[FRAME_MAX];
		struct packet p;
		uint8_t      *ip  = frame + ETHERNET_HEADER;
		size_t        len = s->frames[i].len - ETHERNET_HEADER;
		bool          good;

		memcpy(frame, s->frames[i].at, s->frames[i].len);
		good = packet_read(bytes_of(ip, len), &p) == PARSE_OK && packet_sums_ok(&p);
		/* of both addresses: which of them is the client's does not matter */
		for (size_t at = 0; at < 3; at++) {
			ip[13 + at] ^= (uint8_t)(other >> (16 - 8 * at));
			ip[17 + at] ^= (uint8_t)(other >> (16 - 8 * at));
		}
		if (good)
			sum(ip, len);
		put_frame(m, bytes_of(frame, s->frames[i].len));
	}
}

static bool fits(const struct captured *c)
{
	struct link_frame frame;
	struct packet     p;

	return c->linktype == 1 && c->frame.len <= FRAME_MAX &&
	       link_read(1, c->frame, &frame) == PARSE_OK && frame.ip.len > 0 &&
	       frame.ip.at == c->frame.at + ETHERNET_HEADER &&
	       packet_read(frame.ip, &p) == PARSE_OK && p.src.family == 4 &&
	       p.transport != TRANSPORT_FRAGMENT && p.transport != TRANSPORT_OTHER;
}

/* Its packets; none if there is one that cannot be made anew. */
static struct story read_story(const char *path)
{
	struct story    s       = { 0 };
	struct capture *capture = NULL;
	struct captured c;
	struct problem  problem;

	if (capture_open(path, &capture, &problem) != 0) {
		fprintf(stderr, "make_capture: %s\n", problem.text);
		exit(EXIT_FAILURE);
	}
	while (capture_next(capture, &c, &problem) == PARSE_OK) {
		uint8_t *copy = malloc(c.frame.len);

		if (copy == NULL || !fits(&c) || s.num == STORY_MAX) {
			free(copy);
			s.num = 0;
			break;
		}
		memcpy(copy, c.frame.at, c.frame.len);
		s.frames[s.num++] = bytes_of(copy, c.frame.len);
	}
	capture_close(capture);
	return s;
}

static void make_mix(struct making *m, const struct story *stories, size_t num_stories)
{
	for (size_t next = 0; !m->done; next = (next + 1) % num_stories) {
		make_bulk(m, EVERY_STORY / 2);
		for (uint64_t until = m->num_packets + EVERY_STORY / 2;
		     m->num_packets < until && !m->done;)
			make_visit(m);
		put_story(m, &stories[next]);
	}
}

int main(int argc, char **argv)
{
	static const struct {
		uint32_t magic;
		uint16_t major, minor;
		uint32_t zone, sigfigs, snaplen, linktype;
	} header              = { 0xa1b2c3d4, 2, 4, 0, 0, 65535, 1 };
	struct making m = { .left = argc > 2 ? strtoull(argv[2], NULL, 10) << 20 : 0 };
	struct story *stories = argc > 3 ? calloc((size_t)argc, sizeof(*stories)) : NULL;

	if (m.left == 0) {
		fputs("usage: make_capture bulk|small|mix MIB [STORY...]\n", stderr);
		return 64;
	}
	put(&header, sizeof(header));
	if (strcmp(argv[1], "bulk") == 0) {
		make_bulk(&m, UINT64_MAX);
	} else if (strcmp(argv[1], "small") == 0) {
		while (!m.done)
			make_visit(&m);
	} else if (strcmp(argv[1], "mix") == 0 && stories != NULL) {
		for (int i = 3; i < argc; i++)
			stories[i - 3] = read_story(argv[i]);
		make_mix(&m, stories, (size_t)argc - 3);
	} else {
		fprintf(stderr, "make_capture: '%s': expected bulk, small, or mix and stories\n",
		        argv[1]);
		return 64;
	}
	return fflush(stdout) == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}

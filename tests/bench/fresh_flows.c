/* SPDX-License-Identifier: MIT */

/*
 * A client's address becomes 10.x.y.z, or gets other last bytes in IPv6, and is counted up with
 * each capture played. Checksums are carried along by the difference (RFC 1624), so one that was
 * wrong stays wrong.
 */

#include "fresh_flows.h"

#include <net/ethernet.h>
#include <netinet/in.h>
#include <pcap/pcap.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FRAMES_MAX   128        /* of one capture */
#define CAPTURES_MAX 64
#define CLIENTS      4096

struct frame {
	uint8_t bytes[FRAME_MAX];
	size_t  len;
	/* where the varied address bytes, and the sums over them, stand; 0: none */
	size_t  client_at, sum_at, ip_sum_at;
};

struct capture {
	struct frame frames[FRAMES_MAX];
	size_t       num;
};

/*
 * A client at work: what opens its flow, then, when that has gone through the queue as all others'
 * have, the rest of the capture at once. Were both in the queue together, conntrack would drop the
 * second, for want of a flow that is confirmed.
 */
struct client {
	const struct capture *capture;          /* NULL: it begins another one */
	size_t                frame;
	uint32_t              flow;
};

struct fresh_flows {
	struct capture *captures[CAPTURES_MAX];
	size_t          num, next_capture, next_client;
	uint32_t        next_flow;
	struct client   clients[CLIENTS];
};

/* What is varied of an address: four bytes of it. */
static bool find_fields(struct frame *f)
{
	const uint8_t *ip    = f->bytes + ETHERNET_HEADER;
	bool           is_v4  = f->bytes[12] == 0x08 && f->bytes[13] == 0x00,
	     is_v6            = f->bytes[12] == 0x86 && f->bytes[13] == 0xdd;
	size_t         header = is_v4 ? (ip[0] & 15) * 4u : 40;
	uint8_t        proto  = is_v4 ? ip[9] : ip[6];

	if ((!is_v4 && !is_v6) || f->len < ETHERNET_HEADER + header + 20)
		return false;
	f->client_at = ETHERNET_HEADER + (is_v4 ? 12u : 20u);
	f->ip_sum_at = is_v4 ? ETHERNET_HEADER + 10u : 0;
	if (proto == IPPROTO_TCP)
		f->sum_at = ETHERNET_HEADER + header + 16;
	if (proto == IPPROTO_UDP)
		f->sum_at = ETHERNET_HEADER + header + 6;
	return true;
}

/*
 * Is it of the client, or an answer to it? Of those the address that is varied is the receiver's.
 */
static bool is_of_client(struct frame *f, const struct frame *first)
{
	size_t         address_len = f->bytes[12] == 0x08 ? 4 : 16, before = address_len - 4;
	const uint8_t *source = f->bytes + f->client_at - before,
		      *client = first->bytes + first->client_at - before;

	if (memcmp(f->bytes + 12, first->bytes + 12, 2) != 0)
		return false;
	if (memcmp(source, client, address_len) == 0)
		return true;
	f->client_at += address_len;
	return memcmp(source + address_len, client, address_len) == 0;
}

static struct capture *read_capture(const char *path)
{
	char                error[PCAP_ERRBUF_SIZE];
	pcap_t             *in = pcap_open_offline(path, error);
	struct capture     *c  = calloc(1, sizeof(*c));
	struct pcap_pkthdr *header;
	const u_char       *bytes;

	if (in == NULL || c == NULL || pcap_datalink(in) != DLT_EN10MB) {
		fprintf(stderr, "%s: %s\n", path, in == NULL ? error : "no capture of Ethernet");
		exit(EXIT_FAILURE);
	}
	while (c->num < FRAMES_MAX && pcap_next_ex(in, &header, &bytes) == 1) {
		struct frame *f = &c->frames[c->num], *first = &c->frames[0];

		if (header->caplen > FRAME_MAX || header->caplen < ETHERNET_HEADER + 40)
			continue;
		*f = (struct frame){ .len = header->caplen };
		memcpy(f->bytes, bytes, header->caplen);
		if (find_fields(f) && is_of_client(f, first))
			c->num++;
	}
	pcap_close(in);
	if (c->num > 0)
		return c;
	fprintf(stderr, "%s: no IP packet\n", path);
	free(c);
	return NULL;
}

struct fresh_flows *fresh_flows_new(char *const *captures, int num)
{
	struct fresh_flows *f = calloc(1, sizeof(*f));

	for (int i = 0; f != NULL && i < num && f->num < CAPTURES_MAX; i++) {
		f->captures[f->num] = read_capture(captures[i]);
		if (f->captures[f->num++] == NULL)
			return NULL;
	}
	return f;
}

static uint32_t half_at(const uint8_t *at)
{
	return (uint32_t)at[0] << 8 | at[1];
}

/* HC' = ~(~HC + ~m + m'): RFC 1624, section 3. */
static void carry_sum(uint8_t *sum, const uint8_t *old, const uint8_t *new)
{
	uint32_t s = ~half_at(sum) & 0xffff;

	for (size_t i = 0; i < 4; i += 2)
		s += (~half_at(old + i) & 0xffff) + half_at(new + i);
	s = (s & 0xffff) + (s >> 16);
	s = (s & 0xffff) + (s >> 16);
	sum[0] = (uint8_t)(~s >> 8);
	sum[1] = (uint8_t)~s;
}

static struct client *next_client(struct fresh_flows *f)
{
	struct client *c = &f->clients[f->next_client % CLIENTS];

	if (c->capture == NULL)
		*c = (struct client){ .capture = f->captures[f->next_capture++ % f->num], .flow = f->next_flow++ };
	return c;
}

void fresh_flows_next(struct fresh_flows *f, uint8_t frame_out[FRAME_MAX], size_t *len_out)
{
	struct client      *c       = next_client(f);
	const struct frame *frame   = &c->capture->frames[c->frame];
	const uint8_t       from[4] = { 10, (uint8_t)(c->flow >> 16), (uint8_t)(c->flow >> 8),
	                                (uint8_t)c->flow };

	memcpy(frame_out, frame->bytes, frame->len);
	*len_out = frame->len;
	if (frame->ip_sum_at != 0)
		carry_sum(frame_out + frame->ip_sum_at, frame->bytes + frame->client_at, from);
	if (frame->sum_at != 0)
		carry_sum(frame_out + frame->sum_at, frame->bytes + frame->client_at, from);
	memcpy(frame_out + frame->client_at, from, sizeof(from));
	if (++c->frame == c->capture->num)
		c->capture = NULL;
	if (c->frame == 1 || c->capture == NULL)
		f->next_client++;
}

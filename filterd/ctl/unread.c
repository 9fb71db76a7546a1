/* SPDX-License-Identifier: MIT */

/*
 * Reads the headers a second time, as only a summary needs it. The rest follows from the engine's
 * counts.
 */

#include "ctl/unread.h"

#include "base/table.h"
#include "flow/flow.h"
#include "wire/fragments.h"
#include "wire/link.h"

#include <stdio.h>
#include <stdlib.h>

#define FRAGMENTED_AT_ONCE 64           /* the same as the engine in a replay */
#define CONNECTIONS        (1 << 18)    /* remembered at once; one that was evicted counts again */
#define SEED               1
#define QUIC_PORT          443

enum unread_reason {
	UNREAD_LINK,
	UNREAD_HEADERS,
	UNREAD_NOT_IP,
	UNREAD_OTHER,
	UNREAD_CUT,
	UNREAD_SUMS,
	UNREAD_TIME,
	UNREAD_BEGINNING,
	UNREAD_REASONS,
};

static const char *const unread_words[UNREAD_REASONS] = {
	[UNREAD_LINK]      = "packets of an unsupported link type",
	[UNREAD_HEADERS]   = "packets with headers that are cut, or give a false length",
	[UNREAD_NOT_IP]    = "frames that hold no IP packet, or an encrypted one",
	[UNREAD_OTHER]     = "IP packets that are neither TCP nor UDP",
	[UNREAD_CUT]       = "packets cut by the snap length, judged as far as they go",
	[UNREAD_SUMS]      = "packets with a wrong checksum: try --ignore-checksums",
	[UNREAD_TIME]      = "packets without a time, judged as if every date had come",
	[UNREAD_BEGINNING] = "connections that began before the capture, judged from there on",
};

struct unread {
	uint64_t             num_packets;
	uint64_t             num[UNREAD_REASONS];
	uint64_t             num_pieces;
	struct fragments    *fragments;
	struct table        *connections;       /* struct flow_key */
	struct engine_counts counts;            /* after the previous packet */
};

struct unread *unread_new(void)
{
	struct unread *u = calloc(1, sizeof(*u));

	if (u == NULL)
		return NULL;
	u->fragments   = fragments_new(FRAGMENTED_AT_ONCE, SEED);
	u->connections = table_new(CONNECTIONS, sizeof(struct flow_key), sizeof(struct flow_key),
	                           SEED, NULL, NULL);
	if (u->fragments == NULL || u->connections == NULL) {
		unread_free(u);
		return NULL;
	}
	return u;
}

void unread_free(struct unread *u)
{
	if (u == NULL)
		return;
	if (u->fragments != NULL)
		fragments_free(u->fragments);
	table_free(u->connections);
	free(u);
}

/*
 * Does the packet show that the connection began earlier? Bytes without a SYN do; so does a QUIC
 * short header: RFC 9000, section 17.3.
 */
static bool unread_goes_on(const struct packet *p)
{
	if (p->transport == TRANSPORT_TCP)
		return p->payload.len > 0 && !(p->tcp_flags & TCP_SYN);
	return (p->src_port == QUIC_PORT || p->dst_port == QUIC_PORT) && p->payload.len > 0 &&
	       (p->payload.at[0] & 0xc0) == 0x40;
}

static void unread_note_connection(struct unread *u, const struct packet *p)
{
	enum flow_end   sender;
	struct flow_key key = flow_key_of(p, &sender);

	if (p->transport == TRANSPORT_TCP && p->payload.len == 0 && !(p->tcp_flags & TCP_SYN))
		return;
	if (table_find(u->connections, &key) != NULL)
		return;
	table_add(u->connections, &key);
	u->num[UNREAD_BEGINNING] += unread_goes_on(p);
}

/* A packet that the engine inspected. */
static void unread_note_ip(struct unread *u, const struct captured *packet, struct bytes ip)
{
	struct packet p;
	struct bytes  whole;

	if (packet_read(ip, &p) != PARSE_OK) {
		u->num[UNREAD_HEADERS]++;
		return;
	}
	if (p.transport == TRANSPORT_FRAGMENT) {
		u->num_pieces++;
		if (fragments_add(u->fragments, &p, packet->time_us, &whole) != PARSE_OK ||
		    packet_read(whole, &p) != PARSE_OK)
			return;
	}
	if (p.transport != TRANSPORT_TCP && p.transport != TRANSPORT_UDP) {
		u->num[UNREAD_OTHER]++;
		return;
	}
	u->num[UNREAD_CUT] += p.cut;
	u->num[UNREAD_TIME] += !packet->has_time;
	unread_note_connection(u, &p);
}

void unread_note(struct unread *u, const struct captured *packet, struct bytes ip,
                 bool is_readable, const struct engine_counts *counts)
{
	uint64_t headers_before = u->num[UNREAD_HEADERS];

	u->num_packets++;
	if (!link_known(packet->linktype))
		u->num[UNREAD_LINK]++;
	else if (!is_readable)
		u->num[UNREAD_HEADERS]++;
	else if (ip.len == 0)
		u->num[UNREAD_NOT_IP]++;
	else
		unread_note_ip(u, packet, ip);
	/* the engine has one count for false headers and bad checksums */
	if (counts->bad_packets != u->counts.bad_packets &&
	    u->num[UNREAD_HEADERS] == headers_before)
		u->num[UNREAD_SUMS]++;
	u->counts = *counts;
}

/* Prints a line with a number, unless that is 0; true if it was printed. */
static bool unread_line(uint64_t num, uint64_t num_packets, bool is_first, const char *words)
{
	if (num > 0 && is_first)
		printf("  not judged, or only in part, of %llu packets:\n",
		       (unsigned long long)num_packets);
	if (num > 0)
		printf("  %14llu  %s\n", (unsigned long long)num, words);
	return num > 0;
}

void unread_print(const struct unread *u, uint64_t num_lost, bool is_whole)
{
	const struct { uint64_t num; const char *words; } more[] = {
		{ u->num_pieces - fragments_num_joined(u->fragments),
		  "fragments of incomplete packets" },
		{ u->counts.unreadable,
		  "hellos and requests whose name may have been missed" },
		{ u->counts.over_limit, "connections beyond a limit of inspection" },
		{ u->counts.decoys, "segments that no server would accept" },
		{ u->counts.conflicts, "segments and datagrams that rewrite bytes already seen" },
		{ u->counts.flows_evicted,
		  "connections forgotten, as there were more than 'flows'" },
		{ u->counts.hellos_evicted,
		  "beginnings of connections forgotten, as there were more than 'hellos'" },
		{ num_lost, "packets that the capture itself reports as lost" },
	};
	bool is_first = true;

	for (size_t i = 0; i < UNREAD_REASONS; i++)
		is_first &= !unread_line(u->num[i], u->num_packets, is_first, unread_words[i]);
	for (size_t i = 0; i < COUNT(more); i++)
		is_first &= !unread_line(more[i].num, u->num_packets, is_first, more[i].words);
	if (is_first && is_whole)
		printf("  all %llu packets were judged\n", (unsigned long long)u->num_packets);
	if (!is_whole)
		printf("  the file is damaged, or not a capture: nothing after packet %llu was "
		       "read\n",
		       (unsigned long long)u->num_packets);
}

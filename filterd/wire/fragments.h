/* SPDX-License-Identifier: MIT */
#ifndef FILTERD_WIRE_FRAGMENTS_H
#define FILTERD_WIRE_FRAGMENTS_H

/*
 * Fragments: reassembly of IP packets, for replay; on a live gateway conntrack has defragmented
 * them before the queue. Bounded: at most num_packets incomplete packets, each of at most 65,535
 * bytes; the least recently touched one is evicted. Fragments that overlap with other bytes make
 * the whole packet bad (RFC 5722, section 4; applied to IPv4 as well).
 */

#include "wire/packet.h"

struct fragments;

struct fragments *fragments_new(size_t num_packets, uint64_t seed);
void              fragments_free(struct fragments *f);

/*
 * fragments_add - one fragment (packet_read() gave TRANSPORT_FRAGMENT).
 *
 * Gives:  PARSE_MORE while fragments are missing; PARSE_OK when this one completes the packet:
 *         *ip_out is then an IP packet without fragmentation for packet_read(), valid until the
 *         next call; PARSE_BAD for contradicting or overlong fragments.
 */
enum parse fragments_add(struct fragments *f, const struct packet *piece, int64_t now_us,
                         struct bytes *ip_out);

/* fragments_num_joined - fragments so far of packets that were completed. */
uint64_t fragments_num_joined(const struct fragments *f);

#endif

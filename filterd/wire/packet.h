/* SPDX-License-Identifier: MIT */
#ifndef FILTERD_WIRE_PACKET_H
#define FILTERD_WIRE_PACKET_H

/*
 * Packet: an IPv4 or IPv6 packet with TCP or UDP, dissected. Everything is borrowed from the bytes
 * given to packet_read().
 */

#include "base/bytes.h"

struct address {
	uint8_t family;                 /* 4 or 6 */
	uint8_t at[16];                 /* network order; IPv4 in the first four, the rest 0 */
};

enum transport { TRANSPORT_OTHER, TRANSPORT_TCP, TRANSPORT_UDP, TRANSPORT_FRAGMENT };

enum { TCP_FIN = 1, TCP_SYN = 2, TCP_RST = 4, TCP_PSH = 8, TCP_ACK = 16, TCP_URG = 32 };

struct packet {
	struct bytes   ip;              /* the whole packet without link padding */
	struct address src, dst;
	uint8_t        ttl;             /* or hop limit */
	uint8_t        ip_proto;        /* the last header's number, after the extension headers */
	enum transport transport;
	uint16_t       src_port, dst_port;
	struct bytes   segment;         /* transport header and payload */
	struct bytes   payload;
	uint32_t       seq, ack;        /* TCP */
	uint16_t       window, urgent;  /* TCP */
	uint8_t        tcp_flags;
	bool           cut;             /* the capture kept fewer bytes than the packet had */
	struct {                        /* TRANSPORT_FRAGMENT only; see fragments.h */
		uint32_t id;
		uint16_t offset;        /* bytes */
		bool     more;
	} fragment;
};

/*
 * packet_read - headers of one IP packet.
 *
 * Takes:  the packet from its IP header on; bytes beyond the IP length are padding. An IP length of
 *         0 means all bytes (a large packet that the network card has yet to segment). If a
 *         capture's snap length cut the payload short, `cut` is set; the payload is the rest.
 * Gives:  PARSE_OK; transport is TRANSPORT_OTHER for anything but TCP and UDP, TRANSPORT_FRAGMENT
 *         for a fragment of a packet (the segment is then that fragment); PARSE_BAD for wrong
 *         lengths, more than 8 extension headers, a TCP offset beyond the end.
 * Source: RFC 791 3.1, RFC 8200 section 4 (hop-by-hop, routing, destination, fragment headers),
 *         RFC 4302 2.2 (AH length), RFC 9293 3.1, RFC 768.
 */
enum parse packet_read(struct bytes ip, struct packet *out);

/*
 * packet_sums_ok - are the IPv4 header's and the TCP or UDP checksum right? True for a UDP over
 * IPv4 checksum of 0 (RFC 768), and for anything but TCP and UDP. Not for packets whose checksum
 * the kernel has yet to fill in.
 */
bool packet_sums_ok(const struct packet *p);

/*
 * packet_sum_is_pending - are the checksums of a TCP or UDP packet as in a capture on the sending
 *         host, before the network card has filled them in (checksum offload)?
 *
 * Gives:  true if the IPv4 header's sum is right or 0, and the other one is right, 0, or the sum
 *         of the pseudo header alone: with the segment's length, or without any if the card is to
 *         segment the packet.
 * Source: Linux, skbuff.h, CHECKSUM_PARTIAL; Windows, "Offloading the Segmentation of Large TCP
 *         Packets" (no length, and an IP length of 0); captures of both and of macOS.
 */
bool packet_sum_is_pending(const struct packet *p);

/*
 * packet_is_signed - does a TCP segment carry an MD5 signature or an authentication option (RFC
 *                    2385, RFC 5925)? A host that was not set up for it discards such a segment.
 */
bool packet_is_signed(const struct packet *p);

bool address_equal(const struct address *a, const struct address *b);

/*
 * address_is_single - may this be the address of one host? Not if it is unspecified, multicast, or
 * IPv4's broadcast address. The broadcast address of a network is unknown without its prefix, and
 * counts as a host's. Source: RFC 1122, section 3.2.1.3; RFC 5771; RFC 4291, sections 2.5.2 and
 * 2.7.
 */
bool address_is_single(const struct address *a);

/* Text form: dotted quad, or RFC 5952 (through inet_ntop). */
void address_write(struct writer *w, const struct address *a);

/* The reverse: PARSE_OK, or PARSE_BAD with *out untouched. */
enum parse address_from_text(struct bytes text, struct address *out);

#endif

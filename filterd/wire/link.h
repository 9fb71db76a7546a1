/* SPDX-License-Identifier: MIT */
#ifndef FILTERD_WIRE_LINK_H
#define FILTERD_WIRE_LINK_H

/*
 * Link: from a captured frame to the IP packet in it. Only replay has frames; the queue gives
 * packets.
 */

#include "base/bytes.h"

struct link_frame {
	struct bytes ip;                /* empty: not IP */
	bool         has_mac;
	uint8_t      mac[6];            /* the sender's */
};

/*
 * link_read - Takes: the frame, and its LINKTYPE_ number (tcpdump.org/linktypes.html): NULL 0,
 *         ETHERNET 1, PPP 9, RAW 101 (also 12, 14), C_HDLC 104, LOOP 108, LINUX_SLL 113,
 *         PPP_ETHER 51, IEEE802_11 105 and radiotap 127, NFLOG 239, IPV4 228, IPV6 229, LINUX_SLL2
 *         276 at least; with 802.1Q, 802.1ad, MPLS and PPPoE inside Ethernet to any sensible depth
 *         (at most 8).
 * Gives:  PARSE_OK, out->ip empty if the frame carries something else; PARSE_BAD if it is cut.
 */
enum parse link_read(int linktype, struct bytes frame, struct link_frame *out);

/* Is the link type one that link_read() knows? */
bool link_known(int linktype);

#endif

/* SPDX-License-Identifier: MIT */
#ifndef FILTERD_WIRE_REPLY_H
#define FILTERD_WIRE_REPLY_H

/*
 * Reply: whole IP packets that we send, built from the packet they answer. Checksums are filled in.
 * No IP options, TTL/hop limit 64.
 */

#include "wire/packet.h"

/*
 * reply_datagram - a UDP datagram back to the sender of `asked`, from the address and port that
 * were asked. w->full if it does not fit (65,535 bytes are the limit of IP).
 */
void reply_datagram(struct writer *w, const struct packet *asked, struct bytes payload);

/*
 * reply_reset_onward - the RST that the *receiver* of `blocked` (a TCP segment that will not be
 * delivered) would accept from its sender: same addresses and ports, seq of the segment, ACK set
 * with its ack where it had one. RFC 9293, section 3.10.7.4.
 */
void reply_reset_onward(struct writer *w, const struct packet *blocked);

/*
 * reply_reset_back - the RST that the *sender* of `blocked` accepts from its receiver: RFC 9293,
 * section 3.5.2 (seq is the segment's ack, or 0 with ACK of seq + length where it had none).
 */
void reply_reset_back(struct writer *w, const struct packet *blocked);

#endif

/* SPDX-License-Identifier: MIT */
#ifndef FILTERD_WIRE_CHECKSUM_H
#define FILTERD_WIRE_CHECKSUM_H

/* Checksum: the Internet checksum, RFC 1071. */

#include "wire/packet.h"

/*
 * checksum_add - the running sum over `what`, which must have an even length unless it is the last
 * part.
 */
uint64_t checksum_add(uint64_t sum, struct bytes what);

/* The sum of the pseudo header of TCP and UDP: RFC 9293 section 3.1, RFC 8200 section 8.1. */
uint64_t checksum_pseudo(const struct address *src, const struct address *dst, uint8_t ip_proto,
                         uint32_t len);

/*
 * checksum_end - folded and inverted, as it stands in a header. 0 for data with a correct checksum.
 */
uint16_t checksum_end(uint64_t sum);

#endif

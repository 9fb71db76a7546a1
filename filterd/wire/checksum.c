/* SPDX-License-Identifier: MIT */

/*
 * Sixteen-bit words may be added in any byte order as long as it is one and the same (RFC 1071, section 2B), so four
 * bytes are taken at a time in the machine's own order and only the result is put into network order.
 */

#include "wire/checksum.h"

#include <arpa/inet.h>
#include <string.h>

uint64_t checksum_add(uint64_t sum, struct bytes what)
{
	while (what.len >= 4) {
		uint32_t word;

		memcpy(&word, what.at, sizeof(word));
		sum += word;
		what = bytes_from(what, 4);
	}
	if (what.len > 0) {
		uint32_t word = 0;

		memcpy(&word, what.at, what.len);
		sum += word;
	}
	return sum;
}

uint64_t checksum_pseudo(const struct address *src, const struct address *dst, uint8_t ip_proto, uint32_t len)
{
	size_t   address_len = src->family == 4 ? 4 : 16;
	uint32_t tail[2]     = { htonl(len), htonl(ip_proto) };
	uint64_t sum         = 0;

	sum = checksum_add(sum, bytes_of(src->at, address_len));
	sum = checksum_add(sum, bytes_of(dst->at, address_len));
	return checksum_add(sum, bytes_of(tail, sizeof(tail)));
}

uint16_t checksum_end(uint64_t sum)
{
	while (sum >> 16)
		sum = (sum & 0xffff) + (sum >> 16);
	return ntohs((uint16_t)~sum);
}

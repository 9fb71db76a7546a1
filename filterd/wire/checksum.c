/* SPDX-License-Identifier: MIT */

/*
 * Sixteen-bit words may be added in any byte order as long as it is the same for all (RFC 1071,
 * section 2B). So eight and four bytes are added at a time in the machine's order, and only the
 * result is converted to network order.
 */

#include "wire/checksum.h"

#include <arpa/inet.h>
#include <string.h>

static uint32_t word_at(const uint8_t *at)
{
	uint32_t word;

	memcpy(&word, at, sizeof(word));
	return word;
}

uint64_t checksum_add(uint64_t sum, struct bytes what)
{
	uint8_t last[4] = { 0 };

	for (; what.len >= 8; what = bytes_from(what, 8))
		sum += (uint64_t)word_at(what.at) + word_at(what.at + 4);
	for (; what.len >= 4; what = bytes_from(what, 4))
		sum += word_at(what.at);
	for (size_t i = 0; i < what.len; i++)
		last[i] = what.at[i];
	return sum + word_at(last);
}

uint64_t checksum_pseudo(const struct address *src, const struct address *dst, uint8_t ip_proto,
                         uint32_t len)
{
	size_t   address_len = src->family == 4 ? 4 : 16;
	uint64_t sum         = (uint64_t)htonl(len) + htonl(ip_proto);

	for (size_t i = 0; i < address_len; i += 4)
		sum += (uint64_t)word_at(src->at + i) + word_at(dst->at + i);
	return sum;
}

uint16_t checksum_end(uint64_t sum)
{
	while (sum >> 16)
		sum = (sum & 0xffff) + (sum >> 16);
	return ntohs((uint16_t)~sum);
}

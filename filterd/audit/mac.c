/* SPDX-License-Identifier: MIT */

#include "audit/mac.h"

#include <string.h>

#define TEXT_LEN  (MAC_BYTES * 3 - 1)
#define LOCAL_BIT 0x02

/* 0 to 15, or -1. */
static int digit_of(uint8_t c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c |= 0x20;
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

enum parse mac_from_text(struct bytes text, uint8_t mac_out[MAC_BYTES])
{
	uint8_t mac[MAC_BYTES];

	if (text.len != TEXT_LEN)
		return PARSE_BAD;
	for (size_t i = 0; i < MAC_BYTES; i++) {
		int high = digit_of(text.at[3 * i]), low = digit_of(text.at[3 * i + 1]);

		if (high < 0 || low < 0 || (i + 1 < MAC_BYTES && text.at[3 * i + 2] != ':'))
			return PARSE_BAD;
		mac[i] = (uint8_t)(high << 4 | low);
	}
	memcpy(mac_out, mac, MAC_BYTES);
	return PARSE_OK;
}

void mac_write(struct writer *w, const uint8_t mac[MAC_BYTES])
{
	for (size_t i = 0; i < MAC_BYTES; i++) {
		if (i > 0)
			write_text(w, ":");
		write_hex(w, bytes_of(mac + i, 1));
	}
}

bool mac_is_private(const uint8_t mac[MAC_BYTES])
{
	return (mac[0] & LOCAL_BIT) != 0;
}

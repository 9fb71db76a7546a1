/* SPDX-License-Identifier: MIT */

#include "base/mac.h"

#include <string.h>

#define TEXT_LEN  (MAC_BYTES * 3 - 1)
#define LOCAL_BIT 0x02

enum parse mac_from_text(struct bytes text, uint8_t mac_out[MAC_BYTES])
{
	uint8_t mac[MAC_BYTES];

	if (text.len != TEXT_LEN)
		return PARSE_BAD;
	for (size_t i = 0; i < MAC_BYTES; i++) {
		if (i > 0 && text.at[3 * i - 1] != ':')
			return PARSE_BAD;
		if (bytes_from_hex(bytes_first(bytes_from(text, 3 * i), 2), &mac[i], 1) != PARSE_OK)
			return PARSE_BAD;
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

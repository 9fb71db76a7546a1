/* SPDX-License-Identifier: MIT */
#ifndef FILTERD_BASE_MAC_H
#define FILTERD_BASE_MAC_H

/*
 * Mac: the hardware address of an Ethernet or wireless card, six bytes. In text:
 * "3c:52:82:11:22:33".
 */

#include "base/bytes.h"

#define MAC_BYTES 6

/*
 * mac_from_text - Gives: PARSE_OK with mac_out; PARSE_BAD if text is not six pairs of hexadecimal
 *                 digits with colons between them, mac_out untouched.
 * mac_write     - in lower case, in the form that mac_from_text() reads.
 */
enum parse mac_from_text(struct bytes text, uint8_t mac_out[MAC_BYTES]);
void       mac_write(struct writer *w, const uint8_t mac[MAC_BYTES]);

/*
 * mac_is_private - did the device make it up, as phones do for each network? Then it does not
 *                  identify the manufacturer, and may be a different one tomorrow.
 * Source: IEEE 802, the universal/local bit: 0x02 of the first byte.
 */
bool mac_is_private(const uint8_t mac[MAC_BYTES]);

#endif

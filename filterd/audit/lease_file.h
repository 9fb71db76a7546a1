/* SPDX-License-Identifier: MIT */
#ifndef FILTERD_AUDIT_LEASE_FILE_H
#define FILTERD_AUDIT_LEASE_FILE_H

/*
 * Lease file: a DHCP server's text file about its clients. Clients choose the host names in it, so
 * they can be anything: they are truncated, never interpreted, and escaped on output.
 */

#include "base/mac.h"
#include "wire/packet.h"

#define LEASE_NAME_MAX 64       /* bytes of a name; a label has 63 */

struct lease {
	struct address address;
	bool           has_mac;
	uint8_t        mac[MAC_BYTES];
	/* released, expired, declined: cancels an earlier line for this address */
	bool           is_over;
	uint8_t        name_len;        /* 0: the client gave none */
	/* its first bytes; not NUL-terminated, no trailing dot */
	uint8_t        name[LEASE_NAME_MAX];
};

typedef void lease_take(void *context, const struct lease *lease);

/*
 * lease_walk - every lease in the order of the file; a later one replaces an earlier one for the
 *              same address.
 *
 * Takes:  text in one of three formats, recognised by its first line:
 *         dnsmasq  - one line per lease: expiry, MAC or (IPv6) IAID, address, name or *, client id;
 *         Kea      - CSV whose first line names the columns, IPv4 or IPv6, of whatever version;
 *         dhcpd    - ISC's blocks: lease ADDRESS { ... }.
 *         Other lines, and an incomplete last line, which is still being written, are skipped.
 * Source: dnsmasq-discuss, June 2016, "leases file format specification"; Kea, lib/util/csv_file.cc
 *         for the escapes; dhcpd.leases(5).
 */
void lease_walk(struct bytes text, lease_take *take, void *context);

#endif

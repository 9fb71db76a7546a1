/* SPDX-License-Identifier: MIT */
#ifndef FILTERD_AUDIT_LEASE_FILE_H
#define FILTERD_AUDIT_LEASE_FILE_H

/*
 * Lease file: what a DHCP server keeps about its clients, as text. Host names in it are what
 * clients call themselves, so they can be anything: they are cut, never interpreted, and escaped by
 * whoever writes them.
 */

#include "base/mac.h"
#include "wire/packet.h"

#define LEASE_NAME_MAX 64       /* bytes of a name; a label has 63 */

struct lease {
	struct address address;
	bool           has_mac;
	uint8_t        mac[MAC_BYTES];
	/* given back, expired, declined: what a line before said of this address is void */
	bool           is_over;
	uint8_t        name_len;        /* 0: the client gave none */
	/* the first bytes of it; not NUL-terminated, no dot at the end */
	uint8_t        name[LEASE_NAME_MAX];
};

typedef void lease_take(void *context, const struct lease *lease);

/*
 * lease_walk - every lease in the order of the file; a later one takes the place of an earlier one
 *              for the same address.
 *
 * Takes:  text of one of three kinds, told by its first line:
 *         dnsmasq  - a line a lease: expiry, MAC or (IPv6) IAID, address, name or *, client id;
 *         Kea      - CSV whose first line names the columns, IPv4 or IPv6, of whatever version;
 *         dhcpd    - ISC's blocks: lease ADDRESS { ... }.
 *         Lines that are none of it, and a last line without its end, which is still being written,
 *         are passed over.
 * Source: dnsmasq-discuss, June 2016, "leases file format specification"; Kea, lib/util/csv_file.cc
 *         for the escapes; dhcpd.leases(5).
 */
void lease_walk(struct bytes text, lease_take *take, void *context);

#endif

/* SPDX-License-Identifier: MIT */
#ifndef FILTERD_AUDIT_LEASES_H
#define FILTERD_AUDIT_LEASES_H

/*
 * Leases: what DHCP servers call the devices at one moment. Built once, never changed; when a file
 * changes, another is built.
 */

#include "audit/lease_file.h"

struct leases;

#define LEASES_MAX 16384        /* addresses kept; 104 bytes each. More than a /18 has */

/*
 * leases_new - Takes: files, the texts of num lease files (lease_file.h); what stands later counts,
 *              within a file and among them. seed, so that no client can choose addresses that
 *              meet.
 * Gives:  the table, or NULL without memory.
 * Keeps:  nothing of the files.
 */
struct leases *leases_new(const struct bytes *files, size_t num, uint64_t seed);
void           leases_free(struct leases *l);

/*
 * leases_find - the name of a device. Takes: mac, or NULL if it was not seen; client, its address.
 * Gives:  the name of the newest lease with a name that this MAC holds, else of the lease of this
 *         address; empty if neither has one. So IPv6 traffic has the name of the IPv4 lease. Raw
 *         bytes from the client.
 * Keeps:  the view lives as long as l.
 */
struct bytes leases_find(const struct leases *l, const uint8_t *mac, const struct address *client);

/*
 * leases_know - does this MAC hold a lease? Without one: is this address leased?
 */
bool leases_know(const struct leases *l, const uint8_t *mac, const struct address *client);

size_t leases_left_out(const struct leases *l);         /* lines for which there was no room */

#endif

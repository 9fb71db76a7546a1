/* SPDX-License-Identifier: MIT */
#ifndef FILTERD_AUDIT_LEASES_H
#define FILTERD_AUDIT_LEASES_H

/*
 * Leases: the devices' DHCP names at one moment. Built once, never changed; if a file changes,
 * another table is built.
 */

#include "audit/lease_file.h"

struct leases;

#define LEASES_MAX 16384        /* addresses; 104 bytes each; more than in a /18 */

/*
 * leases_new - Takes: files, the texts of num lease files (lease_file.h); later leases win, within
 *              a file and among files. seed, so that no client can choose colliding addresses.
 * Gives:  the table, or NULL without memory.
 * Keeps:  nothing of the files.
 */
struct leases *leases_new(const struct bytes *files, size_t num, uint64_t seed);
void           leases_free(struct leases *l);

/*
 * leases_find - the name of a device. Takes: mac, or NULL if it was not seen; client, its address.
 * Gives:  the name of the MAC's newest lease that has a name, else of the address's lease; empty if
 *         neither has one. So IPv6 traffic gets the name of the IPv4 lease. Raw bytes from the
 *         client.
 * Keeps:  the view is valid as long as l.
 */
struct bytes leases_find(const struct leases *l, const uint8_t *mac, const struct address *client);

/*
 * leases_know - does this MAC have a lease? Without a MAC: is this address leased?
 */
bool leases_know(const struct leases *l, const uint8_t *mac, const struct address *client);

size_t leases_left_out(const struct leases *l);         /* lines that did not fit */

#endif

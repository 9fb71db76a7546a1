/* SPDX-License-Identifier: MIT */
#ifndef FILTERD_OS_LEASE_FILES_H
#define FILTERD_OS_LEASE_FILES_H

/*
 * Lease files: where DHCP servers keep their leases, looked at again and again. One thread's.
 *
 * They are opened anew, by name, whenever they have changed: a server that puts another file in the
 * place of the old one would leave a descriptor from before behind. So they must be readable by the
 * user that filterd runs as; one that is not is named in a message, once.
 */

#include "audit/leases.h"

struct lease_files;

/* bytes of a file; 70,000 lines of Kea's. Longer ones are not read */
#define LEASE_FILE_MAX (8 << 20)

/*
 * lease_files_open - Takes: paths, separated by spaces, "auto" among them or alone for the places
 *                    that dnsmasq, Kea, dhcpd and OpenWrt use; "": no files. A path that ends in
 *                    .csv stands for three: Kea keeps older leases in two files beside it.
 *                    user, for messages: the user filterd runs as.
 * Gives:  NULL without memory. Opens nothing yet.
 */
struct lease_files *lease_files_open(const char *paths, const char *user, uint64_t seed);
void                lease_files_close(struct lease_files *f);

/* The files, one after another, whether they are there or not; NULL behind the last. */
const char *lease_files_path(const struct lease_files *f, size_t number);

/*
 * lease_files_look - Takes: now_us, the wall clock: a file that changed a moment ago is read once
 *                    more, as its next change could bear the same time.
 * Gives:  a table of all files, the caller's to free, if any has changed since the last call; else
 *         NULL. What cannot be read gives no names, and a message.
 */
struct leases *lease_files_look(struct lease_files *f, int64_t now_us);

#endif

/* SPDX-License-Identifier: MIT */
#ifndef FILTERD_OS_LEASE_FILES_H
#define FILTERD_OS_LEASE_FILES_H

/*
 * Lease files: polls the lease files of DHCP servers. For one thread.
 *
 * They are reopened, by name, whenever they have changed, because a server may replace the file. So
 * they must be readable by the user that filterd runs as; a message names one that is not, once.
 */

#include "audit/leases.h"

struct lease_files;

/* bytes of a file; 70,000 lines of Kea's. Longer ones are not read */
#define LEASE_FILE_MAX (8 << 20)

/*
 * lease_files_open - Takes: paths, separated by spaces; "auto" adds the default paths of dnsmasq,
 *                    Kea, dhcpd and OpenWrt; "": no files. A path that ends in .csv means three
 *                    files: Kea keeps older leases in two files beside it.
 *                    user, for messages: the user filterd runs as.
 * Gives:  NULL without memory. Opens nothing yet.
 */
struct lease_files *lease_files_open(const char *paths, const char *user, uint64_t seed);
void                lease_files_close(struct lease_files *f);

/* The files in order, whether they exist or not; NULL after the last. */
const char *lease_files_path(const struct lease_files *f, size_t number);

/*
 * lease_files_look - Takes: now_us, the wall clock: a file that changed a moment ago is read once
 *                    more, because its next change could have the same time stamp.
 * Gives:  a table of all files, to be freed by the caller, if any has changed since the last call;
 *         else NULL. An unreadable file gives no names, and a message.
 */
struct leases *lease_files_look(struct lease_files *f, int64_t now_us);

#endif

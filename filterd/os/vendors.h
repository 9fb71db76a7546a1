/* SPDX-License-Identifier: MIT */
#ifndef FILTERD_OS_VENDORS_H
#define FILTERD_OS_VENDORS_H

/*
 * Vendors: manufacturers of devices, by MAC, for reports. The registry changes and is large, so
 * records never contain them.
 */

#include "base/mac.h"

struct vendors;

/*
 * vendors_open - Takes: path of the IEEE's oui.txt or oui.csv, or NULL for the path of Debian's
 *                package ieee-data.
 * Gives:  0; -ENOENT if there is none, which is normal on a router; -EINVAL if it has no vendor;
 *         -errno. *out is NULL after a failure; vendors_find_text() and vendors_free() accept that.
 */
int  vendors_open(const char *path, struct vendors **out);
void vendors_free(struct vendors *v);

/*
 * vendors_find_text - the manufacturer of this MAC, NUL-terminated; NULL if it is unknown, the MAC
 *                     is a private one (mac.h), or not a MAC: a record's device may be an address.
 * Keeps:  the name is valid as long as v. It is the registry's text: any bytes, UTF-8 if not ASCII.
 */
const char *vendors_find_text(const struct vendors *v, struct bytes text);

#endif

/* SPDX-License-Identifier: MIT */
#ifndef FILTERD_OS_VENDORS_H
#define FILTERD_OS_VENDORS_H

/*
 * Vendors: who made a device, by its MAC, for reports. The register changes and is large, so
 * records never have it.
 */

#include "base/mac.h"

struct vendors;

/*
 * vendors_open - Takes: path of the IEEE's oui.txt or oui.csv, or NULL for where Debian's package
 *                ieee-data has them.
 * Gives:  0; -ENOENT if there is none, which is no error on a router; -EINVAL if there is no vendor
 *         in it; -errno. *out is NULL after a failure, with which vendors_find_text() and
 *         vendors_free() can live.
 */
int  vendors_open(const char *path, struct vendors **out);
void vendors_free(struct vendors *v);

/*
 * vendors_find_text - the maker of this MAC, NUL-terminated; NULL if it is not known, the MAC is a
 *                     private one (mac.h), or it is none, as the device of a record may be an
 *                     address.
 * Keeps:  the name lives as long as v. It is text of the register: any bytes, UTF-8 where it is not
 *         ASCII.
 */
const char *vendors_find_text(const struct vendors *v, struct bytes text);

#endif

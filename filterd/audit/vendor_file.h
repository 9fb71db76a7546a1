/* SPDX-License-Identifier: MIT */
#ifndef FILTERD_AUDIT_VENDOR_FILE_H
#define FILTERD_AUDIT_VENDOR_FILE_H

/*
 * Vendor file: the IEEE's registry of MAC prefixes (three bytes) and their manufacturers, as text.
 */

#include "base/bytes.h"

#define VENDOR_NAME_MAX 128     /* bytes; the longest of 2022 has 93 */

/*
 * prefix: the first three bytes of a MAC, as a number. name: borrowed for the call, not empty, at
 * most VENDOR_NAME_MAX bytes.
 */
typedef void vendor_take(void *context, uint32_t prefix, struct bytes name);

/*
 * vendor_walk - every 24-bit assignment, in the order of the file.
 *
 * Takes:  text of oui.txt or oui.csv, recognised by its first line. Lines that are not assignments
 *         are skipped, and so are those without a manufacturer: blocks that the registry assigns in
 *         smaller parts, and private ones.
 * Source: standards-oui.ieee.org; the files of Debian's ieee-data 20220827.1.
 */
void vendor_walk(struct bytes text, vendor_take *take, void *context);

#endif

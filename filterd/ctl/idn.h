/* SPDX-License-Identifier: MIT */
#ifndef FILTERD_CTL_IDN_H
#define FILTERD_CTL_IDN_H

/* IDN: converts international names to the ASCII form that clients send. */

#include "base/bytes.h"

/*
 * idn_to_ascii - Takes: name, UTF-8.
 * Gives:  0 with the name in ASCII written to out, unchanged if it was ASCII already; -EINVAL if it
 *         is not a valid international name; -ENOSYS if this build only maps variants of ASCII
 *         letters.
 * Source: RFC 5891; UTS 46, non-transitional, as browsers do.
 */
int idn_to_ascii(struct bytes name, struct writer *out);

#endif

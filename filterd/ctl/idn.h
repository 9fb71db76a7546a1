/* SPDX-License-Identifier: MIT */
#ifndef FILTERD_CTL_IDN_H
#define FILTERD_CTL_IDN_H

/* IDN: international names, as people see them, in the letters that clients send. */

#include "base/bytes.h"

/*
 * idn_to_ascii - Takes: name, UTF-8.
 * Gives:  0 with the name in ASCII written to out, as it was if it was ASCII already; -EINVAL if
 *         it is no international name; -ENOSYS if this build knows only letters that stand for
 *         those of ASCII.
 * Source: RFC 5891; UTS 46, non-transitional, as browsers do.
 */
int idn_to_ascii(struct bytes name, struct writer *out);

#endif

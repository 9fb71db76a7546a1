/* SPDX-License-Identifier: MIT */
#ifndef FILTERD_KERNEL_FOREIGN_NOW_H
#define FILTERD_KERNEL_FOREIGN_NOW_H

/* Foreign rules, now: those of other programs (foreign.h) as they are at this moment. */

#include "kernel/foreign.h"

/*
 * foreign_now - all of them. A program that is not there lists nothing; of one that fails
 * for a user nothing is known: is_unknown. 0 or -ENOMEM.
 */
int foreign_now(const struct settings *s, struct foreign_rules *out);

#endif

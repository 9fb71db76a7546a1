/* SPDX-License-Identifier: MIT */
#ifndef FILTERD_KERNEL_PROTECTION_H
#define FILTERD_KERNEL_PROTECTION_H

/*
 * Protection: the interfaces whose clients the rules bring to the filter. An interface may appear
 * later than the rules that name it, so a missing one is not an error.
 */

#include "base/problem.h"
#include "kernel/network.h"
#include "kernel/readback.h"
#include "status/status.h"

/* Names of [queue] protect that no interface has. */
struct missing {
	size_t num;
	bool   is_all;                          /* so no clients are filtered */
	char   names[SETTINGS_TEXT_MAX * 2];    /* "ppp0, wg0" */
};

/* protection_missing - Takes: protect, from the settings. With "auto" none is missing. */
void protection_missing(const struct network *n, const char *protect, struct missing *out);

/*
 * protection_say_missing - "there is no interface ppp0 now: ...". False: no interface is missing,
 * and nothing is written.
 */
bool protection_say_missing(const struct missing *m, struct problem *out);

/*
 * protection_would - Gives: the protection by rules made now.
 */
void protection_would(const struct network *n, const char *protect, struct status_protection *out);

/*
 * protection_judge - Takes: rules, the interfaces named by the kernel's rules; protect, from the
 *                    present settings. Gives: the present protection, and whether rules made now
 *                    would give the same.
 */
void protection_judge(const struct network *n, const struct rule_interfaces *rules,
                      const char *protect, struct status_protection *out);

#endif

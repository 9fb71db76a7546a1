/* SPDX-License-Identifier: MIT */
#ifndef FILTERD_KERNEL_PROTECTION_H
#define FILTERD_KERNEL_PROTECTION_H

/*
 * Protection: whose clients the rules bring to the filter, by the interfaces that there are now. An
 * interface may come later than the rules that name it, so one that is missing is no error.
 */

#include "base/problem.h"
#include "kernel/network.h"
#include "kernel/readback.h"
#include "status/status.h"

/* Names of [queue] protect that no interface has. */
struct missing {
	size_t num;
	bool   is_all;                          /* so nobody is filtered */
	char   names[SETTINGS_TEXT_MAX * 2];    /* "ppp0, wg0" */
};

/* protection_missing - Takes: protect, as in the settings. With "auto" none is missing. */
void protection_missing(const struct network *n, const char *protect, struct missing *out);

/*
 * protection_say_missing - "there is no interface ppp0 now: ...". False: none is missing, and
 * nothing is said.
 */
bool protection_say_missing(const struct missing *m, struct problem *out);

/*
 * protection_would - Gives: whose clients rules that are made now would filter.
 */
void protection_would(const struct network *n, const char *protect, struct status_protection *out);

/*
 * protection_judge - Takes: rules, the interfaces that the rules in the kernel name; protect, as in
 *                    the settings of now. Gives: whose clients are filtered, and whether rules that
 *                    are made now would do the same.
 */
void protection_judge(const struct network *n, const struct rule_interfaces *rules,
                      const char *protect, struct status_protection *out);

#endif

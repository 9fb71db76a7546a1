/* SPDX-License-Identifier: MIT */
#ifndef FILTERD_CTL_APPLY_H
#define FILTERD_CTL_APPLY_H

/*
 * Apply: replaces a file of the configuration or the policy and has filterd load it. If filterd
 * refuses it, the old file is restored.
 */

#include "audit/control.h"
#include "policy/settings.h"

struct change {
	const char            *who;             /* for messages: "filterctl waive" */
	const char            *path;
	struct bytes           old, new;        /* old.at NULL: there was no such file */
	const struct settings *settings;        /* of the filterd that loads it */
	const char            *reason;          /* for filterd's record; CONTROL_REASON_MAX */
};

/*
 * apply_reason - "what by jb: why", cut to the length of a record's reason. why: "" if none.
 *
 * apply_change - Takes: content that passed every check that needs no filterd.
 * Gives:  the exit status: 0: filterd has loaded it; EXIT_FAILURE: filterd refused, and the old
 *         file is restored; EXIT_UNAVAILABLE: the new file is in place, but filterd could not be
 *         asked; EXIT_IO: it cannot be written. A message explains each one but the first.
 */
void apply_reason(char out[CONTROL_REASON_MAX + 1], const char *what, const char *by,
                  const char *why);
int  apply_change(const struct change *c);

#endif

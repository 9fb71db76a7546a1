/* SPDX-License-Identifier: MIT */
#ifndef FILTERD_CTL_APPLY_H
#define FILTERD_CTL_APPLY_H

/*
 * Apply: a file of the configuration or the policy gets another content, and filterd loads it. If
 * filterd refuses it, the old file is there again.
 */

#include "audit/control.h"
#include "policy/settings.h"

struct change {
	const char            *who;             /* for messages: "filterctl waive" */
	const char            *path;
	struct bytes           old, new;        /* old.at NULL: there was no such file */
	const struct settings *settings;        /* of the filterd that is to load it */
	const char            *reason;          /* for the record of it; CONTROL_REASON_MAX */
};

/*
 * apply_reason - "what by jb: why", cut to what a record takes. why: "" if there is none.
 *
 * apply_change - Takes: a content that is good, as far as can be told without filterd.
 * Gives:  the exit status: 0: filterd has loaded it; EXIT_FAILURE: it refused, and the old file is
 *         back; EXIT_UNAVAILABLE: the file is the new one, and filterd could not be asked; EXIT_IO:
 *         it cannot be written. All but the first were said.
 */
void apply_reason(char out[CONTROL_REASON_MAX + 1], const char *what, const char *by,
                  const char *why);
int  apply_change(const struct change *c);

#endif

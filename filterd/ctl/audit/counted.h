/* SPDX-License-Identifier: MIT */
#ifndef FILTERD_CTL_AUDIT_COUNTED_H
#define FILTERD_CTL_AUDIT_COUNTED_H

/*
 * Counted: one pass through the log that counts the attempts of a period, for verbs that print
 * totals.
 */

#include "ctl/audit/pass.h"
#include "ctl/audit/show.h"
#include "review/totals.h"

struct counted {
	struct pass    pass;
	struct totals *totals;
	/* the end of "quiet for 3 days": now for this machine's log, otherwise its last record */
	int64_t        end_us;
};

/*
 * counted_verb - the whole verb: options, the pass, print(), and a sentence if the log is not sound
 *                or holds no attempts.
 * Takes:  the verb's own options; NULL: none. check: 0, or an exit status after a message about a
 *         wrong option; NULL: no option can be wrong.
 * Gives:  the exit status: 2 if the log is not sound, as the figures may then be wrong.
 */
struct counted_verb {
	const char              *usage;
	const struct own_option *options;
	int (*check)(void *owner, const struct audit_options *o);
	int (*print)(void *owner, const struct audit_options *o, const struct counted *c);
	void                    *owner;
};
int counted_verb(int argc, char **argv, const struct counted_verb *v);

#endif

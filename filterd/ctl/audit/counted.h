/* SPDX-License-Identifier: MIT */
#ifndef FILTERD_CTL_AUDIT_COUNTED_H
#define FILTERD_CTL_AUDIT_COUNTED_H

/*
 * Counted: a pass through the log that adds up the attempts of a period, for the verbs that print
 * totals.
 */

#include "ctl/audit/pass.h"
#include "ctl/audit/show.h"
#include "review/totals.h"

struct counted {
	struct pass    pass;
	struct totals *totals;
	/*
	 * what "quiet for 3 days" is counted from: now for this machine's log, else its last record
	 */
	int64_t        end_us;
};

/*
 * counted_verb - all of such a verb: options, the pass, print(), and a sentence if the log is not
 *                sound or holds no attempts.
 * Takes:  options of its own; NULL: none. check: 0, or an exit status if one is wrong, which is
 *         said; NULL: none can be.
 * Gives:  the exit status: 2 if the log is not sound, for what was printed may then not be what was
 *         written.
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

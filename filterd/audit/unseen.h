/* SPDX-License-Identifier: MIT */
#ifndef FILTERD_AUDIT_UNSEEN_H
#define FILTERD_AUDIT_UNSEEN_H

/*
 * Unseen: how many packets passed without a verdict since a record last said so. The kernel counts
 * them, whether filterd runs or not, and nobody ever sets the counter back; what has been recorded
 * of it is remembered beside the keys.
 *
 * A number is recorded first and remembered after that: a crash in between makes it count twice,
 * never be lost.
 */

#include "base/bytes.h"

/*
 * Where a counter stands. A counter is the table's of one namespace of one boot: a table made anew
 * is another.
 */
struct unseen {
	char     boot[40];              /* the kernel's boot_id */
	/* numbers of the network namespace and of the table in it */
	uint64_t space, table;
	uint64_t packets;
};

/*
 * unseen_since - what is new at `now`. Takes: recorded, what the last record said; NULL if none
 *                ever did.
 * Gives:  true, *packets_out, and all of it is recorded once the next record says so: *recorded_out
 *         is then to be remembered. False if another counter has taken the place of the recorded
 *         one without the machine having started anew: what passed while there was none, nobody can
 *         say. The record then says nothing, and *recorded_out leaves all that the new one has
 *         counted to the next record.
 */
bool unseen_since(const struct unseen *recorded, const struct unseen *now, uint64_t *packets_out,
                  struct unseen *recorded_out);

/* As one line of a file. unseen_read - PARSE_BAD for anything else. */
void       unseen_write(struct writer *w, const struct unseen *u);
enum parse unseen_read(struct bytes line, struct unseen *out);

#endif

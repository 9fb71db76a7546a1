/* SPDX-License-Identifier: MIT */
#ifndef FILTERD_AUDIT_UNSEEN_H
#define FILTERD_AUDIT_UNSEEN_H

/*
 * Unseen: the number of packets that passed without a verdict since the last record with a number.
 * The kernel counts them, whether filterd runs or not, and nobody resets the counter; the value
 * last recorded is stored beside the keys.
 *
 * A number is written to the log first and stored after that: after a crash in between it is
 * counted twice, never lost.
 */

#include "base/bytes.h"

/*
 * The value of a counter. A counter belongs to a table in one namespace of one boot: a recreated
 * table has another counter.
 */
struct unseen {
	char     boot[40];              /* the kernel's boot_id */
	/* numbers of the network namespace and of the table in it */
	uint64_t space, table;
	uint64_t packets;
};

/*
 * unseen_since - the new packets at `now`. Takes: recorded, the value of the last record; NULL if
 *                there was none.
 * Gives:  true and *packets_out; once the next record has the number, store *recorded_out. False if
 *         another counter has replaced the recorded one without a reboot: packets may have passed
 *         while there was no counter. Then the record has no number, and *recorded_out leaves the
 *         new counter's packets to the next record.
 */
bool unseen_since(const struct unseen *recorded, const struct unseen *now, uint64_t *packets_out,
                  struct unseen *recorded_out);

/* One line of a file. unseen_read - PARSE_BAD for anything else. */
void       unseen_write(struct writer *w, const struct unseen *u);
enum parse unseen_read(struct bytes line, struct unseen *out);

#endif

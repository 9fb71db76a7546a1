/* SPDX-License-Identifier: MIT */
#ifndef FILTERD_OS_JOURNAL_H
#define FILTERD_OS_JOURNAL_H

/*
 * Journal: the audit log on disk. One writer a process, many threads; a record is in the kernel's hands when
 * journal_append() returns, so it survives the death of the daemon at any moment after.
 */

#include "audit/record.h"

struct journal;

/* journal_open - creates the file 0640 if needed, takes an advisory lock. 0; -EWOULDBLOCK if another filterd writes it; -errno. */
int  journal_open(const char *path, struct journal **journal_out);
void journal_close(struct journal *j);

/*
 * journal_append - the event as one line, in one write(2).
 * Gives:  0, or -errno (disk full...): nothing of the line is then in the file (a torn part is cut off again), and the
 *         failure is counted.
 */
int journal_append(struct journal *j, const struct event *e, const struct record_context *c);

/* journal_reopen - if another file stands at the path now (rotation), writes on there. 0 or -errno: then nothing changed. */
int journal_reopen(struct journal *j);

uint64_t journal_appended(struct journal *j);
uint64_t journal_failed(struct journal *j);

#endif

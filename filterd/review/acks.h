/* SPDX-License-Identifier: MIT */
#ifndef FILTERD_REVIEW_ACKS_H
#define FILTERD_REVIEW_ACKS_H

/*
 * Acks: notes about devices: "uninstalled". They are in a separate file beside the log, never in
 * it; one per line:
 *
 *     {"device":"3c:52:82:11:22:33","time":"2026-11-20T10:00:00Z","by":"jb","note":"uninstalled"}
 *
 * Anybody who may write that file may write anything: a note is not evidence, and an attempt after
 * it is still reported.
 */

#include "base/bytes.h"
#include "base/problem.h"

#define ACKS_MAX      65536             /* devices in a file */
#define ACKS_NOTE_MAX 512               /* bytes of a note */
#define ACKS_LINE_MAX 8192

struct ack {
	char    device[64];             /* as in a record: a MAC, or an address */
	int64_t time_us;
	char    by[64];                 /* the author's account; "" if unknown */
	/* UTF-8, unescaped; plain_text() makes it safe to show */
	char    note[ACKS_NOTE_MAX + 1];
};

struct acks {
	struct ack *list;               /* by device */
	size_t      num, room;
};

/*
 * acks_read - Takes: the content of such a file; file, its name for messages. The last line about a
 *             device counts.
 * Gives:  0; -EINVAL, -ENOSPC (more than ACKS_MAX) or -ENOMEM with *problem_out "FILE: line N:
 *         ...", out then empty.
 * acks_free - frees the memory of acks_read() and acks_put().
 */
int  acks_read(struct bytes content, const char *file, struct acks *out,
               struct problem *problem_out);
void acks_free(struct acks *a);

/* The note about a device, by its key in the records; NULL if there is none. */
const struct ack *acks_find(const struct acks *a, struct bytes device);

/* Has it tried again after the note? last_us: its last attempt. */
bool ack_returned(const struct ack *ack, int64_t last_us);

/*
 * acks_put    - adds or replaces a note; 0, -ENOMEM, -ENOSPC: ACKS_MAX.
 * acks_remove - false if there was none.
 */
int  acks_put(struct acks *a, const struct ack *ack);
bool acks_remove(struct acks *a, struct bytes device);

/* A line of the file, with its newline. */
void ack_write(struct writer *w, const struct ack *ack);

#endif

/* SPDX-License-Identifier: MIT */
#ifndef FILTERD_CTL_BOARD_TAIL_H
#define FILTERD_CTL_BOARD_TAIL_H

/*
 * Tail: reads filterd's own log from its end: the open file, then the closed ones, newest first,
 * each from its first line to its last. It opens only the files that are requested, and reads at
 * most the given number of bytes. It relies on file names: good enough for display, but proves
 * nothing.
 */

#include "log/lines.h"

#define TAIL_BYTES (UINT64_C(64) << 20) /* a month of one heartbeat a minute is 40 MiB */

struct tail;

/*
 * tail_open  - Takes: path of the open file; most, bytes. Gives: 0; -ENOENT: no open and no closed
 *              file; -EACCES, -errno.
 * tail_older - goes to the next older file. False: there is none, or the limit of bytes is reached.
 * tail_next  - the next piece of that file; false at its end.
 * tail_has_more - after false: is there an older one?
 * tail_last  - the last line of the next older file, without going there. As lines_last().
 */
int  tail_open(const char *path, uint64_t most, struct tail **out);
bool tail_older(struct tail *t);
bool tail_next(struct tail *t, struct piece *out);
bool tail_has_more(const struct tail *t);
bool tail_last(const struct tail *t, uint8_t room[LOG_LINE_MAX], size_t *len_out);
void tail_close(struct tail *t);

#endif

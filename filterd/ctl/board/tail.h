/* SPDX-License-Identifier: MIT */
#ifndef FILTERD_CTL_BOARD_TAIL_H
#define FILTERD_CTL_BOARD_TAIL_H

/*
 * Tail: filterd's own log from its end: the open file, then the closed ones, the newest first, each
 * from its first line to its last. Only as many as are asked for are opened, and no more bytes are
 * read than the reader wants. By the names that filterd gives them: this is for looking, and proves
 * nothing.
 */

#include "log/lines.h"

#define TAIL_BYTES (UINT64_C(64) << 20) /* a month with a heartbeat a minute has 40 MiB */

struct tail;

/*
 * tail_open  - Takes: path of the open file; most, bytes. Gives: 0; -ENOENT: neither it nor a
 *              closed one is there; -EACCES, -errno.
 * tail_older - goes to the next older file. False: there is none, or no more bytes are to be read.
 * tail_next  - the next piece of that file; false at its end.
 * tail_has_more - is there an older one, behind false?
 * tail_last  - the last line of the next older file, without going there. As lines_last().
 */
int  tail_open(const char *path, uint64_t most, struct tail **out);
bool tail_older(struct tail *t);
bool tail_next(struct tail *t, struct piece *out);
bool tail_has_more(const struct tail *t);
bool tail_last(const struct tail *t, uint8_t room[LOG_LINE_MAX], size_t *len_out);
void tail_close(struct tail *t);

#endif

/* SPDX-License-Identifier: MIT */
#ifndef FILTERD_CTL_AUDIT_FOLLOW_H
#define FILTERD_CTL_AUDIT_FOLLOW_H

/*
 * Follow: reads the open file of a log and everything written to it from now on, across rotations:
 *
 *     follow_open(&f, who, path);
 *     do {
 *             while (follow_next(&f, &e))
 *                     ...
 *     } while (follow_wait(&f));
 *     status = follow_close(&f);
 *
 * Each line is checked against the one before; if the chain breaks, it complains once and goes on.
 */

#include "log/entry.h"
#include "log/lines.h"

struct follow {
	const char   *who, *path;
	int           notify, error;
	struct lines *lines;
	bool          moved;            /* the path is a different file now */
	bool          chained, broken;
	struct chain  due;
};

/*
 * follow_next  - Gives: a record; false: everything so far has been read, or an error occurred.
 * follow_wait  - for more. False: standard output has no reader any more, or an error occurred.
 * follow_close - 0; EXIT_IO, after a message.
 */
void follow_open(struct follow *f, const char *who, const char *path);
bool follow_next(struct follow *f, struct entry *e);
bool follow_wait(struct follow *f);
int  follow_close(struct follow *f);

#endif

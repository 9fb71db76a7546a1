/* SPDX-License-Identifier: MIT */
#ifndef FILTERD_CTL_AUDIT_FOLLOW_H
#define FILTERD_CTL_AUDIT_FOLLOW_H

/*
 * Follow: the open file of a log, and what is written to it from now on, over rotations:
 *
 *     follow_open(&f, who, path);
 *     do {
 *             while (follow_next(&f, &e))
 *                     ...
 *     } while (follow_wait(&f));
 *     status = follow_close(&f);
 *
 * Each line is held against the one before; where the chain does not hold it says so once and goes
 * on.
 */

#include "log/entry.h"
#include "log/lines.h"

struct follow {
	const char   *who, *path;
	int           notify, error;
	struct lines *lines;
	bool          moved;            /* the path is another file by now */
	bool          chained, broken;
	struct chain  due;
};

/*
 * follow_next  - Gives: a record; false: all that is there has been read, or there was an error.
 * follow_wait  - for more. False: nobody reads the standard output any more, or an error.
 * follow_close - 0; EXIT_IO, said.
 */
void follow_open(struct follow *f, const char *who, const char *path);
bool follow_next(struct follow *f, struct entry *e);
bool follow_wait(struct follow *f);
int  follow_close(struct follow *f);

#endif

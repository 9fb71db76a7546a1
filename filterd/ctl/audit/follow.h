/* SPDX-License-Identifier: MIT */
#ifndef FILTERD_CTL_AUDIT_FOLLOW_H
#define FILTERD_CTL_AUDIT_FOLLOW_H

/*
 * Follow: the open file of a log, and what is written to it from now on, over rotations, until
 * nobody listens any more.
 */

#include "ctl/audit/pass.h"

struct following {
	const char *verb, *path;        /* path: the log's open file */
	pass_each  *each;               /* each record, in order */
	bool      (*caught_up)(void *owner);    /* all that is there has been read; false: end */
	void       *owner;
};

/*
 * follow - Gives: 0 when caught_up() said so, or nobody reads the standard output any more;
 *          EXIT_IO, said.
 * Each line is held against the one before; where the chain does not hold it says so once and goes
 * on.
 */
int follow(const struct following *f);

#endif

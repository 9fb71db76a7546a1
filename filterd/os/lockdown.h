/* SPDX-License-Identifier: MIT */
#ifndef FILTERD_OS_LOCKDOWN_H
#define FILTERD_OS_LOCKDOWN_H

/*
 * Lockdown: after everything is open the process keeps CAP_NET_ADMIN, without which the kernel
 * takes no verdict, and gives up the rest: other capabilities, the user id, the right to gain any
 * back.
 */

#include "base/problem.h"

#include <stdbool.h>

/*
 * lockdown - Takes: user, a name; "" keeps the user id, and so does who is not root. Call before
 *            threads are started.
 * Gives:  0, or -errno with *problem_out: no such user, or capabilities that cannot be changed.
 */
int lockdown(const char *user, struct problem *problem_out);

/* For messages: whom the process runs as, a name, or a number that has none. */
#define LOCKDOWN_USER_MAX 64
void lockdown_user(char out[LOCKDOWN_USER_MAX]);

/* Does the process have CAP_NET_ADMIN? */
bool lockdown_may_admin(void);

#endif

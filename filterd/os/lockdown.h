/* SPDX-License-Identifier: MIT */
#ifndef FILTERD_OS_LOCKDOWN_H
#define FILTERD_OS_LOCKDOWN_H

/*
 * Lockdown: after everything is open the process keeps CAP_NET_ADMIN, without which the kernel
 * accepts no verdict, and gives up the rest: other capabilities, the user id, and regaining them.
 */

#include "base/problem.h"

#include <stdbool.h>

/*
 * lockdown - Takes: user, a name; "" keeps the user id, and so does a process that is not root.
 *            Call before threads are started.
 * Gives:  0, or -errno with *problem_out: no such user, or capabilities that cannot be changed.
 */
int lockdown(const char *user, struct problem *problem_out);

/* For messages: the process's user name, or its number without a name. */
#define LOCKDOWN_USER_MAX 64
void lockdown_user(char out[LOCKDOWN_USER_MAX]);

/* Does the process have CAP_NET_ADMIN? */
bool lockdown_may_admin(void);

#endif

/* SPDX-License-Identifier: MIT */
#ifndef FILTERD_OS_CONFINE_H
#define FILTERD_OS_CONFINE_H

/*
 * Confine: what the process may ask the kernel for, once everything is open. For ever, and for
 * every thread that it starts later: call after lockdown(), before threads are started.
 */

#include <stdbool.h>
#include <stddef.h>

/*
 * confine_syscalls - from now on only the calls of a list, seccomp(2); see confine_syscalls.c.
 *                    Takes: to_syslog, whether messages go there, which may have to be connected to
 *                    again.
 * Gives:  0; -errno, and the process is as it was: -EOPNOTSUPP if this program was built without.
 */
int confine_syscalls(bool to_syslog);

/*
 * confine_files - from now on only what lies below these folders, landlock(7), and no TCP, where
 *                 the kernel can restrict that. What is open already stays as it is; connecting to
 *                 a socket in the file system is not held back, nor is looking whether a file is
 *                 there.
 * Takes:  folders; those that are not there are left out, and what is put there later cannot be
 *         reached. read: for files; write: for making, changing, renaming and deleting them as
 *         well.
 * Gives:  0; -errno, and the process is as it was: -ENOSYS or -EOPNOTSUPP if the kernel has none of
 *         it.
 */
struct confine_folders {
	const char *const *read, *const *write;
	size_t             num_read, num_write;
};
int confine_files(const struct confine_folders *folders);

#endif

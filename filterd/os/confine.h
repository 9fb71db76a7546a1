/* SPDX-License-Identifier: MIT */
#ifndef FILTERD_OS_CONFINE_H
#define FILTERD_OS_CONFINE_H

/*
 * Confine: restricts the process after everything is open. It is permanent, and every later thread
 * inherits it: call after lockdown(), before threads are started.
 */

#include <stdbool.h>
#include <stddef.h>

/*
 * confine_syscalls - allows only the system calls on a list, seccomp(2); see confine_syscalls.c.
 *                    Takes: to_syslog, whether messages go to syslog, which may need a reconnect.
 * Gives:  0; -errno, and nothing has changed: -EOPNOTSUPP if this program was built without it.
 */
int confine_syscalls(bool to_syslog);

/*
 * confine_files - allows only files below these folders, landlock(7), and no TCP, if the kernel can
 *                 restrict that. Open files are not affected, nor are connecting to a socket in the
 *                 file system and testing whether a file exists.
 * Takes:  folders; missing ones are left out, and stay unreachable if they are created later. read:
 *         for reading files; write: also for creating, changing, renaming and deleting them.
 * Gives:  0; -errno, and nothing has changed: -ENOSYS or -EOPNOTSUPP if the kernel has no landlock.
 */
struct confine_folders {
	const char *const *read, *const *write;
	size_t             num_read, num_write;
};
int confine_files(const struct confine_folders *folders);

#endif

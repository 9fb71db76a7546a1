/* SPDX-License-Identifier: MIT */
#ifndef FILTERD_OS_LOG_WRITER_H
#define FILTERD_OS_LOG_WRITER_H

/*
 * Log writer: the filterd that writes to a log, found by the lock that it holds on the open file.
 */

#include "base/problem.h"

#include <sys/types.h>

/*
 * log_writer_signal - sends a signal to it. Takes: path, of the open file; number, 0: only find it.
 * Gives:  0 and *pid_out; -ESRCH if none holds the lock; -EPERM, -ENOENT ... with the reason in
 *         *problem_out. No other process can be hit: the one signalled has this file open, is
 *         called filterd, holds its lock, and is not a later process with the same number.
 */
int log_writer_signal(const char *path, int number, pid_t *pid_out, struct problem *problem_out);

#endif

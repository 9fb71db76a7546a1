/* SPDX-License-Identifier: MIT */
#ifndef FILTERD_QUEUE_QUEUE_HOLDER_H
#define FILTERD_QUEUE_QUEUE_HOLDER_H

/*
 * Queue holder: which process has a netfilter queue. For root, who alone may read the descriptors
 * of other users.
 */

#include <stdint.h>
#include <sys/types.h>

#define HOLDER_NAME_MAX 32

/*
 * queue_holder - Takes: number of the queue; prefer, a process to name as its holder if it is one
 *                of several.
 * Gives:  0 with *pid_out and its name; -ENOENT if no process has the queue; -ESRCH if the kernel
 *         lists a holder, and no process matches; -errno.
 */
int queue_holder(uint32_t number, pid_t prefer, pid_t *pid_out, char name_out[HOLDER_NAME_MAX]);

#endif

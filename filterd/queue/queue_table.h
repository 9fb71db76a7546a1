/* SPDX-License-Identifier: MIT */
#ifndef FILTERD_QUEUE_QUEUE_TABLE_H
#define FILTERD_QUEUE_QUEUE_TABLE_H

/* Queue table: the kernel's figures for our queues, from /proc/net/netfilter/nfnetlink_queue. */

#include "audit/control.h"

/*
 * queue_table_open - while still root, as only root may read it: a descriptor or -errno. Loads the
 *                    kernel's module if necessary, as the file does not exist before.
 */
int queue_table_open(void);

/*
 * queue_table_read - of the queues first .. first + num - 1.
 * Takes: text of the file.
 * Gives: how many are written to out, by number, at most CONTROL_QUEUES; skips malformed lines.
 */
size_t queue_table_read(struct bytes text, uint32_t first, size_t num, struct control_queue *out);

/* Both, on the file as it is now. 0 if it cannot be read. */
size_t queue_table_now(int fd, uint32_t first, size_t num, struct control_queue *out);

#endif

/* SPDX-License-Identifier: MIT */
#ifndef FILTERD_OS_NOTIFY_H
#define FILTERD_OS_NOTIFY_H

/*
 * Notify: what the service manager is told, and the descriptors that it keeps for the next process.
 * The protocol is systemd's, which other managers speak as well; where there is none all of this
 * does nothing.
 *
 * Source: sd_notify(3), sd_listen_fds(3), systemd.service(5) FileDescriptorStoreMax.
 */

#include <stdbool.h>
#include <stdint.h>

/*
 * Reads the environment and takes it out of it. Before any other call, and before rights are given
 * up.
 */
void notify_open(void);
void notify_close(void);

/* Is there a manager that keeps descriptors? */
bool notify_is_there(void);

/* "READY=1", "STOPPING=1", "STATUS=..."; several separated by newlines. */
void notify_say(const char *what);

/*
 * The manager keeps the descriptor, under this name, until notify_forget_all() or until the service
 * is stopped for good.
 */
void notify_keep(const char *name, int fd);

/* The descriptor that was kept under this name, now the caller's; -1 if there is none. */
int notify_kept(const char *name);

/*
 * For a process that cannot go on where the one before ended: nothing is kept any longer of what
 * was kept before it.
 */
void notify_forget_all(void);

/* Microseconds within which the manager wants to hear notify_alive(); 0: it does not. */
uint64_t notify_watchdog_us(void);
void     notify_alive(void);

#endif

/* SPDX-License-Identifier: MIT */
#ifndef FILTERD_OS_NOTIFY_H
#define FILTERD_OS_NOTIFY_H

/*
 * Notify: reports to the service manager, and the descriptors that it keeps for the next process.
 * The protocol is systemd's, which other managers speak, too; without a manager all of this does
 * nothing.
 *
 * Source: sd_notify(3), sd_listen_fds(3), systemd.service(5) FileDescriptorStoreMax.
 */

#include <stdbool.h>
#include <stdint.h>

/*
 * Reads its variables and removes them from the environment. Before any other call, and before
 * lockdown.
 */
void notify_open(void);
void notify_close(void);

/* Is there a manager that keeps descriptors? */
bool notify_is_there(void);

/* "READY=1", "STOPPING=1", "STATUS=..."; several separated by newlines. */
void notify_say(const char *what);

/*
 * The manager keeps the descriptor, under this name, until notify_forget_all() or until the service
 * is stopped, not restarted.
 */
void notify_keep(const char *name, int fd);

/* The descriptor kept under this name, now owned by the caller; -1 if there is none. */
int notify_kept(const char *name);

/*
 * For a process that cannot continue where the previous one ended: drops all descriptors kept
 * before it.
 */
void notify_forget_all(void);

/* The manager's interval for notify_alive() in microseconds; 0: none. */
uint64_t notify_watchdog_us(void);
void     notify_alive(void);

#endif

/* SPDX-License-Identifier: MIT */
#ifndef FILTERD_INSPECT_HOSTS_H
#define FILTERD_INSPECT_HOSTS_H

/*
 * Hosts: the names in one message. Servers differ in which of several names they follow, and in how
 * much they tolerate around one, so a reader returns all of them, each as some server takes it.
 */

#include "base/bytes.h"

/* names kept of one message; further ones are usually copies */
#define HOSTS_MAX 8

struct hosts {
	struct bytes at[HOSTS_MAX];     /* as sent, without user and port; borrowed, never empty */
	size_t       num;
	/* servers may read a name here that is not in the list */
	bool         is_unreadable;
};

/*
 * hosts_add - adds this name unchanged; nothing if it is empty or in the list; is_unreadable if
 *             there is no room.
 */
void hosts_add(struct hosts *h, struct bytes host);

/*
 * hosts_add_authority - the host of "user@host:port" or "[address]:port", white space around it.
 * Gives: it is in the list, once; nothing if it is empty; is_unreadable if there is no room.
 */
void hosts_add_authority(struct hosts *h, struct bytes authority);

#endif

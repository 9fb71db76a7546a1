/* SPDX-License-Identifier: MIT */
#ifndef FILTERD_DAEMON_LOADING_H
#define FILTERD_DAEMON_LOADING_H

/*
 * Loading: the configuration and policy that filterd starts with: those on disk, or the copy of the
 * last good ones, if those are refused.
 */

#include "daemon/in_force.h"
#include "os/last_good.h"
#include "status/status.h"

/* The current load. */
struct loading {
	const char      *conf;
	/* collects the policy's files; may be NULL */
	struct watch    *watch;
	struct file_set  read;          /* the files read, until loading_end() */
};

/*
 * loading_from_disk - 0; -errno with *problem_out. A list that has become empty or truncated since
 *                     the last load is refused, too.
 * loading_from_copy - 0 with *saved_us_out, the copy's time; -errno from last_good_read().
 */
int  loading_from_disk(struct loading *l, struct in_force **out, struct problem *problem_out);
int  loading_from_copy(struct loading *l, enum last_good_use use, struct in_force **out,
                       int64_t *saved_us_out);
void loading_end(struct loading *l);

/*
 * loading_start - for a start: from disk or from the copy; *loads_out has the source, and the
 *                 refusal. -errno: neither is good; *problem_out is about the files on disk.
 */
int loading_start(struct loading *l, struct in_force **out, struct status_loads *loads_out,
                  struct problem *problem_out);

/* loading_keep - stores the load as the last good one. A message reports a failure. */
void loading_keep(const struct loading *l, const struct in_force *r);

/* loading_note_start - while still root, if it is: stores the configuration of this start. */
void loading_note_start(const struct in_force *r);

/* Notes that a load was refused, or is in force. */
void loads_refuse(struct status_loads *l, const char *why);
void loads_take(struct status_loads *l);

#endif

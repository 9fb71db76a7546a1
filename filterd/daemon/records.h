/* SPDX-License-Identifier: MIT */
#ifndef FILTERD_DAEMON_RECORDS_H
#define FILTERD_DAEMON_RECORDS_H

/*
 * Records: what the daemon puts into its audit log about itself, and when: start, heartbeats,
 * changes of policy and state, stop. All for the main thread.
 */

#include "daemon/in_force.h"
#include "daemon/kernel_state.h"
#include "engine/engine.h"
#include "journal/journal.h"
#include "os/lease_files.h"
#include "status/status.h"

#include <stdatomic.h>

struct records;

/*
 * records_open - makes folders and opens the log. Takes: sensor and kernel, kept. 0, or -errno with
 * *problem_out.
 */
int  records_make_folders(const struct settings *s, struct problem *problem_out);
int  records_open(const struct settings *s, const char *sensor, struct kernel_state *kernel,
                  struct records **out, struct problem *problem_out);
void records_close(struct records *e);

/* For the workers. */
struct journal *records_journal(struct records *e);
const atomic_uint *records_oldest(const struct records *e);   /* wallclock.h */

const struct lease_files *records_leases(const struct records *e);

/*
 * 0 or -errno. Before any worker starts, after the queues are open. Takes: asker, who started or
 * stopped filterd; NULL: nobody, as when something has failed.
 */
int  records_start(struct records *e, const struct in_force *r, const struct status_loads *l,
                   const struct control_asker *asker);
int  records_stop(struct records *e, const char *reason, const struct control_asker *asker);

/*
 * Once a second: also looks at the lease files, so that devices have the names of their leases.
 * False: the clock was set, others are protected, or packets came by since the last heartbeat that
 * nobody looked at.
 */
bool records_tick(struct records *e, const struct in_force *r, const struct engine_counts *sum);

/*
 * What it knows of how filterd fares, into *out: state, clock, kernel, policy, log. Keeps: nothing;
 * borrows from r and the journal.
 */
void records_status(struct records *e, const struct in_force *r, struct status *out);

/*
 * A new policy is in force, or other settings are; or they were refused, and why. asker: NULL if
 * nobody asked, and files have changed.
 */
void records_reloaded(struct records *e, const struct in_force *old, const struct in_force *new,
                      const struct control_asker *asker);
void records_refused(struct records *e, const struct in_force *kept, const char *why,
                     const struct control_asker *asker);

/* Root says that the policy in force came by a feed: which, and from where. */
void records_came(struct records *e, const struct in_force *r, const char *says,
                  const struct control_asker *asker);

/*
 * Blocking is paused, or goes on: *r is as it is from now on. Takes: reason, for the record, kept;
 * asker: NULL if its time has come, or at a start.
 */
void records_paused(struct records *e, const struct in_force *r, const char *reason,
                    const struct control_asker *asker);

/* Somebody read the log, as he says. */
void records_access(struct records *e, const struct control_access *a);

/* Closes the segment, because somebody asked for it. */
void records_rotate(struct records *e);

#endif

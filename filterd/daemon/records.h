/* SPDX-License-Identifier: MIT */
#ifndef FILTERD_DAEMON_RECORDS_H
#define FILTERD_DAEMON_RECORDS_H

/*
 * Records: the daemon's records about itself in the audit log: start, heartbeats, changes of policy
 * and state, stop. All for the main thread.
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
 * records_open - creates folders and opens the log. Keeps: sensor and kernel. 0, or -errno with
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
 * 0 or -errno. After the queues are open, before any worker starts. Takes: asker, the user who
 * started or stopped filterd; NULL: none, for example after a failure.
 */
int  records_start(struct records *e, const struct in_force *r, const struct status_loads *l,
                   const struct control_asker *asker);
int  records_stop(struct records *e, const char *reason, const struct control_asker *asker);

/*
 * Once a second: also reads changed lease files, for the names of devices. False: the clock was
 * set, the protection has changed, or packets passed unseen since the last heartbeat.
 */
bool records_tick(struct records *e, const struct in_force *r, const struct engine_counts *sum);

/*
 * Fills in its part of *out: state, clock, kernel, policy, log. Keeps: nothing; *out borrows from r
 * and the journal.
 */
void records_status(struct records *e, const struct in_force *r, struct status *out);

/*
 * A new policy or new settings are in force; or were refused, and why. asker: NULL if a change of
 * files caused it.
 */
void records_reloaded(struct records *e, const struct in_force *old, const struct in_force *new,
                      const struct control_asker *asker);
void records_refused(struct records *e, const struct in_force *kept, const char *why,
                     const struct control_asker *asker);

/* Root reports that the policy in force came by a feed, with its source. */
void records_came(struct records *e, const struct in_force *r, const char *says,
                  const struct control_asker *asker);

/*
 * Blocking is paused or continues: *r is the new state. Keeps: reason, for the record. asker: NULL
 * if the pause expired, or at start.
 */
void records_paused(struct records *e, const struct in_force *r, const char *reason,
                    const struct control_asker *asker);

/* Somebody reports having read the log. */
void records_access(struct records *e, const struct control_access *a);

/* Closes the segment on request. */
void records_rotate(struct records *e);

#endif

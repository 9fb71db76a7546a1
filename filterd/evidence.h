/* SPDX-License-Identifier: MIT */
#ifndef FILTERD_EVIDENCE_H
#define FILTERD_EVIDENCE_H

/*
 * Evidence: what the daemon puts into its audit log about itself, and when: start, heartbeats, changes of policy and state,
 * stop. All for the main thread.
 */

#include "engine/engine.h"
#include "os/journal.h"
#include "os/lease_files.h"
#include "ruleset.h"
#include "status/status.h"
#include "witness.h"

#include <stdatomic.h>

struct evidence;

/* evidence_open - makes folders and opens the log. Takes: sensor and witness, kept. 0, or -errno with *problem_out. */
int  evidence_make_folders(const struct settings *s, struct problem *problem_out);
int  evidence_open(const struct settings *s, const char *sensor, struct witness *witness, struct evidence **out,
                   struct problem *problem_out);
void evidence_close(struct evidence *e);

/* For the workers. */
struct journal *evidence_journal(struct evidence *e);
const atomic_uint *evidence_oldest(const struct evidence *e);   /* wallclock.h */

const struct lease_files *evidence_leases(const struct evidence *e);

/* 0 or -errno. Before any worker starts, after the queues are open. */
int  evidence_start(struct evidence *e, const struct ruleset *r);
int  evidence_stop(struct evidence *e, const char *reason);

/* Once a second: also looks at the lease files, so that devices have the names of their leases. */
void evidence_tick(struct evidence *e, const struct ruleset *r, const struct engine_counts *sum);

/* What it knows of how filterd fares, into *out: state, clock, kernel, policy, log. Keeps: nothing; borrows from r and the journal. */
void evidence_status(struct evidence *e, const struct ruleset *r, struct status *out);

/* A new policy is in force; or one was refused, and why. */
void evidence_reloaded(struct evidence *e, const struct ruleset *old, const struct ruleset *new);
void evidence_refused(struct evidence *e, const struct ruleset *kept, const char *why);

/* Closes the segment, because somebody asked for it. */
void evidence_rotate(struct evidence *e);

#endif

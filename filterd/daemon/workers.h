/* SPDX-License-Identifier: MIT */
#ifndef FILTERD_DAEMON_WORKERS_H
#define FILTERD_DAEMON_WORKERS_H

/* Workers: all of them, and their queues, as one. */

#include "daemon/worker.h"

#define WORKERS_MAX 16          /* as the setting's bound says */

struct workers {
	/* until a worker has them; NULL: not opened */
	struct queue  *queues[WORKERS_MAX][WORKER_QUEUES];
	struct worker *workers[WORKERS_MAX];    /* NULL: not started */
	size_t         num;
};

/*
 * workers_open - opens the queues of each worker, or takes them from the service manager, who is
 *                given them to keep. What the kernel does not grant is logged.
 * Gives:  0; -errno and problem_out. Those opened until then are there in both cases:
 *         workers_close().
 */
int workers_open(struct workers *all, const struct settings *s, struct problem *problem_out);

/*
 * workers_start - Takes: what all have in common; queue and seed are filled in. 0 or -errno,
 * logged.
 */
int workers_start(struct workers *all, const struct worker_options *common);

/* workers_use - hands over a new in_force; once it returns nobody uses the one before. */
void workers_use(struct workers *all, const struct in_force *in_force);

/* Has one ended by itself? */
bool workers_have_failed(const struct workers *all);

/*
 * workers_ask_sign  - asks each for a sign of life. Does not wait.
 * workers_are_alive - has each given one since?
 */
void workers_ask_sign(struct workers *all);
bool workers_are_alive(const struct workers *all);

struct engine_counts workers_counts(const struct workers *all);

/*
 * workers_stop - ends all, at the same time, waits for them, and logs what they did. 0, or the last
 * -errno that made one end by itself, logged.
 */
int workers_stop(struct workers *all);

/* The queues that no worker got. */
void workers_close(struct workers *all);

#endif

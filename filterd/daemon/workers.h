/* SPDX-License-Identifier: MIT */
#ifndef FILTERD_DAEMON_WORKERS_H
#define FILTERD_DAEMON_WORKERS_H

/* Workers: all workers and their queues together. */

#include "daemon/worker.h"

#define WORKERS_MAX 16          /* the setting's limit */

struct workers {
	/* until a worker owns them; NULL: not opened */
	struct queue  *queues[WORKERS_MAX][WORKER_QUEUES];
	struct worker *workers[WORKERS_MAX];    /* NULL: not started */
	size_t         num;
};

/*
 * workers_open - opens the queues of each worker, or takes them from the service manager, which
 *                keeps copies. Logs options that the kernel refuses.
 * Gives:  0; -errno and problem_out. In both cases the open ones need workers_close().
 */
int workers_open(struct workers *all, const struct settings *s, struct problem *problem_out);

/*
 * workers_start - Takes: the common options; it adds queues and seed. 0 or -errno, logged.
 */
int workers_start(struct workers *all, const struct worker_options *common);

/* workers_use - hands over a new in_force; when it returns, no worker uses the old one any more. */
void workers_use(struct workers *all, const struct in_force *in_force);

/* Has a worker failed? */
bool workers_have_failed(const struct workers *all);

/*
 * workers_ask_sign  - asks each worker for a sign of life. Does not wait.
 * workers_are_alive - have all answered?
 */
void workers_ask_sign(struct workers *all);
bool workers_are_alive(const struct workers *all);

struct engine_counts workers_counts(const struct workers *all);

/*
 * workers_stop - stops all at the same time, waits for them, and logs their counts. 0, or the last
 * -errno of a failed worker, logged.
 */
int workers_stop(struct workers *all);

/* Closes the queues that no worker owns. */
void workers_close(struct workers *all);

#endif

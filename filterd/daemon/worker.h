/* SPDX-License-Identifier: MIT */
#ifndef FILTERD_DAEMON_WORKER_H
#define FILTERD_DAEMON_WORKER_H

/*
 * Worker: two queues, one engine, one thread. TCP and UDP have separate queues, because the kernel
 * hands over large segments whole, but joined datagrams one by one. On a packet's path workers
 * share only the journal, used for packets that make a record, and two lock-free tables of clients'
 * DNS questions: engine/questions.h, engine/askers.h.
 */

#include "audit/tally.h"
#include "daemon/in_force.h"
#include "journal/journal.h"
#include "queue/inject.h"
#include "queue/nfqueue.h"

#include <stdatomic.h>

struct worker;

enum { WORKER_TCP, WORKER_UDP, WORKER_QUEUES };

struct worker_options {
	const struct in_force *in_force;  /* the initial one */
	struct queue          *queues[WORKER_QUEUES];   /* owned by the worker */
	struct journal        *journal; /* shared */
	const struct inject   *inject;  /* shared; two: answers to known clients, the rest */
	const char            *sensor;
	uint64_t               seed;
	struct questions      *questions;       /* shared */
	struct askers         *askers;          /* shared */
	struct links          *links;           /* shared */
	const atomic_uint     *oldest_s;        /* an older wall clock is not trusted */
	/* another process continues the queues: they stay open at the end */
	bool                   leave_queue;
};

/*
 * worker_start - 0 or -errno. The worker owns the queues from then on, even after a failure.
 */
int worker_start(const struct worker_options *options, struct worker **worker_out);

/*
 * worker_use - hands over a new in_force; when it returns, the worker no longer uses the old one,
 *              and the caller may free that. The current packet is judged entirely by the old one.
 */
void worker_use(struct worker *w, const struct in_force *in_force);

/*
 * Asks the worker to stop: it takes no new packets, and gives a verdict for each queued one; with
 * leave_queue, only for those queued before this call. Does not wait.
 */
void worker_stop(struct worker *w);

/* worker_join - waits for the end and frees. 0, or the -errno that made it fail. */
int worker_join(struct worker *w);

/* Has the worker ended because its queue failed? */
bool worker_has_failed(const struct worker *w);

/*
 * worker_ask_sign - asks the worker for a sign of life. Does not wait.
 * worker_is_alive - has it answered?
 */
void worker_ask_sign(struct worker *w);
bool worker_is_alive(const struct worker *w);

/* Counters as of the last batch. */
struct engine_counts worker_counts(struct worker *w);

/* Adds its attempts to *out. */
void worker_tally(struct worker *w, struct tally *out);

#endif

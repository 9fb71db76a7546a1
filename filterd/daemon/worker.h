/* SPDX-License-Identifier: MIT */
#ifndef FILTERD_DAEMON_WORKER_H
#define FILTERD_DAEMON_WORKER_H

/*
 * Worker: two queues, one engine, one thread. TCP and UDP have queues of their own, as the kernel
 * hands over large segments whole, and joined datagrams one by one. Workers share nothing on the
 * way of a packet but the journal, which is asked only for packets that make a record, and two
 * tables of what clients asked resolvers for, without a lock: engine/questions.h, engine/askers.h.
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
	const struct in_force *in_force;  /* the first one */
	struct queue          *queues[WORKER_QUEUES];   /* handed over */
	struct journal        *journal; /* shared */
	const struct inject   *inject;  /* shared; two: answers to known clients, and all else */
	const char            *sensor;
	uint64_t               seed;
	struct questions      *questions;       /* shared */
	struct askers         *askers;          /* shared */
	struct links          *links;           /* shared */
	const atomic_uint     *oldest_s;        /* a wall clock that shows less is not believed */
	/* another process goes on with it: at the end it takes packets still */
	bool                   leave_queue;
};

/*
 * worker_start - 0 or -errno. The queues belong to the worker from then on, also after a failure.
 */
int worker_start(const struct worker_options *options, struct worker **worker_out);

/*
 * worker_use - hand over a new in_force; returns once the worker no longer uses the one before, so
 *              the caller may free
 * that. The packet under way is judged by the old one as a whole.
 */
void worker_use(struct worker *w, const struct in_force *in_force);

/*
 * Asks the worker to end: no new packets, a verdict for each that is queued; with leave_queue for
 * those that have come until then. Does not wait.
 */
void worker_stop(struct worker *w);

/* worker_join - waits for the end and frees. 0, or the -errno that made it end by itself. */
int worker_join(struct worker *w);

/* Has the worker ended by itself, because its queue failed? */
bool worker_has_failed(const struct worker *w);

/*
 * worker_ask_sign - asks the worker for a sign of life. Does not wait.
 * worker_is_alive - has it given one since?
 */
void worker_ask_sign(struct worker *w);
bool worker_is_alive(const struct worker *w);

/* Counters as of the last batch. */
struct engine_counts worker_counts(struct worker *w);

/* Adds its attempts to *out. */
void worker_tally(struct worker *w, struct tally *out);

#endif

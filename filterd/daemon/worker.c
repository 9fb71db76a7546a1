/* SPDX-License-Identifier: MIT */

/*
 * The loop: wait, take a batch from the queue, judge each packet, send the answers, give all
 * verdicts of the batch at once. The record of an attempt is appended while its packet is judged,
 * so it is on disk before the verdict leaves.
 *
 * A new in_force arrives in an atomic pointer, read between batches; a semaphore acknowledges it.
 */

#include "daemon/worker.h"

#include "os/clock.h"
#include "os/messages.h"

#include <assert.h>
#include <errno.h>
#include <net/if.h>
#include <poll.h>
#include <pthread.h>
#include <semaphore.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

/* batches before the next check for a new in_force or the end */
#define BATCHES_A_TURN 4
/*
 * packets judged between prefetching a flow and using it; without prefetching, 170 ns of a packet's
 * 1000 are waiting
 */
#define AHEAD          4
#define IFACE_NAMES    16       /* cached names of interfaces */

struct iface_name {
	uint32_t index;
	char     name[IF_NAMESIZE];
};

struct worker {
	pthread_t              thread;
	struct worker_options  options;
	struct engine         *engine;
	const struct in_force *in_force;                /* in use */
	_Atomic(const struct in_force *) next;          /* NULL: none */
	sem_t                 taken;                    /* posted when next is in use */
	int                   wake_fd;
	/* asked: the worker still has to give a sign of life */
	atomic_bool           stop, failed, asked;
	int                   error;
	struct record_context context;
	struct marks          marks;
	int64_t               now_us;                   /* of the current batch */
	bool                  clock_untrusted;
	/* the log cannot be written, and no packet may pass without it */
	bool                  blocks_all;
	struct iface_name     ifaces[IFACE_NAMES];
	uint8_t               next_iface;
	pthread_mutex_t       counts_lock;
	struct engine_counts  counts;
	struct tally          tally;
};

static struct message_limit record_trouble = MESSAGE_LIMIT_INIT,
			    inject_trouble = MESSAGE_LIMIT_INIT;

static void record(void *owner, const struct event *e)
{
	struct worker *w     = owner;
	int            error = journal_append(w->options.journal, e, &w->context);

	pthread_mutex_lock(&w->counts_lock);
	tally_add(&w->tally, e);
	pthread_mutex_unlock(&w->counts_lock);
	if (error != 0)
		message_limited(&record_trouble, MESSAGE_LEVEL_ERROR,
		                "audit log: a record could not be written: %s; the attempt is "
		                "counted instead",
		                strerror(-error));
}

static_assert(POLICY_NAME_MAX >= LEASE_NAME_MAX, "a name finds room");

static struct bytes worker_name_of(void *owner, const uint8_t *mac, const struct address *client,
                                   uint8_t room[POLICY_NAME_MAX])
{
	const struct worker *w = owner;

	return journal_name_of(w->options.journal, mac, client, room);
}

/* Interface names rarely change, and a lookup costs three system calls. */
static const char *iface_name(struct worker *w, uint32_t index)
{
	struct iface_name *entry;

	if (index == 0)
		return "";
	for (size_t i = 0; i < IFACE_NAMES; i++) {
		if (w->ifaces[i].index == index)
			return w->ifaces[i].name;
	}
	entry = &w->ifaces[w->next_iface++ % IFACE_NAMES];
	if (if_indextoname(index, entry->name) == NULL)
		return "";
	entry->index = index;
	return entry->name;
}

/*
 * A packet to an unused address waits for seconds in the kernel, and uses up the socket's buffer
 * meanwhile. So answers to possibly forged clients, and resets to arbitrary servers, have their own
 * socket.
 */
static void send_replies(struct worker *w, const struct engine_reply *reply, uint32_t iface)
{
	int error = 0;

	if (reply->answer.len > 0)
		error = inject_send(&w->options.inject[!reply->is_to_known], reply->answer, iface);
	if (reply->reset.len > 0 && error == 0)
		error = inject_send(&w->options.inject[1], reply->reset, iface);
	if (error != 0)
		message_limited(&inject_trouble, MESSAGE_LEVEL_WARNING,
		                "a blocked client could not be told: %s; the block itself stands",
		                strerror(-error));
}

/* The rules' mark tells the kind of packet: kernel/rule_table.c. */
enum asked { ASKED_NEW, ASKED_KNOWN, ASKED_REPLY, ASKED_STRAY, ASKED_TURNED, ASKED_HELD };

static enum asked asked_of(const struct marks *m, const struct queued *q)
{
	bool is_decided = (q->mark & m->decided) != 0;

	if ((q->mark & m->blocked) != 0)
		return is_decided                      ? ASKED_HELD
		       : q->hook == QUEUE_PREROUTING ? ASKED_TURNED
		                                     : ASKED_REPLY;
	if (q->hook == QUEUE_PREROUTING || q->hook == QUEUE_OUTPUT)
		return is_decided ? ASKED_KNOWN : ASKED_NEW;
	return ASKED_STRAY;
}

/* Held packets have been judged already. */
static const enum direction directions[] = {
	[ASKED_NEW]    = DIRECTION_NEW,
	[ASKED_KNOWN]  = DIRECTION_ORIGINAL,
	[ASKED_REPLY]  = DIRECTION_REPLY,
	[ASKED_STRAY]  = DIRECTION_REPLY,
	[ASKED_TURNED] = DIRECTION_TURNED,
	[ASKED_HELD]   = DIRECTION_UNKNOWN,
};

/* The gateway's own questions leave by one hook, and the answers arrive by another. */
static bool is_own(enum queue_hook hook, enum asked asked)
{
	return hook == (asked == ASKED_REPLY || asked == ASKED_STRAY ? QUEUE_INPUT : QUEUE_OUTPUT);
}

static void let_pass(struct queue *queue, uint32_t id, uint32_t mark,
                     const struct engine_reply *reply)
{
	if (reply->instead.len > 0)
		queue_replace(queue, id, mark, reply->instead);
	else
		queue_judged(queue, id, mark);
}

static void packet(struct worker *w, struct queue *queue, const struct queued *queued)
{
	const struct marks *m       = &w->marks;
	uint32_t            foreign = queued->mark & ~(m->decided | m->blocked | m->seen |
	                                               m->injected);
	enum asked          asked   = asked_of(m, queued);
	struct engine_reply reply;
	struct engine_input in = {
		.ip              = queued->ip,
		.now_us          = w->now_us,
		.clock_untrusted = w->clock_untrusted,
		.sums_settled    = queued->sums_settled,
		.direction       = directions[asked],
		.is_own          = is_own(queued->hook, asked),
		.is_stray        = asked == ASKED_STRAY,
		.has_mac         = queued->has_mac,
		.iface           = iface_name(w, queued->iface),
	};

	/*
	 * Already judged at its first hook; it is queued again because its flow is undecided and
	 * must not be offloaded.
	 */
	if (asked == ASKED_HELD) {
		queue_hold(queue, queued->id, foreign);
		return;
	}
	if (w->blocks_all) {
		queue_drop(queue, queued->id);
		return;
	}
	memcpy(in.mac, queued->mac, sizeof(in.mac));
	switch (engine_packet(w->engine, &w->in_force->rules, &in, &reply)) {
	case VERDICT_ACCEPT:
		let_pass(queue, queued->id, foreign | m->injected | m->decided | m->blocked,
		         &reply);
		break;
	case VERDICT_PASS:
		let_pass(queue, queued->id, foreign | m->injected | m->decided, &reply);
		break;
	case VERDICT_BLOCK:
		/*
		 * Later rules see the connection's mark, stop the packet, and answer its sender.
		 */
		queue_judged(queue, queued->id, foreign | m->injected | m->blocked);
		break;
	case VERDICT_DROP:
		queue_drop(queue, queued->id);
		break;
	}
	send_replies(w, &reply, queued->iface);
}

static void packets(struct worker *w, struct queue *queue, const struct queue_batch *batch)
{
	uint32_t expected[QUEUE_BATCH];

	for (size_t i = 0; i < batch->num; i++)
		expected[i] = engine_expect(
			w->engine, directions[asked_of(&w->marks, &batch->packets[i])],
			batch->packets[i].ip);
	for (size_t i = 0; i < batch->num; i++) {
		if (i + AHEAD < batch->num)
			engine_fetch(w->engine, expected[i + AHEAD]);
		packet(w, queue, &batch->packets[i]);
	}
}

static void take_in_force(struct worker *w)
{
	const struct in_force *next = atomic_exchange(&w->next, NULL);

	if (next == NULL)
		return;
	w->in_force              = next;
	w->context.policy_digest = policy_digest(next->policy);
	sem_post(&w->taken);
}

static void publish_counts(struct worker *w)
{
	pthread_mutex_lock(&w->counts_lock);
	w->counts = engine_counts(w->engine);
	pthread_mutex_unlock(&w->counts_lock);
}

/* Judges all waiting packets of a queue; the size of the last batch, or -errno. */
static int serve_queue(struct worker *w, struct queue *queue)
{
	struct queue_batch batch;
	int                num = 0, error;

	for (int i = 0; i < BATCHES_A_TURN; i++) {
		w->now_us          = clock_now_us();
		w->clock_untrusted =
			w->now_us < (int64_t)atomic_load(w->options.oldest_s) * 1000000;
		w->blocks_all = w->in_force->settings.on_log_failure == ON_LOG_FAILURE_BLOCK_ALL &&
		                journal_is_degraded(w->options.journal);
		num = queue_receive(queue, &batch);
		packets(w, queue, &batch);
		error = queue_flush(queue);
		if (num < 0 || error < 0)
			return num < 0 ? num : error;
		/*
		 * The queue is empty: poll(2) reports new packets, and another read would be a
		 * wasted system call.
		 */
		if (num < QUEUE_BATCH)
			break;
	}
	return num;
}

/* Both queues in turn: the sum of their last batches, or -errno. */
static int worker_serve(struct worker *w)
{
	int sum = 0;

	for (size_t i = 0; i < WORKER_QUEUES; i++) {
		int num = serve_queue(w, w->options.queues[i]);

		if (num < 0)
			return num;
		sum += num;
	}
	publish_counts(w);
	return sum;
}

static void close_queues(const struct worker_options *options)
{
	for (size_t i = 0; i < WORKER_QUEUES; i++)
		queue_close(options->queues[i]);
}

static void drain(struct worker *w)
{
	if (w->options.leave_queue) {
		worker_serve(w);
		return;
	}
	for (size_t i = 0; i < WORKER_QUEUES; i++)
		queue_end(w->options.queues[i]);
	while (worker_serve(w) > 0)
		;
}

static void *worker_run(void *argument)
{
	struct worker *w = argument;
	struct pollfd  fds[WORKER_QUEUES + 1] = { { .fd = w->wake_fd, .events = POLLIN } };
	uint64_t       wakes;

	for (size_t i = 0; i < WORKER_QUEUES; i++)
		fds[1 + i] = (struct pollfd){ .fd = queue_fd(w->options.queues[i]),
			                      .events = POLLIN };

	while (!atomic_load(&w->stop)) {
		int num;

		if (poll(fds, COUNT(fds), -1) < 0 && errno != EINTR)
			break;
		if (fds[0].revents != 0 && read(w->wake_fd, &wakes, sizeof(wakes)) < 0 &&
		    errno != EAGAIN)
			break;
		take_in_force(w);
		num = worker_serve(w);
		atomic_store(&w->asked, false);
		if (num < 0) {
			w->error = num;
			atomic_store(&w->failed, true);
			break;
		}
	}
	drain(w);
	close_queues(&w->options);
	/* worker_use() must not wait for a thread that has ended. */
	sem_post(&w->taken);
	return NULL;
}

static struct engine_limits limits_of(const struct settings *s, uint64_t seed)
{
	return (struct engine_limits){
		.flows        = s->flows,
		.hellos       = s->hellos,
		.flow_idle_us = (int64_t)s->flow_idle_s * 1000000,
		.seed         = seed,
	};
}

int worker_start(const struct worker_options *options, struct worker **worker_out)
{
	const struct settings *s      = &options->in_force->settings;
	struct engine_limits   limits = limits_of(s, options->seed);
	struct worker         *w      = calloc(1, sizeof(*w));
	int                    error  = ENOMEM;

	if (w == NULL) {
		close_queues(options);
		return -ENOMEM;
	}
	w->options  = *options;
	w->in_force = options->in_force;
	w->marks    = settings_marks(s);
	w->context  = (struct record_context){
		.sensor        = options->sensor,
		.policy_digest = policy_digest(w->in_force->policy),
	};
	limits.questions = options->questions;
	limits.askers    = options->askers;
	limits.links     = options->links;
	limits.name      = worker_name_of;
	w->engine   = engine_new(&limits, record, w);
	w->wake_fd  = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	sem_init(&w->taken, 0, 0);
	pthread_mutex_init(&w->counts_lock, NULL);
	if (w->engine != NULL && w->wake_fd >= 0)
		error = pthread_create(&w->thread, NULL, worker_run, w);
	if (error != 0) {
		close_queues(options);
		engine_free(w->engine);
		if (w->wake_fd >= 0)
			close(w->wake_fd);
		free(w);
		return -error;
	}
	*worker_out = w;
	return 0;
}

static void wake(struct worker *w)
{
	uint64_t one = 1;

	/* Cannot fail: the counter of an eventfd never overflows here. */
	if (write(w->wake_fd, &one, sizeof(one)) < 0)
		message_error("eventfd: %s", strerror(errno));
}

void worker_use(struct worker *w, const struct in_force *in_force)
{
	if (atomic_load(&w->failed))
		return;
	atomic_store(&w->next, in_force);
	wake(w);
	while (sem_wait(&w->taken) != 0 && errno == EINTR)
		;
}

void worker_stop(struct worker *w)
{
	atomic_store(&w->stop, true);
	wake(w);
}

int worker_join(struct worker *w)
{
	int error;

	pthread_join(w->thread, NULL);
	error = w->error;
	engine_free(w->engine);
	close(w->wake_fd);
	sem_destroy(&w->taken);
	pthread_mutex_destroy(&w->counts_lock);
	free(w);
	return error;
}

bool worker_has_failed(const struct worker *w)
{
	return atomic_load(&w->failed);
}

void worker_ask_sign(struct worker *w)
{
	atomic_store(&w->asked, true);
	wake(w);
}

bool worker_is_alive(const struct worker *w)
{
	return !atomic_load(&w->asked);
}

struct engine_counts worker_counts(struct worker *w)
{
	struct engine_counts counts;

	pthread_mutex_lock(&w->counts_lock);
	counts = w->counts;
	pthread_mutex_unlock(&w->counts_lock);
	return counts;
}

void worker_tally(struct worker *w, struct tally *out)
{
	pthread_mutex_lock(&w->counts_lock);
	tally_merge(out, &w->tally);
	pthread_mutex_unlock(&w->counts_lock);
}

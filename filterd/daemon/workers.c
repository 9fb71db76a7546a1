/* SPDX-License-Identifier: MIT */

#include "daemon/workers.h"

#include "os/clock.h"
#include "os/messages.h"
#include "os/notify.h"

#include <stdio.h>
#include <string.h>
#include <sys/random.h>

static void say_refused(const struct queue_options *wanted, const struct queue_grant *grant)
{
	if (grant->kept)
		message_notice("queue %u: goes on where the previous process stopped",
		               wanted->number);
	if (wanted->gso && !grant->gso)
		message_notice("queue %u: the kernel does not hand over large packets whole; "
		               "slower, but harmless",
		               wanted->number);
	if (wanted->fail_open && !grant->fail_open)
		message_warning("queue %u: the kernel cannot let packets pass when the queue is "
		                "full; they will be dropped",
		                wanted->number);
	if (grant->buffer_bytes < wanted->buffer_bytes)
		message_notice("queue %u: receive buffer is %u KiB, %u were requested",
		               wanted->number, grant->buffer_bytes / 1024,
		               wanted->buffer_bytes / 1024);
}

static int open_queue(const struct settings *s, uint32_t number, bool is_udp, struct queue *beside,
                      struct queue **out, struct problem *problem_out)
{
	struct queue_options options = {
		.number       = (uint16_t)number,
		.length       = s->length,
		.buffer_bytes = s->buffer_kib * 1024,
		.fail_open    = s->on_failure == ON_FAILURE_OPEN,
		.gso          = !is_udp,
		.beside       = beside,
	};
	struct queue_grant grant;
	char               name[32];
	int                error;

	snprintf(name, sizeof(name), "queue-%u", number);
	options.kept = notify_kept(name);
	error        = queue_open(&options, out, &grant, problem_out);
	if (error != 0)
		return error;
	notify_keep(name, queue_fd(*out));
	say_refused(&options, &grant);
	return 0;
}

int workers_open(struct workers *all, const struct settings *s, struct problem *problem_out)
{
	int error = 0;

	all->num = s->workers;
	for (uint32_t i = 0; i < s->workers && error == 0; i++) {
		for (size_t k = 0; k < WORKER_QUEUES && error == 0; k++)
			error = open_queue(s, settings_queue(s, k == WORKER_UDP) + i,
			                   k == WORKER_UDP, k > 0 ? all->queues[i][0] : NULL,
			                   &all->queues[i][k], problem_out);
	}
	return error;
}

int workers_start(struct workers *all, const struct worker_options *common)
{
	for (size_t i = 0; i < all->num; i++) {
		struct worker_options options = *common;
		int                   error;

		memcpy(options.queues, all->queues[i], sizeof(options.queues));
		memset(all->queues[i], 0, sizeof(all->queues[i]));
		if (getrandom(&options.seed, sizeof(options.seed), 0) < 0)
			options.seed = (uint64_t)clock_now_us();
		error = worker_start(&options, &all->workers[i]);
		if (error != 0) {
			message_error("worker %zu cannot start: %s", i, strerror(-error));
			return error;
		}
	}
	return 0;
}

void workers_use(struct workers *all, const struct in_force *in_force)
{
	for (size_t i = 0; i < all->num; i++)
		worker_use(all->workers[i], in_force);
}

bool workers_have_failed(const struct workers *all)
{
	for (size_t i = 0; i < all->num; i++) {
		if (worker_has_failed(all->workers[i]))
			return true;
	}
	return false;
}

void workers_ask_sign(struct workers *all)
{
	for (size_t i = 0; i < all->num; i++)
		worker_ask_sign(all->workers[i]);
}

bool workers_are_alive(const struct workers *all)
{
	for (size_t i = 0; i < all->num; i++) {
		if (!worker_is_alive(all->workers[i]))
			return false;
	}
	return true;
}

struct engine_counts workers_counts(const struct workers *all)
{
	struct engine_counts sum = { 0 };

	for (size_t i = 0; i < all->num; i++) {
		struct engine_counts c = { 0 };

		if (all->workers[i] != NULL)
			c = worker_counts(all->workers[i]);
		sum.packets += c.packets;
		sum.blocked += c.blocked;
		sum.observed += c.observed;
		sum.waived += c.waived;
		sum.logged += c.logged;
		sum.missed += c.missed;
		sum.unheard += c.unheard;
	}
	return sum;
}

int workers_stop(struct workers *all)
{
	struct engine_counts sum;
	int                  failed = 0;

	for (size_t i = 0; i < all->num; i++) {
		if (all->workers[i] != NULL)
			worker_stop(all->workers[i]);
	}
	sum = workers_counts(all);
	for (size_t i = 0; i < all->num; i++) {
		int error;

		if (all->workers[i] == NULL)
			continue;
		error = worker_join(all->workers[i]);
		if (error != 0) {
			message_error("worker %zu: %s", i, strerror(-error));
			failed = error;
		}
	}
	message_notice(
		"stopped: %llu packets judged; %llu attempts blocked, %llu observed, %llu waived, "
		"%llu logged",
		(unsigned long long)sum.packets, (unsigned long long)sum.blocked,
		(unsigned long long)sum.observed, (unsigned long long)sum.waived,
		(unsigned long long)sum.logged);
	return failed;
}

void workers_close(struct workers *all)
{
	for (size_t i = 0; i < all->num; i++) {
		for (size_t k = 0; k < WORKER_QUEUES; k++)
			queue_close(all->queues[i][k]);
	}
}

/* SPDX-License-Identifier: MIT */

#include "daemon/workers.h"

#include "os/clock.h"
#include "os/messages.h"
#include "os/notify.h"

#include <stdio.h>
#include <string.h>
#include <sys/random.h>

int workers_open(struct workers *all, const struct settings *s, struct problem *problem_out)
{
	for (size_t i = 0; i < s->workers; i++) {
		char                 name[32];
		struct queue_options options = {
			.number       = (uint16_t)(s->first + i),
			.length       = s->length,
			.buffer_bytes = s->buffer_kib * 1024,
			.fail_open    = s->on_failure == ON_FAILURE_OPEN,
		};
		struct queue_grant grant;
		int                error;

		snprintf(name, sizeof(name), "queue-%u", options.number);
		options.kept = notify_kept(name);
		error        = queue_open(&options, &all->queues[i], &grant, problem_out);
		if (error != 0)
			return error;
		all->num = i + 1;
		if (grant.kept)
			message_notice("queue %u: goes on where the process before left it",
			               options.number);
		notify_keep(name, queue_fd(all->queues[i]));
		if (!grant.gso)
			message_notice("queue %u: the kernel does not hand over large packets "
			               "whole; slower, else no harm",
			               options.number);
		if (options.fail_open && !grant.fail_open)
			message_warning("queue %u: the kernel cannot let packets pass when the "
			                "queue is full; they will be dropped",
			                options.number);
		if (grant.buffer_bytes < options.buffer_bytes)
			message_notice("queue %u: receive buffer is %u KiB, %u were asked for",
			               options.number, grant.buffer_bytes / 1024,
			               options.buffer_bytes / 1024);
	}
	return 0;
}

int workers_start(struct workers *all, const struct worker_options *common)
{
	for (size_t i = 0; i < all->num; i++) {
		struct worker_options options = *common;
		int                   error;

		options.queue  = all->queues[i];
		all->queues[i] = NULL;
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
		sum.logged += c.logged;
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
		"stopped: %llu packets judged; %llu attempts blocked, %llu observed, %llu logged",
		(unsigned long long)sum.packets, (unsigned long long)sum.blocked,
		(unsigned long long)sum.observed, (unsigned long long)sum.logged);
	return failed;
}

void workers_close(struct workers *all)
{
	for (size_t i = 0; i < all->num; i++)
		queue_close(all->queues[i]);
}

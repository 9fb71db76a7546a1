/* SPDX-License-Identifier: MIT */

/*
 * Workers as one: what is said of all of them, and what is left when one of them fails. Queues and
 * workers are this test's own.
 */

#include "daemon/workers.h"
#include "support/suite.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#define NUM    3
#define QUEUES (WORKER_QUEUES * NUM)

struct queue {
	struct queue_options options;
	bool                 is_open;
};

struct worker {
	const struct queue  *queues[WORKER_QUEUES];
	struct engine_counts counts;
	const struct in_force *in_force;
	uint64_t             seed;
	bool                 has_failed, is_alive, is_asked, is_stopped;
	int                  error;             /* that it ends with */
};

static struct queue    queues[QUEUES];
static struct worker   made[NUM];
static size_t          num_queues, num_made;
static size_t          bad_queue, bad_worker;     /* QUEUES, NUM: none */
static struct settings settings;
static struct workers  all;

int queue_open(const struct queue_options *options, struct queue **out, struct queue_grant *grant,
               struct problem *problem)
{
	if (num_queues == bad_queue) {
		snprintf(problem->text, sizeof(problem->text), "queue %u: taken", options->number);
		return -EBUSY;
	}
	queues[num_queues] = (struct queue){ .options = *options, .is_open = true };
	*out               = &queues[num_queues++];
	*grant             = (struct queue_grant){ .gso = true, .fail_open = true,
	                                           .buffer_bytes = options->buffer_bytes };
	return 0;
}

int queue_fd(const struct queue *q)
{
	(void)q;
	return -1;
}

void queue_close(struct queue *q)
{
	if (q != NULL)
		q->is_open = false;
}

int worker_start(const struct worker_options *options, struct worker **out)
{
	if (num_made == bad_worker) {
		for (size_t k = 0; k < WORKER_QUEUES; k++)
			queue_close(options->queues[k]);
		return -EAGAIN;
	}
	made[num_made] = (struct worker){ .seed = options->seed, .in_force = options->in_force };
	memcpy(made[num_made].queues, options->queues, sizeof(options->queues));
	*out = &made[num_made++];
	return 0;
}

void worker_use(struct worker *w, const struct in_force *in_force)
{
	w->in_force = in_force;
}

void worker_stop(struct worker *w)
{
	w->is_stopped = true;
}

/* Whoever waits for one while another has not been asked to end waits too long. */
int worker_join(struct worker *w)
{
	for (size_t i = 0; i < num_made; i++)
		ck_assert(made[i].is_stopped);
	return w->error;
}

bool worker_has_failed(const struct worker *w)
{
	return w->has_failed;
}

void worker_ask_sign(struct worker *w)
{
	w->is_asked = true;
}

bool worker_is_alive(const struct worker *w)
{
	return w->is_alive;
}

struct engine_counts worker_counts(struct worker *w)
{
	return w->counts;
}

static void begin(void)
{
	memset(&all, 0, sizeof(all));
	num_queues = num_made = 0;
	bad_queue  = QUEUES;
	bad_worker = NUM;
	settings_default(&settings);
	settings.first      = 7100;
	settings.workers    = NUM;
	settings.length     = 512;
	settings.buffer_kib = 64;
}

static void open_all(void)
{
	struct problem problem = { "" };

	ck_assert_int_eq(workers_open(&all, &settings, &problem), 0);
	ck_assert_uint_eq(all.num, NUM);
}

static void start_all(void)
{
	open_all();
	ck_assert_int_eq(workers_start(&all, &(struct worker_options){ .sensor = "gw1" }), 0);
}

START_TEST(each_gets_queues_as_the_settings_say_and_a_seed_of_its_own)
{
	start_all();
	for (size_t i = 0; i < QUEUES; i++) {
		const struct queue_options *o      = &queues[i].options;
		bool                        is_udp = i % WORKER_QUEUES == WORKER_UDP;

		ck_assert_ptr_eq(all.workers[i / WORKER_QUEUES]->queues[i % WORKER_QUEUES],
		                 &queues[i]);
		ck_assert_uint_eq(o->number, 7100 + i / WORKER_QUEUES + (is_udp ? NUM : 0));
		ck_assert_int_eq(o->gso, !is_udp);
		ck_assert_ptr_eq(o->beside, is_udp ? &queues[i - 1] : NULL);
		ck_assert_uint_eq(o->length, 512);
		ck_assert_uint_eq(o->buffer_bytes, 65536);
		ck_assert_int_eq(o->fail_open, settings.on_failure == ON_FAILURE_OPEN);
		ck_assert_int_eq(o->kept, -1);
	}
	ck_assert(made[0].seed != made[1].seed && made[1].seed != made[2].seed);
	/* they are the workers' now */
	workers_close(&all);
	for (size_t i = 0; i < QUEUES; i++)
		ck_assert(queues[i].is_open);
}

/* How many were opened, and closed again. */
START_TEST(a_queue_that_cannot_be_had_leaves_those_before_it_to_be_closed)
{
	struct problem problem = { "" };

	bad_queue = (size_t)_i;
	ck_assert_int_eq(workers_open(&all, &settings, &problem), -EBUSY);
	ck_assert_ptr_nonnull(strstr(problem.text, ": taken"));
	ck_assert_uint_eq(num_queues, (size_t)_i);
	workers_close(&all);
	for (size_t i = 0; i < num_queues; i++)
		ck_assert(!queues[i].is_open);
}

START_TEST(a_worker_that_cannot_start_leaves_the_others_to_be_stopped)
{
	open_all();
	bad_worker = 1;
	ck_assert_int_eq(workers_start(&all, &(struct worker_options){ .sensor = "gw1" }), -EAGAIN);
	ck_assert_int_eq(workers_stop(&all), 0);
	ck_assert(made[0].is_stopped);
	workers_close(&all);
	for (size_t i = 0; i < QUEUES; i++)
		ck_assert_int_eq(queues[i].is_open, i < WORKER_QUEUES);
}

START_TEST(one_that_has_failed_is_enough)
{
	start_all();
	ck_assert(!workers_have_failed(&all));
	made[_i].has_failed = true;
	ck_assert(workers_have_failed(&all));
}

START_TEST(all_are_alive_or_none_is)
{
	start_all();
	workers_ask_sign(&all);
	for (size_t i = 0; i < NUM; i++) {
		ck_assert(made[i].is_asked);
		made[i].is_alive = (int)i != _i;
	}
	ck_assert(!workers_are_alive(&all));
	made[_i].is_alive = true;
	ck_assert(workers_are_alive(&all));
}

START_TEST(a_reload_reaches_each)
{
	static const struct in_force other;

	start_all();
	workers_use(&all, &other);
	for (size_t i = 0; i < NUM; i++)
		ck_assert_ptr_eq(made[i].in_force, &other);
}

START_TEST(counts_are_sums)
{
	struct engine_counts sum;

	start_all();
	for (size_t i = 0; i < NUM; i++)
		made[i].counts = (struct engine_counts){ .packets = 100 + i, .blocked = 10 + i,
		                                         .observed = 20 + i, .logged = 30 + i };
	sum = workers_counts(&all);
	ck_assert_uint_eq(sum.packets, 303);
	ck_assert_uint_eq(sum.blocked, 33);
	ck_assert_uint_eq(sum.observed, 63);
	ck_assert_uint_eq(sum.logged, 93);
}

START_TEST(what_made_one_end_by_itself_is_the_outcome_of_all)
{
	start_all();
	made[_i].error = -EPIPE;
	ck_assert_int_eq(workers_stop(&all), -EPIPE);
}

int main(void)
{
	Suite *s = suite_create("workers");
	TCase *t = tcase_create("workers");

	tcase_add_checked_fixture(t, begin, NULL);
	tcase_add_test(t, each_gets_queues_as_the_settings_say_and_a_seed_of_its_own);
	tcase_add_loop_test(t, a_queue_that_cannot_be_had_leaves_those_before_it_to_be_closed, 0,
	                    QUEUES);
	tcase_add_test(t, a_worker_that_cannot_start_leaves_the_others_to_be_stopped);
	tcase_add_loop_test(t, one_that_has_failed_is_enough, 0, NUM);
	tcase_add_loop_test(t, all_are_alive_or_none_is, 0, NUM);
	tcase_add_test(t, a_reload_reaches_each);
	tcase_add_test(t, counts_are_sums);
	tcase_add_loop_test(t, what_made_one_end_by_itself_is_the_outcome_of_all, 0, NUM);
	suite_add_tcase(s, t);
	return suite_run(s);
}

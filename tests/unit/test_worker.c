/* SPDX-License-Identifier: MIT */

/*
 * A worker, its thread and its engine, over a queue, a journal and an injector of this test's own:
 * which verdict each packet gets, with which mark, and how it begins, changes and ends.
 */

#include "daemon/worker.h"
#include "engine/questions.h"
#include "inspect/dns.h"
#include "policy/policy_file.h"
#include "support/packets.h"
#include "support/policy.h"
#include "support/suite.h"

#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdio.h>
#include <sys/eventfd.h>
#include <unistd.h>

#define PACKETS_MAX 300
#define FOREIGN     UINT32_C(0x00000007)    /* bits of a mark that are not ours */

struct verdict_given {
	uint32_t id, mark;
	enum { JUDGED, REPLACED, HELD, DROPPED } what;
};

struct queue {
	pthread_mutex_t      lock;
	int                  fd, error;
	bool                 has_ended, is_closed;
	size_t               num, next, num_given, num_flushed;
	struct queued        packets[PACKETS_MAX];
	struct verdict_given given[PACKETS_MAX];
};

static struct queue          queue, of_udp;
static struct in_force       blocking, passing;
static struct marks          marks;
static struct worker        *worker;
static struct worker_options options;
static const struct inject   injects[2];
static atomic_uint           oldest_s;
static unsigned              num_records;
static bool                  is_degraded;
static uint8_t               room[8192];
static struct writer         bytes;

int queue_fd(const struct queue *q)
{
	return q->fd;
}

int queue_receive(struct queue *q, struct queue_batch *out)
{
	uint64_t wakes;
	int      num;

	pthread_mutex_lock(&q->lock);
	/* all of the batch before have their verdicts */
	ck_assert_uint_eq(q->num_flushed, q->next);
	if (read(q->fd, &wakes, sizeof(wakes)) < 0)
		ck_assert_int_eq(errno, EAGAIN);
	out->packets = &q->packets[q->next];
	out->num     = q->num - q->next < QUEUE_BATCH ? q->num - q->next : QUEUE_BATCH;
	num          = q->error != 0 ? q->error : (int)out->num;
	if (num < 0)
		out->num = 0;
	q->next += out->num;
	pthread_mutex_unlock(&q->lock);
	return num;
}

static void give(struct queue *q, uint32_t id, uint32_t mark, int what)
{
	q->given[q->num_given++] = (struct verdict_given){ id, mark, what };
}

void queue_judged(struct queue *q, uint32_t id, uint32_t mark)
{
	give(q, id, mark, JUDGED);
}

void queue_replace(struct queue *q, uint32_t id, uint32_t mark, struct bytes ip)
{
	ck_assert_uint_gt(ip.len, 0);
	give(q, id, mark, REPLACED);
}

void queue_hold(struct queue *q, uint32_t id, uint32_t mark)
{
	give(q, id, mark, HELD);
}

void queue_drop(struct queue *q, uint32_t id)
{
	give(q, id, 0, DROPPED);
}

int queue_flush(struct queue *q)
{
	q->num_flushed = q->num_given;
	return 0;
}

void queue_end(struct queue *q)
{
	q->has_ended = true;
}

void queue_close(struct queue *q)
{
	q->is_closed = true;
}

int journal_append(struct journal *j, const struct event *e, const struct record_context *context)
{
	(void)j;
	ck_assert_str_eq(context->sensor, "gw1");
	ck_assert_bytes(bytes_of(e->host.text, e->host.len), "blocked.example");
	num_records++;
	return 0;
}

struct bytes journal_name_of(struct journal *j, const uint8_t *mac, const struct address *client,
                             uint8_t name[LEASE_NAME_MAX])
{
	(void)j;
	(void)mac;
	(void)client;
	return bytes_of(name, 0);
}

bool journal_is_degraded(struct journal *j)
{
	(void)j;
	return is_degraded;
}

int inject_send(const struct inject *i, struct bytes ip, uint32_t iface)
{
	(void)i;
	(void)iface;
	ck_assert_uint_gt(ip.len, 20);
	return 0;
}

static int fetch(void *context, const char *name, struct bytes *content_out)
{
	const char *action = context;
	static char policy[128];

	snprintf(policy, sizeof(policy), "[policy]\nid = p\n[category c]\naction = %s\nnames = l\n",
	         action);
	*content_out = bytes_text(strcmp(name, "l") == 0 ? "blocked.example\n" : policy);
	return 0;
}

static void make(struct in_force *r, const char *action)
{
	static const char *const files[] = { "p" };
	struct problem           problem = { "" };
	static char              context[16];

	snprintf(context, sizeof(context), "%s", action);
	settings_default(&r->settings);
	ck_assert_msg(policy_build(files, 1, fetch, context, &r->policy, &problem) == 0, "%s",
	              problem.text);
	r->rules = engine_rules_of(&r->settings, r->policy);
}

static void begin(void)
{
	make(&blocking, "block");
	make(&passing, "allow");
	blocking.settings.flows = passing.settings.flows = 1024;
	marks   = settings_marks(&blocking.settings);
	queue   = (struct queue){ .lock = PTHREAD_MUTEX_INITIALIZER,
	                          .fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK) };
	of_udp  = (struct queue){ .lock = PTHREAD_MUTEX_INITIALIZER,
	                          .fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK) };
	bytes   = writer_over(room, sizeof(room));
	options = (struct worker_options){ .in_force = &blocking, .queues = { &queue, &of_udp },
	                                   .inject = injects, .sensor = "gw1",
	                                   .seed = 1, .oldest_s = &oldest_s };
	num_records = 0;
	is_degraded = false;
	ck_assert_int_ge(queue.fd, 0);
}

static void end(void)
{
	policy_free(blocking.policy);
	policy_free(passing.policy);
	close(queue.fd);
	close(of_udp.fd);
}

static void start(void)
{
	ck_assert_int_eq(worker_start(&options, &worker), 0);
}

static int stop(void)
{
	worker_stop(worker);
	return worker_join(worker);
}

/* In the queue, by the rules: kernel/rule_table.c. */
static uint32_t new_mark(void)   { return marks.injected | marks.seen; }
static uint32_t known_mark(void) { return new_mark() | marks.decided; }
static uint32_t reply_mark(void) { return new_mark() | marks.blocked; }
static uint32_t held_mark(void)  { return new_mark() | marks.decided | marks.blocked; }

/* A verdict that the rules read. */
static uint32_t passed(void)   { return marks.injected | marks.decided; }
static uint32_t blocked(void)  { return marks.injected | marks.blocked; }
static uint32_t accepted(void) { return marks.injected | marks.decided | marks.blocked; }

/* The packet that stands in `bytes` from `begin` on; its id is its place. */
static void put_packet(size_t begin, uint32_t mark, enum queue_hook hook)
{
	struct queued packet = { .id = (uint32_t)queue.num, .mark = mark, .sums_settled = true,
		                 .hook = hook,
		                 .ip = bytes_of(room + begin, bytes.len - begin) };
	uint64_t      one = 1;

	ck_assert(!bytes.full);
	pthread_mutex_lock(&queue.lock);
	queue.packets[queue.num++] = packet;
	pthread_mutex_unlock(&queue.lock);
	ck_assert_int_eq(write(queue.fd, &one, sizeof(one)), sizeof(one));
}

/* A question for blocked.example, of a client or of the host itself. */
static void put_question(const struct packet_path *path, enum queue_hook hook)
{
	uint8_t       room_of[64];
	struct writer message = writer_over(room_of, sizeof(room_of));
	size_t        begin   = bytes.len;

	packet_query(&message, 7, "blocked.example", DNS_TYPE_A);
	packet_udp(&bytes, path, writer_written(&message));
	put_packet(begin, new_mark(), hook);
}

/* A client's request by HTTP, from a port of its own. */
static void put(const char *host, uint32_t mark)
{
	const struct packet_path path = { .from = { 4, { 192, 0, 2, 9 } },
		                          .to = { 4, { 203, 0, 113, 5 } },
		                          .from_port = (uint16_t)(40000 + queue.num),
		                          .to_port = 80 };
	size_t before = bytes.len;
	char   request[128];

	snprintf(request, sizeof(request), "GET / HTTP/1.1\r\nHost: %s\r\n\r\n", host);
	packet_tcp(&bytes, &path, 1, 0x18, bytes_text(request));
	put_packet(before, mark, QUEUE_PREROUTING);
}

static void expect(size_t place, int what, uint32_t mark)
{
	const struct verdict_given *v = &queue.given[place];

	ck_assert_uint_lt(place, queue.num_flushed);
	ck_assert_uint_eq(v->id, queue.packets[place].id);
	ck_assert_int_eq(v->what, what);
	ck_assert_uint_eq(v->mark, mark);
}

START_TEST(a_block_is_marked_and_recorded_and_foreign_bits_stay)
{
	put("blocked.example", FOREIGN | known_mark());
	put("other.example", FOREIGN | known_mark());
	start();
	ck_assert_int_eq(stop(), 0);
	ck_assert_uint_eq(queue.num_given, 2);
	expect(0, JUDGED, FOREIGN | blocked());
	expect(1, JUDGED, FOREIGN | accepted());
	ck_assert_uint_eq(num_records, 1);
}

/* Nobody has answered; after so many packets nobody will. */
START_TEST(a_pass_that_is_final_is_marked)
{
	blocking.rules.unanswered_packets = 1;
	put("other.example", FOREIGN | known_mark());
	start();
	ck_assert_int_eq(stop(), 0);
	expect(0, JUDGED, FOREIGN | passed());
}

/* A server may say whatever it likes. */
START_TEST(a_reply_is_not_judged_as_what_a_client_asks)
{
	put("blocked.example", reply_mark());
	queue.packets[0].hook = QUEUE_FORWARD;
	start();
	ck_assert_int_eq(stop(), 0);
	expect(0, JUDGED, accepted());
	ck_assert_uint_eq(num_records, 0);
}

/* Of a connection that the kernel has forgotten. */
START_TEST(nor_is_one_that_the_kernel_does_not_expect)
{
	put("blocked.example", known_mark());
	queue.packets[0].hook = QUEUE_FORWARD;
	start();
	ck_assert_int_eq(stop(), 0);
	expect(0, JUDGED, accepted());
	ck_assert_uint_eq(num_records, 0);
}

/* From outside: nothing of it is looked at, but by the flow that is known. */
START_TEST(nor_is_one_from_where_clients_are)
{
	put("blocked.example", reply_mark());
	queue.packets[0].hook = QUEUE_PREROUTING;
	start();
	ck_assert_int_eq(stop(), 0);
	expect(0, JUDGED, passed());
	ck_assert_uint_eq(num_records, 0);
}

/* The gateway's resolver asks for the client: one attempt. */
START_TEST(the_hosts_own_question_is_known_by_its_hook)
{
	static const struct packet_path of_client = { { 4, { 192, 0, 2, 9 } }, { 4, { 192, 0, 2, 1 } },
		                                      40000, 53 },
					of_host = { { 4, { 198, 51, 100, 1 } },
		                                    { 4, { 198, 51, 100, 53 } }, 50000, 53 };

	options.questions   = questions_new(64, 1);
	blocking.rules.mode = MODE_OBSERVE;
	put_question(&of_client, QUEUE_PREROUTING);
	put_question(&of_host, _i == 0 ? QUEUE_OUTPUT : QUEUE_PREROUTING);
	start();
	ck_assert_int_eq(stop(), 0);
	ck_assert_uint_eq(num_records, _i == 0 ? 1 : 2);
	questions_free(options.questions);
}

START_TEST(what_comes_again_on_its_way_through_is_held_and_not_judged_twice)
{
	put("blocked.example", FOREIGN | held_mark());
	queue.packets[0].hook = QUEUE_FORWARD;
	start();
	ck_assert_int_eq(stop(), 0);
	expect(0, HELD, FOREIGN);
	ck_assert_uint_eq(num_records, 0);
}

START_TEST(without_a_log_nothing_passes_if_the_settings_say_so)
{
	blocking.settings.on_log_failure = ON_LOG_FAILURE_BLOCK_ALL;
	is_degraded                      = true;
	put("other.example", new_mark());
	start();
	ck_assert_int_eq(stop(), 0);
	expect(0, DROPPED, 0);
}

START_TEST(without_a_log_what_is_not_prohibited_passes_by_default)
{
	is_degraded = true;
	put("other.example", known_mark());
	start();
	ck_assert_int_eq(stop(), 0);
	expect(0, JUDGED, accepted());
}

START_TEST(what_is_handed_over_judges_from_then_on)
{
	start();
	worker_use(worker, &passing);
	put("blocked.example", known_mark());
	ck_assert_int_eq(stop(), 0);
	expect(0, JUDGED, accepted());
	ck_assert_uint_eq(num_records, 0);
}

START_TEST(at_the_end_each_that_waits_gets_a_verdict)
{
	start();
	for (int i = 0; i < 90; i++)
		put("o.example", new_mark());
	ck_assert_int_eq(stop(), 0);
	ck_assert_uint_eq(queue.num_flushed, 90);
	ck_assert(queue.has_ended && queue.is_closed);
	ck_assert(of_udp.has_ended && of_udp.is_closed);
}

START_TEST(a_queue_that_another_process_goes_on_with_is_not_ended)
{
	options.leave_queue = true;
	put("other.example", new_mark());
	start();
	ck_assert_int_eq(stop(), 0);
	ck_assert_uint_eq(queue.num_flushed, 1);
	ck_assert(!queue.has_ended && queue.is_closed);
}

START_TEST(a_queue_that_fails_ends_it_and_a_reload_does_not_wait_for_it)
{
	queue.error = -EPIPE;
	start();
	worker_ask_sign(worker);
	while (!worker_has_failed(worker))
		sched_yield();
	worker_use(worker, &passing);
	worker_use(worker, &blocking);
	ck_assert_int_eq(worker_join(worker), -EPIPE);
	ck_assert(queue.is_closed);
}

START_TEST(a_sign_of_life_is_given_once_it_is_asked_for)
{
	start();
	worker_ask_sign(worker);
	while (!worker_is_alive(worker))
		sched_yield();
	ck_assert(!worker_has_failed(worker));
	ck_assert_int_eq(stop(), 0);
}

START_TEST(what_it_did_is_counted)
{
	struct engine_counts counts;
	struct tally         tally = { 0 };

	put("blocked.example", new_mark());
	put("other.example", new_mark());
	put("blocked.example", new_mark());
	start();
	do {
		counts = worker_counts(worker);
		sched_yield();
	} while (counts.packets < 3);
	ck_assert_uint_eq(counts.blocked, 2);
	worker_tally(worker, &tally);
	ck_assert_uint_eq(tally_sum(&tally, EVENT_BLOCK), 2);
	ck_assert_int_eq(stop(), 0);
}

int main(void)
{
	Suite *s = suite_create("worker");
	TCase *t = tcase_create("worker");

	tcase_add_checked_fixture(t, begin, end);
	tcase_set_timeout(t, 60);
	tcase_add_test(t, a_block_is_marked_and_recorded_and_foreign_bits_stay);
	tcase_add_test(t, a_pass_that_is_final_is_marked);
	tcase_add_test(t, a_reply_is_not_judged_as_what_a_client_asks);
	tcase_add_test(t, nor_is_one_that_the_kernel_does_not_expect);
	tcase_add_test(t, nor_is_one_from_where_clients_are);
	tcase_add_loop_test(t, the_hosts_own_question_is_known_by_its_hook, 0, 2);
	tcase_add_test(t, what_comes_again_on_its_way_through_is_held_and_not_judged_twice);
	tcase_add_test(t, without_a_log_nothing_passes_if_the_settings_say_so);
	tcase_add_test(t, without_a_log_what_is_not_prohibited_passes_by_default);
	tcase_add_test(t, what_is_handed_over_judges_from_then_on);
	tcase_add_test(t, at_the_end_each_that_waits_gets_a_verdict);
	tcase_add_test(t, a_queue_that_another_process_goes_on_with_is_not_ended);
	tcase_add_test(t, a_queue_that_fails_ends_it_and_a_reload_does_not_wait_for_it);
	tcase_add_test(t, a_sign_of_life_is_given_once_it_is_asked_for);
	tcase_add_test(t, what_it_did_is_counted);
	suite_add_tcase(s, t);
	return suite_run(s);
}

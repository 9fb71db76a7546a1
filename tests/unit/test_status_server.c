/* SPDX-License-Identifier: MIT */

/*
 * What is told about filterd, from records and workers of this test's own: the sums over the
 * workers, what grew lately, and the file of metrics. The clock is set by hand.
 */

#include "daemon/status_server.h"

#include "os/clock.h"
#include "os/files.h"
#include "support/suite.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

struct worker {
	struct engine_counts counts;
};

static struct settings        settings;
static struct in_force        in_force;
static const struct in_force *current = &in_force;
static struct worker          first, second;
static struct worker *const   workers[] = { &first, &second };
static struct status_server  *server;
static struct status          state;            /* what the records say */
static int64_t                now_ms;
static unsigned               num_looks;
static char                   answer[STATUS_TEXT_MAX + 2];
static struct status_loads    loads;
static enum control_request   request;
static struct bytes           words;            /* behind the first one of what is asked */
static struct control_asker   asker;
static char                   said_why[CONTROL_REASON_MAX + 1];   /* of the last reload */
static char                   keys[32];

int64_t clock_boot_ms(void)
{
	return now_ms;
}

int64_t clock_now_us(void)
{
	return now_ms * 1000;
}

static char     accesses[128];          /* what is put on record */
static control_told *told;
static void         *told_owner;

static char came[64], refused[64];      /* what is put on record of a feed */

void records_came(struct records *e, const struct in_force *r, const char *says,
                  const struct control_asker *who)
{
	(void)e;
	(void)r;
	(void)who;
	snprintf(came, sizeof(came), "%s", says);
}

void records_refused(struct records *e, const struct in_force *r, const char *says,
                     const struct control_asker *who)
{
	(void)e;
	(void)r;
	(void)who;
	snprintf(refused, sizeof(refused), "%s", says);
}

void records_access(struct records *e, const struct control_access *a)
{
	size_t len = strlen(accesses);

	(void)e;
	snprintf(accesses + len, sizeof(accesses) - len, " %s/%s/%u", a->verb, a->result, a->uid);
}

void control_socket_on_told(struct control_socket *c, control_told *tell, void *owner)
{
	(void)c;
	told       = tell;
	told_owner = owner;
}

void records_status(struct records *e, const struct in_force *r, struct status *out)
{
	(void)e;
	ck_assert_ptr_eq(r, current);
	num_looks++;
	out->state         = STATE_ENFORCING;
	out->hooks         = state.hooks;
	out->rules         = 1;
	out->policy_digest = BYTES("12345678901234567890123456789012");
	out->log.path      = "audit.jsonl";
	out->unseen_known  = state.unseen_known;
	out->unseen        = state.unseen;
	out->protection    = state.protection;
	out->num_queues    = state.num_queues;
	out->connections_known = state.connections_known;
	out->connections       = state.connections;
	out->over_rate_known   = state.over_rate_known;
	out->over_rate         = state.over_rate;
	memcpy(out->queues, state.queues, sizeof(out->queues));
}

struct engine_counts worker_counts(struct worker *w)
{
	return w->counts;
}

void worker_tally(struct worker *w, struct tally *out)
{
	(void)w;
	(void)out;
}

int control_socket_open(const char *path, const char *user, struct control_socket **out,
                        struct problem *problem)
{
	static int any;

	(void)path;
	(void)user;
	(void)problem;
	*out = (struct control_socket *)&any;
	return 0;
}

void control_socket_close(struct control_socket *c)
{
	(void)c;
}

size_t control_socket_poll(const struct control_socket *c, struct pollfd *fds)
{
	(void)fds;
	return c != NULL;
}


/* Somebody asks. */
void control_socket_serve(struct control_socket *c, const struct pollfd *fds, control_answer *give,
                          void *owner)
{
	struct bytes text = give(owner, request, words, &asker);

	(void)c;
	(void)fds;
	ck_assert_uint_lt(text.len, sizeof(answer));
	memcpy(answer, text.at, text.len);
	answer[text.len] = '\0';
}

static bool answer_has(const char *what)
{
	now_ms += 1000;                         /* later than what was told before stands */
	status_server_serve(server, NULL);
	if (strstr(answer, what) == NULL)
		printf("# %s\n", answer);
	return strstr(answer, what) != NULL;
}

/* One that is refused, with the reason that stands there. */
static struct pause paused;
static uint32_t     paused_for;

static void pause_anew(void *owner, uint32_t seconds, const char *reason,
                       const struct control_asker *who)
{
	(void)owner;
	(void)who;
	paused_for   = seconds;
	paused.is_on = seconds > 0;
	snprintf(paused.reason, sizeof(paused.reason), "%s", reason);
}

static void load_anew(void *owner, const struct control_asker *who)
{
	(void)owner;
	ck_assert_uint_eq(who->uid, asker.uid);
	snprintf(said_why, sizeof(said_why), "%s", who->reason != NULL ? who->reason : "none");
	loads.refused_us = loads.why[0] != '\0' ? 1 : 0;
	loads.num_refused += loads.why[0] != '\0';
}

static void begin(void)
{
	const struct status_server_sources sources = { .in_force = &current, .workers = workers,
		                                       .num_workers = 2, .sensor = "gw1",
		                                       .loads = &loads, .reload = load_anew,
		                                       .pause = pause_anew,
		                                       .paused = &paused };

	now_ms    = 1000000;
	num_looks = 0;
	loads     = (struct status_loads){ .loaded_us = 1 };
	request   = REQUEST_STATUS_JSON;
	paused    = (struct pause){ .is_on = false };
	asker     = (struct control_asker){ .by = "filterctl", .has_uid = true, .uid = 65533 };
	first     = (struct worker){ .counts = { .packets = 0 } };
	second    = (struct worker){ .counts = { .packets = 0 } };
	settings_default(&settings);
	strcpy(keys, "/tmp/filterd-keys-XXXXXX");
	ck_assert_ptr_nonnull(mkdtemp(keys));
	snprintf(settings.keys, sizeof(settings.keys), "%s", keys);
	in_force.settings = settings;
	state = (struct status){ .hooks = HOOKS_OK, .unseen_known = true, .num_queues = 4,
	                         .connections_known = true, .protection = { .known = true } };
	for (size_t i = 0; i < 4; i++)
		state.queues[i].number = settings.first + (uint32_t)i;
	ck_assert_int_eq(status_server_open(&settings, &server), 0);
	status_server_begin(server, &sources);
	num_looks = 0;
}

static void close_server(void)
{
	status_server_close(server);
}

static void end(void)
{
	char path[64];

	close_server();
	snprintf(path, sizeof(path), "%s/verified", keys);
	unlink(path);
	ck_assert_int_eq(rmdir(keys), 0);
}

/* Another one, that finds what is in `state` now. */
static void begin_anew(void)
{
	close_server();
	ck_assert_int_eq(status_server_open(&settings, &server), 0);
	status_server_begin(server, &(struct status_server_sources){ .in_force = &current,
	                                                             .paused = &paused,
	                                                             .sensor = "gw1",
	                                                             .loads = &loads });
}

/* Asks as `uid`; is this the answer? */
static void pause_asked(const char *what, uint32_t uid, const char *wanted)
{
	asker.uid = uid;
	request   = REQUEST_PAUSE;
	words     = bytes_text(what);
	status_server_serve(server, NULL);
	ck_assert_msg(strncmp(answer, wanted, strlen(wanted)) == 0, "%s: %s", what, answer);
}

START_TEST(only_root_pauses_and_no_longer_than_the_settings_allow)
{
	paused_for = 1;
	pause_asked("60 a reason", 65533, "1\nonly root");
	pause_asked("60", 0, "1\nexpected a time");
	pause_asked("14401 a reason", 0, "1\nthat is longer than [daemon] pause-most allows: 240 ");
	pause_asked("off", 0, "0\nit was not paused\n");
	ck_assert_uint_eq(paused_for, 1);
	pause_asked("14400 a reason", 0, "0\npaused until ");
	ck_assert_uint_eq(paused_for, 14400);
	pause_asked("off", 0, "0\nthe pause has ended\n");
	ck_assert_uint_eq(paused_for, 0);
}
END_TEST

/* Says so as `uid`; is this the answer? */
static void feed_told(const char *what, uint32_t uid, const char *wanted)
{
	asker.uid = uid;
	request   = REQUEST_FEED;
	words     = bytes_text(what);
	status_server_serve(server, NULL);
	ck_assert_msg(strcmp(answer, wanted) == 0, "%s: %s", what, answer);
}

START_TEST(only_root_says_what_a_feed_found_and_what_is_no_good_is_on_record)
{
	feed_told("refused - no", 65533, "1\nonly root may report what a feed has found\n");
	feed_told("good - no", 0, "1\nexpected off, or a result, when it came, and a text\n");
	feed_told("same - nothing new", 0, "0\n");
	ck_assert_str_eq(came, "");
	ck_assert_str_eq(refused, "");
	feed_told("taken 2026-11-30T09:00:00Z serial 6 came", 0, "0\n");
	ck_assert_str_eq(came, "feed: serial 6 came");
	ck_assert_str_eq(refused, "");
	feed_told("unavailable - 503", 0, "0\n");
	ck_assert_str_eq(refused, "feed: 503");
	request = REQUEST_STATUS_JSON;
	ck_assert(answer_has("\"feed\":{\"result\":\"unavailable\",\"says\":\"503\""));
	feed_told("off", 0, "0\n");
	request = REQUEST_STATUS_JSON;
	ck_assert(answer_has("\"feed\":null"));
}
END_TEST

START_TEST(what_the_workers_did_is_summed_and_each_queue_has_its_own)
{
	first.counts  = (struct engine_counts){ .packets = 140, .datagrams = 40, .decided = 30,
	                                        .flows = 7 };
	second.counts = (struct engine_counts){ .packets = 13, .datagrams = 2, .decided = 4,
	                                        .flows = 5 };
	ck_assert(answer_has("\"judged\":153"));
	ck_assert(answer_has("\"decided\":34"));
	ck_assert(answer_has("\"packets\":100,\"flows\":7"));
	ck_assert(answer_has("\"packets\":11,\"flows\":5"));
	/* of UDP, which has no flows of its own */
	ck_assert(answer_has("\"packets\":40}"));
	ck_assert(answer_has("\"packets\":2}"));
	ck_assert(answer_has("\"sensor\":\"gw1\""));
}

START_TEST(however_many_ask_it_looks_once_a_second)
{
	for (int i = 0; i < 10; i++)
		status_server_serve(server, NULL);
	ck_assert_uint_eq(num_looks, 1);
	now_ms += 1000;
	status_server_serve(server, NULL);
	ck_assert_uint_eq(num_looks, 2);
}

START_TEST(the_answer_begins_with_the_exit_status_for_who_asked)
{
	ck_assert(answer_has("\"attention\":[]"));
	ck_assert_int_eq(strncmp(answer, "0\n", 2), 0);
	state.hooks = HOOKS_MISSING;
	ck_assert(answer_has("\"good\":false"));
	ck_assert_int_eq(strncmp(answer, "1\n", 2), 0);
}

/* Whoever could send a signal may ask; what comes of it is the answer, and in the next status. */
START_TEST(a_reload_is_answered_with_what_came_of_it)
{
	request = REQUEST_RELOAD;
	ck_assert(answer_has("only root and the user of filterd may ask"));
	ck_assert_int_eq(strncmp(answer, "1\n", 2), 0);
	asker.uid = _i == 0 ? 0 : geteuid();
	ck_assert(answer_has("loaded\n"));
	ck_assert_int_eq(strncmp(answer, "0\n", 2), 0);
	strcpy(loads.why, "f: line 3: no");
	ck_assert(answer_has("refused: f: line 3: no; the old ones stay in force\n"));
	ck_assert_int_eq(strncmp(answer, "1\n", 2), 0);
	request = REQUEST_STATUS_JSON;
	ck_assert(answer_has("\"good\":false"));
	ck_assert(answer_has("\"refused\":1,"));
	ck_assert(answer_has("\"why\":\"f: line 3: no\""));
}

START_TEST(root_may_say_why_a_reload_is_asked_for_and_nobody_else)
{
	static char longest[CONTROL_REASON_MAX + 2];

	request = REQUEST_RELOAD;
	words   = BYTES("waive by jb: a test");
	asker   = (struct control_asker){ .has_uid = true };
	ck_assert(answer_has("loaded\n"));
	ck_assert_str_eq(said_why, "waive by jb: a test");
	words = (struct bytes){ 0 };
	ck_assert(answer_has("loaded\n"));
	ck_assert_str_eq(said_why, "none");
	memset(longest, 'x', sizeof(longest) - 1);
	words = bytes_first(bytes_text(longest), CONTROL_REASON_MAX);
	ck_assert(answer_has("loaded\n"));
	ck_assert_uint_eq(strlen(said_why), CONTROL_REASON_MAX);
	said_why[0] = '\0';
	words       = bytes_text(longest);
	ck_assert(answer_has("only root may give a reason, in 300 bytes at most\n"));
	words     = BYTES("waive");
	asker.uid = geteuid();
	if (geteuid() != 0)
		ck_assert(answer_has("only root may give a reason"));
	ck_assert(geteuid() == 0 || said_why[0] == '\0');
}

START_TEST(what_was_counted_before_it_looked_is_nobodys_trouble)
{
	state.unseen = 1000;
	begin_anew();
	ck_assert(answer_has("\"attention\":[]"));
	state.unseen = 1001;
	ck_assert(answer_has("\"attention\":[\""));
	/* and after a quarter of an hour it is old */
	now_ms += INT64_C(1000) * STATUS_RECENT_S;
	ck_assert(answer_has("\"attention\":[]"));
}

START_TEST(what_is_lost_before_anybody_asks_is_noticed)
{
	state.unseen = 1;
	ck_assert(answer_has("\"attention\":[\""));
}

START_TEST(connections_that_go_around_are_trouble_for_a_quarter_of_an_hour)
{
	struct connections_by *by =
		_i == 0 ? &state.connections.around : &state.connections.clients;

	state.connections_known = true;
	state.connections.met   = 1;
	connections_add(by, BYTES("lan0"), 1);
	begin_anew();
	ck_assert(answer_has("\"attention\":[]"));
	connections_add(by, BYTES("lan0"), 1);
	ck_assert(answer_has(_i == 0 ? "\"attention\":[\"connections have gone around"
	                             : "\"attention\":[\"clients with private addresses"));
	now_ms += INT64_C(1000) * STATUS_RECENT_S;
	ck_assert(answer_has("\"attention\":[]"));
}

START_TEST(a_client_that_sends_too_much_is_trouble_for_a_quarter_of_an_hour)
{
	state.over_rate_known = true;
	state.over_rate       = 5;
	begin_anew();
	ck_assert(answer_has("\"attention\":[]"));
	state.over_rate = 6;
	ck_assert(answer_has("\"attention\":[\"a client has sent more"));
	now_ms += INT64_C(1000) * STATUS_RECENT_S;
	ck_assert(answer_has("\"attention\":[]"));
}

START_TEST(what_the_kernel_drops_is_trouble_whichever_queue_it_was)
{
	ck_assert(answer_has("\"attention\":[]"));
	if (_i < 2)
		state.queues[_i].dropped = 1;
	else
		state.queues[_i - 2].user_dropped = 1;
	ck_assert(answer_has("\"attention\":[\""));
}

START_TEST(what_grows_is_noticed_although_nobody_asks)
{
	status_server_tick(server);
	state.unseen = 1;
	now_ms += 15000;
	status_server_tick(server);
	ck_assert(answer_has("\"attention\":[\""));
}

START_TEST(metrics_are_written_every_15_seconds)
{
	char         path[] = "/tmp/test_status_server.XXXXXX";
	struct bytes content;

	ck_assert_int_ge(mkstemp(path), 0);
	snprintf(settings.metrics, sizeof(settings.metrics), "%s", path);
	begin_anew();
	status_server_tick(server);
	ck_assert_int_eq(files_read(path, &content), 0);
	ck_assert_uint_gt(content.len, 100);
	files_free(content);
	ck_assert_int_eq(unlink(path), 0);
	now_ms += 14999;
	status_server_tick(server);
	ck_assert_int_ne(access(path, F_OK), 0);
	now_ms += 1;
	status_server_tick(server);
	ck_assert_int_eq(unlink(path), 0);
}

START_TEST(metrics_that_cannot_be_written_are_trouble_until_they_can)
{
	char path[] = "/tmp/test_status_server.XXXXXX", file[64];

	ck_assert_ptr_nonnull(mkdtemp(path));
	snprintf(file, sizeof(file), "%s/none/filterd.prom", path);
	snprintf(settings.metrics, sizeof(settings.metrics), "%s", file);
	begin_anew();
	status_server_tick(server);
	ck_assert(answer_has("\"attention\":[\"the metrics cannot be written: No such file"));
	snprintf(file, sizeof(file), "%s/none", path);
	ck_assert_int_eq(mkdir(file, 0700), 0);
	now_ms += 15000;
	status_server_tick(server);
	ck_assert(answer_has("\"attention\":[]"));
	ck_assert_int_eq(unlink(settings.metrics), 0);
	ck_assert_int_eq(rmdir(file), 0);
	ck_assert_int_eq(rmdir(path), 0);
}

START_TEST(who_reads_the_log_is_on_record_once_a_minute)
{
	char         path[] = "/tmp/filterd-metrics-XXXXXX";
	int          fd     = mkstemp(path);
	struct bytes content;

	ck_assert_int_ge(fd, 0);
	close(fd);
	close_server();
	snprintf(settings.metrics, sizeof(settings.metrics), "%s", path);
	ck_assert_int_eq(status_server_open(&settings, &server), 0);
	status_server_begin(server, &(struct status_server_sources){
		.in_force = &current, .paused = &paused, .workers = workers, .num_workers = 2, .sensor = "gw1",
		.loads = &loads });
	accesses[0] = '\0';
	told(told_owner, BYTES("audit list - 1000"), 0);
	now_ms += 59999;
	told(told_owner, BYTES("audit list - 1000"), 0);
	told(told_owner, BYTES("audit verify not-sound 1000"), 0);
	told(told_owner, BYTES("audit verify nonsense"), 0);
	now_ms += 60000;
	told(told_owner, BYTES("audit verify not-sound 1000"), 0);
	ck_assert_str_eq(accesses, " list//0 verify/not-sound/0 verify/not-sound/0");
	ck_assert(answer_has("\"attention\":[\"the audit log was found NOT sound at "));
	begin_anew();
	ck_assert(answer_has("\"attention\":[\"the audit log was found NOT sound at "));
	status_server_tick(server);
	ck_assert_int_eq(files_read(path, &content), 0);
	ck_assert_ptr_nonnull(memmem(content.at, content.len, "\nfilterd_audit_unsound 1\n", 25));
	files_free(content);
	ck_assert_int_eq(unlink(path), 0);
}

int main(void)
{
	Suite *s = suite_create("status_server");
	TCase *t = tcase_create("status_server");

	tcase_add_checked_fixture(t, begin, end);
	tcase_add_test(t, only_root_says_what_a_feed_found_and_what_is_no_good_is_on_record);
	tcase_add_test(t, what_the_workers_did_is_summed_and_each_queue_has_its_own);
	tcase_add_test(t, however_many_ask_it_looks_once_a_second);
	tcase_add_test(t, the_answer_begins_with_the_exit_status_for_who_asked);
	tcase_add_loop_test(t, a_reload_is_answered_with_what_came_of_it, 0, 2);
	tcase_add_test(t, root_may_say_why_a_reload_is_asked_for_and_nobody_else);
	tcase_add_test(t, what_was_counted_before_it_looked_is_nobodys_trouble);
	tcase_add_test(t, what_is_lost_before_anybody_asks_is_noticed);
	tcase_add_test(t, a_client_that_sends_too_much_is_trouble_for_a_quarter_of_an_hour);
	tcase_add_loop_test(t, connections_that_go_around_are_trouble_for_a_quarter_of_an_hour, 0,
	                    2);
	tcase_add_loop_test(t, what_the_kernel_drops_is_trouble_whichever_queue_it_was, 0, 4);
	tcase_add_test(t, what_grows_is_noticed_although_nobody_asks);
	tcase_add_test(t, metrics_are_written_every_15_seconds);
	tcase_add_test(t, metrics_that_cannot_be_written_are_trouble_until_they_can);
	tcase_add_test(t, only_root_pauses_and_no_longer_than_the_settings_allow);
	tcase_add_test(t, who_reads_the_log_is_on_record_once_a_minute);
	suite_add_tcase(s, t);
	return suite_run(s);
}

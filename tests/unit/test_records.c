/* SPDX-License-Identifier: MIT */

/*
 * What the daemon writes about itself, over a real log: the sums in its heartbeats, and packets that
 * passed unseen. The kernel's state, the clock's trust and the leases are this test's own, and the
 * source is part of this program.
 */

#include "daemon/records.c"

#include "journal/journal.h"
#include "os/files.h"
#include "policy/policy_file.h"
#include "support/policy.h"
#include "support/suite.h"

#include <stdio.h>

static char                folder[] = "/tmp/test_records.XXXXXX", path[96], keys[64];
static struct journal     *journal;
static struct records      records;
static struct in_force     in_force;
static struct kernel_facts facts;
static bool                floor_is_new;
static struct status_loads loads;
static unsigned            num_recorded;
static struct status_protection protection;

struct kernel_facts kernel_state_ask(struct kernel_state *w, const char *boot)
{
	(void)w;
	(void)boot;
	return facts;
}

void kernel_state_recorded(struct kernel_state *w, const struct kernel_facts *t)
{
	(void)w;
	ck_assert_uint_eq(t->unseen, facts.unseen);
	num_recorded++;
}

void kernel_state_look(struct kernel_state *w, struct kernel_facts *out)
{
	(void)w;
	*out = facts;
}

void kernel_state_protection(struct kernel_state *w, const char *protect,
                             struct status_protection *out)
{
	(void)w;
	(void)protect;
	*out = protection;
}

bool kernel_state_sees_change(struct kernel_state *w)
{
	(void)w;
	return false;
}

int64_t wallclock_policy_time(const struct wallclock *w, int64_t now_us)
{
	(void)w;
	return now_us;
}

enum trust wallclock_trust(const struct wallclock *w)
{
	(void)w;
	return TRUST_SYNCED;
}

enum trust wallclock_kept(const struct wallclock *w)
{
	(void)w;
	return TRUST_SYNCED;
}

bool wallclock_is_new(const struct wallclock *w)
{
	(void)w;
	return floor_is_new;
}

bool wallclock_look(struct wallclock *w, const struct settings *s, struct clock_news *news)
{
	(void)w;
	(void)s;
	(void)news;
	return false;
}

int64_t wallclock_known(const struct wallclock *w)
{
	(void)w;
	return INT64_MAX;
}

struct leases *lease_files_look(struct lease_files *f, int64_t now_us)
{
	(void)f;
	(void)now_us;
	return NULL;
}

static const char *policy_id = "p";

static struct status_log standing(void)
{
	struct status_log log;

	journal_standing(journal, &log);
	return log;
}

static int fetch(void *context, const char *name, struct bytes *content_out)
{
	static char text[96];

	(void)context;
	snprintf(text, sizeof(text), "[policy]\nid = %s\n[category c]\naction = block\nnames = l\n",
	         policy_id);
	*content_out = strcmp(name, "l") == 0 ? BYTES("blocked.example\n") : bytes_text(text);
	return 0;
}

static const struct control_asker starter = { .by = "start", .has_uid = true, .uid = 0,
	                                      .has_login_uid = true,
	                                      .login_uid = CONTROL_NO_LOGIN };

static void open_log(void)
{
	static const char *const files[] = { "p" };
	struct journal_options   options = { .path = path, .keys = keys, .sensor = "gw1",
	                                     .segment_bytes = 1 << 20, .num_repeats = 64 };
	struct problem           problem = { "" };

	strcpy(folder + strlen(folder) - 6, "XXXXXX");
	ck_assert_ptr_nonnull(mkdtemp(folder));
	snprintf(path, sizeof(path), "%s/audit.jsonl", folder);
	snprintf(keys, sizeof(keys), "%s", folder);
	ck_assert_msg(journal_open(&options, &journal, &problem) == 0, "%s", problem.text);
	records      = (struct records){ .journal = journal, .every_s = 60, .boot = "boot-1" };
	facts        = (struct kernel_facts){ .hooks = HOOKS_OK, .unseen_known = true };
	num_recorded = 0;
	floor_is_new = false;
	protection   = (struct status_protection){
		  .known      = true,
		  .num        = 2,
		  .interfaces = { { .name = "lan0", .num_networks = 1, .networks = { "192.0.2.0/24" } },
			          { .name = "wan0", .is_left_out = true } },
	};
	settings_default(&in_force.settings);
	ck_assert_int_eq(policy_build(files, 1, fetch, NULL, &in_force.policy, &problem), 0);
}

/* A log that a start begins, as every log does. */
static void open_started(void)
{
	open_log();
	ck_assert_int_eq(records_start(&records, &in_force, &loads, &starter), 0);
	num_recorded = 0;
}

static void close_log(void)
{
	char command[96];

	journal_close(journal);
	policy_free(in_force.policy);
	snprintf(command, sizeof(command), "rm -r %s", folder);
	ck_assert_int_eq(system(command), 0);
}

/* Has the last line of the log this? */
static bool last_line_has(const char *what)
{
	struct bytes content = { 0 };
	const char  *last;
	bool         has;

	ck_assert_int_eq(files_read(path, &content), 0);
	last = (const char *)content.at;
	for (const char *at = last; (at = strchr(at, '\n')) != NULL && at[1] != '\0';)
		last = ++at;
	has = strstr(last, what) != NULL;
	if (!has)
		printf("# %s\n", last);
	files_free(content);
	return has;
}

START_TEST(a_heartbeat_says_what_was_accepted_and_what_was_blocked)
{
	const struct engine_counts sum = { .packets = 1000, .blocked = 30, .observed = 5 };

	beat(&records, &in_force, &sum, clock_now_us());
	ck_assert(last_line_has("\"accepted\":970"));
	ck_assert(last_line_has("\"blocked\":30"));
	ck_assert_uint_eq(num_recorded, 1);
}

/* The log is there, and the file of the floor is not: somebody took it away. */
START_TEST(a_floor_that_was_set_back_is_on_record_and_that_of_a_new_log_is_not)
{
	struct journal_options options = { .path = path, .keys = keys, .sensor = "gw1",
		                           .segment_bytes = 1 << 20, .num_repeats = 64 };
	struct problem         problem = { "" };

	ck_assert(last_line_has("\"type\":\"start\""));
	floor_is_new = true;
	ck_assert_int_eq(records_stop(&records, "SIGTERM", NULL), 0);
	journal_close(journal);
	ck_assert_int_eq(journal_open(&options, &journal, &problem), 0);
	records.journal = journal;
	ck_assert_int_eq(records_start(&records, &in_force, &loads, &starter), 0);
	ck_assert(last_line_has("\"reason\":\"the newest known time is lost: its "
	                        "file, clock.floor, is gone; "));
	ck_assert(last_line_has("\"clock\":\"synced\""));
}

START_TEST(what_passed_unseen_is_said_once_and_summed_over_the_run)
{
	const struct engine_counts sum = { .packets = 10 };

	ck_assert(beat(&records, &in_force, &sum, clock_now_us()));
	facts.unseen = 7;
	ck_assert(!beat(&records, &in_force, &sum, clock_now_us()));
	ck_assert(last_line_has("\"unfiltered\":7"));
	ck_assert(last_line_has("\"fail_open\":7"));
	facts.unseen = 2;
	beat(&records, &in_force, &sum, clock_now_us());
	ck_assert(last_line_has("\"unfiltered\":2"));
	ck_assert(last_line_has("\"fail_open\":9"));
}

START_TEST(what_nobody_counted_is_not_said_to_be_none)
{
	const struct engine_counts sum = { .packets = 10 };

	facts.unseen_known = false;
	ck_assert(!beat(&records, &in_force, &sum, clock_now_us()));
	facts.unseen_known = true;
	facts.hooks        = HOOKS_MISSING;
	ck_assert(!beat(&records, &in_force, &sum, clock_now_us()));
	facts.unseen_known = false;
	beat(&records, &in_force, &sum, clock_now_us());
	ck_assert(last_line_has("\"hooks\":\"missing\""));
	ck_assert(!last_line_has("\"unfiltered\""));
}

START_TEST(a_heartbeat_says_what_went_around_if_that_is_known)
{
	const struct engine_counts sum = { .packets = 10 };

	beat(&records, &in_force, &sum, clock_now_us());
	ck_assert(!last_line_has("\"around\""));
	facts.since_known = true;
	facts.since       = (struct connections_sums){ 1, 12, 3, 4 };
	ck_assert(!beat(&records, &in_force, &sum, clock_now_us()));
	ck_assert(last_line_has("\"unfiltered\":0,\"met\":12,\"around\":3,\"left_out\":4,"));
}

START_TEST(a_heartbeat_names_those_that_sent_too_much)
{
	static const uint8_t       mac[] = { 2, 0, 0, 0, 0, 9 };
	const struct engine_counts sum   = { .packets = 10 };
	struct sources_row        *rows  = facts.over.rows;

	beat(&records, &in_force, &sum, clock_now_us());
	ck_assert(!last_line_has("\"over_rate\""));
	facts.sources_known = true;
	beat(&records, &in_force, &sum, clock_now_us());
	ck_assert(last_line_has(",\"over_rate\":0,\"fail_open\""));
	facts.over = (struct sources_since){ .packets = 9, .num = 2 };
	rows[0] = (struct sources_row){ .ip = { 4, { 192, 0, 2, 9 } }, .has_mac = true,
		                        .packets = 5 };
	rows[1] = (struct sources_row){ .has_mac = true, .packets = 3 };
	memcpy(rows[0].mac, mac, 6);
	memcpy(rows[1].mac, mac, 6);
	beat(&records, &in_force, &sum, clock_now_us());
	ck_assert(last_line_has(",\"over_rate\":9,\"sources\":[{\"ip\":\"192.0.2.9\",\"mac\":"
	                        "\"02:00:00:00:00:09\",\"dropped\":5},{\"mac\":"
	                        "\"02:00:00:00:00:09\",\"dropped\":3}],\"fail_open\""));
}

START_TEST(drops_of_all_queues_are_summed)
{
	const struct engine_counts sum = { .packets = 10 };

	facts.num_queues = 2;
	facts.queues[0]  = (struct control_queue){ .id = 7100, .drops = 3, .user_drops = 4 };
	facts.queues[1]  = (struct control_queue){ .id = 7101, .drops = 5 };
	beat(&records, &in_force, &sum, clock_now_us());
	ck_assert(last_line_has("\"kernel_drops\":12"));
}

/* Of all settings at their defaults; filterctl settings --sorted | sha256sum. */
#define INSPECT "\"inspect\":{\"no-name\":\"pass\",\"ech\":\"log\","
#define PROTECTS "\"protects\":[{\"interface\":\"lan0\",\"networks\":[\"192.0.2.0/24\"]}]," \
	"\"leaves_out\":[{\"interface\":\"wan0\",\"networks\":[]}]"
#define ROOT "\"caller\":{\"by\":\"start\",\"uid\":\"0\",\"login_uid\":\"none\"}"

static bool last_line_has_settings(const struct settings *s)
{
	char          text[96] = "";
	struct writer w        = writer_over(text, sizeof(text) - 1);
	uint8_t       digest[32];

	ck_assert_int_eq(settings_digest(s, digest), 0);
	write_text(&w, ",\"settings\":\"");
	write_hex(&w, bytes_of(digest, 32));
	write_text(&w, "\",");
	return last_line_has(text);
}

#define POLICIES "\"policies\":[{\"id\":\"p\",\"title\":\"p\",\"cutoff\":\"always\"}]"

START_TEST(a_start_a_reload_a_refusal_and_the_end_of_a_file_name_the_policy_files)
{
	static const char *const files[] = { "p" };
	struct in_force          new     = in_force;
	struct problem           problem = { "" };

	ck_assert(last_line_has("\"cutoff\":\"always\"," POLICIES ",\"previous\""));
	records_refused(&records, &in_force, "no such file", &starter);
	ck_assert(last_line_has("\"rules\":1," POLICIES ",\"file\""));
	policy_id = "q";
	ck_assert_int_eq(policy_build(files, 1, fetch, NULL, &new.policy, &problem), 0);
	policy_id = "p";
	records_reloaded(&records, &in_force, &new, NULL);
	ck_assert(last_line_has("\"policies\":[{\"id\":\"q\",\"title\":\"q\","));
	policy_free(new.policy);
	records_refused(&records, &in_force, "no such file", &starter);
	records_rotate(&records);
	snprintf(path, sizeof(path), "%s/audit-000000000000-000000000004.jsonl", folder);
	ck_assert(last_line_has("\"type\":\"segment\",\"policy\":\""));
	ck_assert(last_line_has("\"," POLICIES ",\"file\""));
}

START_TEST(a_start_says_under_which_settings_for_whom_and_who_asked)
{
	ck_assert(last_line_has("\"type\":\"start\""));
	ck_assert(last_line_has_settings(&in_force.settings));
	ck_assert(last_line_has("\"mode\":\"enforce\"," INSPECT));
	ck_assert(last_line_has("\"stream-bytes\":20480"));
	ck_assert(last_line_has(PROTECTS "," ROOT ",\"log\":"));
}

START_TEST(settings_that_change_are_a_record_though_the_state_stays)
{
	const struct control_asker asker = { .by = "SIGHUP", .has_uid = true, .uid = 1000 };
	struct in_force            new   = in_force;

	new.settings.ech = OUTCOME_BLOCK;
	records_reloaded(&records, &in_force, &new, &asker);
	ck_assert(last_line_has("\"type\":\"state\",\"from\":\"enforcing\",\"to\":\"enforcing\","
	                        "\"reason\":\"settings were reloaded\""));
	ck_assert(last_line_has_settings(&new.settings));
	ck_assert(last_line_has("\"ech\":\"block\""));
	ck_assert(last_line_has(PROTECTS ",\"caller\":{\"by\":\"SIGHUP\",\"uid\":\"1000\","
	                        "\"login_uid\":\"unknown\"}"));
}

START_TEST(what_filterd_does_by_itself_nobody_asked_for)
{
	struct in_force new = in_force;

	new.settings.ech = OUTCOME_BLOCK;
	records_reloaded(&records, &in_force, &new, NULL);
	ck_assert(last_line_has("\"type\":\"state\""));
	ck_assert(!last_line_has("\"caller\""));
}

START_TEST(a_reload_that_changes_nothing_is_no_record)
{
	uint64_t before = standing().next_seq;

	records_reloaded(&records, &in_force, &in_force, NULL);
	ck_assert_uint_eq(standing().next_seq, before);
}

START_TEST(a_refusal_says_what_stays_in_force_and_who_asked)
{
	const struct control_asker asker = { .by = "SIGHUP" };

	records_refused(&records, &in_force, "line 3: no", &asker);
	ck_assert(last_line_has("\"result\":\"line 3: no\",\"settings\":"));
	ck_assert(last_line_has(PROTECTS ",\"caller\":{\"by\":\"SIGHUP\",\"uid\":\"unknown\","));
}

START_TEST(a_stop_says_who_asked)
{
	ck_assert_int_eq(records_stop(&records, "SIGTERM", &starter), 0);
	ck_assert(last_line_has("\"attempts\":0," ROOT ",\"seq\""));
}

START_TEST(an_address_that_comes_later_is_a_record)
{
	const struct engine_counts sum = { .packets = 10 };
	uint64_t                   before = standing().next_seq;

	records_tick(&records, &in_force, &sum);
	ck_assert_uint_eq(standing().next_seq, before);
	protection.interfaces[1].num_networks = 1;
	strcpy(protection.interfaces[1].networks[0], "198.51.100.0/24");
	ck_assert(records_tick(&records, &in_force, &sum));
	ck_assert_uint_eq(standing().next_seq, before);
	records.protects_ms -= PROTECTS_EVERY_MS;
	ck_assert(!records_tick(&records, &in_force, &sum));
	ck_assert_uint_eq(standing().next_seq, before + 1);
	ck_assert(last_line_has("\"reason\":\"the protected interfaces or networks have changed\""));
	ck_assert(last_line_has("\"networks\":[\"198.51.100.0/24\"]"));
}

START_TEST(whose_clients_are_filtered_is_left_out_if_nobody_knows)
{
	protection.known = false;
	records_refused(&records, &in_force, "no", NULL);
	ck_assert(last_line_has("\"inspect\""));
	ck_assert(!last_line_has("\"protects\""));
	ck_assert(!last_line_has("\"leaves_out\""));
}

START_TEST(more_interfaces_than_a_record_has_room_for_leave_the_settings)
{
	protection.num = STATUS_INTERFACES;
	for (size_t i = 0; i < STATUS_INTERFACES; i++) {
		struct status_interface *one = &protection.interfaces[i];

		memset(one->name, 0x01, sizeof(one->name) - 1);
		one->num_networks = STATUS_NETWORKS;
		for (size_t k = 0; k < STATUS_NETWORKS; k++)
			memset(one->networks[k], 'f', STATUS_NETWORK_MAX - 1);
	}
	records_refused(&records, &in_force, "no", NULL);
	ck_assert(last_line_has("\"stream-bytes\":20480"));
}

START_TEST(a_heartbeat_says_what_was_missed_since_the_one_before)
{
	struct engine_counts sum = { .packets = 10, .missed = 2, .unheard = 1 };

	facts.since_known = true;
	beat(&records, &in_force, &sum, clock_now_us());
	ck_assert(last_line_has("\"left_out\":0,\"missed\":2,\"unheard\":1,"));
	sum.missed = 5;
	beat(&records, &in_force, &sum, clock_now_us());
	ck_assert(last_line_has("\"left_out\":0,\"missed\":3,\"unheard\":0,"));
}

START_TEST(a_start_says_what_passed_before_it)
{
	facts.unseen = 41;
	ck_assert_int_eq(records_start(&records, &in_force, &loads, &starter), 0);
	ck_assert(last_line_has("\"unfiltered\":41"));
	ck_assert_uint_eq(num_recorded, 1);
}

int main(void)
{
	Suite *s = suite_create("records");
	TCase *t = tcase_create("records");

	TCase *b = tcase_create("start");

	tcase_add_checked_fixture(t, open_started, close_log);
	tcase_add_test(t, a_heartbeat_says_what_was_accepted_and_what_was_blocked);
	tcase_add_test(t, a_floor_that_was_set_back_is_on_record_and_that_of_a_new_log_is_not);
	tcase_add_test(t, what_passed_unseen_is_said_once_and_summed_over_the_run);
	tcase_add_test(t, what_nobody_counted_is_not_said_to_be_none);
	tcase_add_test(t, a_heartbeat_says_what_went_around_if_that_is_known);
	tcase_add_test(t, a_heartbeat_names_those_that_sent_too_much);
	tcase_add_test(t, drops_of_all_queues_are_summed);
	tcase_add_test(t, a_start_a_reload_a_refusal_and_the_end_of_a_file_name_the_policy_files);
	tcase_add_test(t, a_start_says_under_which_settings_for_whom_and_who_asked);
	tcase_add_test(t, settings_that_change_are_a_record_though_the_state_stays);
	tcase_add_test(t, what_filterd_does_by_itself_nobody_asked_for);
	tcase_add_test(t, a_reload_that_changes_nothing_is_no_record);
	tcase_add_test(t, a_refusal_says_what_stays_in_force_and_who_asked);
	tcase_add_test(t, a_stop_says_who_asked);
	tcase_add_test(t, an_address_that_comes_later_is_a_record);
	tcase_add_test(t, whose_clients_are_filtered_is_left_out_if_nobody_knows);
	tcase_add_test(t, more_interfaces_than_a_record_has_room_for_leave_the_settings);
	tcase_add_test(t, a_heartbeat_says_what_was_missed_since_the_one_before);
	tcase_add_checked_fixture(b, open_log, close_log);
	tcase_add_test(b, a_start_says_what_passed_before_it);
	suite_add_tcase(s, t);
	suite_add_tcase(s, b);
	return suite_run(s);
}

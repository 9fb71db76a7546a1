/* SPDX-License-Identifier: MIT */

/*
 * What the kernel says, remembered: the rules, the counter of what passed unseen and the table of
 * queues are this test's own; the file beside the keys is real.
 */

#include "daemon/kernel_state.h"

#include "kernel/network.h"
#include "kernel/readback.h"
#include "os/clock.h"
#include "os/files.h"
#include "queue/queue_table.h"
#include "support/suite.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static char                 path[96];
static struct settings      settings;
static struct kernel_state *state;
static int                  open_error, unseen_error, connections_error;
static struct connections   connections;
static struct sources       sources;
static int                  sources_error;
static enum hooks           hooks;
static uint64_t             table, packets;
static struct rule_interfaces ruled;
static struct network         network;
static int64_t                now_ms, read_ms;  /* the time, and what reading the network takes */
static unsigned               num_reads;

int readback_open(struct readback **out)
{
	static int any;

	*out = open_error == 0 ? (struct readback *)&any : NULL;
	return open_error;
}

void readback_close(struct readback *r)
{
	(void)r;
}

enum hooks readback_hooks(struct readback *r)
{
	(void)r;
	return hooks;
}

const char *readback_changed(const struct readback *r)
{
	(void)r;
	return "mangle filterd-in";
}

bool readback_is_offloaded(const struct readback *r)
{
	(void)r;
	return false;
}

int readback_unseen(struct readback *r, uint64_t *table_out, uint64_t *packets_out)
{
	(void)r;
	*table_out   = table;
	*packets_out = packets;
	return unseen_error;
}

int readback_interfaces(struct readback *r, struct rule_interfaces *out)
{
	(void)r;
	*out = ruled;
	return hooks == HOOKS_OK ? 0 : -ENOENT;
}

int network_open(struct netlink **out)
{
	static int any;

	*out = (struct netlink *)&any;
	return 0;
}

void network_close(struct netlink *r)
{
	(void)r;
}

int network_read(struct netlink *r, struct network *out)
{
	(void)r;
	num_reads++;
	now_ms += read_ms;
	*out    = network;
	return 0;
}

int64_t clock_boot_ms(void)
{
	return now_ms;
}

int readback_connections(struct readback *r, struct connections *out)
{
	(void)r;
	if (connections_error == 0)
		*out = connections;
	return connections_error;
}

int readback_sources(struct readback *r, struct sources *out)
{
	(void)r;
	if (sources_error == 0)
		*out = sources;
	return sources_error;
}

int readback_over_rate(struct readback *r, uint64_t *table_out, uint64_t *packets_out)
{
	(void)r;
	*table_out   = sources.table;
	*packets_out = sources.packets;
	return sources_error;
}

int queue_table_open(void)
{
	return open("/dev/null", O_RDONLY | O_CLOEXEC);
}

size_t queue_table_now(int fd, uint32_t first, size_t num, struct control_queue *out)
{
	ck_assert_int_ge(fd, 0);
	for (size_t i = 0; i < num; i++)
		out[i] = (struct control_queue){ .id = first + (uint32_t)i };
	return num;
}

static void start(void)
{
	ck_assert_int_eq(kernel_state_open(&settings, &state), 0);
}

static void restart(void)
{
	kernel_state_close(state);
	start();
}

static void begin(void)
{
	char folder[] = "/tmp/test_kernel_state.XXXXXX";

	ck_assert_ptr_nonnull(mkdtemp(folder));
	settings_default(&settings);
	settings.workers = 2;
	snprintf(settings.keys, sizeof(settings.keys), "%s", folder);
	snprintf(path, sizeof(path), "%s/audit.unseen", folder);
	hooks        = HOOKS_OK;
	table        = 1;
	packets      = 0;
	open_error   = 0;
	unseen_error = 0;
	ruled        = (struct rule_interfaces){ .is_auto = true, .num = 1, .names = { "wan0" } };
	memset(&network, 0, sizeof(network));
	network.num_links = 3;
	network.links[0]  = (struct network_link){ .index = 1, .name = "lan0", .num_prefixes = 1,
		                                   .prefixes = { { .family = 4, .bits = 24 } } };
	network.links[1]   = (struct network_link){ .index = 2, .name = "wan0" };
	network.links[2]   = (struct network_link){ .index = 3, .name = "wan1" };
	network.num_routes = 1;
	network.routes[0]  = (struct network_route){ .family = 4, .table = 254, .is_alive = true,
		                                     .num_hops = 1, .hops = { 2 } };
	now_ms             = 1000000;
	read_ms            = 0;
	num_reads          = 0;
	connections  = (struct connections){ .table = 1 };
	connections_error = 0;
	memset(&sources, 0, sizeof(sources));
	sources_error = 0;
	start();
}

static void end(void)
{
	kernel_state_close(state);
	unlink(path);
	ck_assert_int_eq(rmdir(settings.keys), 0);
}

/* A record that says what the kernel does now. */
static struct kernel_facts record(void)
{
	struct kernel_facts facts = kernel_state_ask(state, "boot-1");

	kernel_state_recorded(state, &facts);
	return facts;
}

static ino_t file_now(void)
{
	struct stat st;

	ck_assert_int_eq(stat(path, &st), 0);
	return st.st_ino;
}

START_TEST(what_passed_is_in_one_record_only)
{
	packets = 5;
	ck_assert_uint_eq(record().unseen, 5);
	packets = 7;
	ck_assert_uint_eq(record().unseen, 2);
	ck_assert_uint_eq(record().unseen, 0);
	restart();
	packets = 8;
	ck_assert_uint_eq(record().unseen, 1);
}

START_TEST(what_no_record_said_is_in_the_next_also_of_another_process)
{
	record();
	packets = 5;
	ck_assert_uint_eq(kernel_state_ask(state, "boot-1").unseen, 5);
	ck_assert_uint_eq(kernel_state_ask(state, "boot-1").unseen, 5);
	restart();
	ck_assert_uint_eq(record().unseen, 5);
}

START_TEST(the_file_is_written_only_if_there_is_something_to_remember)
{
	ino_t first;

	packets = 5;
	record();
	first = file_now();
	record();
	ck_assert_uint_eq(file_now(), first);
	packets = 6;
	record();
	ck_assert_uint_ne(file_now(), first);
}

START_TEST(a_damaged_file_makes_all_be_said_again)
{
	packets = 5;
	record();
	ck_assert_int_eq(files_replace(path, BYTES("what is this\n"), 0600), 0);
	restart();
	ck_assert_uint_eq(record().unseen, 5);
}

START_TEST(while_no_rule_was_there_nobody_counted)
{
	struct kernel_facts facts;

	record();
	hooks        = HOOKS_MISSING;
	unseen_error = -ENOENT;
	facts        = record();
	ck_assert_int_eq(facts.hooks, HOOKS_MISSING);
	ck_assert(!facts.unseen_known);
	/* Back again, and counting; but what passed before that, no counter has. */
	hooks        = HOOKS_OK;
	unseen_error = 0;
	packets      = 3;
	facts        = record();
	ck_assert(!facts.unseen_known);
	facts = record();
	ck_assert(facts.unseen_known);
	ck_assert_uint_eq(facts.unseen, 3);
}

START_TEST(a_change_of_the_rules_is_seen_until_a_record_has_said_so)
{
	record();
	ck_assert(!kernel_state_sees_change(state));
	hooks = HOOKS_MISSING;
	ck_assert(kernel_state_sees_change(state));
	ck_assert(kernel_state_sees_change(state));
	record();
	ck_assert(!kernel_state_sees_change(state));
}

START_TEST(a_look_remembers_nothing)
{
	struct kernel_facts facts;

	record();
	packets = 9;
	kernel_state_look(state, &facts);
	ck_assert(facts.unseen_known);
	ck_assert_uint_eq(facts.unseen, 9);
	ck_assert_uint_eq(facts.num_queues, 4);
	ck_assert_uint_eq(facts.queues[3].id, settings.first + 3);
	ck_assert_uint_eq(record().unseen, 9);
}

START_TEST(connections_are_those_since_the_record_before)
{
	struct kernel_facts facts;

	connections.met = 100;
	ck_assert(!record().since_known);
	connections.met = 104;
	connections_add(&connections.around, BYTES("lan0"), 2);
	connections_add(&connections.left_out, BYTES("wan0"), 3);
	/* asked, but not recorded */
	kernel_state_ask(state, "boot-1");
	facts = record();
	ck_assert(facts.since_known);
	ck_assert_uint_eq(facts.since.met, 4);
	ck_assert_uint_eq(facts.since.around, 2);
	ck_assert_uint_eq(facts.since.left_out, 3);
	facts = record();
	ck_assert(facts.since_known);
	ck_assert_uint_eq(facts.since.around, 0);
}

START_TEST(connections_that_another_table_counted_are_not_known_once)
{
	record();
	connections = (struct connections){ .table = 2, .met = 3 };
	ck_assert(!record().since_known);
	connections.met = 5;
	ck_assert_uint_eq(record().since.met, 2);
}

START_TEST(a_record_names_those_that_have_sent_too_much_since_the_one_before)
{
	struct kernel_facts facts;

	sources = (struct sources){ .table = 1, .packets = 5 };
	sources_add(&sources, BYTES("\300\0\2\1"), (struct bytes){ 0 }, 5);
	/* of a filterd before, perhaps */
	ck_assert_uint_eq(record().over.packets, 0);
	sources.packets = sources.rows[0].packets = 9;
	kernel_state_ask(state, "boot-1");
	facts = record();
	ck_assert(facts.sources_known);
	ck_assert_uint_eq(facts.over_rate, 9);
	ck_assert_uint_eq(facts.over.packets, 4);
	ck_assert_uint_eq(facts.over.rows[0].packets, 4);
	ck_assert_uint_eq(record().over.num, 0);
	kernel_state_look(state, &facts);
	ck_assert_uint_eq(facts.over_rate, 9);
	sources_error = -ENOENT;
	ck_assert(!record().sources_known);
	kernel_state_look(state, &facts);
	ck_assert(!facts.sources_known);
}

START_TEST(connections_that_nobody_counts_are_not_known)
{
	struct kernel_facts facts;

	record();
	connections_error = -ENOENT;
	facts             = record();
	ck_assert(!facts.connections_known);
	ck_assert(!facts.since_known);
	kernel_state_look(state, &facts);
	ck_assert(!facts.connections_known);
	connections_error = 0;
	kernel_state_look(state, &facts);
	ck_assert(facts.connections_known);
}

START_TEST(a_kernel_that_does_not_answer_is_unknown_and_not_in_order)
{
	struct kernel_facts facts;

	open_error = -EPERM;
	restart();
	facts = record();
	ck_assert_int_eq(facts.hooks, HOOKS_UNKNOWN);
	ck_assert(!facts.unseen_known);
	ck_assert(!facts.connections_known);
	kernel_state_look(state, &facts);
	ck_assert_int_eq(facts.hooks, HOOKS_UNKNOWN);
	ck_assert(!facts.unseen_known);
}

static struct status_protection protection;

/* What goes to standard error meanwhile. */
static const char *look_later(void)
{
	static char said[1024];
	FILE       *kept = tmpfile();
	int         own  = dup(STDERR_FILENO);

	ck_assert_ptr_nonnull(kept);
	now_ms += 60000;
	dup2(fileno(kept), STDERR_FILENO);
	kernel_state_protection(state, settings.protect, &protection);
	dup2(own, STDERR_FILENO);
	close(own);
	rewind(kept);
	said[fread(said, 1, sizeof(said) - 1, kept)] = '\0';
	fclose(kept);
	return said;
}

START_TEST(what_is_wrong_with_the_protection_is_told_once)
{
	ck_assert_str_eq(look_later(), "");
	ck_assert(protection.known);
	network.routes[0].hops[0] = 3;
	ck_assert_ptr_nonnull(strstr(look_later(), "clients of wan0 are not filtered"));
	ck_assert_str_eq(look_later(), "");
	network.routes[0].hops[0] = 2;
	ck_assert_ptr_nonnull(strstr(look_later(), "all interfaces to protect exist"));
	ck_assert_str_eq(look_later(), "");
}

/* Rules that are in place bring nobody's packets, and records are to say so. */
START_TEST(rules_that_protect_no_interface_that_is_there_are_told_from_good_ones)
{
	ck_assert_int_eq(kernel_state_ask(state, "boot").hooks, HOOKS_OK);
	ruled   = (struct rule_interfaces){ .num = 1, .names = { "lan00" } };
	now_ms += 60000;
	ck_assert(kernel_state_sees_change(state));
	ck_assert_int_eq(kernel_state_ask(state, "boot").hooks, HOOKS_NOBODY);
	ck_assert(!kernel_state_sees_change(state));
	ck_assert_ptr_nonnull(strstr(look_later(), "nobody is filtered: there is no interface lan00"));
	/* It comes. */
	strcpy(network.links[0].name, "lan00");
	now_ms += 60000;
	ck_assert(kernel_state_sees_change(state));
	ck_assert_int_eq(kernel_state_ask(state, "boot").hooks, HOOKS_OK);
}

START_TEST(without_rules_nothing_is_known_of_the_protection)
{
	hooks = HOOKS_MISSING;
	ck_assert_str_eq(look_later(), "");
	ck_assert(!protection.known);
}

START_TEST(a_network_that_takes_long_to_read_is_read_seldom)
{
	read_ms = 1000;
	look_later();
	ck_assert_uint_eq(num_reads, 1);
	for (int i = 0; i < 3; i++)
		look_later();
	ck_assert_uint_eq(num_reads, 1);        /* for 200 seconds and a bit */
	look_later();
	ck_assert_uint_eq(num_reads, 2);
}

int main(void)
{
	Suite *s = suite_create("kernel_state");
	TCase *t = tcase_create("kernel_state");

	tcase_add_checked_fixture(t, begin, end);
	tcase_add_test(t, what_passed_is_in_one_record_only);
	tcase_add_test(t, what_no_record_said_is_in_the_next_also_of_another_process);
	tcase_add_test(t, the_file_is_written_only_if_there_is_something_to_remember);
	tcase_add_test(t, a_damaged_file_makes_all_be_said_again);
	tcase_add_test(t, while_no_rule_was_there_nobody_counted);
	tcase_add_test(t, a_change_of_the_rules_is_seen_until_a_record_has_said_so);
	tcase_add_test(t, a_look_remembers_nothing);
	tcase_add_test(t, connections_are_those_since_the_record_before);
	tcase_add_test(t, connections_that_another_table_counted_are_not_known_once);
	tcase_add_test(t, a_record_names_those_that_have_sent_too_much_since_the_one_before);
	tcase_add_test(t, connections_that_nobody_counts_are_not_known);
	tcase_add_test(t, a_kernel_that_does_not_answer_is_unknown_and_not_in_order);
	tcase_add_test(t, what_is_wrong_with_the_protection_is_told_once);
	tcase_add_test(t, rules_that_protect_no_interface_that_is_there_are_told_from_good_ones);
	tcase_add_test(t, without_rules_nothing_is_known_of_the_protection);
	tcase_add_test(t, a_network_that_takes_long_to_read_is_read_seldom);
	suite_add_tcase(s, t);
	return suite_run(s);
}

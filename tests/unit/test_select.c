/* SPDX-License-Identifier: MIT */

#include "review/select.h"
#include "support/suite.h"

#include <errno.h>
#include <string.h>

static struct selection s;
static struct problem   problem;

static void set_up(void)
{
	s = selection_all();
}

static struct entry attempt(void)
{
	return (struct entry){ .type = ENTRY_BLOCK, .has_time = true, .time_us = 1000,
	                       .app = BYTES("tls"), .category = BYTES("update"),
	                       .host = BYTES("ksn-a.kaspersky-labs.com"),
	                       .device = BYTES("3c:52:82:11:22:33"),
	                       .mac = BYTES("3c:52:82:11:22:33"), .src_ip = BYTES("2001:db8::5a"),
	                       .name = BYTES("LAPTOP-7"), .count = 1 };
}

static bool takes(struct entry e)
{
	return selection_takes(&s, &e);
}

START_TEST(a_record_without_a_time_is_never_taken)
{
	struct entry e = attempt();

	e.has_time = false;
	ck_assert(!takes(e));
}

START_TEST(the_filters_own_records_are_taken_only_if_asked_for)
{
	struct entry e = { .type = ENTRY_HEARTBEAT, .has_time = true };

	ck_assert(!takes(e));
	s.own_too = true;
	ck_assert(takes(e));
	ck_assert(takes(attempt()));
}

START_TEST(the_filters_own_records_are_of_no_device)
{
	struct entry e = { .type = ENTRY_HEARTBEAT, .has_time = true };

	s.own_too = true;
	select_device(&s, "LAPTOP-7");
	ck_assert(!takes(e));
	ck_assert(takes(attempt()));
}

START_TEST(a_probe_is_found_by_its_label_and_is_no_block)
{
	struct entry e = attempt();

	e.type = ENTRY_PROBE;
	e.host = BYTES("5f3a.blocked.filterd.test");
	ck_assert_int_eq(select_host(&s, "5F3A.blocked.filterd.test", &problem), 0);
	ck_assert(takes(e));
	ck_assert(select_type(&s, "blocked"));
	ck_assert(!takes(e));
	ck_assert(select_type(&s, "probe"));
	ck_assert(takes(e));
}

START_TEST(a_period_begins_with_its_first_moment_and_ends_before_its_last)
{
	s.from_us = 1001;
	ck_assert(!takes(attempt()));
	s.from_us = 1000;
	ck_assert(takes(attempt()));
	s.to_us = 1000;
	ck_assert(!takes(attempt()));
	s.to_us = 1001;
	ck_assert(takes(attempt()));
}

static const struct { const char *pattern; bool taken; } hosts[] = {
	{ "ksn-b.kaspersky-labs.com",  false },
	{ "kaspersky-labs.com",        false },
	{ ".labs.com",                 false },
	{ ".a.ksn-a.kaspersky-labs.com", false },
	{ "ksn-*.kaspersky.com",       false },
	{ "*.ksn-a.kaspersky-labs.com", false },
	{ "*.labs.com",                false },
	{ "ksn-[0-9].kaspersky-labs.com", false },
	{ "ksn-a.kaspersky-labs.com",  true },
	{ "KSN-A.Kaspersky-Labs.com.", true },
	{ ".kaspersky-labs.com",       true },
	{ "*.kaspersky-labs.com",      true },
	{ "*.com",                     true },
	{ ".ksn-a.kaspersky-labs.com", true },
	{ "ksn-*.kaspersky-labs.com",  true },
	{ "ksn-[a-f].kaspersky-labs.com", true },
};

START_TEST(host_pattern)
{
	ck_assert_msg(select_host(&s, hosts[_i].pattern, &problem) == 0, "%s: %s",
	              hosts[_i].pattern, problem.text);
	ck_assert_msg(takes(attempt()) == hosts[_i].taken, "%s", hosts[_i].pattern);
}

START_TEST(a_host_is_compared_without_the_escapes_of_its_line)
{
	struct entry e = attempt();

	e.host = BYTES("a\\\\007\\u002ekaspersky.com");
	ck_assert_int_eq(select_host(&s, ".kaspersky.com", &problem), 0);
	ck_assert(takes(e));
}

static const char *const no_patterns[] = { "", " ", "# kaspersky.com", "*kaspersky*",
                                           "k\xc3\xa4.com", "a..b", "192.0.2.1" };

START_TEST(what_is_no_pattern_is_refused)
{
	ck_assert_int_eq(select_host(&s, no_patterns[_i], &problem), -EINVAL);
	ck_assert_uint_gt(strlen(problem.text), 0);
}

static const struct { const char *device; bool taken; } devices[] = {
	{ "LAPTOP-70",         false },
	{ "LAPTOP",            false },
	{ "3c:52:82:11:22:34", false },
	{ "2001:db8::5b",      false },
	{ "192.168.1.50",      false },
	{ "laptop-7",          true },
	{ "3c:52:82:11:22:33", true },
	{ "3C-52-82-11-22-33", true },
	{ "2001:db8::5a",      true },
	{ "2001:DB8:0:0::5A",  true },
};

START_TEST(device)
{
	select_device(&s, devices[_i].device);
	ck_assert_msg(takes(attempt()) == devices[_i].taken, "%s", devices[_i].device);
}

START_TEST(layer_category_and_type)
{
	ck_assert(!select_layer(&s, "smtp"));
	ck_assert(select_layer(&s, "quic"));
	ck_assert(!takes(attempt()));
	ck_assert(select_layer(&s, "tls"));
	ck_assert(takes(attempt()));
	s.category = BYTES("ksn");
	ck_assert(!takes(attempt()));
	s.category = BYTES("Update");
	ck_assert(takes(attempt()));
	ck_assert(!select_type(&s, "blocks"));
	ck_assert(takes(attempt()));
	ck_assert(select_type(&s, "observed"));
	ck_assert_int_eq(s.type, ENTRY_WOULD_BLOCK);
	ck_assert(!takes(attempt()));
	ck_assert(select_type(&s, "block"));
	ck_assert(takes(attempt()));
}

START_TEST(the_type_of_a_record_of_the_filters_own_can_be_asked_for)
{
	struct entry e = { .type = ENTRY_START, .has_time = true };

	ck_assert(select_type(&s, "start"));
	ck_assert(takes(e));
	ck_assert(!takes(attempt()));
}

int main(void)
{
	Suite *suite = suite_create("select");
	TCase *t     = tcase_create("select");

	tcase_add_checked_fixture(t, set_up, NULL);
	tcase_add_test(t, a_record_without_a_time_is_never_taken);
	tcase_add_test(t, the_filters_own_records_are_taken_only_if_asked_for);
	tcase_add_test(t, the_filters_own_records_are_of_no_device);
	tcase_add_test(t, a_period_begins_with_its_first_moment_and_ends_before_its_last);
	tcase_add_test(t, a_probe_is_found_by_its_label_and_is_no_block);
	tcase_add_loop_test(t, host_pattern, 0, COUNT(hosts));
	tcase_add_test(t, a_host_is_compared_without_the_escapes_of_its_line);
	tcase_add_loop_test(t, what_is_no_pattern_is_refused, 0, COUNT(no_patterns));
	tcase_add_loop_test(t, device, 0, COUNT(devices));
	tcase_add_test(t, layer_category_and_type);
	tcase_add_test(t, the_type_of_a_record_of_the_filters_own_can_be_asked_for);
	suite_add_tcase(suite, t);
	return suite_run(suite);
}

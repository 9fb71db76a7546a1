/* SPDX-License-Identifier: MIT */

#include "base/instant.h"
#include "base/timezone.h"
#include "review/totals.h"
#include "support/suite.h"

#include <stdio.h>
#include <string.h>

static struct totals *t;
static char           lines[64][4096];          /* entries are views into their line */
static size_t         num_lines;

static int64_t at(const char *text)
{
	int64_t us;

	ck_assert_int_eq(instant_parse(bytes_text(text), &us), PARSE_OK);
	return us;
}

static void set_up(void)
{
	num_lines = 0;
	t         = totals_new(at("2026-11-01T00:00:00Z"), at("2026-12-01T00:00:00Z"), 7);
	ck_assert_ptr_nonnull(t);
}

static void tear_down(void)
{
	totals_free(t);
	timezone_choose("UTC0", NULL);
}

/* own: members of `filterd` behind type; root: members before it, each with its comma. */
static void add(const char *time, const char *type, const char *own, const char *root)
{
	char        *line = lines[num_lines++ % COUNT(lines)];
	struct entry e;

	ck_assert_int_lt(snprintf(line, sizeof(lines[0]),
	                          "{\"timestamp\":\"%s+0000\",%s\"filterd\":{\"type\":\"%s\"%s}}",
	                          time, root, type, own),
	                 (int)sizeof(lines[0]));
	ck_assert_int_eq(entry_read(bytes_text(line), &e), PARSE_OK);
	totals_add(t, &e);
}

static void block(const char *time, const char *device, const char *host)
{
	char own[512];

	snprintf(own, sizeof(own),
	         ",\"host\":\"%s\",\"category\":\"update\",\"device\":\"%s\",\"count\":1", host,
	         device);
	add(time, "block", own, "\"app_proto\":\"dns\",");
}

static struct device_total *device(const char *name)
{
	struct device_total *d = rows_find(&t->devices, bytes_text(name));

	ck_assert_msg(d != NULL, "there is no device %s", name);
	return d;
}

static struct host_total *host(const char *name)
{
	struct host_total *h = rows_find(&t->hosts, bytes_text(name));

	ck_assert_msg(h != NULL, "there is no host %s", name);
	return h;
}

START_TEST(period_takes_its_first_moment_and_not_its_end)
{
	block("2026-10-31T23:59:59.999999", "d", "h");
	ck_assert_uint_eq(tally_prohibited(&t->all), 0);
	block("2026-11-01T00:00:00.000000", "d", "h");
	block("2026-11-30T23:59:59.999999", "d", "h");
	block("2026-12-01T00:00:00.000000", "d", "h");
	ck_assert_uint_eq(tally_prohibited(&t->all), 2);
}
END_TEST

START_TEST(record_that_stands_for_many_counts_as_many)
{
	add("2026-11-02T10:00:00.000000", "block",
	    ",\"host\":\"h\",\"device\":\"d\",\"count\":40,\"first\":\"2026-11-02T09:00:00.000000+"
	    "0000\"",
	    "");
	ck_assert_uint_eq(device("d")->tally.attempts[RESULT_BLOCKED], 40);
	ck_assert_int_eq(device("d")->tally.first_us, at("2026-11-02T09:00:00Z"));
	ck_assert_int_eq(device("d")->tally.last_us, at("2026-11-02T10:00:00Z"));
}
END_TEST

START_TEST(waived_attempts_are_none_on_prohibited_hosts)
{
	static const char lab[]  = ",\"host\":\"h\",\"device\":\"d\",\"waiver\":\"lab\","
	                           "\"until\":\"2026-12-31T00:00:00Z\",\"reason\":\"a \\\"b\\\"\"";
	static const char more[] = ",\"host\":\"i\",\"device\":\"x\",\"waiver\":\"lab\"";
	const struct waiver_total *w;

	block("2026-11-02T10:00:00.000000", "d", "h");
	add("2026-11-03T10:00:00.000000", "waived", lab, "");
	add("2026-11-03T11:00:00.000000", "waived", lab, "");
	add("2026-11-03T12:00:00.000000", "waived", more, "");
	ck_assert_uint_eq(tally_prohibited(&t->all), 1);
	ck_assert_uint_eq(t->all.attempts[RESULT_WAIVED], 3);
	ck_assert_int_eq(device("d")->tried_us, at("2026-11-02T10:00:00Z"));
	ck_assert_uint_eq(device("d")->num_days, 1);
	ck_assert_uint_eq(rows_num(&t->waivers), 1);
	w = rows_at(&t->waivers, 0);
	ck_assert_bytes(w->row.name, "lab");
	ck_assert_str_eq(w->until, "2026-12-31T00:00:00Z");
	ck_assert_str_eq(w->reason, "a \"b\"");
	ck_assert_uint_eq(w->num_devices, 2);
	ck_assert_uint_eq(w->tally.attempts[RESULT_WAIVED], 3);
}
END_TEST

/* A name that a device never asked for is no try of its; what speaks for a product speaks for it. */
START_TEST(names_that_were_never_asked_for_are_told_apart)
{
	static const char tls[]    = "\"app_proto\":\"tls\",", http[] = "\"app_proto\":\"http\",";
	static const char no[]     = ",\"device\":\"d\",\"asked\":\"no\",\"count\":3";
	static const char yes[]    = ",\"device\":\"d\",\"asked\":\"yes\"";
	static const char mirror[] = ",\"device\":\"m\",\"rule\":\"path:/bases/\"";
	static const char shown[]  = ",\"device\":\"m\",\"asked\":\"no\"";

	add("2026-11-02T10:00:00.000000", "block", no, tls);
	ck_assert_int_eq(device("d")->sure, SURE_DOUBTFUL);
	ck_assert_int_eq(device_tried(device("d")), 0);
	ck_assert_int_eq(device_last(device("d")), at("2026-11-02T10:00:00Z"));
	add("2026-11-03T10:00:00.000000", "block", yes, tls);
	add("2026-11-04T10:00:00.000000", "block", no, tls);
	ck_assert_int_eq(device("d")->sure, SURE_YES);
	ck_assert_int_eq(device_tried(device("d")), at("2026-11-03T10:00:00Z"));
	ck_assert_int_eq(device_last(device("d")), at("2026-11-04T10:00:00Z"));
	ck_assert_uint_eq(device("d")->unasked, 6);
	ck_assert_uint_eq(device("d")->signs, SIGN_HELLO);

	add("2026-11-02T10:00:00.000000", "block", shown, tls);
	add("2026-11-03T10:00:00.000000", "log", mirror, http);
	ck_assert_int_eq(device("m")->sure, SURE_YES);
	ck_assert_int_eq(device_tried(device("m")), at("2026-11-02T10:00:00Z"));
}
END_TEST

/* Of watched hosts it says nothing about prohibited ones whether it asked. */
START_TEST(watched_hosts_make_nothing_sure)
{
	add("2026-11-02T10:00:00.000000", "log", ",\"device\":\"d\",\"asked\":\"yes\"",
	    "\"app_proto\":\"tls\",");
	ck_assert_int_eq(device("d")->sure, SURE_NONE);
	ck_assert_uint_eq(device("d")->unasked, 0);
}
END_TEST

START_TEST(blocked_observed_and_watched_are_told_apart)
{
	add("2026-11-02T10:00:00.000000", "block", ",\"host\":\"h\",\"device\":\"d\"", "");
	add("2026-11-02T10:00:00.000000", "would_block", ",\"host\":\"h\",\"device\":\"d\"", "");
	add("2026-11-02T10:00:00.000000", "log", ",\"host\":\"h\",\"device\":\"d\"", "");
	add("2026-11-02T10:00:00.000000", "pass", ",\"host\":\"h\",\"device\":\"d\"", "");
	add("2026-11-02T10:00:00.000000", "heartbeat", "", "");
	ck_assert_uint_eq(t->all.attempts[RESULT_BLOCKED], 1);
	ck_assert_uint_eq(t->all.attempts[RESULT_OBSERVED], 1);
	ck_assert_uint_eq(t->all.attempts[RESULT_WATCHED], 1);
	ck_assert_uint_eq(tally_prohibited(&t->all), 2);
}
END_TEST

START_TEST(device_counts_once_a_day_and_once_a_host)
{
	block("2026-11-02T10:00:00.000000", "a", "h");
	block("2026-11-02T11:00:00.000000", "a", "h");
	block("2026-11-02T12:00:00.000000", "b", "h");
	block("2026-11-03T10:00:00.000000", "a", "g");
	ck_assert_uint_eq(rows_num(&t->days), 2);
	ck_assert_uint_eq(
		((struct day_total *)rows_find(&t->days, BYTES("2026-11-02")))->num_devices, 2);
	ck_assert_uint_eq(
		((struct day_total *)rows_find(&t->days, BYTES("2026-11-03")))->num_devices, 1);
	ck_assert_uint_eq(device("a")->num_days, 2);
	ck_assert_uint_eq(device("a")->num_hosts, 2);
	ck_assert_uint_eq(host("h")->num_devices, 2);
	ck_assert_uint_eq(((struct pair_total *)rows_find(&t->pairs, BYTES("a\nh")))
	                          ->tally.attempts[RESULT_BLOCKED],
	                  2);
}
END_TEST

START_TEST(watched_hosts_are_no_day_on_the_way_to_zero)
{
	add("2026-11-02T10:00:00.000000", "log", ",\"host\":\"h\",\"device\":\"d\"", "");
	ck_assert_uint_eq(
		((struct day_total *)rows_find(&t->days, BYTES("2026-11-02")))->num_devices, 0);
	block("2026-11-02T11:00:00.000000", "d", "h");
	ck_assert_uint_eq(
		((struct day_total *)rows_find(&t->days, BYTES("2026-11-02")))->num_devices, 1);
}
END_TEST

START_TEST(hours_are_of_utc)
{
	struct day_total *d;

	block("2026-11-02T00:00:00.000000", "a", "h");
	block("2026-11-02T23:59:59.999999", "a", "h");
	d = rows_find(&t->days, BYTES("2026-11-02"));
	ck_assert_uint_eq(d->hours[0], 1);
	ck_assert_uint_eq(d->hours[23], 1);
}
END_TEST

static const struct day_total *day(const char *name)
{
	const struct day_total *d = rows_find(&t->days, bytes_text(name));

	ck_assert_msg(d != NULL, "there is no day %s", name);
	return d;
}

/* The day that has 25 hours, of which one is on the clock twice. */
START_TEST(days_and_hours_are_of_the_readers_zone)
{
	timezone_choose("EST5EDT,M3.2.0,M11.1.0", "America/New_York");
	block("2026-11-01T03:59:59.999999", "a", "h");
	block("2026-11-01T04:00:00.000000", "a", "h");
	block("2026-11-01T05:30:00.000000", "a", "h");
	block("2026-11-01T06:30:00.000000", "b", "h");
	block("2026-11-02T04:59:59.999999", "b", "h");
	block("2026-11-02T05:00:00.000000", "b", "h");
	ck_assert_uint_eq(rows_num(&t->days), 3);
	ck_assert_uint_eq(day("2026-10-31")->hours[23], 1);
	ck_assert_int_eq(day("2026-11-01")->begins_us, at("2026-11-01T04:00:00Z"));
	ck_assert_uint_eq(day("2026-11-01")->num_devices, 2);
	for (size_t i = 0; i < TOTALS_HOURS; i++)
		ck_assert_uint_eq(day("2026-11-01")->hours[i],
		                  i == 0 || i == 1 || i == 2 || i == 24);
	ck_assert_uint_eq(day("2026-11-02")->hours[0], 1);
	ck_assert_uint_eq(device("b")->num_days, 2);
}
END_TEST

START_TEST(hours_begin_with_a_day_that_is_half_an_hour_apart)
{
	timezone_choose("IST-5:30", "Asia/Kolkata");
	block("2026-11-22T18:29:59.000000", "a", "h");
	block("2026-11-22T18:30:00.000000", "a", "h");
	ck_assert_uint_eq(day("2026-11-22")->hours[23], 1);
	ck_assert_uint_eq(day("2026-11-23")->hours[0], 1);
}
END_TEST

START_TEST(layers_are_told_apart)
{
	static const char *const apps[] = { "dns", "tls", "quic", "http", "socks", "failed" };

	for (size_t i = 0; i < COUNT(apps); i++) {
		char root[64];

		snprintf(root, sizeof(root), "\"app_proto\":\"%s\",", apps[i]);
		add("2026-11-02T10:00:00.000000", "block", ",\"host\":\"h\",\"device\":\"d\"",
		    root);
	}
	for (size_t i = 0; i < LAYERS; i++) {
		ck_assert_uint_eq(t->layers[i], 1);
		ck_assert_uint_eq(device("d")->layers[i], 1);
	}
}
END_TEST

START_TEST(device_keeps_its_last_name_and_addresses_of_both_families)
{
	add("2026-11-02T10:00:00.000000", "block",
	    ",\"host\":\"h\",\"device\":\"d\",\"name\":\"old\"", "\"src_ip\":\"192.168.1.5\",");
	add("2026-11-02T11:00:00.000000", "block",
	    ",\"host\":\"h\",\"device\":\"d\",\"name\":\"caf\\u00e9\"", "\"src_ip\":\"fd00::5\",");
	add("2026-11-02T12:00:00.000000", "block", ",\"host\":\"h\",\"device\":\"d\",\"name\":\"\"",
	    "\"src_ip\":\"fd00::6\",\"http\":{\"http_user_agent\":\"AVP/21\"},");
	ck_assert_str_eq(device("d")->name, "caf\xc3\xa9");
	ck_assert_str_eq(device("d")->address, "fd00::6");
	ck_assert_str_eq(device("d")->other_address, "192.168.1.5");
	ck_assert_str_eq(device("d")->clue, "AVP/21");
}
END_TEST

START_TEST(two_ways_to_write_a_name_are_one_row)
{
	block("2026-11-02T10:00:00.000000", "d", "ab");
	block("2026-11-02T10:00:00.000000", "d", "\\u0061b");
	ck_assert_uint_eq(rows_num(&t->hosts), 1);
	ck_assert_uint_eq(host("ab")->tally.attempts[RESULT_BLOCKED], 2);
}
END_TEST

START_TEST(name_with_a_newline_cannot_look_like_a_pair)
{
	block("2026-11-02T10:00:00.000000", "a\\nb", "c");
	block("2026-11-02T10:00:00.000000", "a", "b\\nc");
	ck_assert_uint_eq(rows_num(&t->pairs), 2);
	ck_assert_ptr_nonnull(rows_find(&t->devices, BYTES("a\\nb")));
}
END_TEST

START_TEST(long_names_are_cut)
{
	char own[3072] = ",\"device\":\"d\",\"host\":\"";

	memset(own + strlen(own), 'x', 2000);
	strcat(own, "\"");
	add("2026-11-02T10:00:00.000000", "block", own, "");
	ck_assert_uint_eq(((struct row *)rows_at(&t->hosts, 0))->name.len, TOTALS_NAME_MAX);
}
END_TEST

START_TEST(record_that_names_nobody_is_counted)
{
	add("2026-11-02T10:00:00.000000", "block", "", "");
	ck_assert_uint_eq(device("?")->tally.attempts[RESULT_BLOCKED], 1);
	ck_assert_uint_eq(host("?")->tally.attempts[RESULT_BLOCKED], 1);
}
END_TEST

static const struct { const char *folded, *device, *host; } tells[] = {
	{ "device", "d", "(others)" },
	{ "host", "(others)", "h" },
	{ "category", "(others)", "(others)" },
};

/* What it has besides that is the last one's. */
START_TEST(folded_record_counts_for_what_it_is_counted_by)
{
	char own[200];

	snprintf(own, sizeof(own),
	         ",\"device\":\"d\",\"name\":\"n\",\"host\":\"h\",\"count\":7,\"folded\":\"%s\"",
	         tells[_i].folded);
	add("2026-11-02T10:00:00.000000", "block", own, "");
	ck_assert_uint_eq(rows_num(&t->devices), 1);
	ck_assert_uint_eq(rows_num(&t->hosts), 1);
	ck_assert_uint_eq(device(tells[_i].device)->tally.attempts[RESULT_BLOCKED], 7);
	ck_assert_uint_eq(host(tells[_i].host)->tally.attempts[RESULT_BLOCKED], 7);
	ck_assert_str_eq(device(tells[_i].device)->name, tells[_i].device[0] == 'd' ? "n" : "");
	ck_assert_uint_eq(tally_prohibited(&t->all), 7);
}
END_TEST

START_TEST(no_count_brings_a_sum_back_to_nothing)
{
	add("2026-11-02T10:00:00.000000", "block",
	    ",\"host\":\"h\",\"device\":\"d\",\"count\":18446744073709551615", "");
	block("2026-11-02T11:00:00.000000", "d", "h");
	ck_assert_uint_eq(device("d")->tally.attempts[RESULT_BLOCKED], UINT64_MAX);
	ck_assert_uint_eq(tally_prohibited(&t->all), UINT64_MAX);
	add("2026-11-02T11:00:00.000000", "would_block", ",\"host\":\"h\",\"device\":\"d\"", "");
	ck_assert_uint_eq(tally_prohibited(&t->all), UINT64_MAX);
}
END_TEST

START_TEST(the_test_name_is_counted_apart)
{
	static const char own[] = ",\"host\":\"1.blocked.filterd.test\",\"device\":\"d\",\"count\":2";
	uint8_t       room[PROBES_TEXT_MAX];
	struct writer w = writer_over(room, sizeof(room));

	add("2026-10-31T10:00:00.000000", "probe", own, "\"alert\":{\"action\":\"blocked\"},");
	ck_assert_uint_eq(t->probes.num, 0);
	add("2026-11-02T10:00:00.000000", "probe", own, "\"alert\":{\"action\":\"blocked\"},");
	probes_write(&w, &t->probes);
	ck_assert_bytes(writer_written(&w), "2 probes, the last at 2026-11-02 10:00:00, all blocked");
	w.len = 0;
	add("2026-11-01T10:00:00.000000", "probe", own, "\"alert\":{\"action\":\"allowed\"},");
	probes_write(&w, &t->probes);
	ck_assert_bytes(writer_written(&w),
	                "4 probes, the last at 2026-11-02 10:00:00, 2 not blocked");
	ck_assert_uint_eq(tally_prohibited(&t->all), 0);
	ck_assert_uint_eq(rows_num(&t->devices), 0);
}
END_TEST

START_TEST(attempts_of_which_only_the_number_is_known)
{
	add("2026-11-02T10:00:00.000000", "gap", ",\"counts\":{\"update\":5,\"probe\":9,\"ksn\":2}", "");
	add("2026-10-02T10:00:00.000000", "gap", ",\"counts\":{\"update\":5}", "");
	ck_assert_uint_eq(t->undetailed, 7);
}
END_TEST

START_TEST(devices_alone_if_nothing_else_is_wanted)
{
	t->devices_only = true;
	block("2026-11-02T10:00:00.000000", "d", "h");
	ck_assert_uint_eq(device("d")->tally.attempts[RESULT_BLOCKED], 1);
	ck_assert_uint_eq(tally_prohibited(&t->all), 1);
	ck_assert_uint_eq(rows_num(&t->hosts) + rows_num(&t->pairs) + rows_num(&t->days) +
	                          rows_num(&t->categories),
	                  0);
}
END_TEST

START_TEST(busiest_first_then_watched_then_by_name)
{
	void **list;

	block("2026-11-02T10:00:00.000000", "b", "h");
	block("2026-11-02T10:00:00.000000", "a", "h");
	block("2026-11-02T10:00:00.000000", "c", "h");
	block("2026-11-02T10:00:00.000000", "c", "h");
	add("2026-11-02T10:00:00.000000", "log", ",\"host\":\"h\",\"device\":\"z\",\"count\":99",
	    "");
	list = rows_sorted(&t->devices, totals_by_attempts_device);
	ck_assert_bytes(((struct row *)list[0])->name, "c");
	ck_assert_bytes(((struct row *)list[1])->name, "a");
	ck_assert_bytes(((struct row *)list[2])->name, "b");
	ck_assert_bytes(((struct row *)list[3])->name, "z");
	free(list);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("totals");
	TCase *c = tcase_create("totals");

	suite_add_tcase(s, c);
	tcase_add_checked_fixture(c, set_up, tear_down);
	tcase_add_test(c, period_takes_its_first_moment_and_not_its_end);
	tcase_add_test(c, record_that_stands_for_many_counts_as_many);
	tcase_add_test(c, blocked_observed_and_watched_are_told_apart);
	tcase_add_test(c, names_that_were_never_asked_for_are_told_apart);
	tcase_add_test(c, watched_hosts_make_nothing_sure);
	tcase_add_test(c, waived_attempts_are_none_on_prohibited_hosts);
	tcase_add_test(c, device_counts_once_a_day_and_once_a_host);
	tcase_add_test(c, watched_hosts_are_no_day_on_the_way_to_zero);
	tcase_add_test(c, hours_are_of_utc);
	tcase_add_test(c, days_and_hours_are_of_the_readers_zone);
	tcase_add_test(c, hours_begin_with_a_day_that_is_half_an_hour_apart);
	tcase_add_test(c, layers_are_told_apart);
	tcase_add_test(c, device_keeps_its_last_name_and_addresses_of_both_families);
	tcase_add_test(c, two_ways_to_write_a_name_are_one_row);
	tcase_add_test(c, name_with_a_newline_cannot_look_like_a_pair);
	tcase_add_test(c, long_names_are_cut);
	tcase_add_test(c, record_that_names_nobody_is_counted);
	tcase_add_loop_test(c, folded_record_counts_for_what_it_is_counted_by, 0, COUNT(tells));
	tcase_add_test(c, no_count_brings_a_sum_back_to_nothing);
	tcase_add_test(c, the_test_name_is_counted_apart);
	tcase_add_test(c, attempts_of_which_only_the_number_is_known);
	tcase_add_test(c, devices_alone_if_nothing_else_is_wanted);
	tcase_add_test(c, busiest_first_then_watched_then_by_name);
	return suite_run(s);
}

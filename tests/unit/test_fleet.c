/* SPDX-License-Identifier: MIT */

#include "report/answers.h"
#include "report/report_html.h"
#include "support/logs.h"

#include <stdlib.h>

static struct log    l;
static struct fleet  f;
static const uint8_t old_policy[32] = { 0x39 };

static void set_up(void)
{
	f = (struct fleet){ .from_us = INT64_MIN, .to_us = INT64_MAX };
}

static void tear_down(void)
{
	fleet_free(&f);
}

struct gateway {
	const char    *name, *id;
	int64_t        later_us;        /* than the others its log begins */
	unsigned       minutes;
	const uint8_t *policy;
	const char    *says;            /* of its files; NULL: it is an older filterd */
	bool           stops;
	size_t         leave_out;       /* so many records, from 3 on */
};

static void add(const struct gateway *g)
{
	struct verify *v;
	struct entry   e;

	log_begin_as(&l, g->name, g->id, 0);
	l.policy   = g->policy != NULL ? g->policy : logs_policy;
	l.time_us += g->later_us;
	l.control.policies = bytes_text(g->says != NULL ? g->says : "");
	log_start(&l, PREVIOUS_NEW, 0, 0);
	log_run(&l, g->minutes);
	if (g->stops)
		log_stop(&l);
	v = verify_new(&l.root, NULL);
	ck_assert_ptr_nonnull(v);
	for (size_t i = 0; i < l.num; i++) {
		if (i < 3 || i >= 3 + g->leave_out)
			verify_line(v, bytes_first(l.lines[i], l.lines[i].len - 1), true, &e);
	}
	verify_end(v, INT64_MAX);
	ck_assert_int_eq(fleet_add(&f, bytes_text(g->name), v, NULL), 0);
	verify_free(v);
}

/* "gw1 heard, gw2 silent 39.., " */
static const char *standing(int64_t now_us)
{
	static char said[512];
	size_t      len = 0;

	fleet_end(&f, now_us);
	for (size_t i = 0; i < f.num; i++)
		len += (size_t)snprintf(said + len, sizeof(said) - len, "%s%s %s%s%s",
		                        i > 0 ? ", " : "", f.list[i].gateway,
		                        f.list[i].is_former ? "former"
		                                            : fleet_now_name(f.list[i].now),
		                        f.list[i].runs_another ? " another" : "",
		                        f.list[i].is_ahead ? " ahead" : "");
	return said;
}

#define ID   "0000000000000001"
#define ID_2 "0000000000000002"

START_TEST(who_is_not_heard_is_silent)
{
	/* Twice its interval of a minute, and a little more. */
	add(&(struct gateway){ .name = "gw1", .id = ID, .minutes = 10 });
	add(&(struct gateway){ .name = "gw2", .id = ID, .minutes = 8 });
	add(&(struct gateway){ .name = "gw3", .id = ID, .minutes = 7 });
	add(&(struct gateway){ .name = "gw4", .id = ID, .minutes = 5, .stops = true });
	ck_assert_str_eq(standing(INT64_MAX), "gw1 heard, gw2 heard, gw3 silent, gw4 stopped");
	ck_assert_uint_eq(f.num_now[NOW_SILENT], 1);
	ck_assert_int_eq(f.soundness, SOUND_DECLARED);
}

START_TEST(a_wrong_clock_makes_nobody_silent)
{
	int64_t now_us;

	add(&(struct gateway){ .name = "gw1", .id = ID, .minutes = 10 });
	now_us = l.time_us;
	add(&(struct gateway){
		.name = "gw2", .id = ID, .minutes = 10, .later_us = 400 * 86400 * LOGS_SECOND });
	ck_assert_str_eq(standing(now_us), "gw1 heard, gw2 heard ahead");
	ck_assert_int_eq(f.newest_us, now_us);
}

START_TEST(if_all_are_ahead_this_machine_is_behind)
{
	add(&(struct gateway){ .name = "gw1", .id = ID, .minutes = 10 });
	add(&(struct gateway){ .name = "gw2", .id = ID, .minutes = 2 });
	ck_assert_str_eq(standing(0), "gw1 heard, gw2 silent");
}

START_TEST(an_older_log_of_the_same_gateway_is_not_asked)
{
	add(&(struct gateway){
		.name = "gw1", .id = ID_2, .minutes = 20, .later_us = 3600 * LOGS_SECOND });
	add(&(struct gateway){ .name = "gw1", .id = ID, .minutes = 5, .policy = old_policy });
	ck_assert_str_eq(standing(INT64_MAX), "gw1 former, gw1 heard");
	ck_assert_uint_eq(f.num_gateways, 1);
	ck_assert_uint_eq(f.num_another, 0);
}

START_TEST(the_policy_is_what_most_run)
{
	add(&(struct gateway){ .name = "gw1", .id = ID, .minutes = 5 });
	add(&(struct gateway){ .name = "gw2", .id = ID, .minutes = 5, .policy = old_policy });
	add(&(struct gateway){ .name = "gw3", .id = ID, .minutes = 5 });
	ck_assert_str_eq(standing(INT64_MAX), "gw1 heard, gw2 heard another, gw3 heard");
	ck_assert_int_eq(strncmp(f.policy, "823412", 6), 0);
	ck_assert_uint_eq(f.num_with_policy, 2);
}

START_TEST(of_two_policies_the_newer_one_is_the_fleet_s)
{
	add(&(struct gateway){ .name = "gw1", .id = ID, .minutes = 5, .policy = old_policy });
	add(&(struct gateway){
		.name = "gw2", .id = ID, .minutes = 5, .later_us = 30 * LOGS_SECOND });
	ck_assert_str_eq(standing(INT64_MAX), "gw1 heard another, gw2 heard");
}

static char   out[16384];
static size_t out_len;

static void give(void *owner, struct bytes piece)
{
	(void)owner;
	ck_assert_uint_lt(out_len + piece.len, sizeof(out));
	memcpy(out + out_len, piece.at, piece.len);
	out_len += piece.len;
	out[out_len] = '\0';
}

#define ASSERT_SAYS(write, what) do { \
	struct text t_; \
	out_len = 0; \
	text_begin(&t_, give, NULL); \
	write; \
	text_end(&t_); \
	ck_assert_msg(strstr(out, what) != NULL, "no %s in %s", what, out); \
} while (0)

/* By those of its gateways that say it: the other is of an older filterd. */
START_TEST(a_policy_is_told_by_title_authority_and_date)
{
	static const char law[]   = ",\"policies\":[{\"id\":\"k\",\"title\":\"No <K>\",\"serial\":7,"
	                            "\"cutoff\":\"2024-09-29T00:00:00-04:00\"}]",
			  other[] = ",\"policies\":[{\"id\":\"o\",\"title\":\"Old one\"}]";

	add(&(struct gateway){ .name = "gw1", .id = ID, .minutes = 10 });
	add(&(struct gateway){ .name = "gw2", .id = ID, .minutes = 10, .says = law });
	add(&(struct gateway){ .name = "gw3", .id = ID, .minutes = 10, .policy = old_policy,
	                       .says = other });
	fleet_end(&f, INT64_MAX);
	ASSERT_SAYS(fleet_write_text(&t_, &f, 150, false),
	            "at 2 gateways; 1 runs another\n            No <K>, serial 7\n"
	            "            applies from 2024-09-29 00:00 -04:00 (04:00 UTC)\n");
	ASSERT_SAYS(fleet_write_json(&t_, &f),
	            "\"policy_files\":[{\"title\":\"No <K>\",\"serial\":7,"
	            "\"cutoff\":\"2024-09-29T00:00:00-04:00\"}]");
	ASSERT_SAYS(report_write_fleet_policies(&t_, &f),
	            "<div><bdi>No &lt;K&gt;</bdi><span class=\"under\">applies from");
	ASSERT_SAYS(report_write_fleet_policies(&t_, &f),
	            "<bdi>gw3</bdi></th><td role=\"cell\" data-label=\"Title, authority, date\">"
	            "<div class=\"files\"><div><bdi>Old one</bdi></div></div></td>");
}

START_TEST(a_fleet_of_older_filterds_has_the_hash)
{
	add(&(struct gateway){ .name = "gw1", .id = ID, .minutes = 10 });
	add(&(struct gateway){ .name = "gw2", .id = ID, .minutes = 10, .policy = old_policy });
	fleet_end(&f, INT64_MAX);
	ASSERT_SAYS(fleet_write_text(&t_, &f, 150, false), "1 runs another\nresult");
	ASSERT_SAYS(report_write_fleet_policies(&t_, &f), "</code>.</p>");
	ck_assert_ptr_null(strstr(out, "Title, authority, date"));
	ASSERT_SAYS(fleet_write_json(&t_, &f), "\"policy_differs\"");
	ck_assert_ptr_null(strstr(out, "policy_files"));
}

START_TEST(a_key_without_a_log_is_a_log_that_is_not_here)
{
	struct note_key key = { .origin = "gw0/filterd/" ID };

	add(&(struct gateway){ .name = "gw1", .id = ID, .minutes = 5, .stops = true });
	ck_assert_int_eq(fleet_absent(&f, &key), 0);
	ck_assert_str_eq(standing(INT64_MAX), "gw0 not here, gw1 stopped");
	ck_assert_int_eq(f.soundness, SOUND_NOT);
	ck_assert_str_eq(f.list[0].log, ID);
}

START_TEST(what_is_missing_is_counted)
{
	uint8_t       room[256];
	struct writer w = writer_over(room, sizeof(room) - 1);

	add(&(struct gateway){
		.name = "gw1", .id = ID, .minutes = 5, .leave_out = 4, .stops = true });
	add(&(struct gateway){
		.name = "gw2", .id = ID, .minutes = 5, .leave_out = 1, .stops = true });
	add(&(struct gateway){ .name = "gw3", .id = ID, .minutes = 5, .stops = true });
	standing(INT64_MAX);
	ck_assert_uint_eq(f.num_missing, 5);
	ck_assert_uint_eq(f.num_incomplete, 2);
	ck_assert_uint_eq(f.list[0].findings[0].from, 3);
	ck_assert_uint_eq(f.list[0].findings[0].to, 6);
	fleet_sentence(&w, &f);
	ck_assert_bytes(writer_written(&w), "NOT sound: 2 of 3 logs; 5 records are missing");
}

START_TEST(a_file_that_cannot_be_read_is_not_passed_over)
{
	add(&(struct gateway){ .name = "gw1", .id = ID, .minutes = 5, .stops = true });
	fleet_unread(&f, "gw2/audit.jsonl.gz", "the compressed data is damaged");
	standing(INT64_MAX);
	ck_assert_int_eq(f.soundness, SOUND_NOT);
	ck_assert_str_eq(f.unread, "gw2/audit.jsonl.gz: the compressed data is damaged");
}

START_TEST(nothing_at_all_is_nothing_sound)
{
	ck_assert_str_eq((standing(INT64_MAX), f.soundness == SOUND_NOT ? "not" : "sound"), "not");
}

/* There is no newest time to be told. */
START_TEST(of_nothing_nobody_is_heard)
{
	struct period  p = period_between(0, TOTALS_DAY_US);
	struct report *r = report_new(&p, 1);
	struct answer  answers[ANSWERS];

	fleet_end(&f, INT64_MAX);
	ck_assert_ptr_nonnull(r);
	ck_assert_int_eq(report_end_fleet(r, &f, NULL), 0);
	answers_write(r, answers);
	ck_assert_str_eq(answers[ANSWER_HEARD].text, "Nobody is.");
	ck_assert_str_eq(answers[ANSWER_WHOLE].text, "There is no record at all.");
	report_free(r);
}

/* The same MAC behind two gateways is two devices; each is told of its own. */
START_TEST(devices_are_their_gateway_s)
{
	struct period  p = period_between(INT64_C(1793491200000000),
	                                  INT64_C(1793491200000000) + TOTALS_DAY_US);
	struct report *r = report_new(&p, 1);
	struct entry   e;

	for (int i = 0; i < 2; i++) {
		add(&(struct gateway){ .name    = i == 0 ? "gw1" : "gw10",
		                       .id      = ID,
		                       .minutes = 3 + 2 * (unsigned)i });
		report_begin_log(r, i == 0 ? BYTES("gw1") : BYTES("gw10"));
		for (size_t k = 0; k < l.num; k++) {
			ck_assert_int_eq(
				entry_read(bytes_first(l.lines[k], l.lines[k].len - 1), &e),
				PARSE_OK);
			report_add(r, &e);
		}
	}
	fleet_end(&f, INT64_MAX);
	ck_assert_int_eq(report_end_fleet(r, &f, NULL), 0);
	ck_assert_uint_eq(r->num_devices, 2);
	ck_assert_bytes(r->devices[0].gateway, "gw10");
	ck_assert_bytes(r->devices[0].key, "3c:52:82:11:22:33");
	ck_assert_uint_eq(f.list[0].num_attempts, 15);
	ck_assert_uint_eq(f.list[1].num_attempts, 25);
	ck_assert_uint_eq(((struct host_total *)rows_at(&r->now->hosts, 0))->num_devices, 2);
	report_free(r);
}

/* Two gateways were away. Of the second one nobody counts what passed meanwhile; then of neither. */
START_TEST(packets_that_nobody_counted_are_not_none)
{
	static const char *const wanted[] = {
		"2 logs have gaps, and the least active filter was at work 50 % of the time; no packet "
		"passed unseen.",
		"2 logs have gaps, and the least active filter was at work 50 % of the time; no packet "
		"passed unseen where they could be counted.",
		"2 logs have gaps, and the least active filter was at work 50 % of the time; packets that "
		"passed unseen were not counted.",
	};
	char          text[512];
	struct answer a;
	struct writer w, rest;

	for (int i = 0; i < 2; i++)
		add(&(struct gateway){ .name = i == 0 ? "gw1" : "gw2", .id = ID, .minutes = 3 });
	fleet_end(&f, INT64_MAX);
	for (size_t uncounted = 0; uncounted < COUNT(wanted); uncounted++) {
		for (size_t i = 0; i < 2; i++) {
			f.list[i].cover.num_inactive = 1;
			f.list[i].cover.span_us      = 2 * LOGS_SECOND;
			f.list[i].cover.gaps_us      = LOGS_SECOND;
			f.list[i].cover.are_counted  = i >= uncounted;
		}
		a    = (struct answer){ .num_names = 0 };
		w    = writer_over(text, sizeof(text) - 1);
		rest = writer_over(a.rest, sizeof(a.rest) - 1);
		fleet_say_active(&a, &w, &rest, &f);
		text[w.len] = '\0';
		ck_assert_str_eq(text, wanted[uncounted]);
		ck_assert(fleet_packets_known(&f) == (uncounted < 2));
	}
}
END_TEST

int main(void)
{
	Suite *s = suite_create("report/fleet");
	TCase *t = tcase_create("fleet");

	tcase_add_checked_fixture(t, set_up, tear_down);
	tcase_add_test(t, who_is_not_heard_is_silent);
	tcase_add_test(t, a_wrong_clock_makes_nobody_silent);
	tcase_add_test(t, if_all_are_ahead_this_machine_is_behind);
	tcase_add_test(t, an_older_log_of_the_same_gateway_is_not_asked);
	tcase_add_test(t, the_policy_is_what_most_run);
	tcase_add_test(t, of_two_policies_the_newer_one_is_the_fleet_s);
	tcase_add_test(t, a_policy_is_told_by_title_authority_and_date);
	tcase_add_test(t, a_fleet_of_older_filterds_has_the_hash);
	tcase_add_test(t, a_key_without_a_log_is_a_log_that_is_not_here);
	tcase_add_test(t, what_is_missing_is_counted);
	tcase_add_test(t, a_file_that_cannot_be_read_is_not_passed_over);
	tcase_add_test(t, nothing_at_all_is_nothing_sound);
	tcase_add_test(t, of_nothing_nobody_is_heard);
	tcase_add_test(t, devices_are_their_gateway_s);
	tcase_add_test(t, packets_that_nobody_counted_are_not_none);
	suite_add_tcase(s, t);
	return suite_run(s);
}

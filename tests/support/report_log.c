/* SPDX-License-Identifier: MIT */

/*
 * Prints the log of a gateway from 2026-10-01 to the end of November, written with the functions
 * that the daemon writes with, the same every time. Devices are cleaned one after the other; two
 * call themselves what nobody should.
 *
 *     report_log          the log
 *     report_log spoilt   the same with one byte changed and eight records taken out
 *     report_log names    one in which devices and hosts have the names that are hardest to show:
 *                         of many alphabets, from right to left, as long as can be, with hyphens.
 *                         Its policy prohibits from 2026-11-10 on
 */

#include "support/logs.h"

#define HOUR  (3600 * LOGS_SECOND)
#define DAYS  61

static const struct device {
	uint8_t     mac[6];
	uint8_t     address;
	const char *name, *agent;
	unsigned    from_day, to_day, an_hour;  /* attempts, when people are there */
} devices[] = {
	{ { 0x3c, 0x52, 0x82, 0x11, 0x22, 0x33 }, 50, "LAPTOP-7", "", 0, 61, 6 },
	{ { 0x00, 0x1b, 0x63, 0xaa, 0x01, 0x02 }, 51, "reception-pc", "", 0, 40, 9 },
	{ { 0xda, 0x31, 0x5e, 0x90, 0x00, 0x01 }, 52, "", "", 33, 61, 1 },
	{ { 0xf4, 0x8e, 0x38, 0x10, 0x20, 0x30 }, 53, "accounting-2",
	  "Kaspersky Endpoint Security/12.1", 0, 55, 3 },
	{ { 0x00, 0x25, 0x90, 0x77, 0x66, 0x55 }, 54, "old-server", "", 0, 24, 12 },
	{ { 0x08, 0x00, 0x27, 0x12, 0x34, 0x56 }, 55, "<script>alert(1)</script>", "", 45, 61, 1 },
	{ { 0x08, 0x00, 0x27, 0x12, 0x34, 0x57 }, 56, "\"><img src=x onerror=alert(2)>",
	  "]]></style><b>=1+1", 47, 60, 1 },
	{ { 0x08, 0x00, 0x27, 0x12, 0x34, 0x58 }, 57, "ok \xe2\x80\xae" "elohw si gol", "", 50, 52,
	  2 },
	{ { 0xb8, 0x27, 0xeb, 0x01, 0x01, 0x01 }, 58, "kiosk", "", 5, 20, 4 },
};

/* What is hard to show. */
static const struct device named[] = {
	{ { 0x3c, 0x52, 0x82, 0x11, 0x22, 0x01 }, 60, "b\xc3\xbcro-gr\xc3\xb6\xc3\x9f" "e-m\xc3\xbcnchen",
	  "", 0, 61, 2 },
	{ { 0x3c, 0x52, 0x82, 0x11, 0x22, 0x02 }, 61,
	  "\xe6\xbc\xa2\xe5\xad\x97\xe3\x81\xae\xe9\x95\xb7\xe3\x81\x84\xe5\x90\x8d\xe5\x89\x8d"
	  "\xe3\x81\xae\xe9\x9b\xbb\xe5\xad\x90\xe8\xa8\x88\xe7\xae\x97\xe6\xa9\x9f", "", 0, 61, 2 },
	{ { 0x3c, 0x52, 0x82, 0x11, 0x22, 0x03 }, 62, "\xf0\x9f\x9a\x80 rocket \xf0\x9f\x92\xbb", "",
	  0, 61, 2 },
	{ { 0x3c, 0x52, 0x82, 0x11, 0x22, 0x04 }, 63,
	  "\xd9\x85\xd9\x83\xd8\xaa\xd8\xa8 \xd8\xa7\xd9\x84\xd8\xa7\xd8\xb3\xd8\xaa\xd9\x82"
	  "\xd8\xa8\xd8\xa7\xd9\x84-7", "", 0, 61, 2 },
	{ { 0x3c, 0x52, 0x82, 0x11, 0x22, 0x05 }, 64,
	  "pc-of-the-second-floor-behind-the-kitchen-next-to-the-printer-01", "", 0, 61, 2 },
	{ { 0x3c, 0x52, 0x82, 0x11, 0x22, 0x06 }, 65,
	  "ABCDEFGHIJKLMNOPQRSTUVWXYZABCDEFGHIJKLMNOPQRSTUVWXYZABCDEFGHIJKL", "", 0, 61, 2 },
};

/* 253 letters, in labels of 63 and less, with hyphens and without */
#define LABEL_WITH    "a-host-name-with-hyphens-in-it-that-is-as-long-as-a-label-can-b"
#define LABEL_WITHOUT "abcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyzabcdefghijk"
static const char *const long_hosts[4] = {
	LABEL_WITH "." LABEL_WITHOUT "." LABEL_WITH ".abcdefghijklmnopqrstuvwxyzabcdefghijklmnopq-geo"
		   ".kaspersky.com",
	"xn--bcher-kva.geo.kaspersky.com", LABEL_WITH ".ksn.kaspersky-labs.com",
	"ksn-a-stat-geo.kaspersky-labs.com",
};

static const struct {
	struct category category;
	const char     *pattern, *hosts[4];
	enum app        app;
} kinds[] = {
	{ { .id = "update", .title = "Kaspersky update", .signature_id = 1791001 },
	  "geo.kaspersky.com",
	  { "dnl-01.geo.kaspersky.com", "dnl-12.geo.kaspersky.com", "s00.geo.kaspersky.com",
	  "dnl-03.geo.kaspersky.com" }, APP_DNS },
	{ { .id = "ksn", .title = "Kaspersky Security Network", .signature_id = 1791003 },
	  "ksn.kaspersky-labs.com",
	  { "ksn-a-stat-geo.kaspersky-labs.com", "ksn-url-geo.kaspersky-labs.com",
	  "ksn-file-geo.kaspersky-labs.com",
	    "ksn-verdict-geo.kaspersky-labs.com" }, APP_TLS },
	{ { .id = "license", .title = "Kaspersky licence", .signature_id = 1791002 },
	  "activation-v2.kaspersky.com",
	  { "activation-v2.kaspersky.com", "activation-v2.kaspersky.com",
	  "activation-v2.kaspersky.com", "activation-v2.kaspersky.com" },
	  APP_QUIC },
	{ { .id = "distribution", .title = "Kaspersky downloads", .signature_id = 1791006 },
	  "kaspersky.com",
	  { "downloads.kaspersky.com", "www.kaspersky.com", "support.kaspersky.com",
	  "my.kaspersky.com" }, APP_HTTP },
};

static struct log l;
static uint32_t   dice = 1;
static uint64_t   num_records;
static bool       is_spoilt, is_changed, is_named;

static unsigned roll(unsigned sides)
{
	dice = dice * 1664525 + 1013904223;
	return (dice >> 8) % sides;
}

/* What the log holds goes out, so that it never fills. */
static void flush(void)
{
	for (size_t i = 0; i < l.num; i++, num_records++) {
		char *line = (char *)(uintptr_t)l.lines[i].at, *digit;

		if (is_spoilt && !is_changed && num_records > 700 &&
		    (digit = memmem(line, l.lines[i].len, "\"count\":1", 9)) != NULL) {
			digit[8]   = '2';
			is_changed = true;
		}
		if (!is_spoilt || num_records < 900 || num_records > 907)
			fwrite(line, 1, l.lines[i].len, stdout);
	}
	l.num  = 0;
	l.used = 0;
}

static void attempt(const struct device *d, unsigned kind, uint64_t count)
{
	struct record_context c = { .sensor = "gw1",
	                            .policy_digest = bytes_of(logs_policy, sizeof(logs_policy)) };
	struct event          e =
                log_event(&l, is_named ? long_hosts[roll(4)] : kinds[kind].hosts[roll(4)]);
	struct writer         w = log_line(&l);

	e.app                    = kinds[kind].app;
	e.client.at[3]           = d->address;
	e.decision.rule.category = &kinds[kind].category;
	e.decision.rule.pattern  = host_literal(kinds[kind].pattern);
	memcpy(e.mac, d->mac, sizeof(e.mac));
	if (d->agent[0] != '\0') {
		e.app                 = APP_HTTP;
		e.http.user_agent.len =
			(uint16_t)snprintf((char *)e.http.user_agent.text,
		                           sizeof(e.http.user_agent.text), "%s", d->agent);
	}
	c.name = bytes_text(d->name);
	record_open(&w, &e, &c);
	record_count(&w, count, e.time_us - 30 * LOGS_SECOND);
	record_close(&w, &l.chain);
	log_keep(&l, &w);
	l.attempts += count;
	flush();
}

static void beat(uint64_t unseen)
{
	struct control_heartbeat h = log_heartbeat_now(&l);
	struct writer            w = log_line(&l);

	h.every_s             = 3600;
	h.standing.unfiltered = unseen;
	control_heartbeat(&w, &l.control, &h);
	log_sign(&l, &w);
	flush();
}

static void hour(unsigned day, unsigned number)
{
	bool is_weekend = day % 7 == 2 || day % 7 == 3,
	     is_work    = number >= 8 && number < 18 && !is_weekend;

	for (size_t i = 0; i < (is_named ? COUNT(named) : COUNT(devices)); i++) {
		const struct device *d   = is_named ? &named[i] : &devices[i];
		unsigned             num = is_work ? d->an_hour : d->an_hour > 5 ? 1 : 0;

		if (day < d->from_day || day >= d->to_day || roll(3) == 0)
			continue;
		for (unsigned k = 0; k < num && k < 3; k++) {
			l.time_us += LOGS_SECOND * (1 + roll(60));
			attempt(d, roll(10) < 6 ? 0 : 1 + roll(3), k == 2 ? num - 2 : 1);
		}
	}
}

/* The functions of logs.h assert, which only a running test may. */
START_TEST(print)
{
	int64_t begin;

	log_begin(&l);
	ck_assert_int_eq(instant_parse(BYTES("2026-10-01T00:00:00Z"), &begin), PARSE_OK);
	l.time_us = begin;
	ck_assert_int_eq(instant_parse(BYTES("2026-11-10T05:00:00Z"), &l.cutoff_us), PARSE_OK);
	l.has_cutoff = is_named;
	log_start(&l, PREVIOUS_NEW, 0, 0);
	flush();
	for (unsigned i = 0; i < DAYS * 24; i++) {
		l.time_us = begin + i * HOUR + 60 * LOGS_SECOND;
		/* A restart in which nothing passed, another in which packets did. */
		if (i == 40 * 24 + 3 || i == 48 * 24 + 22) {
			log_stop(&l);
			l.time_us += i == 40 * 24 + 3 ? 36 * LOGS_SECOND : 41 * 60 * LOGS_SECOND;
			log_start(&l, PREVIOUS_CLEAN, i == 40 * 24 + 3 ? 0 : 12, 0);
			flush();
		}
		hour(i / 24, i % 24);
		l.time_us = begin + (i + 1) * HOUR;
		beat(0);
	}
	log_stop(&l);
	flush();
}
END_TEST

int main(int argc, char **argv)
{
	Suite   *s      = suite_create("log");
	TCase   *t      = tcase_create("log");
	SRunner *runner = srunner_create(s);
	int      failed;

	is_spoilt = argc > 1 && strcmp(argv[1], "spoilt") == 0;
	is_named  = argc > 1 && strcmp(argv[1], "names") == 0;
	suite_add_tcase(s, t);
	tcase_add_test(t, print);
	tcase_set_timeout(t, 60);
	srunner_set_fork_status(runner, CK_NOFORK);
	srunner_run_all(runner, CK_SILENT);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed;
}

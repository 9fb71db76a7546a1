/* SPDX-License-Identifier: MIT */

#include "daemon/feed.h"
#include "os/files.h"
#include "support/suite.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define NOW_US  INT64_C(1796029200000000)       /* 2026-11-30T09:00:00Z */
#define CAME_US (NOW_US - INT64_C(86400000000))
#define CAME    "2026-11-29T09:00:00Z"
#define FIFTY   "01234567890123456789012345678901234567890123456789"
#define LONGEST FIFTY FIFTY FIFTY FIFTY FIFTY FIFTY

static struct settings settings;
static struct feed     f;
static char            path[SETTINGS_TEXT_MAX + 16];

static void begin(void)
{
	char folder[] = "/tmp/filterd-feed-XXXXXX";

	ck_assert_ptr_nonnull(mkdtemp(folder));
	settings_default(&settings);
	snprintf(settings.keys, sizeof(settings.keys), "%s", folder);
	snprintf(path, sizeof(path), "%s/feed", folder);
	feed_open(&f, &settings);
	ck_assert_int_eq(f.is.result, FEED_NEVER);
}

static void end(void)
{
	unlink(path);
	rmdir(settings.keys);
}

static const struct {
	const char              *what, *words;
	enum parse               want;
	enum status_feed_result  result;
	int64_t                  came_us;
	const char              *text;
} rows[] = {
	{ "nothing",                   "",                              PARSE_BAD, 0, 0, "" },
	{ "a result alone",            "refused",                       PARSE_BAD, 0, 0, "" },
	{ "no text",                   "refused -",                     PARSE_BAD, 0, 0, "" },
	{ "an empty text",             "refused - ",                    PARSE_BAD, 0, 0, "" },
	{ "no result",                 "good - it came",                PARSE_BAD, 0, 0, "" },
	{ "no time",                   "same yesterday nothing new",    PARSE_BAD, 0, 0, "" },
	{ "a time before 1970",        "same 1969-12-31T00:00:00Z it",  PARSE_BAD, 0, 0, "" },
	{ "a text that moves a cursor", "refused - a\x1b[2J",           PARSE_BAD, 0, 0, "" },
	{ "a text with bytes above",   "refused - \xc3\xa9",            PARSE_BAD, 0, 0, "" },
	{ "a text one byte too long",  "refused - " LONGEST "0",        PARSE_BAD, 0, 0, "" },
	{ "off, and more",             "off now",                       PARSE_BAD, 0, 0, "" },
	{ "off",                       "off",                           PARSE_OK, FEED_NEVER, 0, "" },
	{ "refused",                   "refused - it is not signed",    PARSE_OK, FEED_REFUSED, 0,
	  "it is not signed" },
	{ "taken, and when",           "taken " CAME " serial 6",       PARSE_OK, FEED_TAKEN, CAME_US,
	  "serial 6" },
	{ "the same",                  "same " CAME " nothing new",     PARSE_OK, FEED_SAME, CAME_US,
	  "nothing new" },
	{ "stale",                     "stale " CAME " for 8 days",     PARSE_OK, FEED_STALE, CAME_US,
	  "for 8 days" },
	{ "unavailable, the longest",  "unavailable - " LONGEST,        PARSE_OK, FEED_UNAVAILABLE, 0,
	  LONGEST },
};

START_TEST(what_root_says_outlives_a_restart)
{
	ck_assert_msg(feed_take(&f, bytes_text(rows[_i].words), NOW_US) == rows[_i].want, "%s",
	              rows[_i].what);
	feed_open(&f, &settings);
	ck_assert_msg(f.is.result == rows[_i].result && f.is.came_us == rows[_i].came_us &&
	                      strcmp(f.is.text, rows[_i].text) == 0,
	              "%s: %d '%s'", rows[_i].what, f.is.result, f.is.text);
	ck_assert_int_eq(f.is.told_us, rows[_i].result != FEED_NEVER ? NOW_US : 0);
}
END_TEST

START_TEST(a_refusal_forgets_not_when_the_source_was_good)
{
	ck_assert_int_eq(feed_take(&f, BYTES("same - nothing new"), NOW_US), PARSE_OK);
	ck_assert_int_eq(feed_take(&f, BYTES("refused - it has shrunk"), NOW_US + 1000000), PARSE_OK);
	feed_open(&f, &settings);
	ck_assert_int_eq(f.is.good_us, NOW_US);
	ck_assert_int_eq(f.is.told_us, NOW_US + 1000000);
	ck_assert_int_eq(feed_take(&f, BYTES("off"), NOW_US), PARSE_OK);
	ck_assert_int_ne(access(path, F_OK), 0);
	ck_assert_int_eq(f.is.good_us, 0);
}
END_TEST

static const char *const unreadable[] = {
	"", "\n", "2026-11-30T09:00:00Z", "2026-11-30T09:00:00Z -\n", "- - -\n",
	"2026-11-30T09:00:00Z - good - it came\n", "now - same - nothing new\n",
	"2026-11-30T09:00:00Z now same - nothing new\n",
};

START_TEST(what_cannot_be_read_is_never)
{
	ck_assert_int_eq(files_replace(path, bytes_text(unreadable[_i]), 0600), 0);
	feed_open(&f, &settings);
	ck_assert_int_eq(f.is.result, FEED_NEVER);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("feed");
	TCase *t = tcase_create("feed");

	tcase_add_checked_fixture(t, begin, end);
	tcase_add_loop_test(t, what_root_says_outlives_a_restart, 0, COUNT(rows));
	tcase_add_test(t, a_refusal_forgets_not_when_the_source_was_good);
	tcase_add_loop_test(t, what_cannot_be_read_is_never, 0, COUNT(unreadable));
	suite_add_tcase(s, t);
	return suite_run(s);
}

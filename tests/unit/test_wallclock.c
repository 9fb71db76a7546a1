/* SPDX-License-Identifier: MIT */

/*
 * The floor of the clock, over its file: what a process knows of the time that the one before it
 * has seen. The clock is the machine's own; the file says what has been.
 */

#include "daemon/wallclock.h"

#include "base/instant.h"
#include "os/clock.h"
#include "os/files.h"
#include "support/suite.h"

#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#define SECOND_US INT64_C(1000000)
#define IN_2199   INT64_C(7226582400000000)

static char              path[96];
static struct settings   settings;
static struct wallclock *wallclock;
static struct clock_news news;

static void make_folder(void)
{
	char folder[] = "/tmp/test_wallclock.XXXXXX";

	ck_assert_ptr_nonnull(mkdtemp(folder));
	settings_default(&settings);
	snprintf(settings.keys, sizeof(settings.keys), "%s", folder);
	snprintf(path, sizeof(path), "%s/clock.floor", folder);
}

static void remove_folder(void)
{
	wallclock_close(wallclock);
	wallclock = NULL;
	unlink(path);
	ck_assert_int_eq(rmdir(settings.keys), 0);
}

static void open_after(const char *floor)
{
	if (floor != NULL)
		ck_assert_int_eq(files_replace(path, bytes_text(floor), 0600), 0);
	wallclock = wallclock_open(&settings);
	ck_assert_ptr_nonnull(wallclock);
}

static int64_t saved_us(void)
{
	struct bytes content;
	int64_t      us = 0;

	ck_assert_int_eq(files_read(path, &content), 0);
	ck_assert_int_eq(instant_parse(bytes_first(content, content.len - 1), &us), PARSE_OK);
	files_free(content);
	return us;
}

START_TEST(without_a_file_it_goes_by_when_filterd_was_built)
{
	open_after(NULL);
	ck_assert_int_ne(wallclock_trust(wallclock), TRUST_UNTRUSTED);
	ck_assert_int_gt(wallclock_known(wallclock), 0);
	ck_assert_int_le(wallclock_known(wallclock), clock_now_us());
	ck_assert_int_eq(wallclock_policy_time(wallclock, 5), 5);
	ck_assert_uint_gt(*wallclock_oldest(wallclock), 0);
	ck_assert(!wallclock_look(wallclock, &settings, &news));
}

START_TEST(a_clock_older_than_what_has_been_is_not_believed)
{
	open_after("2199-01-01T00:00:00Z\n");
	ck_assert_int_eq(wallclock_trust(wallclock), TRUST_UNTRUSTED);
	ck_assert_int_eq(wallclock_policy_time(wallclock, 5), INSTANT_UNKNOWN);
	ck_assert_int_eq(wallclock_known(wallclock), IN_2199);
	ck_assert_uint_gt(*wallclock_oldest(wallclock), (unsigned)(clock_now_us() / SECOND_US));
	/* nothing has changed since */
	ck_assert(!wallclock_look(wallclock, &settings, &news));
}

START_TEST(a_reload_that_says_so_makes_it_believed_and_one_that_takes_it_back_not)
{
	open_after("2199-01-01T00:00:00Z\n");
	settings.clock = CLOCK_BELIEVE;
	ck_assert(wallclock_look(wallclock, &settings, &news));
	ck_assert_str_eq(news.reason, "believed again");
	ck_assert_int_ne(news.trust, TRUST_UNTRUSTED);
	ck_assert_int_eq(wallclock_policy_time(wallclock, 5), 5);
	ck_assert_uint_eq(*wallclock_oldest(wallclock), 0);
	settings.clock = CLOCK_CHECK;
	ck_assert(wallclock_look(wallclock, &settings, &news));
	ck_assert_str_eq(news.reason, "older than 2199-01-01T00:00:00Z, a time already seen: the "
	                              "policy is enforced whatever its dates");
	ck_assert_int_eq(news.trust, TRUST_UNTRUSTED);
}

START_TEST(a_file_that_holds_no_time_is_as_none)
{
	static const char *const damaged[] = { "", "\n", "tomorrow\n", "2199-01-01T00:00:00Z" };

	open_after(damaged[_i]);
	ck_assert_int_ne(wallclock_trust(wallclock), TRUST_UNTRUSTED);
	ck_assert_int_lt(wallclock_known(wallclock), IN_2199);
}

START_TEST(the_end_leaves_what_the_next_process_goes_by_and_never_less)
{
	struct stat before, after;
	int64_t     known_us;

	open_after(NULL);
	known_us = wallclock_known(wallclock);
	wallclock_close(wallclock);
	ck_assert_int_eq(saved_us(), known_us);
	open_after("2199-01-01T00:00:00Z\n");
	ck_assert_int_eq(stat(path, &before), 0);
	wallclock_close(wallclock);
	wallclock = NULL;
	ck_assert_int_eq(saved_us(), IN_2199);
	/* flash wears: it is not written again */
	ck_assert_int_eq(stat(path, &after), 0);
	ck_assert_uint_eq(after.st_ino, before.st_ino);
}

int main(void)
{
	Suite *s = suite_create("wallclock");
	TCase *t = tcase_create("wallclock");

	tcase_add_checked_fixture(t, make_folder, remove_folder);
	tcase_add_test(t, without_a_file_it_goes_by_when_filterd_was_built);
	tcase_add_test(t, a_clock_older_than_what_has_been_is_not_believed);
	tcase_add_test(t, a_reload_that_says_so_makes_it_believed_and_one_that_takes_it_back_not);
	tcase_add_loop_test(t, a_file_that_holds_no_time_is_as_none, 0, 4);
	tcase_add_test(t, the_end_leaves_what_the_next_process_goes_by_and_never_less);
	suite_add_tcase(s, t);
	return suite_run(s);
}

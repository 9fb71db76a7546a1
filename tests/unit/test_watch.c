/* SPDX-License-Identifier: MIT */

#include "os/watch.h"
#include "support/suite.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static char          folder[] = "/tmp/watch-XXXXXX", path[64], other[64];
static struct watch *watch;

static void write_file(const char *name, const char *text)
{
	int fd = open(name, O_WRONLY | O_CREAT | O_TRUNC, 0644);

	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(write(fd, text, strlen(text)), (ssize_t)strlen(text));
	close(fd);
}

static void replace_file(const char *name, const char *text)
{
	char beside[80];

	snprintf(beside, sizeof(beside), "%s.new", name);
	write_file(beside, text);
	ck_assert_int_eq(rename(beside, name), 0);
}

static void add(const char *name)
{
	struct stat st;

	ck_assert(watch_add(watch, name, stat(name, &st) == 0 ? &st : NULL));
}

static void set_up(void)
{
	strcpy(folder + strlen(folder) - 6, "XXXXXX");
	ck_assert_ptr_nonnull(mkdtemp(folder));
	snprintf(path, sizeof(path), "%s/a", folder);
	snprintf(other, sizeof(other), "%s/b", folder);
	write_file(path, "one");
	write_file(other, "two");
	watch = watch_new();
	add(path);
	add(other);
}

static void tear_down(void)
{
	watch_free(watch);
	unlink(path);
	unlink(other);
	rmdir(folder);
}

START_TEST(what_stays_as_it_was_is_no_change)
{
	for (int i = 0; i < 10; i++)
		ck_assert(!watch_look(watch));
}

START_TEST(a_change_is_told_when_two_looks_have_seen_the_same)
{
	replace_file(other, "six");
	ck_assert(!watch_look(watch));
	ck_assert(watch_look(watch));
	ck_assert(watch_look(watch));           /* until it is read again */
}

START_TEST(a_file_that_is_written_in_place_is_left_to_be_finished)
{
	write_file(path, "o");
	ck_assert(!watch_look(watch));
	write_file(path, "one and more");
	ck_assert(!watch_look(watch));
	ck_assert(watch_look(watch));
}

START_TEST(who_never_ends_writing_is_read_at_the_fifth_look)
{
	char text[32] = "";

	for (int i = 1; i < 5; i++) {
		strcat(text, "more");
		write_file(path, text);
		ck_assert_msg(!watch_look(watch), "look %d", i);
	}
	strcat(text, "more");
	write_file(path, text);
	ck_assert(watch_look(watch));
}

START_TEST(a_file_that_goes_or_comes_has_changed)
{
	unlink(path);
	ck_assert(!watch_look(watch));
	ck_assert(watch_look(watch));
	watch_free(watch);
	watch = watch_new();
	add(path);
	ck_assert(!watch_look(watch));
	write_file(path, "one");
	ck_assert(!watch_look(watch));
	ck_assert(watch_look(watch));
}

START_TEST(another_file_of_that_name_is_a_change_whatever_is_in_it)
{
	replace_file(path, "one");
	ck_assert(!watch_look(watch));
	ck_assert(watch_look(watch));
}

START_TEST(its_paths_can_be_asked_for)
{
	ck_assert_str_eq(watch_path(watch, 0), path);
	ck_assert_str_eq(watch_path(watch, 1), other);
	ck_assert_ptr_null(watch_path(watch, 2));
	ck_assert(watch_add(NULL, path, NULL));
}

int main(void)
{
	Suite *s = suite_create("watch");
	TCase *t = tcase_create("watch");

	tcase_add_checked_fixture(t, set_up, tear_down);
	tcase_add_test(t, what_stays_as_it_was_is_no_change);
	tcase_add_test(t, a_change_is_told_when_two_looks_have_seen_the_same);
	tcase_add_test(t, a_file_that_is_written_in_place_is_left_to_be_finished);
	tcase_add_test(t, who_never_ends_writing_is_read_at_the_fifth_look);
	tcase_add_test(t, a_file_that_goes_or_comes_has_changed);
	tcase_add_test(t, another_file_of_that_name_is_a_change_whatever_is_in_it);
	tcase_add_test(t, its_paths_can_be_asked_for);
	suite_add_tcase(s, t);
	return suite_run(s);
}

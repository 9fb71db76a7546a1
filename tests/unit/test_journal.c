/* SPDX-License-Identifier: MIT */

#include "os/files.h"
#include "os/journal.h"
#include "support/suite.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

static char                        folder[] = "/tmp/filterd-journal-XXXXXX", path[64], moved[64];
static struct journal             *journal;
static const struct record_context context = { .sensor = "s" };
static struct event                event;

static void open_journal(void)
{
	memcpy(folder + sizeof(folder) - 7, "XXXXXX", 6);
	ck_assert_ptr_nonnull(mkdtemp(folder));
	snprintf(path, sizeof(path), "%s/audit", folder);
	snprintf(moved, sizeof(moved), "%s/audit.1", folder);
	event = (struct event){ .type = EVENT_PASS, .client.family = 4, .server.family = 4 };
	ck_assert_int_eq(host_from_text(BYTES("a.com"), &event.host), PARSE_OK);
	ck_assert_int_eq(journal_open(path, &journal), 0);
}

static void close_journal(void)
{
	journal_close(journal);
	unlink(path);
	unlink(moved);
	rmdir(folder);
}

static size_t lines_of(const char *name)
{
	struct bytes content;
	size_t       num = 0;

	if (files_read(name, &content) != 0)
		return 0;
	for (size_t i = 0; i < content.len; i++)
		num += content.at[i] == '\n';
	files_free(content);
	return num;
}

START_TEST(a_second_writer_is_refused)
{
	struct journal *second;

	ck_assert_int_eq(journal_open(path, &second), -EWOULDBLOCK);
}

START_TEST(a_folder_that_is_missing_is_an_error)
{
	struct journal *other;

	ck_assert_int_eq(journal_open("/nowhere/audit", &other), -ENOENT);
}

START_TEST(records_are_in_the_file_when_append_returns)
{
	struct stat st;

	ck_assert_int_eq(journal_append(journal, &event, &context), 0);
	ck_assert_int_eq(journal_append(journal, &event, &context), 0);
	ck_assert_uint_eq(lines_of(path), 2);
	ck_assert_uint_eq(journal_appended(journal), 2);
	ck_assert_int_eq(stat(path, &st), 0);
	ck_assert_uint_eq(st.st_mode & 07777, 0640);
}

/* A limit on the file's size stands for the full disk: the kernel takes a part of the line. */
START_TEST(a_line_that_does_not_fit_leaves_nothing_behind)
{
	struct rlimit limit, full;
	struct stat   before, after;
	int           error;

	signal(SIGXFSZ, SIG_IGN);
	ck_assert_int_eq(journal_append(journal, &event, &context), 0);
	ck_assert_int_eq(stat(path, &before), 0);
	getrlimit(RLIMIT_FSIZE, &limit);
	full          = limit;
	full.rlim_cur = (rlim_t)before.st_size + 10;
	/* Nothing is asserted in between: Check writes files of its own. */
	setrlimit(RLIMIT_FSIZE, &full);
	error = journal_append(journal, &event, &context);
	setrlimit(RLIMIT_FSIZE, &limit);
	ck_assert_int_eq(error, -ENOSPC);
	ck_assert_int_eq(stat(path, &after), 0);
	ck_assert_int_eq(after.st_size, before.st_size);
	ck_assert_uint_eq(journal_failed(journal), 1);
	ck_assert_int_eq(journal_append(journal, &event, &context), 0);
	ck_assert_uint_eq(lines_of(path), 2);
}

START_TEST(after_rotation_records_go_to_the_new_file)
{
	ck_assert_int_eq(journal_append(journal, &event, &context), 0);
	ck_assert_int_eq(rename(path, moved), 0);
	ck_assert_int_eq(journal_reopen(journal), 0);
	ck_assert_int_eq(journal_append(journal, &event, &context), 0);
	ck_assert_uint_eq(lines_of(moved), 1);
	ck_assert_uint_eq(lines_of(path), 1);
}

int main(void)
{
	Suite *s = suite_create("journal");
	TCase *t = tcase_create("journal");

	tcase_add_checked_fixture(t, open_journal, close_journal);
	tcase_add_test(t, a_second_writer_is_refused);
	tcase_add_test(t, a_folder_that_is_missing_is_an_error);
	tcase_add_test(t, records_are_in_the_file_when_append_returns);
	tcase_add_test(t, a_line_that_does_not_fit_leaves_nothing_behind);
	tcase_add_test(t, after_rotation_records_go_to_the_new_file);
	suite_add_tcase(s, t);
	return suite_run(s);
}

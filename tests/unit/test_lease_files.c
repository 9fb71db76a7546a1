/* SPDX-License-Identifier: MIT */

#include "os/clock.h"
#include "os/lease_files.h"
#include "support/suite.h"

#include <fcntl.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define LATER INT64_C(4102444800000000) /* 2100: nothing changed a moment ago */
#define MAC   "3c:52:82:11:22:33"
#define KEA   "address,hwaddr,client_id,valid_lifetime,expire,subnet_id,fqdn_fwd,fqdn_rev,hostname,state,user_context\n"

static char                folder[32], path[64], said[64];
static struct lease_files *files;

static void set_up(void)
{
	snprintf(folder, sizeof(folder), "/tmp/filterd-leases-XXXXXX");
	ck_assert_ptr_nonnull(mkdtemp(folder));
	ck_assert_int_eq(chmod(folder, 0755), 0);
	snprintf(path, sizeof(path), "%s/leases", folder);
	snprintf(said, sizeof(said), "%s/said", folder);
	ck_assert_ptr_nonnull(freopen(said, "w", stderr));
	files = lease_files_open(path, "nobody", 7);
	ck_assert_ptr_nonnull(files);
}

static void tear_down(void)
{
	char command[64];

	lease_files_close(files);
	snprintf(command, sizeof(command), "rm -r %s", folder);
	ck_assert_int_eq(system(command), 0);
}

static void put(const char *where, const char *text)
{
	FILE *file = fopen(where, "w");

	ck_assert_ptr_nonnull(file);
	fputs(text, file);
	ck_assert_int_eq(fclose(file), 0);
}

static void put_lease(const char *where, const char *name)
{
	char line[128];

	snprintf(line, sizeof(line), "1795442709 " MAC " 192.0.2.50 %s *\n", name);
	put(where, line);
}

/* What the one device is called after a look; NULL if nothing was read. */
static const char *look_at(int64_t now_us)
{
	static char    name[LEASE_NAME_MAX + 1];
	struct leases *l       = lease_files_look(files, now_us);
	struct address address = { .family = 4 };
	struct bytes   found;
	uint8_t        mac[MAC_BYTES];

	if (l == NULL)
		return NULL;
	ck_assert_int_eq(mac_from_text(BYTES(MAC), mac), PARSE_OK);
	found = leases_find(l, mac, &address);
	snprintf(name, sizeof(name), "%.*s", (int)found.len,
	         found.len > 0 ? (const char *)found.at : "");
	leases_free(l);
	return name;
}

static const char *look(void)
{
	return look_at(LATER);
}

static size_t num_said(const char *text)
{
	FILE  *file = fopen(said, "r");
	char   line[1024];
	size_t num = 0;

	fflush(stderr);
	while (fgets(line, sizeof(line), file) != NULL)
		num += strstr(line, text) != NULL;
	fclose(file);
	return num;
}

START_TEST(a_file_is_read_when_it_has_changed)
{
	put_lease(path, "old");
	ck_assert_str_eq(look(), "old");
	ck_assert_ptr_null(look());
	put_lease(path, "longer");
	ck_assert_str_eq(look(), "longer");
	ck_assert_ptr_null(look());
}

START_TEST(a_file_put_in_its_place_is_read)
{
	char other[64];

	snprintf(other, sizeof(other), "%s/other", folder);
	put_lease(path, "old");
	put_lease(other, "new");
	ck_assert_str_eq(look(), "old");
	ck_assert_int_eq(rename(other, path), 0);
	ck_assert_str_eq(look(), "new");
}

/* Its next change may bear the same time and have the same length. */
START_TEST(a_file_that_changed_a_moment_ago_is_read_once_more)
{
	put_lease(path, "old");
	ck_assert_str_eq(look_at(clock_now_us()), "old");
	ck_assert_str_eq(look_at(clock_now_us()), "old");
	ck_assert_str_eq(look(), "old");
	ck_assert_ptr_null(look());
}

START_TEST(a_file_that_is_missing_is_told_once_and_read_when_it_comes)
{
	ck_assert_str_eq(look(), "");
	ck_assert_ptr_null(look());
	ck_assert_uint_eq(num_said("No such file"), 1);
	put_lease(path, "new");
	ck_assert_str_eq(look(), "new");
	ck_assert_int_eq(unlink(path), 0);
	ck_assert_str_eq(look(), "");
	ck_assert_ptr_null(look());
	ck_assert_uint_eq(num_said("No such file"), 2);
}

START_TEST(a_file_that_may_not_be_read_is_told_once_with_the_remedy)
{
	const struct passwd *nobody = getpwnam("nobody");

	if (geteuid() != 0 || nobody == NULL)
		return;
	put_lease(path, "secret");
	ck_assert_int_eq(chmod(path, 0600), 0);
	ck_assert_int_eq(seteuid(nobody->pw_uid), 0);
	ck_assert_str_eq(look(), "");
	ck_assert_ptr_null(look());
	ck_assert_uint_eq(num_said("setfacl -m u:nobody:x"), 1);
	ck_assert_int_eq(seteuid(0), 0);
	ck_assert_int_eq(chmod(path, 0644), 0);
	ck_assert_int_eq(seteuid(nobody->pw_uid), 0);
	ck_assert_str_eq(look(), "secret");
	ck_assert_int_eq(seteuid(0), 0);
}

static void make_pipe(void)
{
	ck_assert_int_eq(mkfifo(path, 0644), 0);
}

static void make_folder(void)
{
	ck_assert_int_eq(mkdir(path, 0755), 0);
}

static void make_long(void)
{
	put_lease(path, "first");
	ck_assert_int_eq(truncate(path, LEASE_FILE_MAX + 1), 0);
}

static const struct { void (*make)(void); const char *says; } unfit[] = {
	{ make_pipe, "no regular file" }, { make_folder, "no regular file" }, { make_long,
	  "longer than 8 MiB" },
};

START_TEST(what_is_no_fit_file_is_told_once_and_holds_nothing_up)
{
	unfit[_i].make();
	ck_assert_str_eq(look(), "");
	ck_assert_ptr_null(look());
	ck_assert_uint_eq(num_said(unfit[_i].says), 1);
}

START_TEST(the_files_that_kea_moves_aside_are_read_first)
{
	char csv[80], aside[96];

	snprintf(csv, sizeof(csv), "%s/kea-leases4.csv", folder);
	lease_files_close(files);
	files = lease_files_open(csv, "nobody", 7);
	put(csv, KEA);
	ck_assert_str_eq(look(), "");
	snprintf(aside, sizeof(aside), "%s.2", csv);
	put(aside, KEA "192.0.2.50," MAC ",,3600,1795442709,1,0,0,tidied,0,\n");
	ck_assert_str_eq(look(), "tidied");
	snprintf(aside, sizeof(aside), "%s.1", csv);
	put(aside, KEA "192.0.2.50," MAC ",,3600,1795442709,1,0,0,moved,0,\n");
	ck_assert_str_eq(look(), "moved");
	put(csv, KEA "192.0.2.50," MAC ",,3600,1795442709,1,0,0,newest,0,\n");
	ck_assert_str_eq(look(), "newest");
	ck_assert_uint_eq(num_said("leases"), 0);
}

START_TEST(without_files_nothing_is_read_or_said)
{
	lease_files_close(files);
	files = lease_files_open("", "nobody", 7);
	ck_assert_str_eq(look(), "");
	ck_assert_ptr_null(look());
	ck_assert_uint_eq(num_said("leases"), 0);
}

int main(void)
{
	Suite *s = suite_create("lease_files");
	TCase *t = tcase_create("lease_files");

	tcase_add_checked_fixture(t, set_up, tear_down);
	tcase_add_test(t, a_file_is_read_when_it_has_changed);
	tcase_add_test(t, a_file_put_in_its_place_is_read);
	tcase_add_test(t, a_file_that_changed_a_moment_ago_is_read_once_more);
	tcase_add_test(t, a_file_that_is_missing_is_told_once_and_read_when_it_comes);
	tcase_add_test(t, a_file_that_may_not_be_read_is_told_once_with_the_remedy);
	tcase_add_loop_test(t, what_is_no_fit_file_is_told_once_and_holds_nothing_up, 0,
	                    COUNT(unfit));
	tcase_add_test(t, the_files_that_kea_moves_aside_are_read_first);
	tcase_add_test(t, without_files_nothing_is_read_or_said);
	suite_add_tcase(s, t);
	return suite_run(s);
}

/* SPDX-License-Identifier: MIT */

/* The copy of the last good configuration: what it gives back, and what it does not believe. */

#include "os/last_good.h"

#include "os/files.h"
#include "support/suite.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define CONF   "[policy]\nmode = observe\nfiles = p\n[queue]\nworkers = 3\n"
#define POLICY "[policy]\nid = p\n[category c]\naction = block\nnames = l\n"
#define NOBODY 65534

static char             folder[64], copy_path[96], started_path[96], conf_path[96];
static struct last_good copy;

static void put(const char *name, const char *text)
{
	char path[128];

	snprintf(path, sizeof(path), "%s/%s", folder, name);
	ck_assert_int_eq(files_replace(path, bytes_text(text), 0600), 0);
}

static void begin(void)
{
	snprintf(folder, sizeof(folder), "/tmp/test_last_good.XXXXXX");
	ck_assert_ptr_nonnull(mkdtemp(folder));
	snprintf(copy_path, sizeof(copy_path), "%s/last-good", folder);
	snprintf(started_path, sizeof(started_path), "%s/started.conf", folder);
	snprintf(conf_path, sizeof(conf_path), "%s/f.conf", folder);
	put("f.conf", CONF);
	put("p", POLICY);
	put("l", "a.example\nb.example\nc.example\nd.example\n");
}

static void end(void)
{
	char command[96];

	snprintf(command, sizeof(command), "rm -r %s", folder);
	ck_assert_int_eq(system(command), 0);
}

/* Loads what is on disk, and keeps it; or the error. */
static int load_and_keep(void)
{
	struct settings   s;
	struct problem    problem = { "" };
	struct policy    *policy;
	struct lists_seen lists;
	struct file_set   read = { .num = 0 };
	int               error;

	ck_assert_msg(files_load_settings(conf_path, &s, &problem) == 0, "%s", problem.text);
	ck_assert_msg(files_load_policy_into(&s, conf_path, &read, NULL, &policy, &problem) == 0, "%s",
	              problem.text);
	ck_assert_int_eq(last_good_see(policy, &read, &lists), 0);
	error = last_good_write(folder, conf_path, CONF, &read, &lists);
	lists_seen_free(&lists);
	policy_free(policy);
	file_set_clear(&read);
	return error;
}

static int read_copy(void)
{
	int error = last_good_read(folder, LAST_GOOD_START, &copy);

	if (error == 0)
		last_good_free(&copy);
	return error;
}

START_TEST(what_was_kept_is_read_back_and_loads)
{
	struct problem problem = { "" };
	struct policy *policy;
	char           list[96];

	ck_assert_int_eq(last_good_read(folder, LAST_GOOD_START, &copy), -ENOENT);
	ck_assert_int_eq(load_and_keep(), 0);
	put("l", "broken list\n");
	unlink(conf_path);
	ck_assert_int_eq(last_good_read(folder, LAST_GOOD_START, &copy), 0);
	ck_assert_int_eq(copy.settings.mode, MODE_OBSERVE);
	ck_assert_int_gt(copy.saved_us, 0);
	ck_assert_str_eq(copy.files.files[0].path, conf_path);
	ck_assert(bytes_equal(copy.files.files[0].content, BYTES(CONF)));
	ck_assert_msg(files_load_policy_into(&copy.settings, conf_path, &copy.files, NULL, &policy,
	                                     &problem) == 0,
	              "%s", problem.text);
	ck_assert_uint_eq(policy_num_rules(policy), 4);
	policy_free(policy);
	ck_assert_uint_eq(copy.lists.num, 2);
	snprintf(list, sizeof(list), "%s/l", folder);
	ck_assert_str_eq(copy.lists.lists[1].file, list);
	ck_assert_uint_eq(copy.lists.lists[1].names, 4);
	ck_assert(copy.lists.lists[1].has_end);
	last_good_free(&copy);
}

START_TEST(what_has_not_changed_is_not_written_again)
{
	struct stat before, after;

	ck_assert_int_eq(load_and_keep(), 0);
	ck_assert_int_eq(stat(copy_path, &before), 0);
	ck_assert_int_eq(load_and_keep(), 0);
	ck_assert_int_eq(stat(copy_path, &after), 0);
	ck_assert_uint_eq(after.st_ino, before.st_ino);
	ck_assert_uint_eq(after.st_mode & 0777, 0600);
	put("l", "a.example\nb.example\nc.example\n");
	ck_assert_int_eq(load_and_keep(), 0);
	ck_assert_int_eq(stat(copy_path, &after), 0);
	ck_assert_uint_ne(after.st_ino, before.st_ino);
}

/* Any byte, and any length. */
START_TEST(a_copy_that_is_damaged_is_none)
{
	struct bytes content;
	uint8_t     *damaged;

	ck_assert_int_eq(load_and_keep(), 0);
	ck_assert_int_eq(files_read(copy_path, &content), 0);
	damaged = malloc(content.len);
	ck_assert_ptr_nonnull(damaged);
	for (size_t i = 0; i < content.len; i++) {
		memcpy(damaged, content.at, content.len);
		damaged[i] ^= 1;
		ck_assert_int_eq(files_swap(copy_path, bytes_of(damaged, content.len), 0600), 0);
		ck_assert_int_eq(read_copy(), -EBADMSG);
		ck_assert_int_eq(files_swap(copy_path, bytes_first(content, i), 0600), 0);
		ck_assert_int_eq(read_copy(), -EBADMSG);
	}
	free(damaged);
	files_free(content);
}

/* Where filterd was started by root, the copy is of the user that it became. */
START_TEST(root_takes_from_a_copy_of_another_user_what_that_user_may_decide)
{
	if (geteuid() != 0)
		return;
	ck_assert_int_eq(load_and_keep(), 0);
	ck_assert_int_eq(chown(copy_path, NOBODY, NOBODY), 0);
	ck_assert_int_eq(read_copy(), -ENOENT);
	/* To make rules by it is another thing. */
	ck_assert_int_eq(last_good_read(folder, LAST_GOOD_LOOK, &copy), 0);
	ck_assert_uint_eq(copy.settings.workers, 3);
	last_good_free(&copy);
	ck_assert_int_eq(last_good_note_start(folder, "[daemon]\nuser = nobody\n[queue]\nworkers = 2\n"),
	                 0);
	ck_assert_int_eq(last_good_read(folder, LAST_GOOD_START, &copy), 0);
	ck_assert_int_eq(copy.settings.mode, MODE_OBSERVE);
	ck_assert_uint_eq(copy.settings.workers, 2);
	ck_assert_str_eq(copy.settings.user, "nobody");
	last_good_free(&copy);
	/* Nor does it believe one that the user made, or made lead elsewhere. */
	ck_assert_int_eq(chown(started_path, NOBODY, NOBODY), 0);
	ck_assert_int_eq(read_copy(), -EPERM);
	ck_assert_int_eq(unlink(started_path), 0);
	ck_assert_int_eq(link(conf_path, started_path), 0);
	ck_assert_int_eq(read_copy(), -EPERM);
}

static const struct { const char *list; uint32_t most; const char *says; } lost[] = {
	{ "a.example\nb.example\n", 50, "" },
	{ "a.example\n", 50, "/l' has 1 names, and had 4 when it last loaded; expected all of it" },
	{ "a.example\n", 75, "" },
	{ "", 50, "/l' has 0 names, and had 4 " },
	{ "# nothing\n", 99, "/l' has 0 names, and had 4 " },
	{ "a.example\nb.example\nc.example\n", 0, "/l' has 3 names, and had 4 " },
	{ "", 100, "" },
	{ "a.example\nb.example\nc.example\nd.exam", 50, "/l' is cut off within its last line" },
	{ "a.example\nb.example\nc.example\nd.exam", 100, "" },
	{ "a.example\nb.example\ne.example\nf.example\ng.example\n", 0, "" },
};

START_TEST(a_list_that_lost_too_much_since_is_told)
{
	struct settings s;
	struct problem  problem = { "" };
	struct policy  *policy  = NULL;
	int             error;

	ck_assert_int_eq(load_and_keep(), 0);
	put("l", lost[_i].list);
	ck_assert_int_eq(files_load_settings(conf_path, &s, &problem), 0);
	snprintf(s.keys, sizeof(s.keys), "%s", folder);
	s.max_shrink = lost[_i].most;
	error = last_good_policy(&s, conf_path, &policy, &problem);
	ck_assert_int_eq(error, lost[_i].says[0] != '\0' ? -EBADMSG : 0);
	ck_assert_msg(strstr(problem.text, lost[_i].says) != NULL, "%s", problem.text);
	if (lost[_i].says[0] == '\0')
		ck_assert_str_eq(problem.text, "");
	policy_free(policy);
}

/* Between two categories: all that follows is gone, and nothing is wrong. */
START_TEST(a_policy_file_that_lost_categories_is_told)
{
	struct settings s;
	struct problem  problem = { "" };
	struct policy  *policy;

	put("p", POLICY "[category d]\naction = block\nnames = m\n");
	put("m", "e.example\nf.example\ng.example\nh.example\ni.example\n");
	ck_assert_int_eq(load_and_keep(), 0);
	put("p", POLICY);
	ck_assert_int_eq(files_load_settings(conf_path, &s, &problem), 0);
	snprintf(s.keys, sizeof(s.keys), "%s", folder);
	ck_assert_int_eq(last_good_policy(&s, conf_path, &policy, &problem), -EBADMSG);
	ck_assert_msg(strstr(problem.text, "/p' has 4 names, and had 9 ") != NULL, "%s", problem.text);
}

/* A list that never had a newline at its end is as its owner writes it. */
START_TEST(a_list_without_its_last_newline_is_good_if_it_was_before)
{
	struct settings s;
	struct problem  problem = { "" };
	struct policy  *policy;

	put("l", "a.example\nb.example");
	ck_assert_int_eq(load_and_keep(), 0);
	put("l", "a.example\nc.example");
	ck_assert_int_eq(files_load_settings(conf_path, &s, &problem), 0);
	snprintf(s.keys, sizeof(s.keys), "%s", folder);
	ck_assert_int_eq(last_good_policy(&s, conf_path, &policy, &problem), 0);
	policy_free(policy);
}

/* What leads elsewhere in the folder of another user is not written to. */
START_TEST(a_link_in_its_place_is_replaced_and_not_followed)
{
	char         beside[112];
	struct bytes content;

	snprintf(beside, sizeof(beside), "%s.tmp", copy_path);
	ck_assert_int_eq(symlink(conf_path, beside), 0);
	ck_assert_int_eq(load_and_keep(), 0);
	ck_assert_int_eq(files_read(conf_path, &content), 0);
	ck_assert(bytes_equal(content, BYTES(CONF)));
	files_free(content);
}

static const struct { const char *text; uint32_t workers; const char *keys; } salvaged[] = {
	{ CONF, 3, "/var/lib/filterd" },
	{ "[queue]\nworkers = 3\n[policy]\nmode = enfroce\n[audit]\nkeys = /k\n", 3, "/k" },
	{ "[queue]\nworkers = 3x\nno pair\n[audit\nkeys = /k\n[audit]\nkeys = /l\n", 1, "/l" },
	{ "[queue]\nworkers = 3\nworkers = 4\n[nothing]\na = b\n", 3, "/var/lib/filterd" },
	{ "", 1, "/var/lib/filterd" },
};

START_TEST(of_a_wrong_configuration_what_can_be_read_is_known)
{
	struct settings s;
	char            text[1024];

	put("f.conf", salvaged[_i].text);
	files_salvage_settings(conf_path, &s);
	ck_assert_uint_eq(s.workers, salvaged[_i].workers);
	ck_assert_str_eq(s.keys, salvaged[_i].keys);
	/* A line that is too long, anywhere, is one that cannot be read. */
	snprintf(text, sizeof(text), "# %0300d\n%s", 1, salvaged[_i].text);
	put("f.conf", text);
	files_salvage_settings(conf_path, &s);
	ck_assert_uint_eq(s.workers, salvaged[_i].workers);
	ck_assert_str_eq(s.keys, salvaged[_i].keys);
	ck_assert_int_eq(s.mode, strcmp(salvaged[_i].text, CONF) == 0 ? MODE_OBSERVE : MODE_ENFORCE);
}

int main(void)
{
	Suite *s = suite_create("last good");
	TCase *t = tcase_create("last good");

	tcase_add_checked_fixture(t, begin, end);
	tcase_add_test(t, what_was_kept_is_read_back_and_loads);
	tcase_add_test(t, what_has_not_changed_is_not_written_again);
	tcase_add_test(t, a_copy_that_is_damaged_is_none);
	tcase_add_test(t, root_takes_from_a_copy_of_another_user_what_that_user_may_decide);
	tcase_add_loop_test(t, a_list_that_lost_too_much_since_is_told, 0, (int)COUNT(lost));
	tcase_add_test(t, a_policy_file_that_lost_categories_is_told);
	tcase_add_test(t, a_list_without_its_last_newline_is_good_if_it_was_before);
	tcase_add_test(t, a_link_in_its_place_is_replaced_and_not_followed);
	tcase_add_loop_test(t, of_a_wrong_configuration_what_can_be_read_is_known, 0,
	                    (int)COUNT(salvaged));
	suite_add_tcase(s, t);
	return suite_run(s);
}

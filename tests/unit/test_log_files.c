/* SPDX-License-Identifier: MIT */

#include "os/files.h"
#include "log/reader.h"
#include "support/logs.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>
#include <zlib.h>

static struct log        l;
static char              folder[32];
static struct log_reader reader;
static struct problem    problem;
/* numbers of the lines in the order in which they came; what was not a record */
static char              said[4096];

static void set_up(void)
{
	snprintf(folder, sizeof(folder), "/tmp/filterd-log-XXXXXX");
	ck_assert_ptr_nonnull(mkdtemp(folder));
	log_begin(&l);
	log_start(&l, PREVIOUS_NEW, 0, 0);
	log_run(&l, 1);
	log_stop(&l);
	ck_assert_uint_eq(l.num, 8);
	reader          = (struct log_reader){ 0 };
	problem.text[0] = '\0';
}

static void tear_down(void)
{
	char command[64];

	log_reader_close(&reader);
	snprintf(command, sizeof(command), "rm -r %s", folder);
	ck_assert_int_eq(system(command), 0);
}

static const char *path(const char *name)
{
	static char paths[4][64];
	static int  next;
	char       *p = paths[next++ % 4];

	snprintf(p, sizeof(paths[0]), "%s/%s", folder, name);
	return p;
}

static void put(const char *name, struct bytes what)
{
	FILE *f = fopen(path(name), "a");

	ck_assert_ptr_nonnull(f);
	ck_assert_uint_eq(fwrite(what.at, 1, what.len, f), what.len);
	ck_assert_int_eq(fclose(f), 0);
}

static void put_lines(const char *name, size_t from, size_t to)
{
	for (size_t i = from; i <= to; i++)
		put(name, l.lines[i]);
}

static void put_compressed(const char *name, size_t from, size_t to)
{
	gzFile f = gzopen(path(name), "wb");

	ck_assert_ptr_nonnull(f);
	for (size_t i = from; i <= to; i++)
		ck_assert_int_eq(gzwrite(f, l.lines[i].at, (unsigned)l.lines[i].len),
		                 (int)l.lines[i].len);
	ck_assert_int_eq(gzclose(f), Z_OK);
}

static void say(const char *format, unsigned long long number)
{
	size_t len = strlen(said);

	snprintf(said + len, sizeof(said) - len, format, number);
}

static void say_line(struct bytes text)
{
	struct line_end end;

	if (line_end_read(text, &end) == PARSE_OK)
		say(" %llu", end.seq);
	else
		say(" text:%llu", text.len);
	ck_assert_uint_eq(text.at[text.len], '\n');
}

static void say_piece(const struct piece *p)
{
	switch (p->kind) {
	case PIECE_LINE: say_line(p->line); break;
	case PIECE_PART: say(" part:%llu", p->line.len); break;
	case PIECE_LONG: say(" broken:%llu", p->num); break;
	case PIECE_KEY:  say(" key", 0); break;
	case PIECE_UNREAD:
		say(strstr(p->why, "too early") != NULL ? " early"
		    : strstr(p->why, "damaged") != NULL ? " damaged"
		                                        : " unread",
		    0);
		break;
	case PIECE_RIVAL:
		say(" rival:%llu", p->from);
		if (p->to != p->from)
			say("-%llu", p->to);
		break;
	}
}

static void read_files(void)
{
	struct piece piece;

	said[0] = '\0';
	while (log_files_next(reader.files, &piece))
		say_piece(&piece);
}

/* Gateway by gateway, log by log. */
static void read_collected(void)
{
	struct piece piece;
	size_t       before = 0;

	while (log_collect_all(&reader, &piece)) {
		if (piece.why != NULL)
			say_piece(&piece);
	}
	while (log_next_log(&reader)) {
		if (log_collected_num(reader.collected) > 1 && reader.num_gateways != before)
			say(" gateway", 0);
		before = reader.num_gateways;
		while (log_next(&reader, &piece))
			say_piece(&piece);
	}
	ck_assert_int_eq(reader.error, 0);
	if (log_collected_num_strange(reader.collected) > 0)
		say(" strange:%llu", log_collected_num_strange(reader.collected));
}

static int open_log(const char *const *paths, size_t num)
{
	log_reader_close(&reader);
	return log_reader_open(&reader, paths, num, false, &problem);
}

static const char *read_all(bool collected, const char *const *paths, size_t num)
{
	said[0] = '\0';
	log_reader_close(&reader);
	ck_assert_msg(log_reader_open(&reader, paths, num, collected, &problem) == 0, "%s",
	              problem.text);
	if (collected)
		read_collected();
	else
		read_files();
	return said;
}

static const char *read_folder(bool collected)
{
	const char *const paths[] = { folder };

	return read_all(collected, paths, 1);
}

START_TEST(what_is_not_there_is_named)
{
	const char *const paths[] = { path("none.jsonl") };

	ck_assert_int_eq(open_log(paths, 1), -ENOENT);
	ck_assert_ptr_nonnull(strstr(problem.text, "none.jsonl: No such file"));
}

START_TEST(a_folder_without_a_log_is_named)
{
	const char *const paths[] = { folder };

	put("notes.txt", BYTES("x"));
	ck_assert_int_eq(open_log(paths, 1), -ENOENT);
	ck_assert_ptr_nonnull(strstr(problem.text, "no audit log in this folder"));
}

/*
 * In somebody else's folder a pipe that nobody writes to, or a device without an end, would be read
 * for ever.
 */
START_TEST(a_pipe_or_a_device_in_a_folder_is_refused_by_name)
{
	const char *const paths[] = { folder };

	put_lines("a.jsonl", 0, 7);
	ck_assert_int_eq(mkfifo(path("\x1b[2J.jsonl"), 0600), 0);
	ck_assert_int_eq(open_log(paths, 1), -EINVAL);
	ck_assert_ptr_nonnull(strstr(problem.text, "/\\u{1b}[2J.jsonl: it is no file"));
	ck_assert_int_eq(unlink(path("\x1b[2J.jsonl")), 0);
	ck_assert_int_eq(symlink("/dev/zero", path("zero.jsonl")), 0);
	ck_assert_int_eq(open_log(paths, 1), -EINVAL);
	ck_assert_ptr_nonnull(strstr(problem.text, "zero.jsonl: it is no file"));
}

/* As a shell's <(zcat ...) is. It can be read but once. */
START_TEST(a_pipe_that_is_named_is_read_from_its_beginning)
{
	const char       *pipe    = path("pipe");
	const char *const paths[] = { pipe };
	pid_t             writer;
	int               status;

	ck_assert_int_eq(mkfifo(pipe, 0600), 0);
	writer = fork();
	ck_assert_int_ge(writer, 0);
	if (writer == 0) {
		put_lines("pipe", 0, 0);
		_exit(0);
	}
	ck_assert_str_eq(read_all(false, paths, 1), " 0");
	ck_assert_int_eq(waitpid(writer, &status, 0), writer);
	ck_assert_int_eq(status, 0);
}

START_TEST(files_are_read_by_number_whatever_their_names)
{
	put_lines("z.jsonl", 0, 2);
	put_lines("a.jsonl", 3, 5);
	put_lines("m.jsonl", 6, 7);
	ck_assert_str_eq(read_folder(false), " 0 1 2 3 4 5 6 7");
}

START_TEST(a_compressed_file_is_read_as_it_is)
{
	put_compressed("a.jsonl.gz", 0, 4);
	put_lines("b.jsonl", 5, 7);
	ck_assert_str_eq(read_folder(false), " 0 1 2 3 4 5 6 7");
}

START_TEST(an_open_file_with_nothing_in_it_yet_is_no_harm)
{
	put_lines("b.jsonl", 0, 1);
	put("a.jsonl", BYTES(""));
	ck_assert_str_eq(read_folder(false), " 0 1");
}

START_TEST(a_rotation_on_the_way_takes_nothing_away)
{
	const char *const paths[] = { folder };

	put_lines("a-0-1.jsonl", 0, 1);
	put_lines("a-2-3.jsonl", 2, 3);
	put_lines("a.jsonl", 4, 7);
	ck_assert_int_eq(open_log(paths, 1), 0);
	ck_assert_int_eq(rename(path("a.jsonl"), path("a-4-7.jsonl")), 0);
	put_lines("a.jsonl", 0, 0);
	ck_assert_int_eq(unlink(path("a-0-1.jsonl")), 0);
	ck_assert_int_eq(rename(path("a-2-3.jsonl"), path("a-2-3.jsonl.gz")), 0);
	read_files();
	ck_assert_str_eq(said, " 0 1 2 3 4 5 6 7");
}

/* The open file is closed, and there is another; and all as it was before. */
static void rotate_and_back(bool oldest_too)
{
	if (oldest_too)
		rename(path("a-0-3.jsonl"), path("c-0-3.jsonl"));
	rename(path("b.jsonl"), path("a-4-7.jsonl"));
	put("new", BYTES(""));
	rename(path("new"), path("b.jsonl"));
	usleep(50);
	rename(path("a-4-7.jsonl"), path("b.jsonl"));
	if (oldest_too)
		rename(path("c-0-3.jsonl"), path("a-0-3.jsonl"));
	usleep(50);
}

/*
 * Each time it is listed, the newest file may just have got another name, and another its own; the
 * oldest, too.
 */
START_TEST(a_folder_that_changes_while_it_is_listed_is_listed_again)
{
	const char *const paths[] = { folder };
	size_t            num     = 0;
	int               left    = 1, status;
	pid_t             child;

	put_lines("a-0-3.jsonl", 0, 3);
	put_lines("b.jsonl", 4, 7);
	child = fork();
	ck_assert_int_ge(child, 0);
	for (int i = 0; child == 0 && i < 800; i++)
		rotate_and_back(i >= 600);
	if (child == 0)
		_exit(0);
	while (left != child) {
		int error;

		left    = waitpid(child, &status, WNOHANG);
		said[0] = '\0';
		error   = open_log(paths, 1);
		/* On a busy machine it may give up, and say so: nothing is read then. */
		if (error == -EAGAIN)
			continue;
		ck_assert_msg(error == 0, "%s", problem.text);
		read_files();
		ck_assert_str_eq(said, " 0 1 2 3 4 5 6 7");
		num++;
	}
	ck_assert_uint_gt(num, 0);
}

START_TEST(a_link_that_leads_nowhere_is_refused_by_name)
{
	const char *const paths[] = { folder };

	ck_assert_int_eq(symlink("/nonexistent", path("a.jsonl")), 0);
	ck_assert_int_eq(open_log(paths, 1), -EINVAL);
	ck_assert_ptr_nonnull(strstr(problem.text, "a.jsonl: it is a link that leads nowhere"));
}

/*
 * More files than descriptors: those that cannot be held are opened when they are due, if they are
 * the same still.
 */
START_TEST(more_files_than_can_be_open_are_read_all_the_same)
{
	const struct rlimit few = { 66, 66 };
	const char *const   paths[] = { folder };
	char                name[16];

	for (unsigned i = 0; i < 8; i++) {
		snprintf(name, sizeof(name), "%u.jsonl", i);
		put_lines(name, i, i);
	}
	setrlimit(RLIMIT_NOFILE, &few);
	ck_assert_str_eq(read_folder(false), " 0 1 2 3 4 5 6 7");
	ck_assert_int_eq(open_log(paths, 1), 0);
	for (unsigned i = 0; i < 8; i++) {
		snprintf(name, sizeof(name), "%u.jsonl", i);
		ck_assert_int_eq(unlink(path(name)), 0);
	}
	read_files();
	ck_assert_uint_eq(strlen(said), 2 * 2 + 6 * strlen(" unread"));
}

START_TEST(half_a_line_is_given_as_such)
{
	put_lines("a.jsonl", 0, 1);
	put("a.jsonl", BYTES("{\"timestamp\""));
	ck_assert_str_eq(read_folder(false), " 0 1 part:12");
}

START_TEST(a_line_that_is_too_long_is_passed_over_and_counted)
{
	static uint8_t much[3 << 20];

	memset(much, 'x', sizeof(much));
	put_lines("a.jsonl", 0, 0);
	put("a.jsonl", bytes_of(much, sizeof(much)));
	put("a.jsonl", BYTES("\n"));
	put_lines("a.jsonl", 1, 1);
	put("a.jsonl", bytes_of(much, LOG_LINE_MAX + 1));
	ck_assert_str_eq(read_folder(false), " 0 broken:3145729 1 broken:65537");
}

START_TEST(the_longest_line_is_given)
{
	static uint8_t much[LOG_LINE_MAX];

	memset(much, 'x', sizeof(much));
	put("a.jsonl", bytes_of(much, sizeof(much)));
	put("a.jsonl", BYTES("\n"));
	ck_assert_str_eq(read_folder(false), " text:65536");
}

START_TEST(compressed_data_that_was_cut_or_changed_is_told)
{
	uint8_t content[8192];
	FILE   *f;
	size_t  len;

	put_compressed("a.jsonl.gz", 0, 7);
	f = fopen(path("a.jsonl.gz"), "rb");
	len = fread(content, 1, sizeof(content), f);
	fclose(f);
	unlink(path("a.jsonl.gz"));
	put("a.jsonl.gz", bytes_of(content, len / 2));
	read_folder(false);
	ck_assert_msg(strstr(said, " early") != NULL, "%s", said);
	unlink(path("a.jsonl.gz"));
	content[len / 2] ^= 0xff;
	put("a.jsonl.gz", bytes_of(content, len));
	read_folder(false);
	ck_assert_msg(strstr(said, " damaged") != NULL || strstr(said, " early") != NULL, "%s",
	              said);
}

START_TEST(a_collection_is_sorted_and_each_line_given_once)
{
	put_lines("a.jsonl", 4, 6);
	put_lines("a.jsonl", 0, 3);
	put_lines("b.jsonl", 2, 7);
	ck_assert_str_eq(read_folder(true), " 0 1 2 3 4 5 6 7");
}

/* One copy was made while filterd wrote the line, another after that. */
START_TEST(a_line_that_one_copy_has_in_part_is_given_whole)
{
	put_lines("a.jsonl", 0, 2);
	put("a.jsonl", bytes_first(l.lines[3], 100));
	put_lines("b.jsonl", 3, 7);
	ck_assert_str_eq(read_folder(true), " 0 1 2 3 4 5 6 7");
}

START_TEST(half_a_line_that_no_copy_has_whole_is_not_hidden)
{
	put_lines("a.jsonl", 0, 2);
	put("a.jsonl", bytes_first(l.lines[4], 300));
	put_lines("b.jsonl", 3, 7);
	ck_assert_str_eq(read_folder(true), " 0 1 2 part:300 3 4 5 6 7");
}

START_TEST(another_record_of_the_same_number_is_not_hidden)
{
	static uint8_t other[2048];

	memcpy(other, l.lines[3].at, l.lines[3].len);
	other[20] ^= 1;
	put_lines("a.jsonl", 0, 7);
	put("b.jsonl", bytes_of(other, l.lines[3].len));
	ck_assert_str_eq(read_folder(true), " 0 1 2 3 4 5 6 7 rival:3");
}

START_TEST(a_collection_is_found_in_whatever_folders_and_names)
{
	ck_assert_int_eq(mkdir(path("gw1"), 0700), 0);
	ck_assert_int_eq(mkdir(path("gw1/lost-1"), 0700), 0);
	put_lines("gw1/lost-1/audit.jsonl.1", 0, 1);
	put_compressed("gw1/audit.jsonl-20261123.gz", 2, 3);
	put_lines("gw1/.audit.jsonl.Xw3b", 4, 4);
	put_lines("gw1/notes.txt", 4, 4);
	put_lines("gw1/audit.keys", 0, 0);
	ck_assert_int_eq(symlink("..", path("gw1/up")), 0);
	ck_assert_str_eq(read_folder(true), " key 0 1 2 3");
}

/*
 * rsyslog can write all gateways into one file; what stands between them belongs to the one before.
 */
START_TEST(gateways_in_one_file_are_told_apart)
{
	static struct log other;

	log_begin(&other);
	other.control.sensor = "gw0";
	log_start(&other, PREVIOUS_NEW, 0, 0);
	log_beat(&other);
	put("a.jsonl", BYTES("before\n"));
	put_lines("a.jsonl", 0, 1);
	put("a.jsonl", other.lines[1]);
	put_lines("a.jsonl", 2, 2);
	put("a.jsonl", BYTES("x\n"));
	put("a.jsonl", other.lines[0]);
	ck_assert_str_eq(read_folder(true), " gateway 0 1 gateway 0 1 2 text:1 strange:1");
}

/* More than the buffer holds, in turns: each gateway's come out whole, and in order. */
START_TEST(many_gateways_take_turns)
{
	static uint8_t       room[64 << 10];
	static char          wanted[32];
	struct piece         piece;
	const char *const    paths[] = { folder };
	FILE                *f = fopen(path("all.jsonl"), "wb");

	for (unsigned round = 0; round < 200; round++) {
		for (unsigned gateway = 0; gateway < 10; gateway++) {
			int len = snprintf((char *)room, sizeof(room),
			                   "{\"timestamp\":\"2026-11-01T00:00:00.%06u+0000\","
			                   "\"pad\":\"%*s\",\"host\":\"g%u\","
			                   "\"filterd\":{\"seq\":%u,\"prev\":\"%064u\"}}\n",
			                   round, 16000, "", gateway, 199 - round, 0);

			fwrite(room, 1, (size_t)len, f);
		}
	}
	fclose(f);
	ck_assert_int_eq(log_reader_open(&reader, paths, 1, true, &problem), 0);
	while (log_collect_all(&reader, &piece))
		;
	ck_assert_int_eq(reader.error, 0);
	ck_assert_uint_eq(log_collected_num(reader.collected), 10);
	for (size_t i = 0; i < 10; i++) {
		struct copies copies;

		snprintf(wanted, sizeof(wanted), "g%zu", i);
		ck_assert_int_eq(log_collected_newest(reader.collected, i) % 1000000, 199);
		log_collected_open(reader.collected, i, &copies);
		ck_assert_uint_eq(copies.num, 200);
		for (unsigned k = 0; k < 200; k++) {
			struct bytes found = copies_line(&copies, &copies.list[k]);

			ck_assert_uint_eq(copies.list[k].seq, k);
			ck_assert(bytes_equal(copies_sensor(found), bytes_text(wanted)));
		}
	}
}

START_TEST(keys_are_found_beside_the_log)
{
	put_lines("a.jsonl", 0, 0);
	read_folder(false);
	ck_assert_str_eq(reader.files->keys, "");
	put_lines("audit.keys", 0, 0);
	read_folder(false);
	ck_assert_str_eq(reader.files->keys, path("audit.keys"));
	ck_assert_uint_eq(reader.files->num, 1);
}

/* As audit.keys or audit.acks could be, in a folder that somebody else made. */
START_TEST(a_pipe_is_no_file_to_be_read_whole)
{
	struct bytes content;

	ck_assert_int_eq(mkfifo(path("pipe"), 0600), 0);
	ck_assert_int_eq(files_read(path("pipe"), &content), -EINVAL);
}

START_TEST(a_pipe_in_the_place_of_the_keys_is_none)
{
	put_lines("a.jsonl", 0, 0);
	ck_assert_int_eq(mkfifo(path("audit.keys"), 0600), 0);
	read_folder(false);
	ck_assert_str_eq(reader.files->keys, "");
}

/* Records 0 to 2, 3 and 4, 5 to 7, and a file that begins with none. */
static const struct { const char *wanted, *read; } parts[] = {
	{ "0-",  " 0 1 2 3 4 5 6 7 text:8" },
	{ "2",   " 0 1 2 text:8" },
	{ "3",   " 3 4 text:8" },
	{ "4-5", " 3 4 5 6 7 text:8" },
	{ "0,7", " 0 1 2 5 6 7 text:8" },
	{ "99",  " 5 6 7 text:8" },
};

START_TEST(only_files_that_can_hold_what_is_wanted_are_read)
{
	const char *const paths[] = { folder };
	struct ranges     wanted;

	put_lines("c.jsonl", 0, 2);
	put_compressed("a.jsonl.gz", 3, 4);
	put_lines("b.jsonl", 5, 7);
	put("z.jsonl", BYTES("nothing!\n"));
	said[0] = '\0';
	ck_assert_int_eq(ranges_parse(bytes_text(parts[_i].wanted), &wanted), PARSE_OK);
	ck_assert_int_eq(open_log(paths, 1), 0);
	log_files_keep(reader.files, &wanted);
	read_files();
	ck_assert_str_eq(said, parts[_i].read);
	ck_assert_str_eq(reader.files->list[reader.files->next - 1].path, path("z.jsonl"));
	ck_assert_uint_eq(reader.files->line, 1);
}

int main(void)
{
	Suite *s = suite_create("log files");
	TCase *t = tcase_create("log files");

	tcase_set_timeout(t, 60);
	tcase_add_checked_fixture(t, set_up, tear_down);
	tcase_add_test(t, what_is_not_there_is_named);
	tcase_add_test(t, a_folder_without_a_log_is_named);
	tcase_add_test(t, a_pipe_or_a_device_in_a_folder_is_refused_by_name);
	tcase_add_test(t, a_pipe_that_is_named_is_read_from_its_beginning);
	tcase_add_test(t, files_are_read_by_number_whatever_their_names);
	tcase_add_test(t, a_compressed_file_is_read_as_it_is);
	tcase_add_test(t, an_open_file_with_nothing_in_it_yet_is_no_harm);
	tcase_add_test(t, a_rotation_on_the_way_takes_nothing_away);
	tcase_add_test(t, a_folder_that_changes_while_it_is_listed_is_listed_again);
	tcase_add_test(t, a_link_that_leads_nowhere_is_refused_by_name);
	tcase_add_test(t, more_files_than_can_be_open_are_read_all_the_same);
	tcase_add_test(t, half_a_line_is_given_as_such);
	tcase_add_test(t, a_line_that_is_too_long_is_passed_over_and_counted);
	tcase_add_test(t, the_longest_line_is_given);
	tcase_add_test(t, compressed_data_that_was_cut_or_changed_is_told);
	tcase_add_test(t, a_collection_is_sorted_and_each_line_given_once);
	tcase_add_test(t, a_line_that_one_copy_has_in_part_is_given_whole);
	tcase_add_test(t, half_a_line_that_no_copy_has_whole_is_not_hidden);
	tcase_add_test(t, another_record_of_the_same_number_is_not_hidden);
	tcase_add_loop_test(t, only_files_that_can_hold_what_is_wanted_are_read, 0, COUNT(parts));
	tcase_add_test(t, a_collection_is_found_in_whatever_folders_and_names);
	tcase_add_test(t, gateways_in_one_file_are_told_apart);
	tcase_add_test(t, many_gateways_take_turns);
	tcase_add_test(t, keys_are_found_beside_the_log);
	tcase_add_test(t, a_pipe_is_no_file_to_be_read_whole);
	tcase_add_test(t, a_pipe_in_the_place_of_the_keys_is_none);
	suite_add_tcase(s, t);
	return suite_run(s);
}

/* SPDX-License-Identifier: MIT */

#include "log/lines.h"
#include "support/suite.h"

#include <errno.h>
#include <fcntl.h>
#include <openssl/evp.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

static char    folder[64], path[128];
static uint8_t room[LOG_LINE_MAX];
static size_t  len;

static void set_up(void)
{
	snprintf(folder, sizeof(folder), "/tmp/filterd-lines-XXXXXX");
	ck_assert_ptr_nonnull(mkdtemp(folder));
	snprintf(path, sizeof(path), "%s/a.jsonl", folder);
}

static void tear_down(void)
{
	unlink(path);
	rmdir(folder);
}

/* So many lines of ten bytes, then tail. zlib writes both kinds. */
static void put(bool compressed, unsigned lines, const char *tail)
{
	gzFile file = gzopen(path, compressed ? "wb" : "wbT");

	for (unsigned i = 0; i < lines; i++)
		gzprintf(file, "%09u\n", i);
	gzputs(file, tail);
	ck_assert_int_eq(gzclose(file), Z_OK);
}

static void hash_of_disk(uint8_t hash[LINES_HASH])
{
	static uint8_t content[1 << 20];
	FILE          *file = fopen(path, "rb");
	size_t         got  = fread(content, 1, sizeof(content), file);

	fclose(file);
	ck_assert_uint_lt(got, sizeof(content));
	ck_assert_int_eq(EVP_Digest(content, got, hash, NULL, EVP_sha256(), NULL), 1);
}

static bool read_and_hash(bool beside, uint8_t hash[LINES_HASH])
{
	struct lines *l;
	struct piece  piece;
	bool          known;

	ck_assert_int_eq(lines_open(open(path, O_RDONLY), &l), 0);
	lines_want_hash(l, beside);
	while (lines_next(l, &piece))
		;
	known = lines_hash(l, hash);
	lines_close(l);
	return known;
}

START_TEST(hash_is_that_of_the_file_on_disk)
{
	uint8_t wanted[LINES_HASH], got[LINES_HASH];

	put(_i % 2 == 1, 30000, "torn");
	hash_of_disk(wanted);
	ck_assert(read_and_hash(_i / 2 == 1, got));
	ck_assert_mem_eq(got, wanted, LINES_HASH);
}
END_TEST

/* What could not be decompressed is still the file that was given. */
START_TEST(damaged_file_is_hashed_as_it_lies_on_disk)
{
	uint8_t wanted[LINES_HASH], got[LINES_HASH];

	put(true, 30000, "");
	ck_assert_int_eq(truncate(path, 3000), 0);
	hash_of_disk(wanted);
	ck_assert(read_and_hash(true, got));
	ck_assert_mem_eq(got, wanted, LINES_HASH);
}
END_TEST

/* filterd goes on writing while its log is read: what was read is what is hashed. */
START_TEST(line_that_is_written_meanwhile_is_hashed_too)
{
	uint8_t       wanted[LINES_HASH], got[LINES_HASH];
	struct lines *l;
	struct piece  piece;
	FILE         *file;

	put(false, 3, "");
	ck_assert_int_eq(lines_open(open(path, O_RDONLY), &l), 0);
	lines_want_hash(l, true);
	ck_assert(lines_next(l, &piece));
	file = fopen(path, "a");
	fputs("another\n", file);
	fclose(file);
	while (lines_next(l, &piece))
		;
	hash_of_disk(wanted);
	ck_assert(lines_hash(l, got));
	ck_assert_mem_eq(got, wanted, LINES_HASH);
	lines_close(l);
}
END_TEST

/* As filterctl audit list -f reads it. */
START_TEST(half_a_line_of_a_file_that_grows_waits_for_its_rest)
{
	struct lines *l;
	struct piece  piece;
	FILE         *file;

	put(false, 1, "half");
	ck_assert_int_eq(lines_open(open(path, O_RDONLY), &l), 0);
	l->grows = true;
	ck_assert(lines_next(l, &piece));
	ck_assert(!lines_next(l, &piece));
	ck_assert_uint_eq(l->end - l->begin, 4);
	file = fopen(path, "a");
	fputs(" a line\n", file);
	fclose(file);
	ck_assert(lines_next(l, &piece));
	ck_assert(bytes_equal(piece.line, BYTES("half a line")));
	ck_assert(!lines_next(l, &piece));
	lines_close(l);
}
END_TEST

START_TEST(no_more_is_read_than_was_asked_for)
{
	struct lines *l;
	struct piece  piece;

	put(false, 3, "");
	ck_assert_int_eq(lines_open(open(path, O_RDONLY), &l), 0);
	l->left = 14;
	ck_assert(lines_next(l, &piece) && piece.kind == PIECE_LINE);
	ck_assert(lines_next(l, &piece) && piece.kind == PIECE_PART);
	ck_assert_uint_eq(piece.line.len, 4);
	ck_assert(!lines_next(l, &piece));
	lines_close(l);
}
END_TEST

START_TEST(text_before_the_damage_is_given)
{
	struct lines *l;
	struct piece  piece;
	unsigned      num = 0;

	put(true, 30000, "");
	ck_assert_int_eq(truncate(path, 30000), 0);
	ck_assert_int_eq(lines_open(open(path, O_RDONLY), &l), 0);
	while (lines_next(l, &piece) && piece.kind == PIECE_LINE)
		num++;
	ck_assert_uint_gt(num, 1000);
	ck_assert_int_eq(piece.kind, PIECE_UNREAD);
	ck_assert_int_eq(l->error, -ENODATA);
	ck_assert_str_eq(piece.why, "the compressed data ends too early");
	ck_assert(!lines_next(l, &piece));
	lines_close(l);
}
END_TEST

static const struct { const char *what; unsigned lines; const char *tail, *want; } last[] = {
	{ "one line",                0,      "a\n",                 "a" },
	{ "many",                    30000,  "",                    "000029999" },
	{ "more than the buffer",    100000, "",                    "000099999" },
	{ "torn line behind it",     30000,  "half a li",           "000029999" },
	{ "empty last line",         2,      "\n",                  "" },
	{ "no whole line",           0,      "half a li",           NULL },
	{ "nothing",                 0,      "",                    NULL },
};

START_TEST(last_whole_line)
{
	for (int compressed = 0; compressed < 2; compressed++) {
		bool found;

		put(compressed, last[_i].lines, last[_i].tail);
		found = lines_last(open(path, O_RDONLY), room, &len);
		ck_assert_int_eq(found, last[_i].want != NULL);
		if (!found)
			continue;
		ck_assert_uint_eq(len, strlen(last[_i].want));
		ck_assert_mem_eq(room, last[_i].want, len);
	}
}
END_TEST

START_TEST(line_that_is_too_long_is_none)
{
	static char tail[300000];

	memset(tail, 'x', sizeof(tail) - 2);
	tail[sizeof(tail) - 2] = '\n';
	for (int compressed = 0; compressed < 2; compressed++) {
		put(compressed, 3, tail);
		ck_assert(!lines_last(open(path, O_RDONLY), room, &len));
	}
	ck_assert(!lines_last(open("/nonexistent", O_RDONLY), room, &len));
}
END_TEST

int main(void)
{
	Suite *s = suite_create("lines");
	TCase *t = tcase_create("lines");

	suite_add_tcase(s, t);
	tcase_add_checked_fixture(t, set_up, tear_down);
	tcase_add_loop_test(t, hash_is_that_of_the_file_on_disk, 0, 4);
	tcase_add_test(t, damaged_file_is_hashed_as_it_lies_on_disk);
	tcase_add_test(t, line_that_is_written_meanwhile_is_hashed_too);
	tcase_add_test(t, half_a_line_of_a_file_that_grows_waits_for_its_rest);
	tcase_add_test(t, no_more_is_read_than_was_asked_for);
	tcase_add_test(t, text_before_the_damage_is_given);
	tcase_add_loop_test(t, last_whole_line, 0, COUNT(last));
	tcase_add_test(t, line_that_is_too_long_is_none);
	return suite_run(s);
}

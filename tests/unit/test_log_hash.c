/* SPDX-License-Identifier: MIT */

#include "os/log_files.h"
#include "os/log_hash.h"
#include "support/suite.h"

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
	snprintf(folder, sizeof(folder), "/tmp/filterd-log-hash-XXXXXX");
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

static void hash_of_disk(uint8_t hash[LOG_HASH])
{
	static uint8_t content[1 << 20];
	FILE          *file = fopen(path, "rb");
	size_t         got  = fread(content, 1, sizeof(content), file);

	fclose(file);
	ck_assert_uint_lt(got, sizeof(content));
	ck_assert_int_eq(EVP_Digest(content, got, hash, NULL, EVP_sha256(), NULL), 1);
}

static void no_line(void *owner, struct bytes line, bool has_newline)
{
	(void)owner; (void)line; (void)has_newline;
}

static void no_broken(void *owner, uint64_t bytes)
{
	(void)owner; (void)bytes;
}

static void no_unread(void *owner, const char *file, const char *why)
{
	(void)owner; (void)file; (void)why;
}

static bool read_and_hash(bool want, uint8_t hash[LOG_HASH])
{
	static const struct log_sink sink  = { .line = no_line, .broken = no_broken,
	                                       .unread = no_unread };
	const char *const            paths[] = { path };
	struct problem               problem;
	struct log_files            *f;
	bool                         known;

	ck_assert_int_eq(log_files_open(paths, 1, false, &f, &problem), 0);
	if (want)
		log_files_want_hashes(f);
	log_files_read(f, &sink);
	known = log_files_hash(f, 0, hash);
	log_files_close(f);
	return known;
}

START_TEST(hash_is_that_of_the_file_on_disk)
{
	uint8_t wanted[LOG_HASH], got[LOG_HASH];

	put(_i == 1, 30000, "torn");
	hash_of_disk(wanted);
	ck_assert(read_and_hash(true, got));
	ck_assert_mem_eq(got, wanted, LOG_HASH);
}
END_TEST

START_TEST(nobody_asked_for_hashes)
{
	uint8_t got[LOG_HASH];

	put(false, 10, "");
	ck_assert(!read_and_hash(false, got));
}
END_TEST

/* What could not be decompressed is still the file that was given. */
START_TEST(damaged_file_is_hashed_as_it_lies_on_disk)
{
	uint8_t wanted[LOG_HASH], got[LOG_HASH];

	put(true, 30000, "");
	ck_assert_int_eq(truncate(path, 3000), 0);
	hash_of_disk(wanted);
	ck_assert(read_and_hash(true, got));
	ck_assert_mem_eq(got, wanted, LOG_HASH);
}
END_TEST

START_TEST(no_hash_of_what_cannot_be_read)
{
	uint8_t got[LOG_HASH];

	ck_assert(!log_hash_file(path, got));
	ck_assert(!log_hash_file(folder, got));
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
		found = log_last_line(path, room, sizeof(room), &len);
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
		ck_assert(!log_last_line(path, room, sizeof(room), &len));
	}
	ck_assert(!log_last_line("/nonexistent", room, sizeof(room), &len));
}
END_TEST

int main(void)
{
	Suite *s = suite_create("log_hash");
	TCase *t = tcase_create("log_hash");

	suite_add_tcase(s, t);
	tcase_add_checked_fixture(t, set_up, tear_down);
	tcase_add_loop_test(t, hash_is_that_of_the_file_on_disk, 0, 2);
	tcase_add_test(t, nobody_asked_for_hashes);
	tcase_add_test(t, damaged_file_is_hashed_as_it_lies_on_disk);
	tcase_add_test(t, no_hash_of_what_cannot_be_read);
	tcase_add_loop_test(t, last_whole_line, 0, COUNT(last));
	tcase_add_test(t, line_that_is_too_long_is_none);
	return suite_run(s);
}

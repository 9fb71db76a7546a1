/* SPDX-License-Identifier: MIT */

/*
 * What is deleted of a log, and what filterd signs about it; built twice, the second time as a
 * program without zlib.
 */

#include "journal/journal.h"
#include "journal/segments.h"
#include "os/files.h"
#include "log/files.h"
#include "review/verify.h"
#include "support/suite.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#ifndef HAS_ZLIB
#define HAS_ZLIB 1
#endif

#define DAY  INT64_C(86400000000)
#define NOON (20000 * DAY + DAY / 2)

#define FIRST_FILE  "audit-000000000000-000000000002.jsonl"
#define SECOND_FILE "audit-000000000003-000000000004.jsonl"
#define THIRD_FILE  "audit-000000000005-000000000006.jsonl"
#define WIDE_FILE   "audit-000000000000-000000000009.jsonl"

static char                        folder[32], path[64], keys[64], flash[64];
static struct journal             *journal;
static const struct record_context context = { .sensor = "s" };
static const uint8_t               seed[NOTE_KEY] = { 7 }, digest[32] = { 1 };
static struct journal_options      options;
static struct problem              problem;

static void run(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* A command in the log's folder. */
static void run(const char *format, ...)
{
	char    text[512], command[640];
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(text, sizeof(text), format, arguments);
	va_end(arguments);
	snprintf(command, sizeof(command), "cd %s && { %s; }", folder, text);
	ck_assert_msg(system(command) == 0, "%s", command);
}

static void path_in_folder(const char *name, char out[160])
{
	snprintf(out, 160, "%s/%.120s", folder, name);
}

static bool is_there(const char *name)
{
	char file[160];

	path_in_folder(name, file);
	return access(file, F_OK) == 0;
}

static void begin(int64_t now_us)
{
	struct control_start s = { .standing = { .policy_digest = bytes_of(digest, 32) },
	                           .version = "1", .boot = "b" };

	ck_assert_msg(journal_open(&options, &journal, &problem) == 0, "%s", problem.text);
	ck_assert_int_eq(journal_start(journal, now_us, &s), 0);
}

/* As a power cut would end it. */
static void die(void)
{
	journal_close(journal);
	journal = NULL;
}

static void append(const char *host, int64_t time_us)
{
	static const struct category category = { .id = "c", .title = "C",
	                                          .signature_id = 1791001 };
	struct event                 e = { .type = EVENT_BLOCK, .time_us = time_us,
	                                   .client.family = 4, .server.family = 4 };

	e.decision.has_rule      = true;
	e.decision.rule.category = &category;
	e.decision.rule.pattern  = host_literal("a.com");
	ck_assert_int_eq(host_from_text(bytes_text(host), &e.host), PARSE_OK);
	ck_assert_int_eq(journal_append(journal, &e, &context), 0);
}

static void heartbeat(int64_t now_us)
{
	struct control_heartbeat h = { .standing.policy_digest = bytes_of(digest, 32) };

	ck_assert_int_eq(journal_heartbeat(journal, now_us, &h), 0);
}

/* One attempt more, and the file is closed. */
static void close_file(const char *host, int64_t now_us)
{
	append(host, now_us);
	ck_assert_int_eq(journal_rotate(journal, now_us), 0);
}

/* Three closed files, of records 0 to 2, 3 and 4, 5 and 6, and an open one. */
static void set_up(void)
{
	snprintf(folder, sizeof(folder), "/tmp/filterd-prune-XXXXXX");
	ck_assert_ptr_nonnull(mkdtemp(folder));
	snprintf(path, sizeof(path), "%s/audit.jsonl", folder);
	snprintf(keys, sizeof(keys), "%s/keys", folder);
	snprintf(flash, sizeof(flash), "%s/flash", folder);
	ck_assert_int_eq(mkdir(keys, 0700), 0);
	ck_assert_int_eq(mkdir(flash, 0700), 0);
	options = (struct journal_options){ .path = path, .keys = keys, .sensor = "s",
	                                    .segment_bytes = 1 << 20, .num_repeats = 64,
	                                    .window_us = 60000000, .seed = seed, .days = 30 };
	begin(NOON);
	close_file("a.com", NOON);
	close_file("b.com", NOON + 1);
	close_file("c.com", NOON + 2);
}

static void tear_down(void)
{
	if (journal != NULL)
		die();
	run("cd / && rm -r %s", folder);
}

/*
 * So many days after noon: the open file is closed, and old ones go, if their time on disk is old,
 * too.
 */
static void day(int64_t days)
{
	append("d.com", NOON + days * DAY);
	journal_tick(journal, NOON + days * DAY);
}

static void make_old(const char *pattern)
{
	run("touch -d @%lld -- %s", (long long)(NOON / 1000000), pattern);
}

/* How often a text stands in the log. */
static size_t num_of(const char *text)
{
	char    name[160];
	size_t  num = 0;

	run("cat audit*.jsonl >all");
	path_in_folder("all", name);
	{
		struct bytes content;

		ck_assert_int_eq(files_read(name, &content), 0);
		for (const char *at = (const char *)content.at; (at = strstr(at, text)) != NULL;
		     at++)
			num++;
		files_free(content);
	}
	return num;
}

/* How often the log says that these records were deleted. */
static size_t num_pruned(uint64_t first, uint64_t last)
{
	char text[128];

	snprintf(text, sizeof(text),
	         "\"first\":%llu,\"last\":%llu,\"sha256\":", (unsigned long long)first,
	         (unsigned long long)last);
	return num_of(text);
}

static size_t num_prunes(void)
{
	return num_of("\"type\":\"prune\"");
}

/* What filterctl audit verify finds in the files that are there; verify_free(). */
static struct verify *verify_log(void)
{
	const char       *own[] = { folder };
	struct piece      piece;
	struct entry      e;
	struct log_files *files;
	struct note_key   key;
	struct verify    *v;
	struct bytes      content, left;
	char              name[160];

	path_in_folder("keys/audit.vkey", name);
	ck_assert_int_eq(files_read(name, &content), 0);
	ck_assert_int_eq(note_key_parse(bytes_first(content, content.len - 1), &key), PARSE_OK);
	files_free(content);
	v = verify_new(&key, NULL);
	ck_assert_msg(log_files_open(own, 1, false, &files, &problem) == 0, "%s", problem.text);
	path_in_folder("audit.keys", name);
	ck_assert_int_eq(files_read(name, &content), 0);
	for (left = content; left.len > 0;)
		seals_known(&v->seals, bytes_cut_line(&left));
	files_free(content);
	while (log_files_next(files, &piece)) {
		ck_assert_int_ne(piece.kind, PIECE_UNREAD);
		verify_piece(v, &piece, &e);
	}
	verify_end(v, INT64_MAX);
	log_files_close(files);
	return v;
}

static bool verify_finds(enum finding_kind kind, uint64_t first, uint64_t last)
{
	struct verify *v     = verify_log();
	bool           found = false;

	for (size_t i = 0; i < v->findings.num; i++) {
		const struct finding *f = &v->findings.list[i];

		found |= f->kind == kind && f->from == first && f->to == last;
	}
	verify_free(v);
	return found;
}

START_TEST(old_files_go_each_with_a_record_of_what_was_in_it)
{
	make_old("audit-*");
	day(29);
	ck_assert_uint_eq(num_prunes(), 0);
	day(40);
	ck_assert_uint_eq(num_prunes(), 3);
	ck_assert_uint_eq(num_pruned(0, 2), 1);
	ck_assert_uint_eq(num_pruned(3, 4), 1);
	ck_assert_uint_eq(num_pruned(5, 6), 1);
	ck_assert(!is_there(FIRST_FILE) && !is_there(SECOND_FILE) && !is_there(THIRD_FILE));
	ck_assert(verify_finds(FINDING_PRUNED, 0, 6));
}

START_TEST(the_records_age_counts_and_not_the_files)
{
	run("touch -d 2001-01-01 " FIRST_FILE);
	day(4);
	ck_assert(is_there(FIRST_FILE));
	ck_assert_uint_eq(num_prunes(), 0);
}

START_TEST(beyond_the_bytes_that_are_kept_the_oldest_go)
{
	die();
	options.days        = 0;
	options.total_bytes = 6000;
	begin(NOON + 3);
	ck_assert_int_eq(journal_rotate(journal, NOON + 4), 0);
	day(4);
	ck_assert_uint_eq(num_pruned(0, 2), 1);
	ck_assert(!is_there(FIRST_FILE));
	ck_assert(is_there(THIRD_FILE));
}

static const struct { const char *what, *command; bool is_gzip; } planted[] = {
	{ "empty",                        ": >" WIDE_FILE, false },
	{ "one endless line",             "truncate -s 3G " WIDE_FILE, false },
	{ "a line that is no record",     "echo '{}' >" WIDE_FILE, false },
	{ "no newline at its end",        "head -c -1 " SECOND_FILE " >" WIDE_FILE, false },
	{ "a line changed",               "sed 's/a.com/x.com/' " FIRST_FILE " >" WIDE_FILE,
	  false },
	{ "a line left out",              "sed 2d " FIRST_FILE " >" WIDE_FILE, false },
	{ "a line twice",                 "sed 2p " FIRST_FILE " >" WIDE_FILE, false },
	{ "records that nobody signed",   "sed -n 2p " FIRST_FILE " >" WIDE_FILE, false },
	{ "a signature that fails",
	        "sed '$s/segment closed/segment Closed/' " FIRST_FILE " >" WIDE_FILE, false },
	{ "compressed, its end cut off",  "gzip -c " FIRST_FILE " | head -c -9 >" WIDE_FILE, true },
	{ "compressed, and more behind",  "{ gzip -c " FIRST_FILE "; echo; } >" WIDE_FILE, true },
	{ "compressed, an endless line",  "head -c 40000000 /dev/zero | gzip >" WIDE_FILE, true },
};

START_TEST(a_file_that_is_no_part_of_the_log_is_set_aside_and_not_signed_for)
{
	struct rusage before, after;

	if (planted[_i].is_gzip && !HAS_ZLIB)
		return;
	run("%s", planted[_i].command);
	run("rm " FIRST_FILE);
	make_old("audit-*");
	run("touch -d 2001-01-01 " WIDE_FILE);
	getrusage(RUSAGE_SELF, &before);
	day(4);
	getrusage(RUSAGE_SELF, &after);
	ck_assert_msg(num_prunes() == 0, "%s: signed for", planted[_i].what);
	ck_assert_msg(is_there(WIDE_FILE ".unsound"), "%s: not set aside", planted[_i].what);
	ck_assert_msg(!is_there(WIDE_FILE), "%s: is still met", planted[_i].what);
	ck_assert_msg(verify_finds(FINDING_MISSING, 0, 2), "%s: the stolen records are not missed",
	              planted[_i].what);
	ck_assert_msg(after.ru_maxrss - before.ru_maxrss < 16384, "%s: %ld KiB", planted[_i].what,
	              after.ru_maxrss - before.ru_maxrss);
	day(40);
	ck_assert_msg(num_prunes() == 2 && num_pruned(3, 4) == 1, "%s: keeps the others",
	              planted[_i].what);
}

/*
 * Two files that a stranger wrote with filterd, under the name of this log, in the places of two
 * that were stolen: sound but for the key.
 */
static void plant_stranger(void)
{
	struct journal_options own     = options;
	struct journal        *genuine = journal;
	char                   other[160], other_keys[160];

	run("mkdir -p other/keys");
	path_in_folder("other/audit.jsonl", other);
	path_in_folder("other/keys", other_keys);
	options.path = other;
	options.keys = other_keys;
	options.seed = (const uint8_t[NOTE_KEY]){ 9 };
	ck_assert_int_eq(journal_open(&options, &journal, &problem), 0);
	die();
	run("origin=$(sed -n 2p keys/audit.key) && sed -i \"2s|.*|$origin|\" other/keys/audit.key");
	begin(NOON);
	close_file("x.com", NOON);
	close_file("y.com", NOON + 1);
	die();
	options = own;
	journal = genuine;
	run("mv other/audit-0* . && rm -r other");
}

START_TEST(what_somebody_else_signed_is_set_aside)
{
	plant_stranger();
	make_old("audit-*");
	day(40);
	ck_assert(is_there(FIRST_FILE ".unsound") && is_there(SECOND_FILE ".unsound"));
	ck_assert_uint_eq(num_prunes(), 1);
	ck_assert_uint_eq(num_pruned(5, 6), 1);
}

START_TEST(what_somebody_else_signed_is_set_aside_even_if_the_copy_of_the_keys_is_gone)
{
	plant_stranger();
	run("rm audit.keys");
	make_old("audit-*");
	day(40);
	ck_assert(is_there(FIRST_FILE ".unsound") && is_there(SECOND_FILE ".unsound"));
	ck_assert_uint_eq(num_pruned(5, 6), 1);
}

START_TEST(without_the_copy_of_the_keys_the_chain_up_to_the_last_record_vouches)
{
	run(": >audit.keys");
	make_old("audit-*");
	day(40);
	ck_assert_uint_eq(num_prunes(), 3);
}

START_TEST(a_hand_over_that_somebody_put_among_the_keys_does_not_vouch)
{
	plant_stranger();
	run("{ head -n 1 audit.keys; head -n 1 " FIRST_FILE
	    "; tail -n +2 audit.keys; } >with && mv with audit.keys");
	make_old("audit-*");
	day(40);
	ck_assert_uint_eq(num_prunes(), 1);
	ck_assert_uint_eq(num_pruned(5, 6), 1);
}

START_TEST(a_name_that_says_more_than_the_file_holds_is_not_believed)
{
	run("mv " SECOND_FILE " audit-000000000000-000000009999.jsonl && rm " FIRST_FILE);
	make_old("audit-*");
	day(40);
	ck_assert_uint_eq(num_pruned(3, 4), 1);
	ck_assert_uint_eq(num_pruned(0, 9999), 0);
}

START_TEST(what_is_no_file_or_has_no_number_is_left_alone)
{
	run("mkfifo " WIDE_FILE " && ln -s " FIRST_FILE " audit-000000000000-000000000008.jsonl");
	run("cp " FIRST_FILE " 'audit- 0-2.jsonl' && cp " FIRST_FILE
	    " audit-0-99999999999999999999.jsonl");
	make_old("'audit- 0-2.jsonl' audit-0-9*");
	day(40);
	ck_assert(is_there(WIDE_FILE) && is_there("audit-000000000000-000000000008.jsonl"));
	ck_assert(is_there("audit- 0-2.jsonl") && is_there("audit-0-99999999999999999999.jsonl"));
}

START_TEST(a_file_that_copytruncate_emptied_is_deleted_and_so_is_the_one_before)
{
	append("d.com", NOON + 3);
	ck_assert_int_eq(truncate(path, 0), 0);
	journal_tick(journal, NOON + 4);
	ck_assert_int_eq(journal_rotate(journal, NOON + 5), 0);
	/* Record 7 is in a copy of logrotate's; 8 is the gap, 9 closes the file. */
	ck_assert(is_there("audit-000000000007-000000000009.jsonl"));
	make_old("audit-*");
	day(40);
	ck_assert_uint_eq(num_prunes(), 4);
	ck_assert_uint_eq(num_pruned(5, 6), 1);
	ck_assert_uint_eq(num_pruned(8, 9), 1);
	ck_assert(verify_finds(FINDING_MISSING, 7, 7));
}

START_TEST(a_file_behind_one_that_logrotate_took_away_is_deleted_and_so_is_the_one_before)
{
	append("d.com", NOON + 3);
	run("mv audit.jsonl audit.jsonl.1");
	journal_tick(journal, NOON + 4);
	close_file("e.com", NOON + 5);
	make_old("audit-*");
	day(40);
	ck_assert_uint_eq(num_prunes(), 4);
	ck_assert_uint_eq(num_pruned(5, 6), 1);
	ck_assert_uint_eq(num_pruned(8, 9), 1);
}

/* A router whose log lies in memory: after each power cut it goes on from its copy on flash. */
static void lose_power(int64_t now_us)
{
	die();
	run("rm -f audit*");
	begin(now_us);
}

START_TEST(a_file_that_lost_power_in_the_middle_is_deleted_and_what_was_lost_stays_missing)
{
	die();
	options.flush_to = flash;
	begin(NOON + 3);                        /* 7 */
	append("d.com", NOON + 4);
	heartbeat(NOON + 5);
	ck_assert_int_eq(journal_flush(journal), 0);
	append("e.com", NOON + 6);
	heartbeat(NOON + 7);
	lose_power(NOON + 8);                   /* 10 and 11 are lost */
	ck_assert_int_eq(journal_previous(journal), PREVIOUS_SHORT);
	close_file("f.com", NOON + 9);
	ck_assert(is_there("audit-000000000007-000000000014.jsonl"));
	make_old("audit-*");
	day(40);
	ck_assert_uint_eq(num_pruned(7, 9), 1);
	ck_assert_uint_eq(num_pruned(12, 14), 1);
	ck_assert(!is_there("audit-000000000007-000000000014.jsonl"));
	ck_assert(!is_there("flash/audit-000000000007-000000000014.jsonl"));
	ck_assert(verify_finds(FINDING_MISSING, 10, 11));
}

/* Flushed when it was just begun: nothing in it is signed yet. */
START_TEST(records_that_were_lost_before_any_was_signed_are_not_signed_for)
{
	die();
	options.flush_to = flash;
	begin(NOON + 3);                        /* 7 */
	close_file("d.com", NOON + 4);          /* 8 and 9 */
	append("e.com", NOON + 5);
	ck_assert_int_eq(journal_flush(journal), 0);
	append("f.com", NOON + 6);
	heartbeat(NOON + 7);
	lose_power(NOON + 8);                   /* 11 and 12 are lost */
	close_file("g.com", NOON + 9);
	make_old("audit-*");
	day(40);
	ck_assert_uint_eq(num_pruned(10, 10), 0);
	ck_assert_uint_eq(num_pruned(13, 15), 1);
	ck_assert(!is_there("audit-000000000010-000000000015.jsonl"));
	ck_assert(verify_finds(FINDING_MISSING, 10, 12));
}

/*
 * A line that says that records were missing is one that filterd wrote in its place, or it says
 * nothing.
 */
START_TEST(a_forged_loss_is_not_believed)
{
	run("sed '2,$d' " FIRST_FILE " >" WIDE_FILE " && sed -n 1p " FIRST_FILE
	    " | sed 's/\"previous\":\"new\"/\"previous\":\"short\",\"missing\":[1,4]/; "
	    "s/\"seq\":0/\"seq\":5/' >>" WIDE_FILE);
	run("rm " FIRST_FILE);
	make_old("audit-*");
	day(40);
	ck_assert(is_there(WIDE_FILE ".unsound"));
	ck_assert_uint_eq(num_prunes(), 2);
}

START_TEST(on_flash_it_is_set_aside_too)
{
	die();
	options.flush_to = flash;
	begin(NOON + 3);
	run("echo '{}' >" WIDE_FILE);
	ck_assert_int_eq(journal_flush(journal), 0);
	ck_assert(is_there("flash/" WIDE_FILE));
	make_old("audit-*");
	day(40);
	ck_assert(is_there(WIDE_FILE ".unsound") && is_there("flash/" WIDE_FILE ".unsound"));
	ck_assert(!is_there("flash/" WIDE_FILE));
}

START_TEST(a_compressed_file_is_deleted_where_it_can_be_read_and_never_keeps_others)
{
	run("gzip " FIRST_FILE " && sha256sum <" FIRST_FILE ".gz | cut -d' ' -f1 >sum");
	make_old("audit-*");
	day(40);
	ck_assert_uint_eq(num_pruned(3, 4), 1);
	ck_assert_uint_eq(num_pruned(0, 2), HAS_ZLIB);
	ck_assert_int_eq(is_there(FIRST_FILE ".gz"), !HAS_ZLIB);
	if (HAS_ZLIB)
		run("cat audit-*.jsonl audit.jsonl | grep -q \"$(cat sum)\"");
}

/* Forty days of a log that keeps few of them, while somebody verifies it, again and again. */
START_TEST(a_log_is_sound_to_who_reads_it_while_files_are_closed_and_deleted)
{
	size_t num  = 0;
	int    left = 1, status;
	pid_t  child;

	die();
	options.days        = 0;
	options.total_bytes = 16000;
	child               = fork();
	ck_assert_int_ge(child, 0);
	if (child == 0) {
		begin(NOON + 3);
		for (int i = 1; i <= 40; i++)
			day(i);
		_exit(0);
	}
	while (left != child) {
		struct verify *v;

		left = waitpid(child, &status, WNOHANG);
		v    = verify_log();
		ck_assert_msg(v->findings.soundness != SOUND_NOT, "%s: %s",
		              finding_name(v->findings.list[0].kind), v->findings.list[0].text);
		verify_free(v);
		num++;
	}
	ck_assert_int_eq(status, 0);
	ck_assert_uint_gt(num, 1);
	ck_assert(!is_there(FIRST_FILE));
}

int main(void)
{
	Suite *s = suite_create(HAS_ZLIB ? "journal_prune" : "journal_prune without zlib");
	TCase *t = tcase_create("journal_prune");

	tcase_set_timeout(t, 60);
	tcase_add_checked_fixture(t, set_up, tear_down);
	tcase_add_loop_test(t, a_file_that_is_no_part_of_the_log_is_set_aside_and_not_signed_for, 0,
	                    COUNT(planted));
	tcase_add_test(t, what_somebody_else_signed_is_set_aside);
	tcase_add_test(t,
	               what_somebody_else_signed_is_set_aside_even_if_the_copy_of_the_keys_is_gone);
	tcase_add_test(t, a_hand_over_that_somebody_put_among_the_keys_does_not_vouch);
	tcase_add_test(t, a_forged_loss_is_not_believed);
	tcase_add_test(t, a_name_that_says_more_than_the_file_holds_is_not_believed);
	tcase_add_test(t, the_records_age_counts_and_not_the_files);
	tcase_add_test(t, what_is_no_file_or_has_no_number_is_left_alone);
	tcase_add_test(t, on_flash_it_is_set_aside_too);
	tcase_add_test(t, old_files_go_each_with_a_record_of_what_was_in_it);
	tcase_add_test(t, beyond_the_bytes_that_are_kept_the_oldest_go);
	tcase_add_test(t, without_the_copy_of_the_keys_the_chain_up_to_the_last_record_vouches);
	tcase_add_test(t, a_file_that_copytruncate_emptied_is_deleted_and_so_is_the_one_before);
	tcase_add_test(
		t, a_file_behind_one_that_logrotate_took_away_is_deleted_and_so_is_the_one_before);
	tcase_add_test(
		t, a_file_that_lost_power_in_the_middle_is_deleted_and_what_was_lost_stays_missing);
	tcase_add_test(t, records_that_were_lost_before_any_was_signed_are_not_signed_for);
	tcase_add_test(t, a_compressed_file_is_deleted_where_it_can_be_read_and_never_keeps_others);
	tcase_add_test(t, a_log_is_sound_to_who_reads_it_while_files_are_closed_and_deleted);
	suite_add_tcase(s, t);
	return suite_run(s);
}

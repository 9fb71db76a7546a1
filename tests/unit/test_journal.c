/* SPDX-License-Identifier: MIT */

#include "journal/journal_inside.h"
#include "journal/keys.h"
#include "journal/segments.h"
#include "os/files.h"
#include "support/suite.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#define SECOND INT64_C(1000000)
#define MINUTE (60 * SECOND)
#define DAY    (1440 * MINUTE)
#define NOON   (20000 * DAY + DAY / 2)

static char                        folder[32], path[64], keys[64], repeats[64];
static struct journal             *journal;
static const struct record_context context = { .sensor = "s" };
static const uint8_t               seed[NOTE_KEY] = { 7 }, digest[32] = { 1 };
static struct journal_options      options;
static struct problem              problem;
static unsigned                    num_anchors;
static uint64_t                    anchored;

/* Before the start, too, when there is no standing yet. */
static uint64_t next_seq(void)
{
	return journal->chain.seq;
}

static struct status_log standing(void)
{
	struct status_log log;

	journal_standing(journal, &log);
	return log;
}

static void count_anchor(void *owner, const struct anchor *a)
{
	ck_assert_ptr_eq(owner, &options);
	ck_assert(note_verify(a->key, a->seq, a->body, a->sig));
	num_anchors++;
	anchored = a->seq;
}

static int reopen(void)
{
	return journal_open(&options, &journal, &problem);
}

static int start(int64_t now_us)
{
	struct control_start s = { .standing = { .policy_digest = bytes_of(digest, 32) },
	                           .version = "1", .boot = "b" };

	return journal_start(journal, now_us, &s);
}

static void set_up(void)
{
	snprintf(folder, sizeof(folder), "/tmp/filterd-journal-XXXXXX");
	ck_assert_ptr_nonnull(mkdtemp(folder));
	snprintf(path, sizeof(path), "%s/audit.jsonl", folder);
	snprintf(keys, sizeof(keys), "%s/keys", folder);
	snprintf(repeats, sizeof(repeats), "%s/repeats", folder);
	ck_assert_int_eq(mkdir(keys, 0700), 0);
	options = (struct journal_options){ .path = path, .keys = keys, .repeats = repeats,
	                                    .sensor = "s",
	                                    .segment_bytes = 1 << 20, .num_repeats = 64,
	                                    .window_us = MINUTE, .seed = seed,
	                                    .anchor = count_anchor, .owner = &options };
	num_anchors = 0;
	ck_assert_int_eq(reopen(), 0);
	ck_assert_int_eq(start(NOON), 0);
}

static void tear_down(void)
{
	char command[64];

	if (journal != NULL)
		journal_close(journal);
	snprintf(command, sizeof(command), "rm -r %s", folder);
	ck_assert_int_eq(system(command), 0);
}

static struct event event(const char *host, int64_t time_us)
{
	struct event e = { .type = EVENT_BLOCK, .time_us = time_us, .client.family = 4,
	                   .server.family = 4 };
	static const struct category category = { .id = "c", .title = "C",
	                                          .signature_id = 1791001 };

	e.decision.has_rule      = true;
	e.decision.rule.category = &category;
	e.decision.rule.pattern  = host_literal("a.com");
	ck_assert_int_eq(host_from_text(bytes_text(host), &e.host), PARSE_OK);
	return e;
}

static int append(const char *host, int64_t time_us)
{
	struct event e = event(host, time_us);

	return journal_append(journal, &e, &context);
}

/* As kill -9 would: no stop, no flush. */
static void die(void)
{
	journal_close(journal);
	journal = NULL;
}

static char *content_of(const char *name)
{
	struct bytes content;

	ck_assert_msg(files_read(name, &content) == 0, "%s", name);
	return (char *)(uintptr_t)content.at;
}

static size_t lines_of(const char *name)
{
	char  *content = content_of(name);
	size_t num     = 0;

	for (const char *at = content; (at = strchr(at, '\n')) != NULL; at++)
		num++;
	free(content);
	return num;
}

static bool has(const char *name, const char *text)
{
	char *content = content_of(name);
	bool  found   = strstr(content, text) != NULL;

	free(content);
	return found;
}

#define ASSERT_HAS(name, text) ck_assert_msg(has(name, text), "no %s in:\n%s", text, content_of(name))

static void path_in_folder(const char *name, char out[128])
{
	snprintf(out, 128, "%s/%.90s", folder, name);
}

static void add_to_log(struct bytes what)
{
	FILE *file = fopen(path, "a");

	ck_assert_ptr_nonnull(file);
	ck_assert_uint_eq(fwrite(what.at, 1, what.len, file), what.len);
	fclose(file);
}

struct walk {
	struct chain    chain;
	struct note_key key;
	uint64_t        breaks, bad_signatures, num_signed;
	uint64_t        first_break;
};

/* A verifier of a few lines: the chain, and every signature by the key that is due. */
static void walk_file(const char *name, struct walk *w)
{
	char *content = content_of(name), *at = content, *end;

	for (; (end = strchr(at, '\n')) != NULL; at = end + 1) {
		struct bytes    line = bytes_of(at, (size_t)(end - at));
		struct line_end e;

		ck_assert_int_eq(line_end_read(line, &e), PARSE_OK);
		if (e.seq != w->chain.seq || memcmp(e.prev, w->chain.prev, CHAIN_HASH) != 0) {
			w->breaks++;
			w->chain.seq = e.seq;
		}
		if (e.is_signed) {
			w->num_signed++;
			w->bad_signatures += !note_verify(&w->key, e.seq, e.body, e.sig);
			log_line_next_key(line, w->key.public);
		}
		ck_assert_int_eq(chain_advance(&w->chain, bytes_of(at, line.len + 1)), 0);
	}
	ck_assert_int_eq(*at, '\0');
	free(content);
}

/* All segments and the open file, from the key that was kept. */
static struct walk walk_log(void)
{
	struct walk     w = { 0 };
	struct segments s;
	struct segment *list;
	size_t          num;
	char            name[128], *vkey;

	path_in_folder("keys/audit.vkey", name);
	vkey = content_of(name);
	ck_assert_int_eq(note_key_parse(bytes_of(vkey, strlen(vkey) - 1), &w.key), PARSE_OK);
	free(vkey);
	ck_assert_int_eq(segments_of(path, &s), 0);
	ck_assert_int_eq(segments_list(&s, &list, &num), 0);
	for (size_t i = 0; i < num; i++) {
		path_in_folder(list[i].name, name);
		walk_file(name, &w);
	}
	free(list);
	walk_file(path, &w);
	return w;
}

static void assert_whole(void)
{
	struct walk w = walk_log();

	ck_assert_uint_eq(w.breaks, 0);
	ck_assert_uint_eq(w.bad_signatures, 0);
	ck_assert_uint_eq(w.chain.seq, next_seq());
}

START_TEST(a_second_writer_is_refused)
{
	struct journal *second;

	ck_assert_int_eq(journal_open(&options, &second, &problem), -EWOULDBLOCK);
	ck_assert_ptr_nonnull(strstr(problem.text, "another filterd is writing to it"));
}

START_TEST(a_folder_that_is_missing_is_an_error)
{
	struct journal        *other;
	struct journal_options nowhere = options;

	nowhere.path = "/nowhere/audit.jsonl";
	ck_assert_int_eq(journal_open(&nowhere, &other, &problem), -ENOENT);
	ck_assert_ptr_nonnull(strstr(problem.text, "/nowhere/audit.jsonl"));
	nowhere.path = path;
	nowhere.keys = "/nowhere";
	die();
	ck_assert_int_eq(journal_open(&nowhere, &other, &problem), -ENOENT);
	ck_assert_ptr_nonnull(strstr(problem.text, "/nowhere"));
}

START_TEST(a_new_log_begins_with_a_start_signed_by_the_key_to_keep)
{
	struct stat st;

	ck_assert_int_eq(journal_previous(journal), PREVIOUS_NEW);
	ck_assert_ptr_nonnull(journal_new_key(journal));
	ck_assert_uint_eq(lines_of(path), 1);
	ASSERT_HAS(path, "\"type\":\"start\"");
	ASSERT_HAS(path, "\"previous\":\"new\"");
	assert_whole();
	ck_assert_uint_eq(walk_log().num_signed, 1);
	ck_assert_uint_eq(num_anchors, 1);
	ck_assert_uint_eq(anchored, 0);
	ck_assert_int_eq(stat(path, &st), 0);
	ck_assert_uint_eq(st.st_mode & 07777, 0640);
}

START_TEST(a_record_is_in_the_file_when_append_returns)
{
	ck_assert_int_eq(append("a.com", NOON), 0);
	ck_assert_int_eq(append("b.com", NOON), 0);
	ck_assert_uint_eq(lines_of(path), 3);
	assert_whole();
}

/* In a second, and in the next: five messages a minute, and one that says how many more. */
START_TEST(who_asks_first_is_said_and_a_flood_of_them_is_counted)
{
	char said[128];

	path_in_folder("said", said);
	ck_assert_ptr_nonnull(freopen(said, "w", stderr));
	for (int i = 0; i < 3000; i++) {
		struct event e = event("a.com", NOON + i);

		e.has_mac = true;
		e.mac[0]  = 2;
		e.mac[4]  = (uint8_t)(i % 1000 >> 8);
		e.mac[5]  = (uint8_t)(i % 1000);
		journal_append(journal, &e, &context);
		if (i == 0)
			ck_assert(!has(said, "asked"));         /* no worker waits for it */
		if (i % 1500 == 0)
			journal_tick(journal, NOON + i);
	}
	journal_tick(journal, NOON + 3000);
	ASSERT_HAS(said, "filterd: notice: 02:00:00:00:00:00 asked for a.com for the first time "
	                 "since filterd started: blocked\n");
	ASSERT_HAS(said, "991 more devices asked for the first time within a second\n");
	ck_assert_uint_eq(lines_of(said), 6);
}

static void use_lease(const char *line)
{
	struct bytes text = bytes_text(line);

	leases_free(journal_use_leases(journal, leases_new(&text, 1, 7)));
}

/* Of one device: the records that name it so. */
static size_t num_named(const char *name)
{
	char  *content = content_of(path), text[64];
	size_t num     = 0;

	snprintf(text, sizeof(text), "\"device\":\"192.0.2.5\",\"name\":\"%s\"", name);
	for (const char *at = content; (at = strstr(at, text)) != NULL; at++)
		num++;
	free(content);
	return num;
}

START_TEST(a_record_keeps_the_name_that_the_lease_had_then)
{
	struct event e = event("a.com", NOON);

	ck_assert_int_eq(address_from_text(BYTES("192.0.2.5"), &e.client), PARSE_OK);
	ck_assert_int_eq(journal_append(journal, &e, &context), 0);
	use_lease("1 3c:52:82:11:22:33 192.0.2.5 old *\n");
	ck_assert_int_eq(host_from_text(BYTES("b.com"), &e.host), PARSE_OK);
	ck_assert_int_eq(journal_append(journal, &e, &context), 0);
	ck_assert_int_eq(journal_append(journal, &e, &context), 0);       /* counted, for later */
	use_lease("1 3c:52:82:11:22:33 192.0.2.5 new *\n");
	ck_assert_int_eq(host_from_text(BYTES("c.com"), &e.host), PARSE_OK);
	ck_assert_int_eq(journal_append(journal, &e, &context), 0);
	journal_tick(journal, NOON + MINUTE);
	ck_assert_uint_eq(num_named(""), 1);
	ck_assert_uint_eq(num_named("old"), 2);
	ck_assert_uint_eq(num_named("new"), 1);
	leases_free(journal_use_leases(journal, NULL));
}

/* All from the address of one that has a lease: it is theirs only in what they say. */
START_TEST(a_device_with_a_lease_has_its_own_record_whatever_others_are_made_up)
{
	struct event e = event("a.com", NOON);
	size_t       before;

	use_lease("1 3c:52:82:11:22:33 192.0.2.5 * *\n");
	ck_assert_int_eq(address_from_text(BYTES("192.0.2.5"), &e.client), PARSE_OK);
	e.has_mac = true;
	for (int i = 0; i < 3000; i++) {
		memcpy(e.mac, (uint8_t[]){ 2, 0, 0, 0, (uint8_t)(i >> 8), (uint8_t)i }, 6);
		ck_assert_int_eq(journal_append(journal, &e, &context), 0);
	}
	before = lines_of(path);
	ck_assert_uint_le(before, 40);
	memcpy(e.mac, "\x3c\x52\x82\x11\x22\x33", 6);
	ck_assert_int_eq(journal_append(journal, &e, &context), 0);
	ck_assert_uint_eq(lines_of(path), before + 1);
	ASSERT_HAS(path, "\"device\":\"3c:52:82:11:22:33\",\"name\":\"\",\"reply\":\"none\",\"count\":1,");
	journal_tick(journal, NOON + MINUTE);
	ASSERT_HAS(path, "\"folded\":\"host\"");
	assert_whole();
	leases_free(journal_use_leases(journal, NULL));
}

START_TEST(repeats_are_one_line_at_the_end_of_their_window)
{
	append("a.com", NOON);
	for (int i = 1; i <= 40; i++)
		ck_assert_int_eq(append("a.com", NOON + i * SECOND), 0);
	ck_assert_uint_eq(lines_of(path), 2);
	journal_tick(journal, NOON + MINUTE - 1);
	ck_assert_uint_eq(lines_of(path), 2);
	journal_tick(journal, NOON + MINUTE);
	ck_assert_uint_eq(lines_of(path), 3);
	ASSERT_HAS(path, "\"count\":40,\"first\":\"2024-10-04T12:00:01.000000+0000\",\"seq\":2,");
	assert_whole();
}

START_TEST(a_heartbeat_has_the_sums)
{
	struct control_heartbeat h = { .standing.policy_digest = bytes_of(digest, 32) };

	append("a.com", NOON);
	append("a.com", NOON + 1);
	append("b.com", NOON + 2);
	ck_assert_uint_eq(journal_unsigned(journal), 2);
	ck_assert_int_eq(journal_heartbeat(journal, NOON + 3, &h), 0);
	ASSERT_HAS(path, "\"attempts\":3,\"pending\":1,\"devices\":1,");
	ck_assert_uint_eq(journal_unsigned(journal), 0);
	ck_assert_uint_eq(num_anchors, 2);
	assert_whole();
}

START_TEST(a_log_that_was_stopped_is_clean)
{
	append("a.com", NOON);
	append("a.com", NOON);
	ck_assert_int_eq(journal_stop(journal, NOON + SECOND, "SIGTERM"), 0);
	die();
	ASSERT_HAS(path, "\"type\":\"stop\",\"reason\":\"SIGTERM\",\"attempts\":2");
	ck_assert_int_eq(reopen(), 0);
	ck_assert_int_eq(journal_previous(journal), PREVIOUS_CLEAN);
	ck_assert_ptr_null(journal_new_key(journal));
	ck_assert_int_eq(start(NOON + MINUTE), 0);
	ASSERT_HAS(path, "\"previous\":\"clean\"");
	ck_assert(!has(path, "carried"));
	assert_whole();
}

START_TEST(what_was_pending_when_it_was_killed_stands_behind_the_next_start)
{
	append("a.com", NOON);
	for (int i = 1; i <= 5; i++)
		append("a.com", NOON + i);
	die();
	ck_assert_int_eq(reopen(), 0);
	ck_assert_int_eq(journal_previous(journal), PREVIOUS_UNCLEAN);
	ck_assert_int_eq(start(NOON + MINUTE), 0);
	ASSERT_HAS(path, "\"carried\":5,");
	ASSERT_HAS(path, "\"count\":5,\"first\":");
	append("a.com", NOON + MINUTE);
	ck_assert_int_eq(journal_stop(journal, NOON + MINUTE, "SIGTERM"), 0);
	/* They stand behind this start, so its sum has them. */
	ASSERT_HAS(path, "\"reason\":\"SIGTERM\",\"attempts\":6,");
	assert_whole();
	die();
	ck_assert_int_eq(reopen(), 0);
	ck_assert_int_eq(start(NOON + 2 * MINUTE), 0);
	ck_assert_uint_eq(lines_of(path), 7);
}

static const struct { const char *what; struct bytes tail; } tails[] = {
	{ "half a line", BYTES("{\"timestamp\":\"2026-") },
	{ "NULs",        BYTES("\0\0\0\0\0\0\0\0") },
	{ "a line of NULs", BYTES("\0\0\0\0\0\0\0\n") },
	{ "garbage",     BYTES("garbage\nand more\n") },
	{ "what looks like a record", BYTES("{\"filterd\":{\"type\":\"block\",\"seq\":2,\"prev\":\""
		"0000000000000000000000000000000000000000000000000000000000000000\"}}\n") },
};

START_TEST(a_torn_end_is_cut_off_and_kept_in_the_start_record)
{
	char torn[32];

	append("a.com", NOON);
	die();
	add_to_log(tails[_i].tail);
	ck_assert_int_eq(reopen(), 0);
	ck_assert_msg(journal_previous(journal) == PREVIOUS_TORN, "%s", tails[_i].what);
	ck_assert_int_eq(start(NOON + MINUTE), 0);
	snprintf(torn, sizeof(torn), "\"torn\":{\"bytes\":%zu,", tails[_i].tail.len);
	ASSERT_HAS(path, torn);
	ck_assert_uint_eq(lines_of(path), 3);
	assert_whole();
}

/* Every length at which the last record can have been cut. */
START_TEST(a_record_cut_anywhere_is_torn)
{
	struct stat st;
	char       *content;
	off_t       whole;

	ck_assert_int_eq(stat(path, &st), 0);
	whole = st.st_size;
	append("a.com", NOON);
	content = content_of(path);
	die();
	for (size_t len = (size_t)whole + 1; len < strlen(content); len += 37) {
		ck_assert_int_eq(truncate(path, whole), 0);
		add_to_log(bytes_of(content + whole, len - (size_t)whole));
		ck_assert_int_eq(reopen(), 0);
		ck_assert_int_eq(journal_previous(journal), PREVIOUS_TORN);
		ck_assert_uint_eq(next_seq(), 1);
		die();
	}
	free(content);
}

static void keep_first_lines(size_t num)
{
	char  *content = content_of(path), *at = content;

	for (size_t i = 0; i < num; i++)
		at = strchr(at, '\n') + 1;
	ck_assert_int_eq(truncate(path, at - content), 0);
	free(content);
}

START_TEST(a_log_that_was_shortened_says_for_ever_what_is_missing)
{
	for (int i = 0; i < 5; i++)
		append((const char *[]){ "a.com", "b.com", "c.com", "d.com", "e.com" }[i], NOON);
	ck_assert_int_eq(journal_stop(journal, NOON, "SIGTERM"), 0);
	die();
	keep_first_lines(3);
	ck_assert_int_eq(reopen(), 0);
	ck_assert_int_eq(journal_previous(journal), PREVIOUS_SHORT);
	ck_assert_int_eq(start(NOON + MINUTE), 0);
	ASSERT_HAS(path, "\"previous\":\"short\",\"missing\":[3,6],");
	/* No number is given twice, and the break stays. */
	append("f.com", NOON + MINUTE);
	ck_assert_uint_eq(walk_log().breaks, 1);
	ck_assert_uint_eq(next_seq(), 9);
	die();
	ck_assert_int_eq(reopen(), 0);
	ck_assert_int_eq(journal_previous(journal), PREVIOUS_UNCLEAN);
	ck_assert_int_eq(start(NOON + 2 * MINUTE), 0);
	ck_assert_uint_eq(walk_log().breaks, 1);
	ck_assert_uint_eq(walk_log().bad_signatures, 0);
}

START_TEST(a_log_that_was_emptied_is_short_not_new)
{
	append("a.com", NOON);
	die();
	ck_assert_int_eq(truncate(path, 0), 0);
	ck_assert_int_eq(reopen(), 0);
	ck_assert_int_eq(journal_previous(journal), PREVIOUS_SHORT);
	ck_assert_int_eq(start(NOON + MINUTE), 0);
	ASSERT_HAS(path, "\"missing\":[0,0],");
	ck_assert_uint_eq(next_seq(), 2);
}

START_TEST(another_record_in_the_place_of_the_known_one_is_a_fork)
{
	struct keys k;
	struct mark mark = { .seq = 0, .hash = { 0xaa } };

	append("a.com", NOON);
	die();
	ck_assert_int_eq(keys_load(keys, &k, &problem), 0);
	ck_assert_int_eq(mark_write(&k, &mark), 0);
	ck_assert_int_eq(reopen(), 0);
	ck_assert_int_eq(journal_previous(journal), PREVIOUS_FORK);
	ck_assert_int_eq(start(NOON + MINUTE), 0);
	ASSERT_HAS(path, "\"previous\":\"fork\"");
}

START_TEST(a_line_altered_in_the_middle_does_not_cost_those_behind_it)
{
	char *content;
	FILE *file;

	for (int i = 0; i < 5; i++)
		append((const char *[]){ "a.com", "b.com", "c.com", "d.com", "e.com" }[i], NOON);
	die();
	content = content_of(path);
	*strstr(content, "c.com") = 'x';
	file = fopen(path, "w");
	fputs(content, file);
	fclose(file);
	free(content);
	ck_assert_int_eq(reopen(), 0);
	ck_assert_int_eq(journal_previous(journal), PREVIOUS_UNCLEAN);
	ck_assert_uint_eq(next_seq(), 6);
	ck_assert_uint_eq(lines_of(path), 6);
}

START_TEST(a_closed_segment_has_its_numbers_its_sum_and_a_new_key)
{
	char        name[128], command[128];
	struct stat st;

	append("a.com", NOON);
	ck_assert_int_eq(journal_rotate(journal, NOON + 1), 0);
	path_in_folder("audit-000000000000-000000000002.jsonl", name);
	ASSERT_HAS(name, "\"type\":\"segment\",\"file\":\"audit-000000000000-000000000002.jsonl\","
	                 "\"first\":0,\"last\":2,");
	ck_assert_int_eq(stat(name, &st), 0);
	ck_assert_uint_eq(st.st_mode & 07777, 0440);
	ck_assert_uint_eq(lines_of(path), 0);
	append("b.com", NOON + 2);
	ck_assert_int_eq(journal_rotate(journal, NOON + 3), 0);
	snprintf(command, sizeof(command), "cd %s && sha256sum --quiet -c SHA256SUMS", folder);
	ck_assert_int_eq(system(command), 0);
	path_in_folder("SHA256SUMS", name);
	ck_assert_uint_eq(lines_of(name), 2);
	path_in_folder("audit.keys", name);
	ck_assert_uint_eq(lines_of(name), 3);
	assert_whole();
	ck_assert_uint_eq(anchored, 4);
}

START_TEST(the_chain_goes_on_over_segments_and_restarts)
{
	append("a.com", NOON);
	ck_assert_int_eq(journal_rotate(journal, NOON + 1), 0);
	die();
	ck_assert_int_eq(reopen(), 0);
	ck_assert_int_eq(journal_previous(journal), PREVIOUS_UNCLEAN);
	ck_assert_int_eq(start(NOON + 2), 0);
	append("b.com", NOON + 2);
	assert_whole();
}

START_TEST(a_segment_that_had_no_name_yet_gets_it_at_the_next_start)
{
	char name[128];

	append("a.com", NOON);
	ck_assert_int_eq(journal_rotate(journal, NOON + 1), 0);
	die();
	path_in_folder("audit-000000000000-000000000002.jsonl", name);
	ck_assert_int_eq(rename(name, path), 0);
	ck_assert_int_eq(reopen(), 0);
	ck_assert_int_eq(start(NOON + 2), 0);
	ck_assert_uint_eq(lines_of(name), 3);
	ck_assert_uint_eq(lines_of(path), 1);
	assert_whole();
}

START_TEST(a_compressed_segment_is_no_reason_to_call_the_log_short)
{
	char command[128];

	ck_assert_int_eq(journal_rotate(journal, NOON + 1), 0);
	die();
	snprintf(command, sizeof(command), "gzip %s/audit-*", folder);
	ck_assert_int_eq(system(command), 0);
	ck_assert_int_eq(reopen(), 0);
	ck_assert_int_eq(journal_previous(journal), PREVIOUS_UNCLEAN);
	ck_assert_uint_eq(next_seq(), 2);
}

START_TEST(a_segment_is_closed_when_it_is_long_and_at_midnight)
{
	char name[128];

	journal_tick(journal, NOON + DAY / 2 - 1);
	ck_assert_uint_eq(lines_of(path), 1);
	journal_tick(journal, NOON + DAY / 2);
	ck_assert_uint_eq(lines_of(path), 0);
	journal_tick(journal, NOON + DAY);
	path_in_folder("SHA256SUMS", name);
	ck_assert_uint_eq(lines_of(name), 1);
	assert_whole();
	die();
	options.segment_bytes = 2500;
	ck_assert_int_eq(reopen(), 0);
	ck_assert_int_eq(start(NOON + DAY), 0);
	for (int i = 0; i < 4; i++) {
		append((const char *[]){ "a.com", "b.com", "c.com", "d.com" }[i], NOON + DAY);
		journal_tick(journal, NOON + DAY);
	}
	ck_assert_uint_eq(lines_of(name), 2);
	assert_whole();
}

/* The log in memory, its copy and the keys on flash. */
static char flash[64];

static void begin_with_flash(void)
{
	snprintf(flash, sizeof(flash), "%s/flash", folder);
	ck_assert_int_eq(mkdir(flash, 0700), 0);
	die();
	options.flush_to = flash;
	ck_assert_int_eq(reopen(), 0);
	ck_assert_int_eq(start(NOON), 0);
}

/* What is in memory is gone. */
static void reboot(void)
{
	char command[128];

	die();
	snprintf(command, sizeof(command), "rm -f %s/audit* %s/SHA256SUMS %s/repeats", folder,
	         folder, folder);
	ck_assert_int_eq(system(command), 0);
	ck_assert_int_eq(reopen(), 0);
	ck_assert_int_eq(start(NOON + DAY), 0);
}

static bool copy_is_whole(void)
{
	char command[200];

	snprintf(command, sizeof(command),
	         "cd %s && for f in *.jsonl *.keys SHA256SUMS; do [ ! -e $f ] || cmp -s $f %s/$f "
	         "|| exit; done",
	         folder, flash);
	return system(command) == 0;
}

static ino_t inode_of(const char *name)
{
	struct stat st;

	ck_assert_msg(stat(name, &st) == 0, "%s", name);
	return st.st_ino;
}

START_TEST(records_that_were_flushed_survive_a_reboot)
{
	begin_with_flash();
	append("a.com", NOON + 1);
	ck_assert_int_eq(journal_flush(journal), 0);
	reboot();
	ck_assert_int_eq(journal_previous(journal), PREVIOUS_UNCLEAN);
	ASSERT_HAS(path, "\"rrname\":\"a.com\"");
	ck_assert(!has(path, "missing"));
	assert_whole();
}

START_TEST(what_was_not_flushed_is_named_by_the_next_start)
{
	struct control_heartbeat h = { .standing.policy_digest = bytes_of(digest, 32) };

	begin_with_flash();
	append("a.com", NOON + 1);
	ck_assert_int_eq(journal_flush(journal), 0);            /* 0, 1: starts; 2 */
	append("b.com", NOON + 2);
	ck_assert_int_eq(journal_heartbeat(journal, NOON + 3, &h), 0);
	reboot();
	ck_assert_int_eq(journal_previous(journal), PREVIOUS_SHORT);
	ASSERT_HAS(path, "\"previous\":\"short\",\"missing\":[3,4],");
	ck_assert_uint_eq(next_seq(), 6);
	ck_assert_uint_eq(walk_log().breaks, 1);
	ck_assert_uint_eq(walk_log().bad_signatures, 0);
}

START_TEST(a_log_that_was_stopped_loses_nothing_by_a_reboot)
{
	begin_with_flash();
	append("a.com", NOON + 1);
	ck_assert_int_eq(journal_stop(journal, NOON + 2, "SIGTERM"), 0);
	ck_assert(copy_is_whole());
	reboot();
	ck_assert_int_eq(journal_previous(journal), PREVIOUS_CLEAN);
	assert_whole();
}

/* Without a flush in between the log on flash would name a key that is gone. */
START_TEST(a_key_is_not_replaced_before_its_record_is_on_flash)
{
	begin_with_flash();
	reboot();
	ck_assert_int_eq(journal_previous(journal), PREVIOUS_UNCLEAN);
	ck_assert_int_eq(journal_rotate(journal, NOON + DAY), 0);
	ck_assert(copy_is_whole());
	reboot();
	ck_assert_int_eq(journal_previous(journal), PREVIOUS_UNCLEAN);
	ck_assert_ptr_null(journal_new_key(journal));
	assert_whole();
}

START_TEST(a_closed_file_is_not_written_to_flash_twice)
{
	char  name[160];
	ino_t open_copy;

	begin_with_flash();
	snprintf(name, sizeof(name), "%s/audit.jsonl", flash);
	open_copy = inode_of(name);
	append("a.com", NOON + 1);
	ck_assert_int_eq(journal_rotate(journal, NOON + 2), 0);
	snprintf(name, sizeof(name), "%s/audit-000000000000-000000000003.jsonl", flash);
	ck_assert_uint_eq(inode_of(name), open_copy);
	ck_assert(copy_is_whole());
}

START_TEST(a_copy_of_another_log_is_kept_beside)
{
	char  name[160];
	FILE *file;

	begin_with_flash();
	snprintf(name, sizeof(name), "%s/audit.jsonl", flash);
	file = fopen(name, "w");
	ck_assert_ptr_nonnull(file);
	fputs("another\n", file);
	fclose(file);
	ck_assert_int_eq(journal_flush(journal), 0);
	ck_assert(copy_is_whole());
	snprintf(name, sizeof(name), "%s/audit.jsonl.old", flash);
	ASSERT_HAS(name, "another\n");
}

START_TEST(a_segment_that_is_deleted_goes_from_flash_too)
{
	char name[160];

	begin_with_flash();
	die();
	options.total_bytes = 3000;
	ck_assert_int_eq(reopen(), 0);
	ck_assert_int_eq(start(NOON), 0);
	for (int i = 1; i <= 6; i++) {
		append("a.com", NOON + i * DAY);
		journal_tick(journal, NOON + i * DAY);
	}
	snprintf(name, sizeof(name), "%s/audit-000000000000-000000000004.jsonl", flash);
	ck_assert_int_eq(access(name, F_OK), -1);
	ck_assert_int_eq(journal_flush(journal), 0);
	ck_assert(copy_is_whole());
}

START_TEST(a_copy_that_cannot_be_written_stops_nothing)
{
	begin_with_flash();
	die();
	options.flush_to = "/nowhere";
	ck_assert_int_eq(reopen(), 0);
	ck_assert_int_eq(start(NOON), 0);
	ck_assert_int_eq(journal_flush(journal), -ENOENT);
	ck_assert_int_eq(append("a.com", NOON + 1), 0);
	ck_assert_int_eq(journal_rotate(journal, NOON + 2), 0);
	assert_whole();
}

START_TEST(old_segments_go_with_a_record_that_says_so)
{
	char name[128];

	die();
	options.total_bytes = 3000;
	ck_assert_int_eq(reopen(), 0);
	ck_assert_int_eq(start(NOON), 0);
	for (int i = 1; i <= 6; i++) {
		append("a.com", NOON + i * DAY);
		journal_tick(journal, NOON + i * DAY);
	}
	path_in_folder("audit-000000000000-000000000002.jsonl", name);
	ck_assert_int_eq(access(name, F_OK), -1);
	path_in_folder("audit.keys", name);
	ck_assert_uint_ge(lines_of(name), 7);
	ASSERT_HAS(path, "\"type\":\"prune\",\"file\":\"audit-");
}

START_TEST(a_clock_far_ahead_deletes_nothing)
{
	char name[128];

	die();
	options.days = 400;
	ck_assert_int_eq(reopen(), 0);
	ck_assert_int_eq(start(NOON), 0);
	path_in_folder("audit-000000000000-000000000002.jsonl", name);
	journal_age_until(journal, NOON);
	journal_tick(journal, NOON + 27000 * DAY);
	ck_assert_int_eq(access(name, F_OK), 0);
	append("a.com", NOON + 27000 * DAY);
	/* Its last record was written at that time, whether or not it was right. */
	journal_age_until(journal, NOON + 27399 * DAY);
	journal_tick(journal, NOON + 27399 * DAY);
	ck_assert_int_eq(access(name, F_OK), 0);
	append("a.com", NOON + 27399 * DAY);
	journal_age_until(journal, NOON + 27401 * DAY);
	journal_tick(journal, NOON + 27401 * DAY);
	ck_assert_int_eq(access(name, F_OK), -1);
}

START_TEST(a_hand_over_that_was_cut_off_is_finished_or_taken_back)
{
	struct keys k, again;
	uint8_t     old[NOTE_KEY], next[NOTE_KEY];

	die();
	ck_assert_int_eq(keys_load(keys, &k, &problem), 0);
	ck_assert_int_eq(keys_prepare(&k), 0);
	memcpy(old, k.current.public, NOTE_KEY);
	memcpy(next, k.next.public, NOTE_KEY);
	/* The record was not written: the old key stays. */
	ck_assert_int_eq(keys_load(keys, &again, &problem), 0);
	ck_assert(again.has_next);
	ck_assert_int_eq(keys_settle(&again, old), 0);
	ck_assert_mem_eq(again.current.public, old, NOTE_KEY);
	/* It was: the next one is the key now, and the old one is nowhere. */
	ck_assert_int_eq(keys_prepare(&k), 0);
	memcpy(next, k.next.public, NOTE_KEY);
	ck_assert_int_eq(keys_load(keys, &again, &problem), 0);
	ck_assert_int_eq(keys_settle(&again, next), 0);
	ck_assert_int_eq(keys_load(keys, &again, &problem), 0);
	ck_assert_mem_eq(again.current.public, next, NOTE_KEY);
	ck_assert(!again.has_next);
	ck_assert_int_eq(keys_settle(&again, old), -ENOKEY);
}

START_TEST(a_log_whose_key_is_lost_is_put_away_and_never_rooted_anew)
{
	char            name[128];
	struct note_key first = *journal_new_key(journal);

	append("a.com", NOON);
	die();
	path_in_folder("keys/audit.key", name);
	ck_assert_int_eq(unlink(name), 0);
	options.seed = (const uint8_t[NOTE_KEY]){ 9 };
	ck_assert_int_eq(reopen(), 0);
	ck_assert_ptr_nonnull(journal_new_key(journal));
	ck_assert_str_ne(journal_new_key(journal)->origin, first.origin);
	ck_assert_int_eq(journal_previous(journal), PREVIOUS_LOST);
	ck_assert_int_eq(start(NOON + 1), 0);
	ASSERT_HAS(path, "\"previous\":\"lost\"");
	ck_assert_uint_eq(next_seq(), 1);
	path_in_folder("lost-1/audit.jsonl", name);
	ck_assert_uint_eq(lines_of(name), 2);
	snprintf(name, sizeof(name), "%s/audit.vkey.%s", keys, strrchr(first.origin, '/') + 1);
	ck_assert_int_eq(access(name, F_OK), 0);
	assert_whole();
}

/*
 * A line that hands over to a key of somebody's own, in its place in the chain, signed by nobody.
 */
static void forge_hand_over(const char *file)
{
	uint8_t                line[RECORD_MAX], other[NOTE_KEY], sig[CHAIN_SIG];
	static const uint8_t   secret[NOTE_KEY] = { 0xee };
	struct writer          w       = writer_over(line, sizeof(line));
	struct control         control = { .time_us = NOON, .sensor = "s" };
	struct control_segment forged  = { .file = "x", .log_id = "2f9c01d4a7b3e655", .key = other,
	                                   .next_key = other };
	struct note_key        key     = { .origin = "s/filterd/2f9c01d4a7b3e655" };
	struct chain           c       = walk_log().chain;
	FILE                  *f       = fopen(file, "a");

	ck_assert_ptr_nonnull(f);
	ck_assert_int_eq(note_public(secret, other), 0);
	memcpy(key.public, other, NOTE_KEY);
	control_segment(&w, &control, &forged);
	ck_assert_int_eq(control_close(&w, &c, &key, secret, sig), 0);
	ck_assert(!w.full);
	ck_assert_uint_eq(fwrite(line, 1, w.len, f), w.len);
	ck_assert_int_eq(fclose(f), 0);
}

/*
 * Who can write the log and has no key must not bring filterd to put it away: a new one would hold
 * nothing against him.
 */
START_TEST(a_forged_hand_over_does_not_make_an_end_of_a_log)
{
	char name[128];

	append("a.com", NOON);
	die();
	forge_hand_over(path);
	ck_assert_int_eq(reopen(), 0);
	ck_assert_ptr_null(journal_new_key(journal));
	ck_assert_uint_eq(next_seq(), 3);
	ck_assert_int_eq(start(NOON + 1), 0);
	ck_assert_uint_eq(walk_log().breaks, 0);
	ck_assert_uint_ge(walk_log().bad_signatures, 1);
	die();
	/* The same in the copy of the keys, and no log beside it. */
	path_in_folder("audit.keys", name);
	ck_assert_uint_eq(lines_of(name), 2);
	forge_hand_over(name);
	ck_assert_int_eq(truncate(path, 0), 0);
	ck_assert_int_eq(reopen(), 0);
	ck_assert_ptr_null(journal_new_key(journal));
	ck_assert_int_eq(journal_previous(journal), PREVIOUS_SHORT);
}

/* Between the record that hands over and the file that does, filterd was killed. */
START_TEST(a_forged_hand_over_does_not_hide_the_true_one)
{
	char name[128], command[512];

	snprintf(command, sizeof(command), "cp %s/audit.key %s/old", keys, folder);
	ck_assert_int_eq(system(command), 0);
	die();
	ck_assert_int_eq(reopen(), 0);
	ck_assert_int_eq(start(NOON + 1), 0);
	die();
	snprintf(command, sizeof(command),
	         "cd %s && cp keys/audit.key new && mv keys/audit.key keys/audit.key.next && mv "
	         "old keys/audit.key",
	         folder);
	ck_assert_int_eq(system(command), 0);
	path_in_folder("audit.keys", name);
	ck_assert_int_eq(unlink(name), 0);
	forge_hand_over(path);
	ck_assert_int_eq(reopen(), 0);
	ck_assert_ptr_null(journal_new_key(journal));
	snprintf(command, sizeof(command),
	         "cd %s && cmp new keys/audit.key && test ! -e keys/audit.key.next", folder);
	ck_assert_int_eq(system(command), 0);
}

/*
 * But what our own key handed over to another is: then ours is an old copy, and would sign what
 * nobody believes.
 */
START_TEST(a_key_that_was_handed_over_long_ago_does_not_sign_again)
{
	char name[128], command[256];

	append("a.com", NOON);
	snprintf(command, sizeof(command), "cp -r %s %s/old", keys, folder);
	ck_assert_int_eq(system(command), 0);
	for (int i = 0; i < 2; i++) {
		die();
		ck_assert_int_eq(reopen(), 0);
		ck_assert_int_eq(start(NOON + i), 0);
	}
	die();
	snprintf(command, sizeof(command), "rm -r %s && mv %s/old %s", keys, folder, keys);
	ck_assert_int_eq(system(command), 0);
	ck_assert_int_eq(reopen(), 0);
	ck_assert_ptr_nonnull(journal_new_key(journal));
	path_in_folder("lost-1/audit.jsonl", name);
	ck_assert_uint_eq(lines_of(name), 4);
}

START_TEST(a_damaged_key_is_never_replaced)
{
	char name[128];
	FILE *file;

	die();
	path_in_folder("keys/audit.key", name);
	file = fopen(name, "w");
	fputs("filterd audit key 1\nno key\n", file);
	fclose(file);
	ck_assert_int_eq(reopen(), -EINVAL);
	ck_assert_ptr_nonnull(strstr(problem.text, "damaged"));
	ck_assert_uint_eq(lines_of(name), 2);
}

START_TEST(a_log_that_was_moved_away_goes_on_in_a_new_file)
{
	char name[128];

	append("a.com", NOON);
	path_in_folder("audit.jsonl.1", name);
	ck_assert_int_eq(rename(path, name), 0);
	journal_tick(journal, NOON + SECOND);
	append("b.com", NOON + SECOND);
	ck_assert_uint_eq(lines_of(name), 2);
	ck_assert_uint_eq(lines_of(path), 1);
	ASSERT_HAS(path, "\"seq\":2,");
}

START_TEST(what_other_programs_do_to_the_file_is_in_its_standing)
{
	char name[128], away[128];

	path_in_folder("audit.jsonl.1", name);
	ck_assert_int_eq(rename(path, name), 0);
	journal_tick(journal, NOON + SECOND);
	ck_assert_uint_eq(standing().taken, 1);
	append("a.com", NOON + SECOND);
	ck_assert_int_eq(truncate(path, 0), 0);
	journal_tick(journal, NOON + 2 * SECOND);
	ck_assert_uint_eq(standing().taken, 2);
	ck_assert_ptr_null(standing().gone);
	snprintf(away, sizeof(away), "%s.away", folder);
	ck_assert_int_eq(rename(folder, away), 0);
	journal_tick(journal, NOON + 3 * SECOND);
	ck_assert_str_eq(standing().gone, strerror(ENOENT));
	ck_assert_int_eq(rename(away, folder), 0);
	journal_tick(journal, NOON + 4 * SECOND);
	ck_assert_ptr_null(standing().gone);
	ck_assert_uint_eq(standing().taken, 2);
}

START_TEST(what_others_may_do_to_it_is_in_its_standing)
{
	char there[128];

	path_in_folder("keys", there);
	ck_assert(!standing().keys_open && !standing().folder_open);
	ck_assert_int_eq(chmod(there, 0750), 0);
	ck_assert(standing().keys_open);
	ck_assert_int_eq(chmod(there, 0700), 0);
	ck_assert_int_eq(chmod(folder, 0757), 0);
	ck_assert(!standing().keys_open && standing().folder_open);
}

START_TEST(a_mark_that_cannot_be_set_is_in_its_standing)
{
	struct control_heartbeat h = { .standing.policy_digest = bytes_of(digest, 32) };
	char                     there[128], away[140];

	path_in_folder("keys", there);
	snprintf(away, sizeof(away), "%s.away", there);
	ck_assert_int_eq(rename(there, away), 0);
	ck_assert_int_eq(journal_heartbeat(journal, NOON + SECOND, &h), 0);
	ck_assert_str_eq(standing().unmarked, strerror(ENOENT));
	ck_assert_int_eq(rename(away, there), 0);
	ck_assert_int_eq(journal_heartbeat(journal, NOON + 2 * SECOND, &h), 0);
	ck_assert_ptr_null(standing().unmarked);
}

START_TEST(a_log_that_was_cut_by_another_program_says_so)
{
	append("a.com", NOON);
	ck_assert_int_eq(truncate(path, 0), 0);
	journal_tick(journal, NOON + SECOND);
	ASSERT_HAS(path, "\"type\":\"gap\"");
	ASSERT_HAS(path, "cut by another program");
	ASSERT_HAS(path, "\"seq\":2,");
}

static struct rlimit limit;

/* A limit on the file's size stands for the full disk: the kernel takes a part of the line. */
static void fill_disk(void)
{
	struct rlimit full;
	struct stat   st;

	signal(SIGXFSZ, SIG_IGN);
	ck_assert_int_eq(stat(path, &st), 0);
	getrlimit(RLIMIT_FSIZE, &limit);
	full          = limit;
	full.rlim_cur = (rlim_t)st.st_size + 10;
	setrlimit(RLIMIT_FSIZE, &full);
}

START_TEST(with_a_full_disk_attempts_are_counted_and_written_when_there_is_room)
{
	struct event b = event("b.com", NOON + 1), c = event("c.com", NOON + 3);
	struct stat  before, after;
	int          error, second, errors = 0;

	append("a.com", NOON);
	ck_assert_int_eq(stat(path, &before), 0);
	/* Nothing is asserted while it is full: Check writes files of its own. */
	fill_disk();
	error  = journal_append(journal, &b, &context);
	second = journal_append(journal, &b, &context);
	for (int i = 0; i < 100; i++)
		errors += journal_append(journal, &c, &context) != 0;
	journal_tick(journal, NOON + SECOND);
	stat(path, &after);
	setrlimit(RLIMIT_FSIZE, &limit);

	ck_assert_int_eq(error, -ENOSPC);
	ck_assert_int_eq(second, 0);
	ck_assert_int_eq(errors, 0);
	ck_assert_int_eq(after.st_size, before.st_size);
	ck_assert(journal_is_degraded(journal));
	ck_assert_uint_eq(standing().lost, 2);
	journal_tick(journal, NOON + 2 * SECOND);
	ck_assert(!journal_is_degraded(journal));
	ASSERT_HAS(path, "\"type\":\"gap\"");
	ASSERT_HAS(path, "No space left on device\",\"attempts\":102,\"counts\":{}");
	ASSERT_HAS(path, "\"count\":2,\"first\"");
	ASSERT_HAS(path, "\"count\":100,\"first\"");
	ASSERT_HAS(path, "\"from\":\"degraded\",\"to\":\"enforcing\"");
	assert_whole();
}

START_TEST(the_same_events_give_the_same_bytes)
{
	char  name[128], *first, *second;

	append("a.com", NOON);
	append("b.com", NOON + 1);
	journal_rotate(journal, NOON + 2);
	path_in_folder("audit-000000000000-000000000003.jsonl", name);
	first = content_of(name);
	tear_down();
	set_up();
	append("a.com", NOON);
	append("b.com", NOON + 1);
	journal_rotate(journal, NOON + 2);
	path_in_folder("audit-000000000000-000000000003.jsonl", name);
	second = content_of(name);
	ck_assert_str_eq(first, second);
	free(first);
	free(second);
}

int main(void)
{
	Suite *s = suite_create("journal");
	TCase *t = tcase_create("journal");

	tcase_add_checked_fixture(t, set_up, tear_down);
	tcase_add_test(t, a_second_writer_is_refused);
	tcase_add_test(t, a_folder_that_is_missing_is_an_error);
	tcase_add_test(t, a_damaged_key_is_never_replaced);
	tcase_add_test(t, a_new_log_begins_with_a_start_signed_by_the_key_to_keep);
	tcase_add_test(t, a_record_is_in_the_file_when_append_returns);
	tcase_add_test(t, who_asks_first_is_said_and_a_flood_of_them_is_counted);
	tcase_add_test(t, a_record_keeps_the_name_that_the_lease_had_then);
	tcase_add_test(t, a_device_with_a_lease_has_its_own_record_whatever_others_are_made_up);
	tcase_add_test(t, repeats_are_one_line_at_the_end_of_their_window);
	tcase_add_test(t, a_heartbeat_has_the_sums);
	tcase_add_test(t, a_log_that_was_stopped_is_clean);
	tcase_add_test(t, what_was_pending_when_it_was_killed_stands_behind_the_next_start);
	tcase_add_loop_test(t, a_torn_end_is_cut_off_and_kept_in_the_start_record, 0, COUNT(tails));
	tcase_add_test(t, a_record_cut_anywhere_is_torn);
	tcase_add_test(t, a_log_that_was_shortened_says_for_ever_what_is_missing);
	tcase_add_test(t, a_log_that_was_emptied_is_short_not_new);
	tcase_add_test(t, another_record_in_the_place_of_the_known_one_is_a_fork);
	tcase_add_test(t, a_line_altered_in_the_middle_does_not_cost_those_behind_it);
	tcase_add_test(t, a_closed_segment_has_its_numbers_its_sum_and_a_new_key);
	tcase_add_test(t, the_chain_goes_on_over_segments_and_restarts);
	tcase_add_test(t, a_segment_that_had_no_name_yet_gets_it_at_the_next_start);
	tcase_add_test(t, a_compressed_segment_is_no_reason_to_call_the_log_short);
	tcase_add_test(t, a_segment_is_closed_when_it_is_long_and_at_midnight);
	tcase_add_test(t, records_that_were_flushed_survive_a_reboot);
	tcase_add_test(t, what_was_not_flushed_is_named_by_the_next_start);
	tcase_add_test(t, a_log_that_was_stopped_loses_nothing_by_a_reboot);
	tcase_add_test(t, a_key_is_not_replaced_before_its_record_is_on_flash);
	tcase_add_test(t, a_closed_file_is_not_written_to_flash_twice);
	tcase_add_test(t, a_copy_of_another_log_is_kept_beside);
	tcase_add_test(t, a_segment_that_is_deleted_goes_from_flash_too);
	tcase_add_test(t, a_copy_that_cannot_be_written_stops_nothing);
	tcase_add_test(t, old_segments_go_with_a_record_that_says_so);
	tcase_add_test(t, a_clock_far_ahead_deletes_nothing);
	tcase_add_test(t, a_hand_over_that_was_cut_off_is_finished_or_taken_back);
	tcase_add_test(t, a_log_whose_key_is_lost_is_put_away_and_never_rooted_anew);
	tcase_add_test(t, a_forged_hand_over_does_not_make_an_end_of_a_log);
	tcase_add_test(t, a_forged_hand_over_does_not_hide_the_true_one);
	tcase_add_test(t, a_key_that_was_handed_over_long_ago_does_not_sign_again);
	tcase_add_test(t, a_log_that_was_moved_away_goes_on_in_a_new_file);
	tcase_add_test(t, what_other_programs_do_to_the_file_is_in_its_standing);
	tcase_add_test(t, what_others_may_do_to_it_is_in_its_standing);
	tcase_add_test(t, a_mark_that_cannot_be_set_is_in_its_standing);
	tcase_add_test(t, a_log_that_was_cut_by_another_program_says_so);
	tcase_add_test(t, with_a_full_disk_attempts_are_counted_and_written_when_there_is_room);
	tcase_add_test(t, the_same_events_give_the_same_bytes);
	suite_add_tcase(s, t);
	return suite_run(s);
}

/* SPDX-License-Identifier: MIT */
#ifndef TESTS_SUPPORT_COLLECTION_H
#define TESTS_SUPPORT_COLLECTION_H

/*
 * Collection: lines of genuine logs as a collector has them, put into copies; and what comes out
 * again in a word: " 0-20 text half".
 */

#include "log/copies.h"
#include "support/logs.h"

#include <stdlib.h>

#define LAST 20

static struct copies c;
static uint8_t       memory[4 << 20];
static struct writer text;
static char          said[65536];
static size_t        said_len;
static uint32_t      collection_file;   /* that is being written */

/* 0 start, 1-6 run, 7 segment, 8-19 run, 20 stop */
static inline void tell_story(struct log *into)
{
	log_start(into, PREVIOUS_NEW, 0, 0);
	log_run(into, 1);
	log_segment(into, 0);
	log_run(into, 2);
	log_stop(into);
	ck_assert_uint_eq(into->num, LAST + 1);
}

static inline void collection_begin(void)
{
	free(c.list);
	c        = (struct copies){ .sensor = BYTES("gw1") };
	text     = writer_over(memory, sizeof(memory));
	said[0]  = '\0';
	said_len = 0;
	collection_file = 0;
}

/* As a collection puts them: with a newline behind, whether the line had one or not. */
static inline void add_line(struct bytes line, uint64_t *last_seq)
{
	bool            whole = line.len > 0 && line.at[line.len - 1] == '\n';
	struct bytes    body  = bytes_first(line, line.len - whole);
	struct line_end end;
	struct copy     copy  = { .at = text.len, .len = (uint32_t)body.len & 0xffffff,
	                          .has_newline = whole, .file = collection_file };

	copy.is_record = whole && line_end_read(body, &end) == PARSE_OK;
	if (copy.is_record)
		*last_seq = end.seq;
	copy.is_signed = copy.is_record && end.is_signed;
	copy.seq       = *last_seq;
	write_bytes(&text, body);
	write_text(&text, "\n");
	ck_assert(!text.full);
	c.list = reallocarray(c.list, c.num + 1, sizeof(copy));
	ck_assert_ptr_nonnull(c.list);
	c.list[c.num++] = copy;
}

/* A file with lines from..to of a log. */
static inline void add(const struct log *from, size_t first, size_t last)
{
	uint64_t seq = 0;

	for (size_t i = first; i <= last; i++)
		add_line(from->lines[i], &seq);
}

static inline void add_other(struct bytes line, uint64_t behind)
{
	add_line(line, &behind);
}

/* --- what is given --- */

static uint64_t run_from, run_to;
static bool     in_run;

static inline void end_run(void)
{
	if (in_run)
		said_len +=
			(size_t)snprintf(said + said_len, sizeof(said) - said_len,
		                         run_from == run_to ? " %llu" : " %llu-%llu",
		                         (unsigned long long)run_from, (unsigned long long)run_to);
	in_run = false;
}

static inline void say_line(struct bytes line, bool has_newline)
{
	struct line_end end;

	ck_assert_uint_eq(line.at[line.len], '\n');
	if (!has_newline || line_end_read(line, &end) != PARSE_OK) {
		end_run();
		said_len += (size_t)snprintf(said + said_len, sizeof(said) - said_len,
		                             has_newline ? " text" : " half");
		return;
	}
	if (in_run && end.seq == run_to + 1) {
		run_to = end.seq;
		return;
	}
	end_run();
	in_run   = true;
	run_from = run_to = end.seq;
}

#endif

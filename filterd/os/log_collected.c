/* SPDX-License-Identifier: MIT */

/*
 * All lines go to a temporary file that has no name, and where each stands to an array, which is sorted. Lines that are no records keep
 * their place behind the record before them.
 */

#include "os/log_files.h"

#include "audit/chain.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

struct place {
	uint64_t seq, at;               /* at: in the temporary file */
	uint32_t len;                   /* newline included; LEN_BROKEN: no line is there, but the length of one that was too long */
	uint32_t has_newline;
};

#define LEN_BROKEN UINT32_MAX

struct spool {
	FILE                  *file;
	struct place          *places;
	size_t                 num, room;
	uint64_t               at, last_seq;
	int                    error;
	const struct log_sink *sink;
};

static void keep(struct spool *s, struct place place)
{
	if (s->error != 0)
		return;
	if (s->num == s->room) {
		size_t        room   = s->room > 0 ? 2 * s->room : 4096;
		struct place *places = reallocarray(s->places, room, sizeof(*places));

		if (places == NULL) {
			s->error = -ENOMEM;
			return;
		}
		s->places = places;
		s->room   = room;
	}
	s->places[s->num++] = place;
}

static void spool_line(void *owner, struct bytes line, bool has_newline)
{
	struct spool   *s = owner;
	struct line_end end;

	if (has_newline && line_end_read(line, &end) == PARSE_OK)
		s->last_seq = end.seq;
	keep(s, (struct place){ .seq = s->last_seq, .at = s->at, .len = (uint32_t)line.len, .has_newline = has_newline });
	if (fwrite(line.at, 1, line.len, s->file) != line.len || fputc('\n', s->file) == EOF)
		s->error = errno != 0 ? -errno : -EIO;
	s->at += line.len + 1;
}

static void spool_broken(void *owner, uint64_t bytes)
{
	struct spool *s = owner;

	keep(s, (struct place){ .seq = s->last_seq, .at = bytes, .len = LEN_BROKEN });
}

static void spool_unread(void *owner, const char *file, const char *why)
{
	struct spool *s = owner;

	s->sink->unread(s->sink->owner, file, why);
}

static void spool_progress(void *owner, uint64_t done, uint64_t all)
{
	struct spool *s = owner;

	if (s->sink->progress != NULL)
		s->sink->progress(s->sink->owner, done, all);
}

/* By number, then as they came. */
static int compare(const void *left, const void *right)
{
	const struct place *a = left, *b = right;

	if (a->seq != b->seq)
		return a->seq > b->seq ? 1 : -1;
	return (a->at > b->at) - (a->at < b->at);
}

static struct bytes line_at(const uint8_t *text, const struct place *p)
{
	return bytes_of(text + p->at, p->len);
}

/* Has the same line been given already, among those of the same number? */
static bool is_copy(const struct spool *s, const uint8_t *text, size_t number)
{
	const struct place *p = &s->places[number];

	for (size_t i = number; i > 0 && s->places[i - 1].seq == p->seq && number - i < 64; i--) {
		const struct place *before = &s->places[i - 1];

		if (before->len != LEN_BROKEN && before->len == p->len && before->has_newline == p->has_newline &&
		    bytes_equal(line_at(text, before), line_at(text, p)))
			return true;
	}
	return false;
}

/* Half a line, as a copy has it that was made while filterd wrote it: is it there whole, behind those of this number? */
static bool is_half_of_next(const struct spool *s, const uint8_t *text, size_t number)
{
	const struct place *p    = &s->places[number];
	size_t              next = number + 1;

	if (p->has_newline)
		return false;
	while (next < s->num && s->places[next].seq == p->seq)
		next++;
	return next < s->num && s->places[next].len != LEN_BROKEN &&
	       bytes_equal(line_at(text, p), bytes_first(line_at(text, &s->places[next]), p->len));
}

static void give(const struct spool *s, const uint8_t *text)
{
	for (size_t i = 0; i < s->num; i++) {
		const struct place *p = &s->places[i];

		if (p->len == LEN_BROKEN)
			s->sink->broken(s->sink->owner, p->at);
		else if (!is_copy(s, text, i) && !is_half_of_next(s, text, i))
			s->sink->line(s->sink->owner, line_at(text, p), p->has_newline);
	}
}

int log_files_read_collected(struct log_files *f, const struct log_sink *sink)
{
	struct spool    s     = { .file = tmpfile(), .sink = sink };
	struct log_sink spool = { .owner = &s, .line = spool_line, .broken = spool_broken, .unread = spool_unread,
	                          .progress = spool_progress };
	void           *text;

	if (s.file == NULL)
		return -errno;
	log_files_read(f, &spool);
	if (s.error == 0 && fflush(s.file) != 0)
		s.error = -errno;
	if (s.error == 0 && s.at > 0) {
		text = mmap(NULL, s.at, PROT_READ, MAP_PRIVATE, fileno(s.file), 0);
		if (text == MAP_FAILED) {
			s.error = -errno;
		} else {
			qsort(s.places, s.num, sizeof(*s.places), compare);
			give(&s, text);
			munmap(text, s.at);
		}
	}
	fclose(s.file);
	free(s.places);
	return s.error;
}

/* SPDX-License-Identifier: MIT */

/* Files that were opened (log_files_open.c), read in the order of their records. */

#include "os/log_files_inside.h"

#include "os/log_source.h"

#include <stdlib.h>
#include <string.h>

#define PROGRESS_STEP (8 << 20)         /* bytes between two words about progress */

void log_files_close(struct log_files *f)
{
	if (f == NULL)
		return;
	for (size_t i = 0; i < f->num; i++)
		log_file_drop(f, &f->list[i]);
	free(f->list);
	free(f);
}

size_t log_files_num(const struct log_files *f)
{
	return f->num;
}

const char *log_files_name(const struct log_files *f, size_t number)
{
	return f->list[number].path;
}

void log_files_want_hashes(struct log_files *f)
{
	f->want_hashes = true;
}

bool log_files_hash(const struct log_files *f, size_t number, uint8_t hash_out[LOG_HASH])
{
	if (f->list[number].has_hash)
		memcpy(hash_out, f->list[number].hash, LOG_HASH);
	return f->list[number].has_hash;
}

bool log_files_last_line(const struct log_files *f, uint8_t room[LOG_LINE_MAX], size_t *len_out)
{
	for (size_t i = f->num; i > 0; i--) {
		if (!f->list[i - 1].is_stream &&
		    log_last_line(f->list[i - 1].path, room, LOG_LINE_MAX, len_out))
			return true;
	}
	return false;
}

const char *log_files_keys(const struct log_files *f)
{
	return f->keys[0] != '\0' ? f->keys : NULL;
}

static void say_progress(struct log_files *f, const struct source *s, const struct log_sink *sink)
{
	int64_t at = source_at(s);

	if (sink->progress == NULL || at < 0 || f->done + (uint64_t)at < f->said + PROGRESS_STEP)
		return;
	f->said = f->done + (uint64_t)at;
	sink->progress(sink->owner, f->said, f->all);
}

/* A file that begins with something else than a record, or a pipe, may hold anything. */
static bool can_hold(const struct log_files *f, size_t i, const struct ranges *wanted)
{
	uint64_t first = f->list[i].first,
		 next  = i + 1 < f->num ? f->list[i + 1].first : UINT64_MAX;

	if (f->list[i].is_stream || first == UINT64_MAX)
		return true;
	return ranges_meet(wanted, first,
	                   next == UINT64_MAX ? next
	                   : next > first     ? next - 1
	                                      : first);
}

void log_files_keep(struct log_files *f, const struct ranges *wanted)
{
	size_t kept = 0;

	for (size_t i = 0; i < f->num; i++) {
		if (can_hold(f, i, wanted)) {
			f->list[kept++] = f->list[i];
		} else {
			f->all -= f->all > 0 ? f->list[i].bytes : 0;
			log_file_drop(f, &f->list[i]);
		}
	}
	f->num = kept;
}

void log_files_at(const struct log_files *f, const char **name_out, uint64_t *line_out)
{
	*name_out = f->at_name;
	*line_out = f->at_line;
}

/*
 * Closed files are compressed and do not change: what zlib read of one can be read again. Others
 * are hashed as they are read.
 */
static void begin_hash(const struct log_files *f, struct source *s)
{
	if (f->want_hashes && s->gz == NULL)
		s->hash = log_hash_begin();
}

static void end_hash(const struct log_files *f, struct log_file *file, const struct source *s)
{
	if (s->hash != NULL)
		file->has_hash = log_hash_end(s->hash, file->hash) && s->error == NULL;
	else if (f->want_hashes && !file->is_stream)
		file->has_hash = log_hash_file(file->path, file->hash);
}

static void log_files_read_file(struct log_files *f, struct log_file *file,
                                const struct log_sink *sink)
{
	struct source s;
	struct bytes  line;
	uint64_t      too_long, filled = 0;
	bool          has_newline;

	f->at_name = file->path;
	f->at_line = 0;
	if (source_open(&s, log_file_open(file), file->is_stream)) {
		begin_hash(f, &s);
		while (source_line(&s, &line, &has_newline, &too_long)) {
			f->at_line++;
			if (too_long > 0)
				sink->broken(sink->owner, too_long);
			else if (has_newline || s.error == NULL)
				sink->line(sink->owner, line, has_newline);
			filled += line.len;
			if (filled >= SOURCE_BYTES) {
				say_progress(f, &s, sink);
				filled = 0;
			}
		}
	}
	if (s.error != NULL)
		sink->unread(sink->owner, file->path, s.error);
	end_hash(f, file, &s);
	source_close(&s);
	f->done += file->bytes;
}

bool log_files_is_keys(const struct log_files *f, size_t number)
{
	return f->list[number].is_keys;
}

void log_files_read_one(struct log_files *f, size_t number, const struct log_sink *sink)
{
	log_files_read_file(f, &f->list[number], sink);
	log_file_close(f, &f->list[number]);
}

void log_files_read(struct log_files *f, const struct log_sink *sink)
{
	for (size_t i = 0; i < f->num; i++)
		log_files_read_file(f, &f->list[i], sink);
}

/* SPDX-License-Identifier: MIT */

/* zlib reads both compressed and plain files; plain ones are read around it, as that is twice as fast. */

#include "os/log_files.h"

#include "audit/chain.h"
#include "base/plain.h"
#include "os/log_hash.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

#define BUFFER_BYTES  (1 << 20)
#define PROGRESS_STEP (8 << 20)         /* bytes between two words about progress */
#define PATH_BYTES    1024
#define WRITE_US      20000             /* microseconds; far longer than it takes to write a line */

/* One file, open or not. */
struct log_file {
	char     path[PATH_BYTES];
	uint64_t first;                 /* number of the first record; UINT64_MAX if its first line is none */
	uint64_t bytes;                 /* on disk */
	bool     is_stdin;
	bool     is_stream;             /* the standard input, or a pipe that has a name: read once, from its beginning */
	bool     has_hash;
	uint8_t  hash[LOG_HASH];
	int      fd;                    /* kept open: the last file, which a rotation may rename while others are read; else -1 */
};

struct log_files {
	struct log_file *list;
	size_t           num, room;
	char             keys[PATH_BYTES];
	bool             want_hashes;
	uint64_t         done, all, said;
	const char      *at_name;       /* the file that is read, and how many of its lines were */
	uint64_t         at_line;
};

/* A stream of bytes from a file. */
struct source {
	int         fd;
	gzFile      gz;                 /* NULL: plain */
	uint8_t    *buffer;
	size_t      begin, end;
	bool        ended, waited;
	struct log_hash *hash;          /* of what is read; NULL */
	const char *error;              /* why no more could be read; NULL: it ended */
};

/* The name of a file in somebody else's folder may be made to confuse a terminal. */
static int complain(struct problem *problem, int error, const char *path, const char *what)
{
	struct bytes  rest = bytes_text(path);
	uint8_t       name[400 + 1] = { 0 }, character[PLAIN_MAX];
	struct writer w = writer_over(name, sizeof(name) - 1);

	while (rest.len > 0)
		write_bytes(&w, plain_next(&rest, character));
	snprintf(problem->text, PROBLEM_MAX, "%s: %s", (const char *)name, what != NULL ? what : strerror(-error));
	return error;
}

static int complain_of_access(struct problem *problem, int error, const char *path)
{
	return complain(problem, error, path, error == -EACCES ?
	                "Permission denied; run it as root, or as a member of the group that may read the log" : NULL);
}

static bool source_open(struct source *s, const struct log_file *file)
{
	uint8_t magic[2] = { 0 };

	*s = (struct source){ .fd = file->is_stdin ? dup(STDIN_FILENO) : file->fd >= 0 ? dup(file->fd) :
	                            open(file->path, O_RDONLY | O_CLOEXEC) };
	if (s->fd < 0 || (s->buffer = malloc(BUFFER_BYTES)) == NULL) {
		s->error = strerror(errno);
		return false;
	}
	/* What comes through a pipe cannot be looked at and put back: zlib finds out by itself. */
	if (!file->is_stream && (pread(s->fd, magic, 2, 0) != 2 || magic[0] != 0x1f || magic[1] != 0x8b))
		return true;
	s->gz = gzdopen(s->fd, "rb");
	if (s->gz == NULL) {
		s->error = "not enough memory to decompress it";
		return false;
	}
	gzbuffer(s->gz, BUFFER_BYTES / 4);
	return true;
}

static void source_close(struct source *s)
{
	if (s->gz != NULL)
		gzclose(s->gz);
	else if (s->fd >= 0)
		close(s->fd);
	free(s->buffer);
}

/* More bytes behind those that are there; 0 at the end. */
static size_t source_fill(struct source *s)
{
	ssize_t got;
	int     error = Z_OK;

	if (s->ended)
		return 0;
	memmove(s->buffer, s->buffer + s->begin, s->end - s->begin);
	s->end -= s->begin;
	s->begin = 0;
	do
		got = s->gz != NULL ? gzread(s->gz, s->buffer + s->end, (unsigned)(BUFFER_BYTES - s->end)) :
		                      read(s->fd, s->buffer + s->end, BUFFER_BYTES - s->end);
	while (got < 0 && s->gz == NULL && errno == EINTR);
	if (got > 0) {
		log_hash_add(s->hash, bytes_of(s->buffer + s->end, (size_t)got));
		s->end += (size_t)got;
		return (size_t)got;
	}
	s->ended = true;
	if (s->gz != NULL)
		gzerror(s->gz, &error);
	if (got < 0 || error == Z_BUF_ERROR || error == Z_DATA_ERROR)
		s->error = s->gz == NULL || error == Z_ERRNO ? strerror(errno) :
		           error == Z_BUF_ERROR ? "the compressed data ends too early" : "the compressed data is damaged";
	return 0;
}

/*
 * A line that has no end yet may be one that filterd is writing at this moment, of which the kernel shows the first page before the
 * second. Once a file: is it worth another look?
 */
static bool wait_for_rest(struct source *s)
{
	if (s->waited || s->gz != NULL || s->error != NULL)
		return false;
	usleep(WRITE_US);
	s->waited = true;
	s->ended  = false;
	return true;
}

/*
 * The next line: false at the end. One that is longer than LOG_LINE_MAX gives *too_long_out, its bytes, and no line.
 */
static bool source_line(struct source *s, struct bytes *line_out, bool *has_newline_out, uint64_t *too_long_out)
{
	size_t searched = 0;

	*too_long_out = 0;
	for (;;) {
		uint8_t *at  = s->buffer + s->begin;
		size_t   len = s->end - s->begin;
		uint8_t *end = len > searched ? memchr(at + searched, '\n', len - searched) : NULL;

		if (end != NULL) {
			*line_out        = bytes_of(at, (size_t)(end - at));
			*has_newline_out = true;
			s->begin += line_out->len + 1;
			if (*too_long_out == 0 && line_out->len <= LOG_LINE_MAX)
				return true;
			*too_long_out += line_out->len + 1;
			return true;
		}
		searched = len;
		if (len > LOG_LINE_MAX || *too_long_out > 0) {
			*too_long_out += len;
			s->begin = s->end;
			searched = 0;
		}
		if (source_fill(s) > 0 || (len > 0 && wait_for_rest(s)))
			continue;
		*line_out        = bytes_of(s->buffer + s->begin, s->end - s->begin);
		*has_newline_out = false;
		s->begin         = s->end;
		return line_out->len > 0 || *too_long_out > 0;
	}
}

static uint64_t first_number(const struct log_file *file)
{
	struct source   s;
	struct bytes    line;
	struct line_end end;
	uint64_t        too_long, first = UINT64_MAX;
	bool            has_newline;

	if (source_open(&s, file) && source_line(&s, &line, &has_newline, &too_long) && too_long == 0 && has_newline &&
	    line_end_read(line, &end) == PARSE_OK)
		first = end.seq;
	source_close(&s);
	return first;
}

/*
 * What is there of a file. In a folder only what is a file belongs to a log: a pipe or a device there could keep its reader for ever.
 * Whoever names a pipe wants it read, once: it is not opened before that.
 */
static int look_at(struct log_file *file, bool in_folder, struct problem *problem)
{
	struct stat st;
	int         fd;

	if (stat(file->path, &st) != 0)
		return complain_of_access(problem, -errno, file->path);
	file->is_stream = S_ISFIFO(st.st_mode);
	if (in_folder && !S_ISREG(st.st_mode))
		return complain(problem, -EINVAL, file->path, "it is no file, so no part of a log; take it out of this folder");
	if (file->is_stream)
		return 0;
	file->bytes = (uint64_t)st.st_size;
	fd = open(file->path, O_RDONLY | O_CLOEXEC);
	if (fd >= 0) {
		close(fd);
		return 0;
	}
	return complain_of_access(problem, -errno, file->path);
}

static int add(struct log_files *f, const char *path, bool in_folder, struct problem *problem)
{
	struct log_file file = { .is_stdin = strcmp(path, "-") == 0, .fd = -1 };
	int             error;

	if (strlen(path) >= PATH_BYTES)
		return complain(problem, -ENAMETOOLONG, path, NULL);
	snprintf(file.path, sizeof(file.path), "%s", path);
	if (file.is_stdin) {
		snprintf(file.path, sizeof(file.path), "standard input");
		file.is_stream = true;
	} else {
		error = look_at(&file, in_folder, problem);
		if (error != 0)
			return error;
		if (!file.is_stream)
			file.first = first_number(&file);
	}
	if (f->num == f->room) {
		size_t           room = f->room > 0 ? 2 * f->room : 64;
		struct log_file *list = reallocarray(f->list, room, sizeof(*list));

		if (list == NULL)
			return complain(problem, -ENOMEM, path, NULL);
		f->list = list;
		f->room = room;
	}
	f->list[f->num++] = file;
	return 0;
}

static bool ends_with(const char *name, const char *end)
{
	size_t len = strlen(name), end_len = strlen(end);

	return len > end_len && strcmp(name + len - end_len, end) == 0;
}

static int add_folder(struct log_files *f, const char *path, struct problem *problem)
{
	DIR           *folder = opendir(path);
	struct dirent *entry;
	size_t         before = f->num;
	int            error  = 0;

	if (folder == NULL)
		return complain(problem, -errno, path, NULL);
	while (error == 0 && (entry = readdir(folder)) != NULL) {
		char file[PATH_BYTES];

		if (!ends_with(entry->d_name, ".jsonl") && !ends_with(entry->d_name, ".jsonl.gz"))
			continue;
		if (snprintf(file, sizeof(file), "%s/%s", path, entry->d_name) >= (int)sizeof(file))
			error = complain(problem, -ENAMETOOLONG, path, NULL);
		else
			error = add(f, file, true, problem);
	}
	closedir(folder);
	if (error == 0 && f->num == before)
		error = complain(problem, -ENOENT, path, "there is no audit log in this folder (no *.jsonl or *.jsonl.gz)");
	return error;
}

/* An empty file, as the open segment is just after a rotation, comes last. */
static int compare(const void *left, const void *right)
{
	const struct log_file *a = left, *b = right;

	if (a->first != b->first)
		return a->first > b->first ? 1 : -1;
	return strcmp(a->path, b->path);
}

static void find_keys(struct log_files *f)
{
	const char *slash;
	struct stat st;

	if (f->num == 0 || f->list[0].is_stream)
		return;
	slash = strrchr(f->list[0].path, '/');
	if (snprintf(f->keys, sizeof(f->keys), "%.*saudit.keys", slash != NULL ? (int)(slash - f->list[0].path) + 1 : 0,
	             f->list[0].path) >= (int)sizeof(f->keys) || stat(f->keys, &st) != 0 || !S_ISREG(st.st_mode) ||
	    access(f->keys, R_OK) != 0)
		f->keys[0] = '\0';
}

int log_files_open(const char *const *paths, size_t num_paths, struct log_files **out, struct problem *problem)
{
	struct log_files *f     = calloc(1, sizeof(*f));
	int               error = f != NULL ? 0 : -ENOMEM;
	bool              any_stream = false;

	for (size_t i = 0; i < num_paths && error == 0; i++) {
		struct stat st;

		if (strcmp(paths[i], "-") != 0 && stat(paths[i], &st) == 0 && S_ISDIR(st.st_mode))
			error = add_folder(f, paths[i], problem);
		else
			error = add(f, paths[i], false, problem);
	}
	if (error != 0) {
		log_files_close(f);
		return error;
	}
	qsort(f->list, f->num, sizeof(*f->list), compare);
	if (f->num > 0 && !f->list[f->num - 1].is_stream)
		f->list[f->num - 1].fd = open(f->list[f->num - 1].path, O_RDONLY | O_CLOEXEC);
	for (size_t i = 0; i < f->num; i++) {
		any_stream |= f->list[i].is_stream;
		f->all     += f->list[i].bytes;
	}
	if (any_stream)
		f->all = 0;
	find_keys(f);
	*out = f;
	return 0;
}

void log_files_close(struct log_files *f)
{
	if (f == NULL)
		return;
	if (f->num > 0 && f->list[f->num - 1].fd >= 0)
		close(f->list[f->num - 1].fd);
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
		if (!f->list[i - 1].is_stream && log_last_line(f->list[i - 1].path, room, LOG_LINE_MAX, len_out))
			return true;
	}
	return false;
}

const char *log_files_keys(const struct log_files *f)
{
	return f->keys[0] != '\0' ? f->keys : NULL;
}

/* A file that begins with something else than a record, or a pipe, may hold anything. */
static bool can_hold(const struct log_files *f, size_t i, const struct ranges *wanted)
{
	uint64_t first = f->list[i].first, next = i + 1 < f->num ? f->list[i + 1].first : UINT64_MAX;

	if (f->list[i].is_stream || first == UINT64_MAX)
		return true;
	return ranges_meet(wanted, first, next == UINT64_MAX ? next : next > first ? next - 1 : first);
}

void log_files_keep(struct log_files *f, const struct ranges *wanted)
{
	size_t kept = 0;

	for (size_t i = 0; i < f->num; i++) {
		if (can_hold(f, i, wanted)) {
			f->list[kept++] = f->list[i];
		} else {
			f->all -= f->all > 0 ? f->list[i].bytes : 0;
			if (f->list[i].fd >= 0)
				close(f->list[i].fd);
		}
	}
	f->num = kept;
}

void log_files_at(const struct log_files *f, const char **name_out, uint64_t *line_out)
{
	*name_out = f->at_name;
	*line_out = f->at_line;
}

/* How far: by the place in the file on disk, which for a compressed one is not that of the text. */
static void say_progress(struct log_files *f, const struct source *s, const struct log_sink *sink)
{
	off_t at = s->gz != NULL ? gzoffset(s->gz) : lseek(s->fd, 0, SEEK_CUR);

	if (sink->progress == NULL || at < 0 || f->done + (uint64_t)at < f->said + PROGRESS_STEP)
		return;
	f->said = f->done + (uint64_t)at;
	sink->progress(sink->owner, f->said, f->all);
}

/* Closed files are compressed and do not change: what zlib read of one can be read again. Others are hashed as they are read. */
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

static void read_file(struct log_files *f, struct log_file *file, const struct log_sink *sink)
{
	struct source s;
	struct bytes  line;
	uint64_t      too_long, filled = 0;
	bool          has_newline;

	f->at_name = file->path;
	f->at_line = 0;
	if (source_open(&s, file)) {
		begin_hash(f, &s);
		while (source_line(&s, &line, &has_newline, &too_long)) {
			f->at_line++;
			if (too_long > 0)
				sink->broken(sink->owner, too_long);
			else if (has_newline || s.error == NULL)
				sink->line(sink->owner, line, has_newline);
			filled += line.len;
			if (filled >= BUFFER_BYTES) {
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

void log_files_read(struct log_files *f, const struct log_sink *sink)
{
	for (size_t i = 0; i < f->num; i++)
		read_file(f, &f->list[i], sink);
}

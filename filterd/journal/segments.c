/* SPDX-License-Identifier: MIT */

#include "journal/segments.h"

#include "base/list.h"
#include "log/lines.h"
#include "os/files.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define LOST_MAX    1000
#define NUMBER_DIGITS 19        /* digits; few enough that the number fits into 64 bits */

int segments_of(const char *path, struct segments *out)
{
	const char *slash = strrchr(path, '/'), *name = slash != NULL ? slash + 1 : path;
	size_t      len   = strlen(name);

	if (len > 6 && strcmp(name + len - 6, ".jsonl") == 0)
		len -= 6;
	if (len >= sizeof(out->prefix) - 1 || strlen(path) >= SEGMENTS_PATH_MAX)
		return -ENAMETOOLONG;
	files_folder_of(path, out->folder, sizeof(out->folder));
	snprintf(out->prefix, sizeof(out->prefix), "%.*s", (int)len, name);
	return 0;
}

void segments_name(const struct segments *s, uint64_t first, uint64_t last, char out[320])
{
	snprintf(out, 320, "%s-%012" PRIu64 "-%012" PRIu64 ".jsonl", s->prefix, first, last);
}

void segments_path(const struct segments *s, const char *name, char out[1024])
{
	snprintf(out, 1024, "%s/%s", s->folder, name);
}

/* Cuts off "-000000000000" and reads the number; false if there is none. */
static bool cut_number(const char **text, uint64_t *out)
{
	size_t digits = **text == '-' ? strspn(*text + 1, "0123456789") : 0;

	if (digits == 0 || digits > NUMBER_DIGITS)
		return false;
	*out = strtoull(*text + 1, NULL, 10);
	*text += 1 + digits;
	return true;
}

static bool parse_name(const struct segments *s, const char *name, struct segment *out)
{
	size_t      prefix = strlen(s->prefix);
	const char *left   = name;

	if (strlen(name) >= sizeof(out->name) || strncmp(name, s->prefix, prefix) != 0)
		return false;
	left += prefix;
	if (!cut_number(&left, &out->first) || !cut_number(&left, &out->last))
		return false;
	snprintf(out->name, sizeof(out->name), "%s", name);
	return strcmp(left, ".jsonl") == 0 || strcmp(left, ".jsonl.gz") == 0;
}

static int by_number(const void *a, const void *b)
{
	const struct segment *x = a, *y = b;

	return x->first < y->first ? -1 : x->first > y->first;
}

int segments_list(const struct segments *s, struct segment **list_out, size_t *num_out)
{
	DIR            *dir  = opendir(s->folder);
	struct segment *list = NULL;
	size_t          num  = 0, room = 0;
	int             error = 0;

	if (dir == NULL)
		return -errno;
	for (struct dirent *entry = readdir(dir); entry != NULL && error == 0;
	     entry                = readdir(dir)) {
		struct segment one;
		struct stat    st;

		if (!parse_name(s, entry->d_name, &one) ||
		    fstatat(dirfd(dir), entry->d_name, &st, AT_SYMLINK_NOFOLLOW) != 0 ||
		    !S_ISREG(st.st_mode))
			continue;
		one.bytes      = (uint64_t)st.st_size;
		one.changed_us = (int64_t)st.st_mtim.tv_sec * 1000000 + st.st_mtim.tv_nsec / 1000;
		if (list_has_room(&list, num, &room, sizeof(one)))
			list[num++] = one;
		else
			error = -ENOMEM;
	}
	closedir(dir);
	if (error != 0) {
		free(list);
		return error;
	}
	if (num > 0)
		qsort(list, num, sizeof(*list), by_number);
	*list_out = list;
	*num_out  = num;
	return 0;
}

/* The last complete line of a file, with its newline; empty if it has none. */
static struct bytes segments_last_line(const char *path, uint8_t room[LOG_LINE_MAX + 1])
{
	size_t len = 0;

	if (!lines_last(open(path, O_RDONLY | O_CLOEXEC), room, &len))
		return (struct bytes){ 0 };
	room[len] = '\n';
	return bytes_of(room, len + 1);
}

uint64_t segments_last(const struct segments *s)
{
	struct segment *list = NULL;
	size_t          num  = 0;
	uint64_t        last = UINT64_MAX;

	if (segments_list(s, &list, &num) == 0 && num > 0)
		last = list[num - 1].last;
	free(list);
	return last;
}

int segments_end(const struct segments *s, struct chain *next_out, bool *has_key_out,
                 uint8_t key_out[NOTE_KEY])
{
	struct segment *list = NULL;
	size_t          num  = 0;
	char            path[1024];
	static uint8_t  room[LOG_LINE_MAX + 1];
	struct bytes    line = { 0 };
	struct line_end end;
	int             error = segments_list(s, &list, &num);

	if (error == 0 && num > 0) {
		segments_path(s, list[num - 1].name, path);
		line = segments_last_line(path, room);
	}
	free(list);
	if (error != 0)
		return error;
	if (line.len == 0 || line_end_read(bytes_first(line, line.len - 1), &end) != PARSE_OK)
		return -ENOENT;
	*next_out    = (struct chain){ .seq = end.seq };
	*has_key_out = log_line_next_key(line, key_out);
	return chain_advance(next_out, line);
}

int segments_hash(const struct segments *s, const char *name, uint8_t hash_out[CHAIN_HASH])
{
	struct lines *lines;
	struct piece  piece;
	char          path[1024];
	int           error;

	segments_path(s, name, path);
	error = lines_open(open(path, O_RDONLY | O_CLOEXEC), &lines);
	if (error != 0)
		return error;
	lines_want_hash(lines, false);
	while (lines_next(lines, &piece))
		;
	error = lines->error != 0 || !lines_hash(lines, hash_out) ? -EIO : 0;
	lines_close(lines);
	return error;
}

/* Appends to a small file of the folder, synced. */
static int append(const struct segments *s, const char *name, struct bytes what)
{
	char    path[1024];
	int     fd, error = 0;
	ssize_t put;

	segments_path(s, name, path);
	fd = open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0640);
	if (fd < 0)
		return -errno;
	put = write(fd, what.at, what.len);
	if (put < 0 || fdatasync(fd) != 0)
		error = -errno;
	else if ((size_t)put < what.len)
		error = -ENOSPC;
	close(fd);
	return error;
}

int segments_sum(const struct segments *s, const char *name, const uint8_t hash[CHAIN_HASH])
{
	uint8_t       line[512];
	struct writer w = writer_over(line, sizeof(line));

	write_hex(&w, bytes_of(hash, CHAIN_HASH));
	write_format(&w, "  %s\n", name);
	return append(s, "SHA256SUMS", writer_written(&w));
}

static void keys_name(const struct segments *s, char out[320])
{
	snprintf(out, 320, "%s.keys", s->prefix);
}

void segments_keys_path(const struct segments *s, char out[1024])
{
	char name[320];

	keys_name(s, name);
	segments_path(s, name, out);
}

int segments_key(const struct segments *s, struct bytes line)
{
	static uint8_t room[LOG_LINE_MAX + 1];
	char           name[320], path[1024];

	keys_name(s, name);
	segments_keys_path(s, path);
	return bytes_equal(segments_last_line(path, room), line) ? 0 : append(s, name, line);
}

int segments_keys(const struct segments *s, struct bytes *content_out)
{
	char path[1024];

	segments_keys_path(s, path);
	return files_read(path, content_out);
}

int segments_last_key(const struct segments *s, uint8_t key_out[NOTE_KEY])
{
	static uint8_t room[LOG_LINE_MAX + 1];
	char           path[1024];

	segments_keys_path(s, path);
	return log_line_next_key(segments_last_line(path, room), key_out) ? 0 : -ENOENT;
}

static int move(const struct segments *s, const char *name, const char *to)
{
	char from_path[1024], to_path[2048];

	segments_path(s, name, from_path);
	snprintf(to_path, sizeof(to_path), "%s/%s", to, name);
	return rename(from_path, to_path) == 0 || errno == ENOENT ? 0 : -errno;
}

int segments_set_aside(const struct segments *s, const char *name)
{
	char path[1024], aside[1040];

	segments_path(s, name, path);
	snprintf(aside, sizeof(aside), "%s.unsound", path);
	return rename(path, aside) == 0 ? 0 : -errno;
}

int segments_put_away(const struct segments *s, const char *open_name)
{
	struct segment *list = NULL;
	size_t          num  = 0;
	char            to[1024], keys[320];
	int             error = segments_list(s, &list, &num), n = 1;

	keys_name(s, keys);
	for (; error == 0 && n < LOST_MAX; n++) {
		snprintf(to, sizeof(to), "%s/lost-%d", s->folder, n);
		if (mkdir(to, 0750) == 0)
			break;
		error = errno == EEXIST ? 0 : -errno;
	}
	for (size_t i = 0; i < num && error == 0; i++)
		error = move(s, list[i].name, to);
	if (error == 0)
		error = move(s, "SHA256SUMS", to);
	if (error == 0)
		error = move(s, keys, to);
	if (error == 0)
		error = move(s, open_name, to);
	free(list);
	return error;
}

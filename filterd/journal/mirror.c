/* SPDX-License-Identifier: MIT */

/*
 * No state is kept between two updates: files are compared, which costs reads and no writes. A copy
 * that is not the beginning of its file, for example after a log was moved away, is kept as
 * NAME.old, once.
 */

#include "journal/mirror.h"

#include "os/files.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define CHUNK_BYTES 16384
#define WHOLE_FILE  UINT64_MAX

int mirror_of(const char *path, const char *folder, struct mirror *out)
{
	const char *slash = strrchr(path, '/'), *name = slash != NULL ? slash + 1 : path;
	char        copy[2 * SEGMENTS_PATH_MAX];
	int         error = segments_of(path, &out->log);

	if (strlen(name) >= sizeof(out->open_name))
		return -ENAMETOOLONG;
	snprintf(out->open_name, sizeof(out->open_name), "%s", name);
	snprintf(copy, sizeof(copy), "%s/%s", folder, name);
	return error != 0 ? error : segments_of(copy, &out->copy);
}

static int64_t len_of(const char *path)
{
	struct stat st;

	return stat(path, &st) == 0 ? (int64_t)st.st_size : -1;
}

static int close_with(int fd, int error)
{
	if (fd >= 0)
		close(fd);
	return error;
}

/* Does the file `copy` contain the first bytes of `from`, and at most len? */
static bool is_beginning(const char *from, const char *copy, uint64_t len)
{
	uint8_t a[CHUNK_BYTES], b[CHUNK_BYTES];
	int     fd = open(from, O_RDONLY | O_CLOEXEC), copy_fd = open(copy, O_RDONLY | O_CLOEXEC);
	int64_t have = len_of(copy);
	bool    same = fd >= 0 && copy_fd >= 0 && have >= 0 && (uint64_t)have <= len;
	ssize_t got  = 1;

	while (same && (got = read(copy_fd, a, sizeof(a))) > 0) {
		ssize_t held = pread(fd, b, (size_t)got, lseek(copy_fd, 0, SEEK_CUR) - got);

		same = held == got && memcmp(a, b, (size_t)got) == 0;
	}
	close_with(fd, 0);
	return close_with(copy_fd, same && got == 0);
}

/* Appends bytes `at` to len of one descriptor to another. */
static int append_rest(int from, int to, uint64_t at, uint64_t len)
{
	uint8_t chunk[CHUNK_BYTES];
	ssize_t got = 1;

	while (at < len && got > 0) {
		size_t wanted = len - at < sizeof(chunk) ? (size_t)(len - at) : sizeof(chunk);

		got = pread(from, chunk, wanted, (off_t)at);
		if (got < 0)
			return -errno;
		for (ssize_t put = 0, n; put < got; put += n) {
			n = write(to, chunk + put, (size_t)(got - put));
			if (n < 0)
				return -errno;
		}
		at += (uint64_t)got;
	}
	return fdatasync(to) == 0 ? 0 : -errno;
}

/* `to` becomes the first len bytes of `from`; WHOLE_FILE: all of it. */
static int bring(const char *from, const char *to, uint64_t len, unsigned mode)
{
	char    old[1040];
	int64_t all = len_of(from), have = len_of(to);
	int     from_fd, to_fd, error;

	if (all < 0)
		return errno == ENOENT ? 0 : -errno;
	if (len > (uint64_t)all)
		len = (uint64_t)all;
	if (have >= 0 && !is_beginning(from, to, len)) {
		snprintf(old, sizeof(old), "%s.old", to);
		if (rename(to, old) != 0)
			return -errno;
		have = -1;
	}
	if (have == (int64_t)len)
		return 0;
	from_fd = open(from, O_RDONLY | O_CLOEXEC);
	if (from_fd < 0)
		return -errno;
	to_fd = open(to, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0640);
	error = to_fd < 0 ? -errno
	                  : append_rest(from_fd, to_fd, have > 0 ? (uint64_t)have : 0, len);
	if (error == 0 && fchmod(to_fd, mode) != 0)
		error = -errno;
	if (have < 0)
		files_sync_folder(to);
	close_with(from_fd, 0);
	return close_with(to_fd, error);
}

static int bring_named(const struct segments *from, const struct segments *to, const char *name,
                       uint64_t len, unsigned mode)
{
	char from_path[1024], to_path[1024];

	segments_path(from, name, from_path);
	segments_path(to, name, to_path);
	return bring(from_path, to_path, len, mode);
}

/* The segment was the open file at the last update: its copy is renamed, too. */
static void rename_copy(const struct mirror *m, const struct segment *s)
{
	char closed[1024], copy[1024], open_copy[1024];

	segments_path(&m->log, s->name, closed);
	segments_path(&m->copy, s->name, copy);
	segments_path(&m->copy, m->open_name, open_copy);
	if (len_of(copy) < 0 && is_beginning(closed, open_copy, s->bytes) &&
	    rename(open_copy, copy) == 0)
		files_sync_folder(copy);
}

/* A closed file never changes: if its copy has the full length, it need not be read again. */
static bool mirror_is_there(const struct segments *to, const struct segment *s)
{
	char path[1024];

	segments_path(to, s->name, path);
	return len_of(path) == (int64_t)s->bytes;
}

static int bring_segments(const struct mirror *m, const struct segments *from,
                          const struct segments *to)
{
	struct segment *list = NULL;
	size_t          num  = 0;
	int             first_error = segments_list(from, &list, &num);

	for (size_t i = 0; i < num; i++) {
		int error = 0;

		if (mirror_is_there(to, &list[i]))
			continue;
		if (from == &m->log)
			rename_copy(m, &list[i]);
		error       = bring_named(from, to, list[i].name, WHOLE_FILE, 0440);
		first_error = first_error != 0 ? first_error : error;
	}
	free(list);
	return first_error;
}

static int bring_all(const struct mirror *m, const struct segments *from, const struct segments *to,
                     uint64_t open_len)
{
	char keys[320];
	int  error = bring_segments(m, from, to), one;

	snprintf(keys, sizeof(keys), "%s.keys", m->log.prefix);
	one   = bring_named(from, to, m->open_name, open_len, 0640);
	error = error != 0 ? error : one;
	one   = bring_named(from, to, keys, WHOLE_FILE, 0640);
	error = error != 0 ? error : one;
	one   = bring_named(from, to, "SHA256SUMS", WHOLE_FILE, 0640);
	return error != 0 ? error : one;
}

int mirror_restore(const struct mirror *m)
{
	char path[1024], copy[1024];
	int  error;

	segments_path(&m->log, m->open_name, path);
	segments_path(&m->copy, m->open_name, copy);
	if (len_of(path) > 0 || segments_last(&m->log) != UINT64_MAX)
		return 0;
	if (len_of(copy) <= 0 && segments_last(&m->copy) == UINT64_MAX)
		return 0;
	error = bring_all(m, &m->copy, &m->log, WHOLE_FILE);
	return error != 0 ? error : 1;
}

int mirror_update(const struct mirror *m, uint64_t open_len)
{
	return bring_all(m, &m->log, &m->copy, open_len);
}

int mirror_forget(const struct mirror *m, const char *name)
{
	char path[1024];

	segments_path(&m->copy, name, path);
	return unlink(path) == 0 || errno == ENOENT ? 0 : -errno;
}

int mirror_set_aside(const struct mirror *m, const char *name)
{
	int error = segments_set_aside(&m->copy, name);

	return error == -ENOENT ? 0 : error;
}

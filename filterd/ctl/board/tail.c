/* SPDX-License-Identifier: MIT */

/*
 * The open file is opened before its folder is listed: if it is closed in between, it appears
 * twice, and its inode identifies it; in the other order a file could be missed.
 */

#include "ctl/board/tail.h"

#include "journal/segments.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define GZIP_RATIO 25           /* text bytes per compressed byte; measured: 12 to 20 */

struct tail {
	struct segments segments;
	struct segment *list;
	size_t          num;            /* files left to read, from the last one on */
	int             open_fd;        /* -1: already read, or missing */
	dev_t           device;
	ino_t           inode;
	uint64_t        left;           /* bytes */
	struct lines   *lines;
	bool            is_cut;         /* the first line may be incomplete */
	bool            is_full;
};

int tail_open(const char *path, uint64_t most, struct tail **out)
{
	struct tail *t = calloc(1, sizeof(*t));
	struct stat  st;
	int          error = t == NULL ? -ENOMEM : segments_of(path, &t->segments), open_error = 0;

	if (error != 0) {
		free(t);
		return error;
	}
	t->left    = most;
	t->open_fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	if (t->open_fd < 0) {
		open_error = -errno;
	} else if (fstat(t->open_fd, &st) != 0 || !S_ISREG(st.st_mode)) {
		open_error = -EINVAL;
	} else {
		t->device = st.st_dev;
		t->inode  = st.st_ino;
	}
	error = segments_list(&t->segments, &t->list, &t->num);
	/* Without an open file, a rotation may be under way: the closed ones are the log. */
	if (open_error != 0 && (open_error != -ENOENT || error != 0 || t->num == 0))
		error = open_error;
	if (error != 0) {
		tail_close(t);
		return error;
	}
	*out = t;
	return 0;
}

/* -1: it is missing, or is the former open file. */
static int tail_open_segment(struct tail *t, const char *name)
{
	char        path[1024 + 4];
	struct stat st;
	int         fd;

	segments_path(&t->segments, name, path);
	fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	if (fd < 0 && errno == ENOENT) {
		/* It has been compressed meanwhile. */
		strcat(path, ".gz");
		fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	}
	if (fd >= 0 && (fstat(fd, &st) != 0 || !S_ISREG(st.st_mode) ||
	                (st.st_dev == t->device && st.st_ino == t->inode))) {
		close(fd);
		fd = -1;
	}
	return fd;
}

static bool tail_is_packed(int fd)
{
	uint8_t magic[2];

	return pread(fd, magic, 2, 0) == 2 && magic[0] == 0x1f && magic[1] == 0x8b;
}

/*
 * Starts near the end of a file that exceeds the limit; a compressed one cannot be read from there.
 */
static bool tail_begin(struct tail *t, int fd)
{
	off_t    end       = lseek(fd, 0, SEEK_END), from = 0;
	bool     is_packed = tail_is_packed(fd);
	uint64_t most      = is_packed ? t->left / GZIP_RATIO : t->left;
	bool     fits      = end >= 0 && (uint64_t)end <= most;

	t->is_full = !fits;
	if (!fits && (end < 0 || is_packed || t->left == 0)) {
		close(fd);
		return false;
	}
	if (!fits)
		from = end - (off_t)t->left;
	if (lseek(fd, from, SEEK_SET) < 0) {
		close(fd);
		return false;
	}
	if (lines_open(fd, &t->lines) != 0)
		return false;
	t->is_cut        = from > 0;
	t->lines->looked = from > 0;
	return true;
}

/*
 * Takes the newest file off the list. During compression, or if both forms are kept, a file is
 * there twice, and the plain one is complete.
 */
static const char *tail_cut_name(struct tail *t)
{
	const struct segment *one = &t->list[--t->num];

	while (t->num > 0 && t->list[t->num - 1].first == one->first) {
		t->num--;
		if (strlen(t->list[t->num].name) < strlen(one->name))
			one = &t->list[t->num];
	}
	return one->name;
}

bool tail_older(struct tail *t)
{
	int fd = t->open_fd;

	lines_close(t->lines);
	t->lines   = NULL;
	t->open_fd = -1;
	while (fd < 0 && t->num > 0 && !t->is_full)
		fd = tail_open_segment(t, tail_cut_name(t));
	if (fd >= 0 && t->is_full) {
		close(fd);
		return false;
	}
	return fd >= 0 && tail_begin(t, fd);
}

bool tail_next(struct tail *t, struct piece *out)
{
	while (t->lines != NULL && lines_next(t->lines, out)) {
		t->left -= out->line.len < t->left ? out->line.len : t->left;
		if (!t->is_cut)
			return true;
		t->is_cut = false;
	}
	return false;
}

bool tail_has_more(const struct tail *t)
{
	return t->is_full || t->num > 0;
}

bool tail_last(const struct tail *t, uint8_t room[LOG_LINE_MAX], size_t *len_out)
{
	char path[1024];

	if (t->num == 0)
		return false;
	segments_path(&t->segments, t->list[t->num - 1].name, path);
	return lines_last(open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK), room, len_out);
}

void tail_close(struct tail *t)
{
	if (t == NULL)
		return;
	lines_close(t->lines);
	if (t->open_fd >= 0)
		close(t->open_fd);
	free(t->list);
	free(t);
}

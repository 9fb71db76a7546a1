/* SPDX-License-Identifier: MIT */

/*
 * A line is put together outside the lock and leaves in one write(2) under it. O_APPEND makes the write land at the end
 * whatever happens; if the disk takes only a part of a line, that part is cut off again.
 */

#include "os/journal.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

struct journal {
	char           *path;
	int             fd;
	pthread_mutex_t lock;
	struct chain    chain;
	uint64_t        appended, failed;
};

/* The file, open and locked: a descriptor or -errno. */
static int open_locked(const char *path)
{
	int fd = open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0640);

	if (fd < 0)
		return -errno;
	if (flock(fd, LOCK_EX | LOCK_NB) != 0) {
		int error = -errno;

		close(fd);
		return error;
	}
	return fd;
}

int journal_open(const char *path, struct journal **journal_out)
{
	struct journal *j  = calloc(1, sizeof(*j));
	int             fd = open_locked(path);

	if (fd < 0 || j == NULL || (j->path = strdup(path)) == NULL) {
		if (fd >= 0)
			close(fd);
		free(j);
		return fd < 0 ? fd : -ENOMEM;
	}
	j->fd = fd;
	pthread_mutex_init(&j->lock, NULL);
	*journal_out = j;
	return 0;
}

int journal_reopen(struct journal *j)
{
	struct stat ours, there;
	int         fd, old;

	/* Still the same file: nothing to do, and the lock on it is ours. */
	if (stat(j->path, &there) == 0 && fstat(j->fd, &ours) == 0 && ours.st_dev == there.st_dev &&
	    ours.st_ino == there.st_ino)
		return 0;
	fd = open_locked(j->path);
	if (fd < 0)
		return fd;
	pthread_mutex_lock(&j->lock);
	old   = j->fd;
	j->fd = fd;
	pthread_mutex_unlock(&j->lock);
	close(old);
	return 0;
}

void journal_close(struct journal *j)
{
	close(j->fd);
	pthread_mutex_destroy(&j->lock);
	free(j->path);
	free(j);
}

/* All of the line or nothing: 0 or -errno. */
static int append_line(int fd, struct bytes line)
{
	off_t   end = lseek(fd, 0, SEEK_END);
	ssize_t put;

	do
		put = write(fd, line.at, line.len);
	while (put < 0 && errno == EINTR);
	if (put < 0)
		return -errno;
	if ((size_t)put == line.len)
		return 0;
	return end >= 0 && ftruncate(fd, end) != 0 ? -errno : -ENOSPC;
}

int journal_append(struct journal *j, const struct event *e, const struct record_context *c)
{
	uint8_t       line[RECORD_MAX];
	struct writer w = writer_over(line, sizeof(line));
	int           error;

	record_open(&w, e, c);
	record_count(&w, 1, e->time_us);
	pthread_mutex_lock(&j->lock);
	record_close(&w, &j->chain);
	error = w.full ? -EMSGSIZE : append_line(j->fd, writer_written(&w));
	if (error == 0)
		error = chain_advance(&j->chain, writer_written(&w));
	j->appended += error == 0;
	j->failed += error != 0;
	pthread_mutex_unlock(&j->lock);
	return error;
}

static uint64_t counter(struct journal *j, const uint64_t *which)
{
	uint64_t value;

	pthread_mutex_lock(&j->lock);
	value = *which;
	pthread_mutex_unlock(&j->lock);
	return value;
}

uint64_t journal_appended(struct journal *j)
{
	return counter(j, &j->appended);
}

uint64_t journal_failed(struct journal *j)
{
	return counter(j, &j->failed);
}

/* SPDX-License-Identifier: MIT */

/*
 * A file that is read to its end, waited for, and read on. A rotation renames it and makes another:
 * the old one, which is open still, is read to its end first. inotify only wakes; whatever it
 * misses is found a second later.
 */

#include "ctl/audit/follow.h"

#include "audit/chain.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>
#include <sys/stat.h>
#include <unistd.h>

#define BUFFER_BYTES (2 * LOG_LINE_MAX)
#define LOOK_EVERY   1000       /* milliseconds */

struct follow_reading {
	const struct following *f;
	int                     fd, notify;
	uint64_t                at;             /* bytes read of the file */
	uint8_t                *buffer;
	size_t                  len;
	/* what comes up to the next newline is part of a line that was too long */
	bool                    skipping;
	bool                    chained, broken;
	struct chain            due;
};

static void follow_say(const struct follow_reading *r, const char *what)
{
	fprintf(stderr, "filterctl audit %s: %s: %s\n", r->f->verb, r->f->path, what);
}

/* Does the record hang on the one before? Said once, until it does again. */
static void check_chain(struct follow_reading *r, const struct line_end *end)
{
	bool holds = !r->chained ||
	             (end->seq == r->due.seq && memcmp(end->prev, r->due.prev, CHAIN_HASH) == 0);

	if (!holds && !r->broken)
		fprintf(stderr,
		        "filterctl audit %s: record %" PRIu64
		        " does not follow the one before it here; filterctl audit verify says "
		        "more\n",
		        r->f->verb, end->seq);
	r->broken = !holds;
}

/* Takes: the line with its newline. */
static void follow_take_line(struct follow_reading *r, struct bytes line)
{
	struct bytes    record = bytes_first(line, line.len - 1);
	struct line_end end;
	struct entry    e;

	if (line_end_read(record, &end) != PARSE_OK || entry_read(record, &e) != PARSE_OK) {
		if (!r->broken)
			follow_say(r, "a line is no record; filterctl audit verify says more");
		r->broken = true;
		return;
	}
	check_chain(r, &end);
	r->chained = true;
	r->due     = (struct chain){ .seq = end.seq };
	if (chain_advance(&r->due, line) != 0)
		r->chained = false;
	r->f->each(r->f->owner, &e, record);
}

static void take_lines(struct follow_reading *r)
{
	struct bytes left = bytes_of(r->buffer, r->len);

	for (;;) {
		const uint8_t *end = left.len > 0 ? memchr(left.at, '\n', left.len) : NULL;
		struct bytes   line;

		if (end == NULL)
			break;
		line = bytes_first(left, (size_t)(end - left.at) + 1);
		left = bytes_from(left, line.len);
		if (!r->skipping)
			follow_take_line(r, line);
		r->skipping = false;
	}
	if (left.len > LOG_LINE_MAX) {
		if (!r->skipping)
			follow_say(r, "a line is longer than any record; filterctl audit verify "
			              "says more");
		r->skipping = true;
		left.len    = 0;
	}
	if (left.len > 0)
		memmove(r->buffer, left.at, left.len);
	r->len = left.len;
}

/* To the end of the file as it is now. 0 or -errno. */
static int read_on(struct follow_reading *r)
{
	for (;;) {
		ssize_t got = read(r->fd, r->buffer + r->len, BUFFER_BYTES - r->len);

		if (got < 0 && errno == EINTR)
			continue;
		if (got <= 0)
			return got < 0 ? -errno : 0;
		r->at  += (uint64_t)got;
		r->len += (size_t)got;
		take_lines(r);
	}
}

static int follow_open_file(struct follow_reading *r)
{
	r->fd       = open(r->f->path, O_RDONLY | O_CLOEXEC);
	r->at       = 0;
	r->len      = 0;
	r->skipping = false;
	return r->fd >= 0 ? 0 : -errno;
}

static int follow_begin_anew(struct follow_reading *r)
{
	r->at = 0;
	if (r->len > 0)
		follow_say(r, "its last line was not whole");
	r->len = 0;
	return lseek(r->fd, 0, SEEK_SET) == 0 ? read_on(r) : -errno;
}

/* Is the path another file by now, or the file shorter than what was read of it? */
static int follow_look(struct follow_reading *r)
{
	struct stat of_path, of_file;
	int         error;

	if (fstat(r->fd, &of_file) != 0)
		return -errno;
	if ((uint64_t)of_file.st_size < r->at) {
		follow_say(r,
		           "it has been cut off by another program; going on from its beginning");
		return follow_begin_anew(r);
	}
	error = read_on(r);
	/* Between the rename and the new file there is none. */
	if (error != 0 || stat(r->f->path, &of_path) != 0 ||
	    (of_path.st_ino == of_file.st_ino && of_path.st_dev == of_file.st_dev))
		return error;
	error = read_on(r);
	if (error != 0)
		return error;
	close(r->fd);
	error = follow_open_file(r);
	return error == 0 ? read_on(r) : error;
}

static int watch_folder(const char *path)
{
	const char *slash = strrchr(path, '/');
	char        folder[1024];
	int         fd = inotify_init1(IN_NONBLOCK | IN_CLOEXEC);

	snprintf(folder, sizeof(folder), "%.*s",
	         slash == NULL || slash == path ? 1 : (int)(slash - path),
	         slash != NULL ? path : ".");
	if (fd >= 0)
		inotify_add_watch(fd, folder, IN_MODIFY | IN_CREATE | IN_MOVED_TO);
	return fd;
}

/* False: nobody reads the standard output any more. */
static bool wait_for_more(const struct follow_reading *r)
{
	struct pollfd wait[] = { { .fd = STDOUT_FILENO }, { .fd = r->notify, .events = POLLIN } };
	char          events[4096];

	if (poll(wait, COUNT(wait), LOOK_EVERY) <= 0)
		return true;
	if (wait[0].revents & (POLLERR | POLLHUP))
		return false;
	if (wait[0].revents & POLLNVAL)
		return false;
	while (r->notify >= 0 && read(r->notify, events, sizeof(events)) > 0)
		;
	return true;
}

int follow(const struct following *f)
{
	struct follow_reading r     = { .f = f, .notify = watch_folder(f->path),
	                                .buffer = malloc(BUFFER_BYTES) };
	int                   error = r.buffer != NULL ? follow_open_file(&r) : -ENOMEM;

	if (error == 0)
		error = read_on(&r);
	while (error == 0 && f->caught_up(f->owner) && wait_for_more(&r))
		error = follow_look(&r);
	if (error != 0)
		follow_say(&r, error == -EACCES ? "Permission denied; run it as root, or as a "
		                                  "member of the group that may read the log"
		                                : strerror(-error));
	if (r.fd >= 0 && r.buffer != NULL)
		close(r.fd);
	if (r.notify >= 0)
		close(r.notify);
	free(r.buffer);
	return error == 0 ? 0 : EXIT_IO;
}

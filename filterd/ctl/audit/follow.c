/* SPDX-License-Identifier: MIT */

/*
 * Reads a file to its end, waits, and reads on. A rotation renames the file and creates another:
 * the old one is still open, and is read to its end first. inotify only wakes; a missed event is
 * noticed within a second.
 */

#include "ctl/audit/follow.h"

#include "ctl/complain.h"
#include "ctl/verbs.h"
#include "os/files.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <poll.h>
#include <string.h>
#include <sys/inotify.h>
#include <sys/stat.h>
#include <unistd.h>

#define LOOK_EVERY   1000       /* milliseconds */

static void follow_say(const struct follow *f, const char *what)
{
	complain(0, f->who, "%s: %s", f->path, what);
}

/* Does the record follow from the previous one? Complains once until the chain holds again. */
static void check_chain(struct follow *f, const struct entry *e)
{
	bool holds = !f->chained || chain_is_due(&f->due, &e->end);

	if (!holds && !f->broken)
		complain(0, f->who,
		         "record %" PRIu64 " does not follow the one before it here; see "
		         "filterctl audit verify", e->end.seq);
	f->broken  = !holds;
	f->chained = chain_behind(&f->due, e->end.seq, e->line) == 0;
}

static bool follow_take(struct follow *f, const struct piece *piece, struct entry *e)
{
	if (piece->kind == PIECE_LONG)
		follow_say(f, "a line is longer than any record; see filterctl audit verify");
	if (piece->kind != PIECE_LINE)
		return false;
	if (record_read(piece->line, e) != PARSE_OK) {
		if (!f->broken)
			follow_say(f, "a line is not a record; see filterctl audit verify");
		f->broken = true;
		return false;
	}
	check_chain(f, e);
	return true;
}

static void follow_open_file(struct follow *f)
{
	lines_close(f->lines);
	f->lines = NULL;
	f->moved = false;
	f->error = lines_open(open(f->path, O_RDONLY | O_CLOEXEC), &f->lines);
	if (f->error == 0)
		f->lines->grows = true;
}

bool follow_next(struct follow *f, struct entry *e)
{
	struct piece piece;

	while (f->error == 0) {
		while (lines_next(f->lines, &piece)) {
			if (follow_take(f, &piece, e))
				return true;
		}
		f->error = f->lines->error;
		if (!f->moved || f->error != 0)
			return false;
		follow_open_file(f);
	}
	return false;
}

/* Is the path a different file now, or the file shorter than the part already read? */
static void follow_look(struct follow *f)
{
	struct stat of_path, of_file;

	if (fstat(f->lines->fd, &of_file) != 0) {
		f->error = -errno;
	} else if ((uint64_t)of_file.st_size < f->lines->at) {
		follow_say(f,
		           "another program has truncated it; going on from its beginning");
		if (f->lines->end > f->lines->begin)
			follow_say(f, "its last line was incomplete");
		follow_open_file(f);
	} else {
		/* Between the rename and the creation there is no file. */
		f->moved = stat(f->path, &of_path) == 0 && (of_path.st_ino != of_file.st_ino ||
		                                            of_path.st_dev != of_file.st_dev);
	}
}

static int watch_folder(const char *path)
{
	char folder[1024];
	int  fd = inotify_init1(IN_NONBLOCK | IN_CLOEXEC);

	files_folder_of(path, folder, sizeof(folder));
	if (fd >= 0)
		inotify_add_watch(fd, folder, IN_MODIFY | IN_CREATE | IN_MOVED_TO);
	return fd;
}

bool follow_wait(struct follow *f)
{
	struct pollfd wait[] = { { .fd = STDOUT_FILENO }, { .fd = f->notify, .events = POLLIN } };
	char          events[4096];

	if (f->error != 0)
		return false;
	if (poll(wait, COUNT(wait), LOOK_EVERY) > 0) {
		if (wait[0].revents & (POLLERR | POLLHUP | POLLNVAL))
			return false;
		while (f->notify >= 0 && read(f->notify, events, sizeof(events)) > 0)
			;
	}
	follow_look(f);
	return true;
}

void follow_open(struct follow *f, const char *who, const char *path)
{
	*f = (struct follow){ .who = who, .path = path, .notify = watch_folder(path) };
	follow_open_file(f);
}

int follow_close(struct follow *f)
{
	if (f->error != 0)
		follow_say(f, f->error == -EACCES ? "Permission denied; run it as root, or as a "
		                                    "member of the group that may read the log"
		                                  : strerror(-f->error));
	lines_close(f->lines);
	if (f->notify >= 0)
		close(f->notify);
	return f->error == 0 ? 0 : EXIT_IO;
}

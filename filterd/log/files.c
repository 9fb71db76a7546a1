/* SPDX-License-Identifier: MIT */

/*
 * A live log changes while it is read: its open file is closed and renamed, the oldest files are
 * deleted, old ones are compressed. So a folder is listed, its files are opened, and it is listed
 * again: if it is unchanged, all files of that moment are open, and stay readable whatever happens
 * to their names.
 */

#include "log/files.h"

#include "audit/chain.h"
#include "base/list.h"
#include "base/plain.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#define LIST_TRIES    50                /* attempts to list a folder that keeps changing */
#define LIST_WAIT_US  20000             /* microseconds between tries; a rotation takes less */
#define FILES_MAX     65536             /* kept open, if the system allows so many */
#define DEPTH         8                 /* of nested folders */
#define KEYS_NAME     "audit.keys"
#define FILES_SPARE   64                /* descriptors for other things */

/* --- listing --- */

/* A file name in a foreign folder may try to confuse a terminal. */
static int log_files_complain(struct problem *problem, int error, const char *path,
                              const char *what)
{
	uint8_t       name[400 + 1] = { 0 };
	struct writer w = writer_over(name, sizeof(name) - 1);

	plain_write(&w, bytes_text(path));
	if (what == NULL && error == -ENOENT)
		what = "No such file or directory; there is a log once filterd has run";
	if (what == NULL)
		what = error == -EACCES ? "Permission denied; run it as root, or as a member of "
		                          "the group that may read the log"
		                        : strerror(-error);
	return problem_say(problem, error, "%s: %s", (const char *)name, what);
}

/* A separate descriptor, at the file's beginning; -1 with errno. */
static int log_file_open(const struct log_file *file)
{
	struct stat st;
	int         fd;

	if (file->is_stdin)
		return fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 0);
	fd = file->fd >= 0 ? fcntl(file->fd, F_DUPFD_CLOEXEC, 0)
	                   : open(file->path, O_RDONLY | O_CLOEXEC);
	if (fd < 0 || file->is_stream)
		return fd;
	if (lseek(fd, 0, SEEK_SET) == 0 && fstat(fd, &st) == 0 && st.st_dev == file->device &&
	    st.st_ino == file->inode)
		return fd;
	close(fd);
	errno = ESTALE;
	return -1;
}

static uint64_t first_number(const struct log_file *file)
{
	struct lines   *l;
	struct piece    piece;
	struct line_end end;
	uint64_t        first = UINT64_MAX;

	if (lines_open(log_file_open(file), &l) != 0)
		return first;
	if (lines_next(l, &piece) && piece.kind == PIECE_LINE &&
	    line_end_read(piece.line, &end) == PARSE_OK)
		first = end.seq;
	lines_close(l);
	return first;
}

/*
 * Opens a file and reads its properties. In a folder only regular files belong to a log: a pipe or
 * a device could block the reader forever. A pipe given by name is read once, and not opened before
 * that.
 */
static int log_file_look(struct log_file *file, bool in_folder, struct problem *problem)
{
	struct stat st;

	if (stat(file->path, &st) != 0) {
		int error = -errno;

		if (error == -ENOENT && in_folder && lstat(file->path, &st) == 0 &&
		    S_ISLNK(st.st_mode))
			return log_files_complain(
				problem, -EINVAL, file->path,
				"it is a link that leads nowhere; take it out of this folder");
		return log_files_complain(problem, error, file->path, NULL);
	}
	file->is_stream = S_ISFIFO(st.st_mode);
	if (in_folder && !S_ISREG(st.st_mode))
		return log_files_complain(
			problem, -EINVAL, file->path,
			"it is no file, so no part of a log; take it out of this folder");
	if (file->is_stream)
		return 0;
	file->fd = open(file->path, O_RDONLY | O_CLOEXEC | (in_folder ? O_NONBLOCK : 0));
	if (file->fd < 0 || fstat(file->fd, &st) != 0)
		return log_files_complain(problem, -errno, file->path, NULL);
	file->bytes  = (uint64_t)st.st_size;
	file->device = st.st_dev;
	file->inode  = st.st_ino;
	return 0;
}

static void log_file_close(struct log_files *f, struct log_file *file)
{
	if (file->fd < 0)
		return;
	close(file->fd);
	file->fd = -1;
	f->num_open--;
}

static void log_file_drop(struct log_files *f, struct log_file *file)
{
	log_file_close(f, file);
	free(file->path);
	file->path = NULL;
}

static int log_files_add(struct log_files *f, struct log_file *file, struct problem *problem)
{
	if (!list_has_room(&f->list, f->num, &f->room, sizeof(*file)))
		return log_files_complain(problem, -ENOMEM, file->path, NULL);
	f->list[f->num] = *file;
	if (f->num_open > f->most_open)
		log_file_close(f, &f->list[f->num]);
	f->num++;
	return 0;
}

static int log_files_add_path(struct log_files *f, const char *path, bool in_folder,
                              struct problem *problem)
{
	struct log_file file = { .is_stdin = strcmp(path, "-") == 0, .fd = -1 };
	int             error = 0;

	if (strlen(path) >= LOG_PATH)
		return log_files_complain(problem, -ENAMETOOLONG, path, NULL);
	file.path = strdup(file.is_stdin ? "standard input" : path);
	if (file.path == NULL)
		return log_files_complain(problem, -ENOMEM, path, NULL);
	file.is_stream = file.is_stdin;
	file.is_keys   = f->collected && bytes_end(bytes_text(path), KEYS_NAME);
	if (!file.is_stdin)
		error = log_file_look(&file, in_folder, problem);
	f->num_open += file.fd >= 0;
	if (error == 0)
		error = log_files_add(f, &file, problem);
	if (error != 0)
		log_file_drop(f, &file);
	return error;
}

/*
 * A collector's programs rotate and compress in their own way: gw1.jsonl.1, gw1.jsonl-20261123.gz.
 * Names with a leading dot are still being transferred.
 */
static bool log_files_wants(const struct log_files *f, const char *name)
{
	const char  *end  = strstr(name, ".jsonl");
	struct bytes text = bytes_text(name);

	if (!f->collected)
		return bytes_end(text, ".jsonl") || bytes_end(text, ".jsonl.gz");
	if (name[0] == '.')
		return false;
	return bytes_end(text, KEYS_NAME) ||
	       (end != NULL && (end[6] == '\0' || end[6] == '.' || end[6] == '-'));
}

static int list_folder(struct log_files *f, const char *path, struct problem *problem)
{
	DIR           *folder = opendir(path);
	struct dirent *entry;
	char           file[LOG_PATH];
	int            error = 0;

	if (folder == NULL)
		return log_files_complain(problem, -errno, path, NULL);
	while (error == 0 && (entry = readdir(folder)) != NULL) {
		if (!log_files_wants(f, entry->d_name))
			continue;
		if (snprintf(file, LOG_PATH, "%s/%s", path, entry->d_name) >= LOG_PATH)
			error = log_files_complain(problem, -ENAMETOOLONG, path, NULL);
		else
			error = log_files_add_path(f, file, true, problem);
	}
	closedir(folder);
	return error;
}

static void log_files_cut(struct log_files *f, size_t num)
{
	while (f->num > num)
		log_file_drop(f, &f->list[--f->num]);
}

/* Are the files from `from` the same as those from `again`? An unchanged folder keeps its order. */
static bool is_as_listed(const struct log_files *f, size_t from, size_t again)
{
	size_t num = again - from, i = 0;

	if (f->num - again != num)
		return false;
	for (; i < num; i++) {
		const struct log_file *a = &f->list[from + i], *b = &f->list[again + i];

		if (strcmp(a->path, b->path) != 0 || a->device != b->device ||
		    a->inode != b->inode)
			break;
	}
	return i == num;
}

static int add_folder(struct log_files *f, const char *path, struct problem *problem)
{
	size_t before = f->num;

	for (int tries = 0; tries < LIST_TRIES; tries++) {
		int    error = list_folder(f, path, problem);
		size_t again = f->num;

		if (error == 0)
			error = list_folder(f, path, problem);
		if (error == 0 && is_as_listed(f, before, again)) {
			log_files_cut(f, again);
			return 0;
		}
		/*
		 * A listed file that is gone was renamed or deleted.
		 */
		if (error != 0 && error != -ENOENT)
			return error;
		log_files_cut(f, before);
		usleep(LIST_WAIT_US);
	}
	return log_files_complain(
		problem, -EAGAIN, path,
		"files come and go here faster than they can be listed; try again");
}

/* No symbolic links, which may form loops. */
static bool is_folder(DIR *parent, const char *name)
{
	struct stat st;

	return name[0] != '.' && fstatat(dirfd(parent), name, &st, AT_SYMLINK_NOFOLLOW) == 0 &&
	       S_ISDIR(st.st_mode);
}

/* A folder with all its subfolders. */
static int add_tree(struct log_files *f, const char *path, unsigned depth, struct problem *problem)
{
	int            error  = add_folder(f, path, problem);
	DIR           *folder = error == 0 && depth > 0 ? opendir(path) : NULL;
	struct dirent *entry;

	while (folder != NULL && error == 0 && (entry = readdir(folder)) != NULL) {
		char deeper[LOG_PATH];

		if (!is_folder(folder, entry->d_name))
			continue;
		if (snprintf(deeper, sizeof(deeper), "%s/%s", path, entry->d_name) >= LOG_PATH)
			error = log_files_complain(problem, -ENAMETOOLONG, path, NULL);
		else
			error = add_tree(f, deeper, depth - 1, problem);
	}
	if (folder != NULL)
		closedir(folder);
	return error;
}

static int add_log(struct log_files *f, const char *path, struct problem *problem)
{
	size_t before = f->num;
	int error = f->collected ? add_tree(f, path, DEPTH, problem) : add_folder(f, path, problem);

	if (error == 0 && f->num == before)
		error = log_files_complain(
			problem, -ENOENT, path,
			"there is no audit log in this folder (no *.jsonl or *.jsonl.gz)");
	return error;
}

/* As many as the system allows this process to keep open. */
static size_t most_open(void)
{
	struct rlimit limit;

	if (getrlimit(RLIMIT_NOFILE, &limit) != 0)
		return 0;
	if (limit.rlim_cur < limit.rlim_max) {
		rlim_t before = limit.rlim_cur;

		limit.rlim_cur = limit.rlim_max < FILES_MAX ? limit.rlim_max : FILES_MAX;
		if (limit.rlim_cur < before || setrlimit(RLIMIT_NOFILE, &limit) != 0)
			limit.rlim_cur = before;
	}
	return limit.rlim_cur > FILES_SPARE ? (size_t)limit.rlim_cur - FILES_SPARE : 0;
}

/* An empty file, like the open segment just after a rotation, comes last. */
static int log_files_compare(const void *left, const void *right)
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
	if (snprintf(f->keys, sizeof(f->keys), "%.*saudit.keys",
	             slash != NULL ? (int)(slash - f->list[0].path) + 1 : 0,
	             f->list[0].path) >= (int)sizeof(f->keys) ||
	    stat(f->keys, &st) != 0 || !S_ISREG(st.st_mode) || access(f->keys, R_OK) != 0)
		f->keys[0] = '\0';
}

int log_files_open(const char *const *paths, size_t num_paths, bool collected,
                   struct log_files **out, struct problem *problem)
{
	struct log_files *f     = calloc(1, sizeof(*f));
	int               error = f != NULL ? 0 : -ENOMEM;
	bool              any_stream = false;

	if (f != NULL) {
		f->most_open = most_open();
		f->collected = collected;
	}
	for (size_t i = 0; i < num_paths && error == 0; i++) {
		struct stat st;

		if (strcmp(paths[i], "-") != 0 && stat(paths[i], &st) == 0 && S_ISDIR(st.st_mode))
			error = add_log(f, paths[i], problem);
		else
			error = log_files_add_path(f, paths[i], false, problem);
	}
	if (error != 0) {
		log_files_close(f);
		return error;
	}
	for (size_t i = 0; i < f->num; i++) {
		if (!f->list[i].is_stream && !collected)
			f->list[i].first = first_number(&f->list[i]);
		any_stream |= f->list[i].is_stream;
		f->all     += f->list[i].bytes;
	}
	if (any_stream)
		f->all = 0;
	if (f->num > 0)
		qsort(f->list, f->num, sizeof(*f->list), log_files_compare);
	find_keys(f);
	*out = f;
	return 0;
}

void log_files_close(struct log_files *f)
{
	if (f == NULL)
		return;
	lines_close(f->lines);
	log_files_cut(f, 0);
	free(f->list);
	free(f);
}

/* --- reading them --- */

bool log_files_last_line(const struct log_files *f, uint8_t room[LOG_LINE_MAX], size_t *len_out)
{
	for (size_t i = f->num; i > 0; i--) {
		if (!f->list[i - 1].is_stream &&
		    lines_last(log_file_open(&f->list[i - 1]), room, len_out))
			return true;
	}
	return false;
}

/* A pipe, or a file that does not begin with a record, may contain anything. */
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

static void end_file(struct log_files *f)
{
	struct log_file *file = &f->list[f->next - 1];

	file->has_hash = f->want_hashes && !file->is_stream && lines_hash(f->lines, file->hash);
	lines_close(f->lines);
	log_file_close(f, file);
	f->lines = NULL;
	f->done += file->bytes;
}

bool log_files_next(struct log_files *f, struct piece *out)
{
	for (;;) {
		struct log_file *file;
		int              error;

		if (f->lines != NULL && lines_next(f->lines, out)) {
			out->file  = f->list[f->next - 1].path;
			out->place = ++f->line;
			return true;
		}
		if (f->lines != NULL)
			end_file(f);
		if (f->next == f->num)
			return false;
		file    = &f->list[f->next++];
		f->line = 0;
		error   = lines_open(log_file_open(file), &f->lines);
		if (error != 0) {
			*out = (struct piece){ .kind = PIECE_UNREAD, .file = file->path,
			                       .why = strerror(-error) };
			return true;
		}
		if (f->want_hashes && !file->is_stream)
			lines_want_hash(f->lines, true);
	}
}

uint64_t log_files_done(const struct log_files *f)
{
	return f->done + (f->lines != NULL ? f->lines->at : 0);
}

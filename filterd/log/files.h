/* SPDX-License-Identifier: MIT */
#ifndef FILTERD_LOG_FILES_H
#define FILTERD_LOG_FILES_H

/*
 * Files: the files of an audit log, given in any order, read as one log from its first line to its
 * last. Closed segments may be compressed (gzip). Memory is bounded for any input.
 */

#include "base/problem.h"
#include "log/lines.h"
#include "log/ranges.h"

#include <sys/types.h>

#define LOG_PATH 1024

struct log_file {
	char    *path;
	/* number of the first record; UINT64_MAX if the first line is not a record */
	uint64_t first;
	uint64_t bytes;                 /* on disk */
	bool     is_stdin;
	/* standard input, or a named pipe: read once, from its beginning */
	bool     is_stream;
	bool     is_keys;               /* audit.keys, among collected files */
	/*
	 * SHA-256 of the file as read; unknown for a stream, or a file that could not be read to
	 * its end
	 */
	bool     has_hash;
	uint8_t  hash[LINES_HASH];
	dev_t    device;                /* identifies the file, whatever its name */
	ino_t    inode;
	/* kept open; -1: a stream, or more files than can be open */
	int      fd;
};

struct log_files {
	struct log_file *list;
	size_t           num, room, num_open, most_open;
	char             keys[LOG_PATH];        /* audit.keys beside the first one; "": none */
	bool             collected;     /* from any depth, unordered */
	bool             want_hashes;   /* may be set before reading */
	uint64_t         done, all;     /* bytes: of files already read; of all, 0: unknown */
	/* the current piece: its line number, from 1; its file is the one before `next` */
	size_t           next;
	uint64_t         line;
	struct lines    *lines;
};

/*
 * log_files_open - Takes: files, folders (all *.jsonl and *.jsonl.gz in them), pipes, or "-",
 *                  standard input. collected: also subfolders, rotated files with any names, and
 *                  audit.keys; it is not one log, and unordered (collect.h).
 * Gives:  0, sorted by the number of their first record; -errno with *problem_out: the file, and
 *         the remedy.
 */
int  log_files_open(const char *const *paths, size_t num_paths, bool collected,
                    struct log_files **out, struct problem *problem_out);
void log_files_close(struct log_files *f);

/*
 * The last complete line of the last file with one, without its newline; false if there is none, or
 * only standard input.
 */
bool log_files_last_line(const struct log_files *f, uint8_t room[LOG_LINE_MAX], size_t *len_out);

/*
 * log_files_keep - keeps only files that can contain one of these records: each begins at its first
 *                  line's number and ends before the next file.
 */
void log_files_keep(struct log_files *f, const struct ranges *wanted);

/* log_files_next - all lines, once. Gives: false at the end. */
bool log_files_next(struct log_files *f, struct piece *out);

/* Bytes read from all files so far. */
uint64_t log_files_done(const struct log_files *f);

#endif

/* SPDX-License-Identifier: MIT */
#ifndef FILTERD_LOG_FILES_H
#define FILTERD_LOG_FILES_H

/*
 * Files: the files of an audit log, given in any order, read as one log from its first line to its
 * last. Closed segments may be compressed (gzip). Memory is bounded whatever is given.
 */

#include "base/problem.h"
#include "log/lines.h"
#include "log/ranges.h"

#include <sys/types.h>

#define LOG_PATH 1024

struct log_file {
	char    *path;
	/* number of the first record; UINT64_MAX if its first line is none */
	uint64_t first;
	uint64_t bytes;                 /* on disk */
	bool     is_stdin;
	/* the standard input, or a pipe that has a name: read once, from its beginning */
	bool     is_stream;
	bool     is_keys;               /* audit.keys, among files that were collected */
	/*
	 * SHA-256 of the file, as it was read; not known of a stream, or of what could not be read
	 * to its end
	 */
	bool     has_hash;
	uint8_t  hash[LINES_HASH];
	dev_t    device;                /* which file it is, whatever its name */
	ino_t    inode;
	/* kept open; -1: a stream, or more files than can be open */
	int      fd;
};

struct log_files {
	struct log_file *list;
	size_t           num, room, num_open, most_open;
	char             keys[LOG_PATH];        /* audit.keys beside the first one; "": none */
	bool             collected;     /* from any depth, in no order */
	bool             want_hashes;   /* may be set before they are read */
	uint64_t         done, all;     /* bytes: of files behind us; of all, 0: nobody knows */
	/* the piece at hand: its file is the one before `next`, its line in there, from 1 */
	size_t           next;
	uint64_t         line;
	struct lines    *lines;
};

/*
 * log_files_open - Takes: files, folders (all *.jsonl and *.jsonl.gz in them), pipes, or "-", the
 *                  standard input. collected: what is in folders of these folders, too, rotated by
 *                  whatever name, and audit.keys; it is not one log, and comes in no order
 *                  (collect.h).
 * Gives:  0, sorted by the number of their first record; -errno with *problem_out: which one, and
 *         what to do.
 */
int  log_files_open(const char *const *paths, size_t num_paths, bool collected,
                    struct log_files **out, struct problem *problem_out);
void log_files_close(struct log_files *f);

/*
 * The last whole line of the last file that has one, without its newline; false if there is none,
 * or nothing but the standard input.
 */
bool log_files_last_line(const struct log_files *f, uint8_t room[LOG_LINE_MAX], size_t *len_out);

/*
 * log_files_keep - only files that can hold one of these records are read: each begins where its
 *                  first line says and ends before the next.
 */
void log_files_keep(struct log_files *f, const struct ranges *wanted);

/* log_files_next - all lines, once. Gives: false at the end. */
bool log_files_next(struct log_files *f, struct piece *out);

/* Bytes of all files that have been read. */
uint64_t log_files_done(const struct log_files *f);

#endif

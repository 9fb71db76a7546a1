/* SPDX-License-Identifier: MIT */
#ifndef FILTERD_OS_LOG_FILES_H
#define FILTERD_OS_LOG_FILES_H

/*
 * Log files: the files of an audit log, given in any order, read as one log from its first line to
 * its last. Closed segments may be compressed (gzip). Memory is bounded whatever is given.
 */

#include "base/bytes.h"
#include "base/problem.h"
#include "review/ranges.h"

#define LOG_LINE_MAX (64 * 1024)        /* bytes; more than twice RECORD_MAX */

struct log_files;

/*
 * What a reader is told. Lines are borrowed for the call; without their newline, which stands
 * behind them in memory if they had one. progress may be NULL: bytes of the files read so far, of
 * all (0 if that cannot be told).
 */
struct log_sink {
	void *owner;
	void (*line)(void *owner, struct bytes line, bool has_newline);
	/* a line longer than LOG_LINE_MAX */
	void (*broken)(void *owner, uint64_t bytes);
	/* the rest of a file cannot be read */
	void (*unread)(void *owner, const char *file, const char *why);
	void (*progress)(void *owner, uint64_t done, uint64_t all);
};

/*
 * log_files_open - Takes: files, folders (all *.jsonl and *.jsonl.gz in them), pipes, or "-", the
 *                  standard input. collected: what is in folders of these folders, too, rotated by
 *                  whatever name, and audit.keys; it is not one log, and comes in no order
 *                  (log_collected.h).
 * Gives:  0, sorted by the number of their first record; -errno with *problem_out: which one, and
 *         what to do.
 */
int  log_files_open(const char *const *paths, size_t num_paths, bool collected,
                    struct log_files **out, struct problem *problem_out);
void log_files_close(struct log_files *f);

size_t      log_files_num(const struct log_files *f);
const char *log_files_name(const struct log_files *f, size_t number);
/* audit.keys beside the first of them; NULL if there is none */
const char *log_files_keys(const struct log_files *f);

/*
 * log_files_want_hashes - before they are read: the SHA-256 of each file, as it was read, is
 *                         wanted.
 * log_files_hash        - false: not known, as of the standard input, or of a file that could not
 *                         be read to its end.
 */
void log_files_want_hashes(struct log_files *f);
bool log_files_hash(const struct log_files *f, size_t number, uint8_t hash_out[32]);

/*
 * The last whole line of the last file that has one, without its newline; false if there is none,
 * or nothing but the standard input.
 */
bool log_files_last_line(const struct log_files *f, uint8_t room[LOG_LINE_MAX], size_t *len_out);

/*
 * log_files_keep - only files that can hold one of these records are read: each begins where its
 *                  first line says and ends before the next.
 * log_files_at   - while they are read, but not of a collector's: in which file the line at hand
 *                  stands, and which of its lines it is, from 1.
 */
void log_files_keep(struct log_files *f, const struct ranges *wanted);
void log_files_at(const struct log_files *f, const char **name_out, uint64_t *line_out);

/* All lines, once. */
void log_files_read(struct log_files *f, const struct log_sink *sink);

/* One file alone; is it an audit.keys? */
void log_files_read_one(struct log_files *f, size_t number, const struct log_sink *sink);
bool log_files_is_keys(const struct log_files *f, size_t number);

#endif

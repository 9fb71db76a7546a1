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

struct log_files;

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
bool log_files_hash(const struct log_files *f, size_t number, uint8_t hash_out[LINES_HASH]);

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

/*
 * Where the piece at hand stands: in which file, its number and whether it is an audit.keys, and
 * which of its lines it is, from 1. How many bytes of all files have been read, and how many there
 * are; 0 if that cannot be told.
 */
struct log_place {
	const char *name;
	size_t      file;
	bool        is_keys;
	uint64_t    line, done, all;
};
struct log_place log_files_at(const struct log_files *f);

#endif

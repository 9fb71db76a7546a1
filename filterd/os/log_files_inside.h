/* SPDX-License-Identifier: MIT */
#ifndef FILTERD_OS_LOG_FILES_INSIDE_H
#define FILTERD_OS_LOG_FILES_INSIDE_H

/* What log_files_open.c (which files there are) and log_files.c (reading them) share. */

#include "os/log_files.h"
#include "os/log_hash.h"

#include <sys/types.h>

#define PATH_BYTES 1024

/* One file, open or not. */
struct log_file {
	char    *path;
	/* number of the first record; UINT64_MAX if its first line is none */
	uint64_t first;
	uint64_t bytes;                 /* on disk */
	bool     is_stdin;
	/* the standard input, or a pipe that has a name: read once, from its beginning */
	bool     is_stream;
	bool     is_keys;               /* audit.keys, among files that were collected */
	bool     has_hash;
	uint8_t  hash[LOG_HASH];
	dev_t    device;                /* which file it is, whatever its name */
	ino_t    inode;
	/* kept open; -1: a stream, or more files than can be open */
	int      fd;
};

struct log_files {
	struct log_file *list;
	size_t           num, room, num_open, most_open;
	char             keys[PATH_BYTES];
	bool             want_hashes;
	bool             collected;     /* from any depth, in no order */
	uint64_t         done, all, said;
	const char      *at_name;       /* the file that is read, and how many of its lines were */
	uint64_t         at_line;
};

/*
 * A descriptor of the file's own, at its beginning; -1 with errno. The one that is kept goes with
 * log_file_close().
 */
int  log_file_open(const struct log_file *file);
void log_file_close(struct log_files *f, struct log_file *file);

/* It is in the list no more. */
void log_file_drop(struct log_files *f, struct log_file *file);

#endif

/* SPDX-License-Identifier: MIT */
#ifndef FILTERD_JOURNAL_MIRROR_H
#define FILTERD_JOURNAL_MIRROR_H

/*
 * Mirror: a copy on flash of a log in memory, with the same files and names. Only new data is
 * written: the open file's copy is appended to, and renamed when the file is closed.
 */

#include "journal/segments.h"

struct mirror {
	struct segments log, copy;
	char            open_name[256];         /* "audit.jsonl", in both folders */
};

/* mirror_of - Takes: the path of the open file, and the folder for the copy. -ENAMETOOLONG. */
int mirror_of(const char *path, const char *folder, struct mirror *out);

/*
 * mirror_restore - if there is no log, for example after a reboot, restores it from its copy.
 * Gives:  1 if there was a copy; 0 if there is a log, or no copy; -errno.
 */
int mirror_restore(const struct mirror *m);

/*
 * mirror_update - copies new data, and syncs. Takes: the length of the open file, which may grow
 *                 meanwhile.
 * Gives:  0; -errno of the first file that could not be copied; the others were still tried.
 */
int mirror_update(const struct mirror *m, uint64_t open_len);

/* A segment is deleted, or set aside (segments.h). 0 or -errno. */
int mirror_forget(const struct mirror *m, const char *name);
int mirror_set_aside(const struct mirror *m, const char *name);

#endif

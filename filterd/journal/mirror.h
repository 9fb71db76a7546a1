/* SPDX-License-Identifier: MIT */
#ifndef FILTERD_JOURNAL_MIRROR_H
#define FILTERD_JOURNAL_MIRROR_H

/*
 * Mirror: a copy of the log on flash, for a log that lies in memory. It has the same files under
 * the same names. Only what is new is written: the open file's copy is appended to, and renamed
 * when the file is closed.
 */

#include "journal/segments.h"

struct mirror {
	struct segments log, copy;
	char            open_name[256];         /* "audit.jsonl", in both folders */
};

/* mirror_of - Takes: the path of the open file, and the folder for the copy. -ENAMETOOLONG. */
int mirror_of(const char *path, const char *folder, struct mirror *out);

/*
 * mirror_restore - where there is no log, as after a reboot, it is made anew from its copy.
 * Gives:  1 if there was a copy; 0 if there is a log, or no copy; -errno.
 */
int mirror_restore(const struct mirror *m);

/*
 * mirror_update - copies what the copy has not, and syncs. Takes: the length of the open file,
 *                 which may grow meanwhile.
 * Gives:  0; -errno of the first file that could not be copied: the others were tried all the same.
 */
int mirror_update(const struct mirror *m, uint64_t open_len);

/* A segment is deleted, or set aside (segments.h). 0 or -errno. */
int mirror_forget(const struct mirror *m, const char *name);
int mirror_set_aside(const struct mirror *m, const char *name);

#endif

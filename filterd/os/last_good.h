/* SPDX-License-Identifier: MIT */
#ifndef FILTERD_OS_LAST_GOOD_H
#define FILTERD_OS_LAST_GOOD_H

/*
 * Last good: a copy of the configuration and of all files of the policy, as they were when they
 * last loaded, in the folder of the keys. A start with a mistake goes by it, so that a mistake
 * never switches the filter off.
 */

#include "os/file_set.h"
#include "policy/lists_seen.h"
#include "policy/settings.h"

#define LAST_GOOD_MAX (64 << 20)        /* bytes; two lists of a million names have 50 MB */

struct last_good {
	struct file_set  *files;        /* closed; the first is the configuration */
	struct settings   settings;
	struct lists_seen lists;        /* borrow from files */
	int64_t           saved_us;
};

/*
 * last_good_write - Takes: conf and text, the configuration; the files of the policy, and what was
 *                   seen of its lists.
 * Gives:  0: it is on disk, whole, or was already, and nothing was written: flash wears; -EFBIG,
 *         -errno: what was there stays.
 */
int last_good_write(const char *keys, const char *conf, const char *text,
                    const struct file_set *files, const struct lists_seen *lists);

/*
 * last_good_note_start - as root, before it becomes another user: the configuration that it starts
 *                        with, in a file that is root's. See last_good_read(). 0 or -errno.
 */
int last_good_note_start(const char *keys, const char *text);

/*
 * last_good_read - Takes: use, to start filterd by it, or to look at it and make rules.
 * Gives:  0; -ENOENT if there is none; -EBADMSG if it is damaged; -EPERM, -errno.
 *
 * The copy belongs to the user that filterd runs as. A start as root takes from such a one the
 * policy, and the settings that a reload may change; those that paths, users and rights depend on,
 * it takes from the file that root wrote at the start before, and fails without it.
 */
enum last_good_use { LAST_GOOD_START, LAST_GOOD_LOOK };
int  last_good_read(const char *keys, enum last_good_use use, struct last_good *out);
void last_good_free(struct last_good *l);

/*
 * last_good_see      - Gives: what there is of the lists of p, which was read from these files; 0
 *                      or -ENOMEM. As lists_seen_of().
 * last_good_has_lost - have lists lost more since the copy was made than the settings s allow? Then
 *                      *problem_out says so. Where there is no copy, nothing was lost.
 */
int  last_good_see(const struct policy *p, const struct file_set *read, struct lists_seen *out);
bool last_good_has_lost(const struct settings *s, const struct lists_seen *lists,
                        struct problem *problem_out);

/*
 * last_good_policy - files_load_policy(), of which nothing may be lost: as a start has it.
 * last_good_policy_with - the same; a file that is in *read counts as it is there.
 */
int last_good_policy(const struct settings *s, const char *conf, struct policy **policy_out,
                     struct problem *problem_out);
int last_good_policy_with(const struct settings *s, const char *conf, struct file_set *read,
                          struct policy **policy_out, struct problem *problem_out);

/*
 * last_good_settings - the settings of the copy that belongs to `conf`, which does not load. False:
 *                      there is none; *out is then what can be read of conf.
 */
bool last_good_settings(const char *conf, struct settings *out);

#endif

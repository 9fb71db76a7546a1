/* SPDX-License-Identifier: MIT */
#ifndef FILTERD_OS_LAST_GOOD_H
#define FILTERD_OS_LAST_GOOD_H

/*
 * Last good: a copy of the configuration and of all policy files, as last loaded, in the folder of
 * the keys. A start with a mistake uses it, so that a mistake never switches the filter off.
 */

#include "os/file_set.h"
#include "policy/lists_seen.h"
#include "policy/settings.h"

#define LAST_GOOD_MAX (64 << 20)        /* bytes; two lists of a million names have 50 MB */

struct last_good {
	struct file_set   files;        /* closed; the first is the configuration */
	struct settings   settings;
	struct lists_seen lists;        /* borrow from files */
	int64_t           saved_us;
};

/*
 * last_good_write - Takes: conf and text, the configuration; the files of the policy, and its lists
 *                   seen.
 * Gives:  0: it is completely on disk; if it already was, nothing was written, because flash wears;
 *         -EFBIG, -errno: the old copy is kept.
 */
int last_good_write(const char *keys, const char *conf, const char *text,
                    const struct file_set *files, const struct lists_seen *lists);

/*
 * last_good_note_start - as root, before switching users: stores the configuration of this start in
 *                        a file owned by root. See last_good_read(). 0 or -errno.
 */
int last_good_note_start(const char *keys, const char *text);

/*
 * last_good_read - Takes: use: to start filterd, or to inspect it and make rules.
 * Gives:  0; -ENOENT if there is none; -EBADMSG if it is damaged; -EPERM, -errno.
 *
 * The copy belongs to the user that filterd runs as. A start as root takes the policy from it, and
 * the settings that a reload may change; settings for paths, users and rights come from the file
 * that root wrote at the previous start, and it fails without that file.
 */
enum last_good_use { LAST_GOOD_START, LAST_GOOD_LOOK };
int  last_good_read(const char *keys, enum last_good_use use, struct last_good *out);
void last_good_free(struct last_good *l);

/*
 * last_good_see      - Gives: the lists seen of p, which was read from these files; 0 or -ENOMEM.
 *                      Like lists_seen_of().
 * last_good_has_lost - have lists lost more since the copy was made than the settings s allow? Then
 *                      *problem_out names them. Without a copy nothing was lost.
 */
int  last_good_see(const struct policy *p, const struct file_set *read, struct lists_seen *out);
bool last_good_has_lost(const struct settings *s, const struct lists_seen *lists,
                        struct problem *problem_out);

/*
 * last_good_policy - like files_load_policy(), but fails if lists have lost names; for a start.
 * last_good_policy_with - the same; a file in *read is used instead of the one on disk.
 */
int last_good_policy(const struct settings *s, const char *conf, struct policy **policy_out,
                     struct problem *problem_out);
int last_good_policy_with(const struct settings *s, const char *conf, struct file_set *read,
                          struct policy **policy_out, struct problem *problem_out);

/*
 * last_good_settings - the settings from the copy of `conf`, which does not load. False: there is
 *                      no copy; *out then has the readable part of conf.
 */
bool last_good_settings(const char *conf, struct settings *out);

#endif

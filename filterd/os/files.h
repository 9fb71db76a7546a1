/* SPDX-License-Identifier: MIT */
#ifndef FILTERD_OS_FILES_H
#define FILTERD_OS_FILES_H

/* Files: configuration and policy from disk. */

#include "os/file_set.h"
#include "os/watch.h"
#include "policy/policy_file.h"
#include "policy/settings.h"

#define CONF_DEFAULT "/etc/filterd/filterd.conf"

#define FILES_MAX_BYTES (256 << 20)     /* of one file; a list of a million names has 25 MB */

/*
 * files_read - whole file, NUL-terminated after *content_out; 0 (free content_out->at with
 * files_free) or -errno; a pipe: -EINVAL.
 */
int  files_read(const char *path, struct bytes *content_out);
/* *st_out: as it was when it was opened. */
int  files_read_as(const char *path, struct bytes *content_out, struct stat *st_out);
/* A regular file alone, of so many bytes at most: else -EINVAL, -EFBIG. */
int  files_read_regular(const char *path, off_t most, struct bytes *content_out);
void files_free(struct bytes content);

/* The first line of a file of the kernel's, without its newline. False: it has none, or no file. */
bool files_first_line(const char *path, char *out, size_t size);

/* The folder that a path stands in; "." if it names none. */
#define FILES_PATH_MAX POLICY_BESIDE_MAX
void files_folder_of(const char *path, char *out, size_t size);

/*
 * files_replace     - the whole file at once: written beside it, synced, renamed over it. 0 or
 *                     -errno: then nothing changed. Root's has the group of its folder.
 * files_swap        - the same, of what may be lost when the machine stops: nothing is synced.
 * files_sync_folder - syncs the folder that `path` stands in, so that its name is on disk.
 * files_lock_folder_of - so that whoever changes a file by reading it first is the only one who
 *                     does, as long as this program runs; waits for those before. What cannot be
 *                     locked is not.
 * files_make_folder - if it is not there; for `user`, if one is named and we are root. 0 or -errno.
 * files_make_folder_of - that of a file.
 */
int  files_replace(const char *path, struct bytes content, unsigned mode);
/* of pieces, one behind the other */
int  files_replace_by(const char *path, const struct bytes *pieces, size_t num, unsigned mode);
int  files_swap(const char *path, struct bytes content, unsigned mode);
void files_sync_folder(const char *path);
void files_lock_folder_of(const char *path);
int  files_make_folder(const char *path, unsigned mode, const char *user);
int  files_make_folder_of(const char *path, unsigned mode, const char *user);

/*
 * files_load_settings - reads and parses path; a problem names the file, the line and what was
 * expected. 0 or -errno.
 */
int files_load_settings(const char *path, struct settings *out, struct problem *problem_out);
/* and adds the file to *read, if it is good; read may be NULL */
int files_load_settings_into(const char *path, struct file_set *read, struct settings *out,
                             struct problem *problem_out);

/*
 * files_salvage_settings - what can be read of path, which files_load_settings() refused; defaults,
 *                          if nothing can.
 */
void files_salvage_settings(const char *path, struct settings *out);

/*
 * files_load_policy - builds the policy that settings->files and settings->waivers name, relative
 *                     to the folder of conf_path; of signed files alone, if settings->signed_by has
 *                     keys. 0 or -errno.
 * files_load_policy_into - adds every file that was read to *read, and to watch those, too, that
 *                          should have been; of a closed set nothing is read from disk.
 */
int files_load_policy(const struct settings *s, const char *conf_path, struct policy **policy_out,
                      struct problem *problem_out);
/* files_waivers - where the file of settings->waivers is. False: there is to be none. */
bool files_waivers(const struct settings *s, const char *conf_path, char out[FILES_PATH_MAX]);
int files_load_policy_into(const struct settings *s, const char *conf_path, struct file_set *read,
                           struct watch *watch, struct policy **policy_out,
                           struct problem *problem_out);

#endif

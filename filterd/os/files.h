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
 * files_read - a whole file, NUL-terminated after *content_out; 0 (free content_out->at with
 * files_free) or -errno; a pipe: -EINVAL.
 */
int  files_read(const char *path, struct bytes *content_out);
/* *st_out: its state when opened. */
int  files_read_as(const char *path, struct bytes *content_out, struct stat *st_out);
/* Only a regular file, of at most that many bytes: otherwise -EINVAL, -EFBIG. */
int  files_read_regular(const char *path, off_t most, struct bytes *content_out);
void files_free(struct bytes content);

/* The first line of a kernel file, without newline. False: there is no line, or no file. */
bool files_first_line(const char *path, char *out, size_t size);

/* The folder of a path; "." if it names none. */
#define FILES_PATH_MAX POLICY_BESIDE_MAX
void files_folder_of(const char *path, char *out, size_t size);

/*
 * files_replace     - atomically: writes a new file beside it, syncs it, renames it. 0 or -errno:
 *                     then nothing changed. Root's file gets the group of its folder.
 * files_swap        - the same without syncing, for data that may be lost when the machine stops.
 * files_sync_folder - syncs the folder of `path`, so that its name is on disk.
 * files_lock_folder_of - locks out others that read and change a file there, until this program
 *                     ends; waits for earlier ones. Ignores a folder that cannot be locked.
 * files_make_folder - if it is missing; for `user`, if one is named and we are root. 0 or -errno.
 * files_make_folder_of - the folder of a file.
 */
int  files_replace(const char *path, struct bytes content, unsigned mode);
/* from consecutive pieces */
int  files_replace_by(const char *path, const struct bytes *pieces, size_t num, unsigned mode);
int  files_swap(const char *path, struct bytes content, unsigned mode);
void files_sync_folder(const char *path);
void files_lock_folder_of(const char *path);
int  files_make_folder(const char *path, unsigned mode, const char *user);
int  files_make_folder_of(const char *path, unsigned mode, const char *user);

/*
 * files_load_settings - reads and parses path; a problem names the file, the line and the expected
 * value. 0 or -errno.
 */
int files_load_settings(const char *path, struct settings *out, struct problem *problem_out);
/* and adds a good file to *read; read may be NULL */
int files_load_settings_into(const char *path, struct file_set *read, struct settings *out,
                             struct problem *problem_out);

/*
 * files_salvage_settings - the readable part of path, which files_load_settings() refused;
 *                          defaults, if there is none.
 */
void files_salvage_settings(const char *path, struct settings *out);

/*
 * files_load_policy - builds the policy from settings->files and settings->waivers, relative to the
 *                     folder of conf_path; only from signed files, if settings->signed_by has keys.
 *                     0 or -errno.
 * files_load_policy_into - adds every file that was read to *read, and to watch also those that
 *                          could not be read; with a closed set it reads nothing from disk.
 */
int files_load_policy(const struct settings *s, const char *conf_path, struct policy **policy_out,
                      struct problem *problem_out);
/* files_waivers - the path of settings->waivers. False: none is configured. */
bool files_waivers(const struct settings *s, const char *conf_path, char out[FILES_PATH_MAX]);
int files_load_policy_into(const struct settings *s, const char *conf_path, struct file_set *read,
                           struct watch *watch, struct policy **policy_out,
                           struct problem *problem_out);

#endif

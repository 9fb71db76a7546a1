/* SPDX-License-Identifier: MIT */
#ifndef FILTERD_OS_WATCH_H
#define FILTERD_OS_WATCH_H

/*
 * Watch: files with their state when they were read; and whether one of them has changed since.
 */

#include <stdbool.h>
#include <stddef.h>
#include <sys/stat.h>

struct watch;

/* Changes if a file is written, replaced, or made readable. All zeros: missing. */
struct watch_identity {
	dev_t           device;
	ino_t           inode;
	off_t           size;
	struct timespec written, changed;
};
struct watch_identity watch_identity(const struct stat *st);           /* NULL: missing */
bool watch_is_same(const struct watch_identity *a, const struct watch_identity *b);

struct watch *watch_new(void);          /* NULL without memory */
void          watch_free(struct watch *w);

/*
 * watch_add - a file with its state when opened; st NULL: it could not be opened. False without
 * memory. A NULL watch ignores it.
 */
bool        watch_add(struct watch *w, const char *path, const struct stat *st);
const char *watch_path(const struct watch *w, size_t number);          /* NULL beyond the last */

/*
 * watch_look - has a file changed, appeared or disappeared since it was added? One stat(2) per
 *              file. Files that change together should be read together, and no file while it is
 *              being written: so a change is reported once two looks in a row have seen the same
 *              state, and at the fifth look in any case.
 */
bool watch_look(struct watch *w);

#endif

/* SPDX-License-Identifier: MIT */
#ifndef FILTERD_OS_WATCH_H
#define FILTERD_OS_WATCH_H

/*
 * Watch: the files that something was read from, each as it was then; and whether one of them has
 * become another since.
 */

#include <stdbool.h>
#include <stddef.h>
#include <sys/stat.h>

struct watch;

struct watch *watch_new(void);          /* NULL without memory */
void          watch_free(struct watch *w);

/*
 * watch_add - a file as it was when it was opened; st NULL: it could not be. False without memory.
 * A NULL watch takes none.
 */
bool        watch_add(struct watch *w, const char *path, const struct stat *st);
const char *watch_path(const struct watch *w, size_t number);          /* NULL beyond the last */

/*
 * watch_look - has a file changed, come or gone since it was added? One stat(2) a file. Several
 *              that change together are to be read together,
 * and none in the middle of being written: so a change is told once two looks have seen the same,
 * and at the fifth in any case.
 */
bool watch_look(struct watch *w);

#endif

/* SPDX-License-Identifier: MIT */
#ifndef FILTERD_OS_FILE_SET_H
#define FILTERD_OS_FILE_SET_H

/* File set: the contents of files when they were read, by path, in the order of reading. */

#include "base/bytes.h"

struct file_set;

struct file_set *file_set_new(void);    /* NULL without memory */
void             file_set_free(struct file_set *s);     /* s may be NULL */

/*
 * file_set_add - Keeps: content, from malloc(), and frees it in the end. Gives: 0; -ENOMEM, and the
 *                caller still owns the content.
 */
int file_set_add(struct file_set *s, const char *path, struct bytes content);

/* file_set_find - *content_out is borrowed. */
bool file_set_find(const struct file_set *s, const char *path, struct bytes *content_out);

/* By number; NULL beyond the last. */
const char *file_set_path(const struct file_set *s, size_t number, struct bytes *content_out);

/* From now on files that are not in it do not exist for its readers. */
void file_set_close(struct file_set *s);
bool file_set_is_closed(const struct file_set *s);

#endif

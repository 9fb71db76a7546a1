/* SPDX-License-Identifier: MIT */
#ifndef FILTERD_OS_FILE_SET_H
#define FILTERD_OS_FILE_SET_H

/* File set: the contents of files when they were read, by path, in the order of reading. */

#include "base/bytes.h"

/* All zeros: none. */
struct file_set {
	struct file_read { char *path; struct bytes content; } *files;
	size_t num, room;
	bool   is_closed;               /* readers find only these files */
};

/*
 * file_set_add      - Keeps: content, from malloc(), and frees it in the end. Gives: 0; -ENOMEM,
 *                     and the caller still owns the content.
 * file_set_add_copy - Keeps nothing: adds a copy, with a NUL after it.
 * file_set_find     - *content_out is borrowed.
 * file_set_clear    - frees all of it.
 */
int  file_set_add(struct file_set *s, const char *path, struct bytes content);
int  file_set_add_copy(struct file_set *s, const char *path, struct bytes content);
bool file_set_find(const struct file_set *s, const char *path, struct bytes *content_out);
void file_set_clear(struct file_set *s);

#endif

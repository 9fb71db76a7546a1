/* SPDX-License-Identifier: MIT */

#include "os/file_set.h"

#include "base/list.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

void file_set_clear(struct file_set *s)
{
	for (size_t i = 0; i < s->num; i++) {
		free(s->files[i].path);
		free((void *)(uintptr_t)s->files[i].content.at);
	}
	free(s->files);
	*s = (struct file_set){ .num = 0 };
}

int file_set_add(struct file_set *s, const char *path, struct bytes content)
{
	struct file_read file = { .path = strdup(path), .content = content };

	if (file.path == NULL || !list_has_room(&s->files, s->num, &s->room, sizeof(file))) {
		free(file.path);
		return -ENOMEM;
	}
	s->files[s->num++] = file;
	return 0;
}

int file_set_add_copy(struct file_set *s, const char *path, struct bytes content)
{
	uint8_t *copy  = malloc(content.len + 1);
	int      error = -ENOMEM;

	if (copy == NULL)
		return error;
	if (content.len > 0)
		memcpy(copy, content.at, content.len);
	copy[content.len] = '\0';
	error = file_set_add(s, path, bytes_of(copy, content.len));
	if (error != 0)
		free(copy);
	return error;
}

bool file_set_find(const struct file_set *s, const char *path, struct bytes *content_out)
{
	for (size_t i = 0; i < s->num; i++) {
		if (strcmp(s->files[i].path, path) != 0)
			continue;
		*content_out = s->files[i].content;
		return true;
	}
	return false;
}

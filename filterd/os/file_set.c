/* SPDX-License-Identifier: MIT */

#include "os/file_set.h"

#include "base/list.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

struct file {
	char        *path;
	struct bytes content;
};

struct file_set {
	struct file *files;
	size_t       num, room;
	bool         is_closed;
};

struct file_set *file_set_new(void)
{
	return calloc(1, sizeof(struct file_set));
}

void file_set_free(struct file_set *s)
{
	if (s == NULL)
		return;
	for (size_t i = 0; i < s->num; i++) {
		free(s->files[i].path);
		free((void *)(uintptr_t)s->files[i].content.at);
	}
	free(s->files);
	free(s);
}

int file_set_add(struct file_set *s, const char *path, struct bytes content)
{
	struct file file = { .path = strdup(path), .content = content };

	if (file.path == NULL || !list_has_room(&s->files, s->num, &s->room, sizeof(file))) {
		free(file.path);
		return -ENOMEM;
	}
	s->files[s->num++] = file;
	return 0;
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

const char *file_set_path(const struct file_set *s, size_t number, struct bytes *content_out)
{
	if (number >= s->num)
		return NULL;
	*content_out = s->files[number].content;
	return s->files[number].path;
}

void file_set_close(struct file_set *s)
{
	s->is_closed = true;
}

bool file_set_is_closed(const struct file_set *s)
{
	return s->is_closed;
}

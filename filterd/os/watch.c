/* SPDX-License-Identifier: MIT */

#include "os/watch.h"

#include "base/list.h"

#include <stdlib.h>
#include <string.h>

#define LOOKS_MOST 5    /* a constant writer must not delay all other changes */

struct watched {
	char           *path;
	/* when it was added; at the last look */
	struct watch_identity then, last;
};

struct watch {
	struct watched *files;
	size_t          num, room;
	unsigned        num_looks;      /* looks since the first one that saw a change */
};

struct watch *watch_new(void)
{
	return calloc(1, sizeof(struct watch));
}

void watch_free(struct watch *w)
{
	if (w == NULL)
		return;
	for (size_t i = 0; i < w->num; i++)
		free(w->files[i].path);
	free(w->files);
	free(w);
}

struct watch_identity watch_identity(const struct stat *st)
{
	struct watch_identity id = { 0 };

	if (st != NULL)
		id = (struct watch_identity){ .device = st->st_dev, .inode = st->st_ino,
		                              .size = st->st_size, .written = st->st_mtim,
		                              .changed = st->st_ctim };
	return id;
}

static bool same_time(struct timespec a, struct timespec b)
{
	return a.tv_sec == b.tv_sec && a.tv_nsec == b.tv_nsec;
}

bool watch_is_same(const struct watch_identity *a, const struct watch_identity *b)
{
	return a->device == b->device && a->inode == b->inode && a->size == b->size &&
	       same_time(a->written, b->written) && same_time(a->changed, b->changed);
}

bool watch_add(struct watch *w, const char *path, const struct stat *st)
{
	struct watched file = { .then = watch_identity(st), .last = watch_identity(st) };

	if (w == NULL)
		return true;
	file.path = strdup(path);
	if (file.path == NULL || !list_has_room(&w->files, w->num, &w->room, sizeof(file))) {
		free(file.path);
		return false;
	}
	w->files[w->num++] = file;
	return true;
}

const char *watch_path(const struct watch *w, size_t number)
{
	return number < w->num ? w->files[number].path : NULL;
}

bool watch_look(struct watch *w)
{
	bool changed = false, moving = false;

	for (size_t i = 0; i < w->num; i++) {
		struct watched       *f  = &w->files[i];
		struct stat           st;
		struct watch_identity now = watch_identity(stat(f->path, &st) == 0 ? &st : NULL);

		changed |= !watch_is_same(&now, &f->then);
		moving |= !watch_is_same(&now, &f->last);
		f->last = now;
	}
	w->num_looks = changed ? w->num_looks + 1 : 0;
	return changed && (!moving || w->num_looks >= LOOKS_MOST);
}

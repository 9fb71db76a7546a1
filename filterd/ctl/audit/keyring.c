/* SPDX-License-Identifier: MIT */

#include "ctl/audit/keyring.h"

#include "base/list.h"
#include "os/files.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

static int keyring_keep(struct keyring *k, const struct note_key *key)
{
	if (!list_has_room(&k->list, k->num, &k->room, sizeof(*k->list)))
		return -ENOMEM;
	k->list[k->num++] = (struct keyring_key){ .is = *key };
	return 0;
}

static int keyring_read_file(struct keyring *k, const char *path)
{
	struct bytes content, rest;
	size_t       before = k->num;
	int          error  = files_read(path, &content);

	if (error != 0)
		return error;
	for (rest = content; rest.len > 0 && error == 0;) {
		struct note_key key;

		if (note_key_parse(bytes_cut_text_line(&rest), &key) == PARSE_OK)
			error = keyring_keep(k, &key);
	}
	files_free(content);
	return error != 0 ? error : k->num > before ? 0 : -EINVAL;
}

static int read_folder(struct keyring *k, const char *path)
{
	DIR           *folder = opendir(path);
	struct dirent *entry;
	size_t         before = k->num;
	int            error  = 0;

	if (folder == NULL)
		return -errno;
	while (error == 0 && (entry = readdir(folder)) != NULL) {
		char file[1024];

		if (entry->d_name[0] == '.' || !bytes_end(bytes_text(entry->d_name), ".vkey"))
			continue;
		if (snprintf(file, sizeof(file), "%s/%s", path, entry->d_name) >= (int)sizeof(file))
			error = -ENAMETOOLONG;
		else
			error = keyring_read_file(k, file);
	}
	closedir(folder);
	return error != 0 ? error : k->num > before ? 0 : -EINVAL;
}

int keyring_read(struct keyring *k, const char *given)
{
	struct note_key key;
	struct stat     st;

	if (note_key_parse(bytes_text(given), &key) == PARSE_OK)
		return keyring_keep(k, &key);
	return stat(given, &st) == 0 && S_ISDIR(st.st_mode) ? read_folder(k, given)
	                                                    : keyring_read_file(k, given);
}

static int keyring_compare(const void *left, const void *right)
{
	const struct keyring_key *a = left, *b = right;

	return strcmp(a->is.origin, b->is.origin);
}

void keyring_sort(struct keyring *k)
{
	size_t kept = 0;

	if (k->num > 0)
		qsort(k->list, k->num, sizeof(*k->list), keyring_compare);
	for (size_t i = 0; i < k->num; i++) {
		bool same = kept > 0 && keyring_compare(&k->list[kept - 1], &k->list[i]) == 0 &&
		            memcmp(k->list[kept - 1].is.public, k->list[i].is.public,
		                   NOTE_KEY) == 0;

		if (!same)
			k->list[kept++] = k->list[i];
	}
	k->num = kept;
}

const struct note_key *keyring_find(struct keyring *k, const char *origin)
{
	size_t len = strlen(origin), low = 0, high = k->num;
	bool   is_gateway = len > 0 && origin[len - 1] == '/';

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (strcmp(k->list[middle].is.origin, origin) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	if (low == k->num || strncmp(k->list[low].is.origin, origin, len) != 0 ||
	    (!is_gateway && k->list[low].is.origin[len] != '\0'))
		return NULL;
	if (is_gateway && low + 1 < k->num && strncmp(k->list[low + 1].is.origin, origin, len) == 0)
		return NULL;
	k->list[low].is_used = true;
	return &k->list[low].is;
}

void keyring_free(struct keyring *k)
{
	free(k->list);
	*k = (struct keyring){ 0 };
}

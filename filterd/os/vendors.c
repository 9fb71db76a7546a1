/* SPDX-License-Identifier: MIT */

/* Sorted prefixes, for a binary search, and all names, concatenated. */

#include "os/vendors.h"

#include "audit/vendor_file.h"
#include "os/files.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* update-ieee-data writes a newer file to the first path. */
static const char *const known[] = {
	"/var/lib/ieee-data/oui.txt",
	"/usr/share/ieee-data/oui.txt",
	"/var/lib/ieee-data/oui.csv",
	"/usr/share/ieee-data/oui.csv",
};

struct vendor {
	uint32_t prefix, name;  /* name: its offset */
};

struct vendors {
	struct vendor *items;
	char          *names;
	size_t         num, len;
};

static void vendors_take(void *context, uint32_t prefix, struct bytes name)
{
	struct vendors *v = context;

	v->items[v->num++] = (struct vendor){ .prefix = prefix, .name = (uint32_t)v->len };
	memcpy(v->names + v->len, name.at, name.len);
	v->len += name.len;
	v->names[v->len++] = '\0';
}

/* Of several with one prefix the first in the file counts. */
static int vendors_compare(const void *a, const void *b)
{
	const struct vendor *one = a, *other = b;

	if (one->prefix != other->prefix)
		return one->prefix < other->prefix ? -1 : 1;
	return one->name < other->name ? -1 : one->name > other->name;
}

/* Each vendor has a line, which is longer than the name and its NUL: that bounds both arrays. */
static int vendors_read_all(struct vendors *v, struct bytes text)
{
	size_t lines = 1;
	void  *less;

	for (size_t i = 0; i < text.len; i++)
		lines += text.at[i] == '\n';
	v->items = malloc(lines * sizeof(*v->items));
	v->names = malloc(text.len + 1);
	if (v->items == NULL || v->names == NULL)
		return -ENOMEM;
	vendor_walk(text, vendors_take, v);
	if (v->num == 0)
		return -EINVAL;
	less = realloc(v->items, v->num * sizeof(*v->items));
	v->items = less != NULL ? less : v->items;
	less = realloc(v->names, v->len);
	v->names = less != NULL ? less : v->names;
	qsort(v->items, v->num, sizeof(*v->items), vendors_compare);
	return 0;
}

static int read_known(struct bytes *content_out)
{
	int error = -ENOENT;

	for (size_t i = 0; i < COUNT(known) && error != 0; i++)
		error = files_read(known[i], content_out);
	return error;
}

int vendors_open(const char *path, struct vendors **out)
{
	struct vendors *v = calloc(1, sizeof(*v));
	struct bytes    content;
	int             error;

	*out = NULL;
	if (v == NULL)
		return -ENOMEM;
	error = path != NULL ? files_read(path, &content) : read_known(&content);
	if (error == 0) {
		error = vendors_read_all(v, content);
		files_free(content);
	}
	if (error != 0) {
		vendors_free(v);
		return error;
	}
	*out = v;
	return 0;
}

void vendors_free(struct vendors *v)
{
	if (v == NULL)
		return;
	free(v->items);
	free(v->names);
	free(v);
}

const char *vendors_find_text(const struct vendors *v, struct bytes text)
{
	size_t   from = 0, to = v != NULL ? v->num : 0;
	uint8_t  mac[MAC_BYTES];
	uint32_t prefix;

	if (mac_from_text(text, mac) != PARSE_OK || mac_is_private(mac))
		return NULL;
	prefix = (uint32_t)mac[0] << 16 | (uint32_t)mac[1] << 8 | mac[2];
	/* The first entry at or after the prefix. */
	while (from < to) {
		size_t middle = from + (to - from) / 2;

		if (v->items[middle].prefix < prefix)
			from = middle + 1;
		else
			to = middle;
	}
	return v != NULL && from < v->num && v->items[from].prefix == prefix
	               ? v->names + v->items[from].name
	               : NULL;
}

/* SPDX-License-Identifier: MIT */

#include "log/ranges.h"

#include <stdlib.h>
#include <string.h>

static bool read_range(struct bytes *text, uint64_t *first_out, uint64_t *last_out)
{
	if (!bytes_cut_number(text, first_out))
		return false;
	*last_out = *first_out;
	if (!bytes_cut(text, "-"))
		return true;
	*last_out = UINT64_MAX;
	return text->len == 0 || (bytes_cut_number(text, last_out) && *last_out >= *first_out);
}

enum parse ranges_parse(struct bytes text, struct ranges *out)
{
	struct ranges *r    = calloc(1, sizeof(*r));
	bool           good = r != NULL;

	do {
		size_t n = r != NULL ? r->num : 0;

		good = good && n < RANGES_MAX &&
		       read_range(&text, &r->list[n].first, &r->list[n].last) &&
		       (n == 0 || r->list[n - 1].last < r->list[n].first);
		if (good)
			r->num++;
	} while (good && bytes_cut(&text, ","));
	good = good && text.len == 0;
	if (good)
		memcpy(out, r, sizeof(*r));
	free(r);
	return good ? PARSE_OK : PARSE_BAD;
}

bool ranges_meet(const struct ranges *r, uint64_t first, uint64_t last)
{
	size_t low = 0, high = r->num;

	if (r->num == 0)
		return true;
	/* The first range that ends at `first` or later. */
	while (low < high) {
		size_t middle = (low + high) / 2;

		if (r->list[middle].last < first)
			low = middle + 1;
		else
			high = middle;
	}
	return low < r->num && r->list[low].first <= last;
}

/* SPDX-License-Identifier: MIT */

#include "audit/unseen.h"

#include <string.h>

static bool is_same_counter(const struct unseen *a, const struct unseen *b)
{
	return a->space == b->space && a->table == b->table;
}

bool unseen_since(const struct unseen *recorded, const struct unseen *now, uint64_t *packets_out,
                  struct unseen *recorded_out)
{
	*recorded_out = *now;
	*packets_out  = now->packets;
	/* The first of a log, or of a boot: whatever it has counted is new. */
	if (recorded == NULL || strcmp(recorded->boot, now->boot) != 0)
		return true;
	if (is_same_counter(recorded, now) && recorded->packets <= now->packets) {
		*packets_out = now->packets - recorded->packets;
		return true;
	}
	*packets_out          = 0;
	recorded_out->packets = 0;
	return false;
}

void unseen_write(struct writer *w, const struct unseen *u)
{
	const uint64_t numbers[] = { u->space, u->table, u->packets };

	write_text(w, u->boot);
	for (size_t i = 0; i < COUNT(numbers); i++) {
		write_text(w, " ");
		write_decimal(w, numbers[i]);
	}
	write_text(w, "\n");
}

/* A number of at most 19 digits, which cannot overflow, and the byte behind it. */
static enum parse unseen_read_number(struct bytes *line, uint8_t behind, uint64_t *out)
{
	uint64_t value = 0;
	size_t   i     = 0;

	while (i < line->len && i < 19 && line->at[i] >= '0' && line->at[i] <= '9')
		value = value * 10 + (uint64_t)(line->at[i++] - '0');
	if (i == 0 || i == line->len || line->at[i] != behind)
		return PARSE_BAD;
	*line = bytes_from(*line, i + 1);
	*out  = value;
	return PARSE_OK;
}

enum parse unseen_read(struct bytes line, struct unseen *out)
{
	struct unseen  u     = { 0 };
	const uint8_t *blank = line.len > 0 ? memchr(line.at, ' ', line.len) : NULL;
	size_t         len   = blank != NULL ? (size_t)(blank - line.at) : 0;

	if (len == 0 || len >= sizeof(u.boot))
		return PARSE_BAD;
	memcpy(u.boot, line.at, len);
	line = bytes_from(line, len + 1);
	if (unseen_read_number(&line, ' ', &u.space) != PARSE_OK ||
	    unseen_read_number(&line, ' ', &u.table) != PARSE_OK ||
	    unseen_read_number(&line, '\n', &u.packets) != PARSE_OK || line.len > 0)
		return PARSE_BAD;
	*out = u;
	return PARSE_OK;
}

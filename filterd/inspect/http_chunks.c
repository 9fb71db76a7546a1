/* SPDX-License-Identifier: MIT */

/*
 * Any line end after the bytes of a chunk will do: CR LF, LF alone (nginx, HAProxy), or none
 * (Node).
 */

#include "inspect/http_line.h"

#include <string.h>

#define CHUNK_MAX      0x7fffffff       /* bytes */
#define CHUNKS_AT_ONCE 32

/* The next line without its end; false if its end has not come yet. */
static bool chunks_next_line(struct bytes *left, struct bytes *line_out)
{
	const uint8_t *end = left->len > 0 ? memchr(left->at, '\n', left->len) : NULL;
	size_t         len;

	if (end == NULL)
		return false;
	len       = (size_t)(end - left->at);
	*line_out = bytes_first(*left, len);
	*left     = bytes_from(*left, len + 1);
	while (line_out->len > 0 && line_out->at[line_out->len - 1] == '\r')
		line_out->len--;
	return true;
}

static bool read_hex(struct bytes text, uint32_t *out)
{
	uint32_t value = 0;
	size_t   i;

	for (i = 0; i < text.len; i++) {
		uint8_t c = text.at[i];

		if (c >= '0' && c <= '9')
			value = value << 4 | (uint32_t)(c - '0');
		else if ((c | 0x20) >= 'a' && (c | 0x20) <= 'f')
			value = value << 4 | ((uint32_t)(c | 0x20) - 'a' + 10);
		else
			break;
	}
	*out = value;
	return i > 0 && value <= CHUNK_MAX;
}

static enum parse chunks_skip_trailer(struct bytes stream, struct bytes left, uint64_t *len_out)
{
	struct bytes line;

	while (chunks_next_line(&left, &line)) {
		if (line.len > 0)
			continue;
		*len_out = stream.len - left.len;
		return PARSE_OK;
	}
	return PARSE_MORE;
}

enum parse http_skip_chunks(struct bytes stream, uint64_t *len_out)
{
	struct bytes left = stream, line;
	uint32_t     len;

	*len_out = 0;
	for (unsigned num = 0; num < CHUNKS_AT_ONCE; num++) {
		while (left.len > 0 && (left.at[0] == '\r' || left.at[0] == '\n'))
			left = bytes_from(left, 1);
		if (!chunks_next_line(&left, &line))
			return PARSE_MORE;
		if (!read_hex(http_trim(line), &len))
			return PARSE_BAD;
		if (len == 0)
			return chunks_skip_trailer(stream, left, len_out);
		*len_out = (stream.len - left.len) + (uint64_t)len;
		if (*len_out >= stream.len)
			return PARSE_MORE;
		left = bytes_from(stream, (size_t)*len_out);
	}
	return PARSE_MORE;
}

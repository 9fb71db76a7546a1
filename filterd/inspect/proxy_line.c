/* SPDX-License-Identifier: MIT */

#include "inspect/proxy_line.h"

#include <string.h>

#define LINE_MAX  4096          /* bytes; nginx has room for as many */
#define SIGNATURE "\r\n\r\n\0\r\nQUIT\n"
#define VERSION_2 2

/* Does the stream begin with this? PARSE_MORE if it ends before that is clear. */
static enum parse begins_with(struct bytes stream, struct bytes what)
{
	size_t len = stream.len < what.len ? stream.len : what.len;

	if (len > 0 && memcmp(stream.at, what.at, len) != 0)
		return PARSE_BAD;
	return len == what.len ? PARSE_OK : PARSE_MORE;
}

static enum parse read_line(struct bytes stream, size_t *len_out)
{
	const uint8_t *end = memchr(stream.at, '\r', stream.len);
	size_t         len = end != NULL ? (size_t)(end - stream.at) : stream.len;

	if (len > LINE_MAX)
		return PARSE_BAD;
	if (len + 1 >= stream.len)
		return PARSE_MORE;
	if (stream.at[len + 1] != '\n')
		return PARSE_BAD;
	*len_out = len + 2;
	return PARSE_OK;
}

static enum parse read_header(struct bytes stream, size_t *len_out)
{
	struct reader r = reader_over(stream, PARSE_MORE);
	uint8_t       version;
	uint16_t      len;

	read_bytes(&r, BYTES(SIGNATURE).len);
	version = read_u8(&r) >> 4;
	if (r.status == PARSE_OK && version != VERSION_2)
		return PARSE_BAD;
	read_u8(&r);                                    /* family and transport */
	len = read_u16(&r);
	read_bytes(&r, len);
	if (r.status == PARSE_OK)
		*len_out = stream.len - r.left.len;
	return r.status;
}

enum parse proxy_line_read(struct bytes stream, size_t *len_out)
{
	static const char *const lines[] = { "PROXY TCP4 ", "PROXY TCP6 ", "PROXY UNKNOWN" };
	enum parse               status;

	if (stream.len > 0 && stream.at[0] != 'P' && stream.at[0] != '\r')
		return PARSE_BAD;
	status = begins_with(stream, BYTES(SIGNATURE));
	if (status == PARSE_OK)
		return read_header(stream, len_out);
	for (size_t i = 0; i < COUNT(lines); i++) {
		enum parse line = begins_with(stream, bytes_text(lines[i]));

		if (line == PARSE_OK)
			return read_line(stream, len_out);
		if (line == PARSE_MORE)
			status = PARSE_MORE;
	}
	return status;
}

/* SPDX-License-Identifier: MIT */

/* Line by line. A line ends with LF; a CR before it is cut off. */

#include "inspect/http.h"

#include <string.h>

#define METHOD_MAX 32           /* bytes; the longest registered one has 17 */
#define CHUNK_MAX  0x7fffffff   /* bytes */

static bool is_space(uint8_t c)
{
	return c == ' ' || c == '\t';
}

static uint8_t lower(uint8_t c)
{
	return c >= 'A' && c <= 'Z' ? (uint8_t)(c + ('a' - 'A')) : c;
}

static bool http_is_word(struct bytes text, const char *word)
{
	for (size_t i = 0; i < text.len; i++) {
		if (word[i] == '\0' || lower(text.at[i]) != (uint8_t)word[i])
			return false;
	}
	return word[text.len] == '\0';
}

static struct bytes http_trim(struct bytes text)
{
	while (text.len > 0 && is_space(text.at[0]))
		text = bytes_from(text, 1);
	while (text.len > 0 && is_space(text.at[text.len - 1]))
		text.len--;
	return text;
}

/* The next line without its end; false if its end has not come yet. */
static bool http_next_line(struct bytes *left, struct bytes *line_out)
{
	const uint8_t *end = left->len > 0 ? memchr(left->at, '\n', left->len) : NULL;
	size_t         len;

	if (end == NULL)
		return false;
	len       = (size_t)(end - left->at);
	*line_out = bytes_first(*left, len > 0 && left->at[len - 1] == '\r' ? len - 1 : len);
	*left     = bytes_from(*left, len + 1);
	return true;
}

/* Up to the first of some characters; all if there is none. */
static struct bytes up_to(struct bytes text, const char *ends)
{
	size_t len = 0;

	while (len < text.len && (text.at[len] == '\0' || strchr(ends, text.at[len]) == NULL))
		len++;
	return bytes_first(text, len);
}

/* Target in absolute form or, with CONNECT, in authority form. RFC 9112, section 3.2. */
static void read_target(struct http_request *r)
{
	struct bytes scheme = up_to(r->target, ":/?#");
	struct bytes rest   = bytes_from(r->target, scheme.len);

	if (r->is_connect)
		hosts_add_authority(&r->hosts, r->target);
	r->is_absolute = scheme.len > 0 && rest.len > 3 && memcmp(rest.at, "://", 3) == 0;
	if (!r->is_connect && r->is_absolute)
		hosts_add_authority(&r->hosts, up_to(bytes_from(rest, 3), "/?#\\"));
}

static bool is_method_byte(uint8_t c)
{
	return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') ||
	       c == '-' || c == '_';
}

/* Can these bytes begin with a method? */
static enum parse read_method(struct bytes left, struct bytes *method_out)
{
	size_t len = 0;

	while (len < left.len && is_method_byte(left.at[len]))
		len++;
	if (len > METHOD_MAX || (len == 0 && left.len > 0))
		return PARSE_BAD;
	if (len == left.len)
		return PARSE_MORE;
	*method_out = bytes_first(left, len);
	return is_space(left.at[len]) ? PARSE_OK : PARSE_BAD;
}

static enum parse read_request_line(struct bytes line, struct http_request *r)
{
	struct bytes rest = http_trim(bytes_from(line, r->method.len));
	size_t       space;

	for (space = rest.len; space > 0 && !is_space(rest.at[space - 1]); space--)
		;
	r->protocol = bytes_from(rest, space);
	if (space == 0 || r->protocol.len < 6 ||
	    !http_is_word(bytes_first(r->protocol, 5), "http/"))
		return PARSE_BAD;
	r->target     = http_trim(bytes_first(rest, space));
	r->is_connect = http_is_word(r->method, "connect");
	if (r->is_connect)
		r->body = HTTP_BODY_FOREIGN;
	read_target(r);
	return PARSE_OK;
}

static void read_length(struct http_request *r, struct bytes value)
{
	uint64_t len = 0;

	for (size_t i = 0;
	     i < value.len && value.at[i] >= '0' && value.at[i] <= '9' && len < UINT64_MAX / 16;
	     i++)
		len = len * 10 + (value.at[i] - '0');
	if (len > 0 && r->body == HTTP_BODY_NONE) {
		r->body     = HTTP_BODY_LENGTH;
		r->body_len = len;
	}
}

/* One line of the header section. *folded: the line before was a Host field without a value. */
static void read_field(struct http_request *r, struct bytes line, bool *folded)
{
	struct bytes name  = up_to(line, ":");
	bool         bare  = name.len == line.len;
	struct bytes value = http_trim(bytes_from(line, name.len + 1));

	if (*folded && is_space(line.at[0]))
		hosts_add_authority(&r->hosts, line);
	*folded = false;
	if (bare)
		return;
	name = http_trim(name);
	if (http_is_word(name, "host")) {
		*folded = value.len == 0;
		hosts_add_authority(&r->hosts, value);
	} else if (http_is_word(name, "user-agent")) {
		r->user_agent = value;
	} else if (http_is_word(name, "content-length")) {
		read_length(r, value);
	} else if (http_is_word(name, "transfer-encoding") && !r->is_connect) {
		r->body = HTTP_BODY_CHUNKED;
	} else if (http_is_word(name, "upgrade")) {
		r->body = HTTP_BODY_FOREIGN;
	}
}

enum parse http_read_request(struct bytes stream, struct http_request *out)
{
	struct http_request r    = { 0 };
	struct bytes        left = stream, line = { 0 };
	bool                folded = false;
	enum parse          status;

	while (left.len > 0 && (left.at[0] == '\r' || left.at[0] == '\n'))
		left = bytes_from(left, 1);
	status = read_method(left, &r.method);
	if (status != PARSE_OK) {
		*out = r;
		return status;
	}
	if (!http_next_line(&left, &line)) {
		*out = r;
		return PARSE_MORE;
	}
	if (read_request_line(line, &r) != PARSE_OK)
		return PARSE_BAD;
	for (;;) {
		if (!http_next_line(&left, &line)) {
			*out = r;
			return PARSE_MORE;
		}
		if (line.len == 0)
			break;
		read_field(&r, line, &folded);
	}
	r.len = stream.len - left.len;
	*out  = r;
	return PARSE_OK;
}

static bool read_hex(struct bytes text, uint64_t *out)
{
	uint64_t value = 0;
	size_t   i;

	for (i = 0; i < text.len && value <= CHUNK_MAX; i++) {
		uint8_t c = lower(text.at[i]);

		if (c >= '0' && c <= '9')
			value = value * 16 + (c - '0');
		else if (c >= 'a' && c <= 'f')
			value = value * 16 + (c - 'a' + 10u);
		else
			break;
	}
	*out = value;
	return i > 0 && value <= CHUNK_MAX;
}

enum parse http_skip_chunks(struct bytes stream, uint64_t *len_out)
{
	struct bytes left = stream, line;
	uint64_t     len;

	*len_out = 0;
	while (http_next_line(&left, &line)) {
		if (!read_hex(http_trim(line), &len))
			return PARSE_BAD;
		if (len > 0) {
			uint64_t end = (stream.len - left.len) + len + 2;       /* and CR LF */

			*len_out = end;
			if (end >= stream.len)
				return PARSE_MORE;
			left = bytes_from(stream, (size_t)end);
			continue;
		}
		while (http_next_line(&left, &line)) {                       /* trailer fields */
			if (line.len > 0)
				continue;
			*len_out = stream.len - left.len;
			return PARSE_OK;
		}
		return PARSE_MORE;
	}
	return PARSE_MORE;
}

/* SPDX-License-Identifier: MIT */

/*
 * Line by line. A line ends with LF, CR LF or, for Java and Python, CR alone. No server ends a
 * request line with CR alone, but Node without its strict parser reads fields after such a CR. An
 * empty line ends the section for every server if it has an LF before it. Where only some servers
 * see an end (a CR too many; a request line without version), the request is judged there, and
 * reading continues.
 */

#include "inspect/http_line.h"

#include <string.h>

/* bytes of a field's name with blanks around it; servers that accept these accept as few */
#define NAME_MAX 256

#define WORK_OF_FIELD  3
#define SOUGHT_OF_WORK 512     /* bytes */

enum field { FIELD_OTHER, FIELD_HOST, FIELD_LENGTH, FIELD_ENCODING, FIELD_UPGRADE,
             FIELD_USER_AGENT };

static void read_length(struct http_request *r, struct bytes value)
{
	uint64_t len = 0;

	if (value.len > 0 && value.at[0] == '+')                     /* Java */
		value = bytes_from(value, 1);
	for (size_t i = 0;
	     i < value.len && value.at[i] >= '0' && value.at[i] <= '9' && len < UINT64_MAX / 16;
	     i++)
		len = len * 10 + (value.at[i] - '0');
	if (r->body == HTTP_BODY_CHUNKED)
		r->body_is_unclear = true;
	if (len > 0 && r->body == HTTP_BODY_NONE) {
		r->body     = HTTP_BODY_LENGTH;
		r->body_len = len;
	}
}

static void read_encoding(struct http_request *r, struct bytes value)
{
	if (r->is_connect || value.len == 0)
		return;
	if (r->body != HTTP_BODY_NONE || !http_is_word(value, "chunked") ||
	    http_is_word(r->protocol, "http/1.0"))
		r->body_is_unclear = true;
	r->body = HTTP_BODY_CHUNKED;
}

/* One of the protocols in a list may be h2c: RFC 7540, section 3.2. */
static void read_upgrade(struct http_request *r, struct bytes value)
{
	while (value.len > 0) {
		struct bytes protocol = http_up_to(value, ",");

		value = bytes_from(value, protocol.len + 1);
		if (http_is_word(http_trim(protocol), "h2c"))
			r->upgrade = HTTP_UPGRADE_HTTP2;
		else if (r->upgrade == HTTP_UPGRADE_NONE)
			r->upgrade = HTTP_UPGRADE_OTHER;
	}
}

static void read_value(struct http_request *r, enum field field, struct bytes value)
{
	if (field == FIELD_OTHER)
		return;
	if (!http_has_room(r, value)) {
		r->body_is_unclear = true;
		return;
	}
	value = http_trim(value);
	switch (field) {
	case FIELD_HOST:     http_add_hosts(&r->hosts, value); break;
	case FIELD_LENGTH:   read_length(r, value); break;
	case FIELD_ENCODING: read_encoding(r, value); break;
	case FIELD_UPGRADE:  read_upgrade(r, value); break;
	case FIELD_USER_AGENT:
	case FIELD_OTHER:    break;
	}
}

static enum field field_named(struct bytes name)
{
	switch (name.len) {
	case 4:  return http_is_word(name, "host") ? FIELD_HOST : FIELD_OTHER;
	case 7:  return http_is_word(name, "upgrade") ? FIELD_UPGRADE : FIELD_OTHER;
	case 10: return http_is_word(name, "user-agent") ? FIELD_USER_AGENT : FIELD_OTHER;
	case 14: return http_is_word(name, "content-length") ? FIELD_LENGTH : FIELD_OTHER;
	case 17: return http_is_word(name, "transfer-encoding") ? FIELD_ENCODING : FIELD_OTHER;
	default: return FIELD_OTHER;
	}
}

/* Is this white space, or the first letter of a field that matters? Most lines stop here. */
static bool may_begin_field(uint8_t c)
{
	switch (c | 0x20) {
	case 'h':
	case 'c':
	case 't':
	case 'u':
	case 'p': return true;
	default:  return c <= ' ';
	}
}

/*
 * One line of the header section. *field: that of the line before, whose value a line continues
 * that begins with white space. Every server that accepts such a line leaves white space where the
 * two meet, so each has its own names.
 */
static void read_field(struct http_request *r, struct bytes line, enum field *field)
{
	const uint8_t *colon;
	struct bytes   name, value;

	if (line.at[0] == ' ' || line.at[0] == '\t')
		read_value(r, *field, line);
	else
		*field = FIELD_OTHER;
	if (!may_begin_field(line.at[0]) || r->values_len > HTTP_VALUES_MAX)
		return;
	colon = memchr(line.at, ':', line.len);
	if (colon == NULL || (size_t)(colon - line.at) > NAME_MAX)
		return;
	name  = http_trim(bytes_first(line, (size_t)(colon - line.at)));
	value = bytes_from(line, (size_t)(colon - line.at) + 1);
	if (name.len > 6 && http_is_word(bytes_first(name, 6), "proxy-"))
		r->to_proxy = true;
	*field = field_named(name);
	if (*field == FIELD_USER_AGENT) {
		r->user_agent = http_trim(bytes_first(value, HTTP_VALUES_MAX));
		*field        = FIELD_OTHER;
	}
	read_value(r, *field, value);
}

/*
 * Bytes up to the next CR or LF; all if there is none. *lf: the next LF, searched for again only
 * once it is behind us.
 */
static size_t line_len(struct bytes left, const uint8_t **lf)
{
	const uint8_t *cr;

	if (left.len == 0)
		return 0;
	if (*lf == NULL || *lf < left.at)
		*lf = memchr(left.at, '\n', left.len);
	if (*lf == NULL)
		*lf = left.at + left.len;
	cr = memchr(left.at, '\r', (size_t)(*lf - left.at));
	return (size_t)((cr != NULL ? cr : *lf) - left.at);
}

enum line_end { END_CR, END_LF, END_CRLF };

/*
 * The fields in left, after an end of some kind. PARSE_OK at an end of the section that all servers
 * see.
 */
static enum parse read_section(struct http_request *r, struct bytes *left, enum line_end before)
{
	enum field     field = FIELD_OTHER;
	const uint8_t *lf    = NULL;

	for (;;) {
		size_t len     = line_len(*left, &lf);
		bool   has_cr  = len < left->len && left->at[len] == '\r';
		bool   is_last = len + 1 >= left->len;
		bool   has_lf  = !has_cr || (!is_last && left->at[len + 1] == '\n');

		if (len == 0 && has_cr && is_last && before != END_CRLF)
			r->goes_on = true;                       /* Java */
		if (len >= left->len || (has_cr && is_last))
			return PARSE_MORE;
		r->work += WORK_OF_FIELD;
		/* the empty line after them counts as well */
		r->is_too_long = r->num_fields++ > HTTP_FIELDS_MAX;
		if (r->is_too_long)
			return PARSE_MORE;
		if (len > 0)
			read_field(r, bytes_first(*left, len), &field);
		else
			r->goes_on = before == END_CR || !has_lf;
		*left = bytes_from(*left, len + (has_cr && has_lf ? 2 : 1));
		if (len == 0 && before == END_LF && !has_cr && r->num_fields == 1)
			r->goes_on = true;                       /* Node, not strict */
		else if (len == 0 && before != END_CR && has_lf)
			return PARSE_OK;
		before = !has_lf ? END_CR : has_cr ? END_CRLF : END_LF;
	}
}

/* At most as many bytes as are looked at. */
static struct bytes skip_blanks(struct bytes stream)
{
	size_t len = 0;

	while (len < stream.len && len < HTTP_BLANKS_MAX &&
	       (stream.at[len] == '\n' || http_is_blank(stream.at[len])))
		len++;
	return bytes_from(stream, len);
}

enum parse http_read_request(struct bytes stream, struct http_request *out)
{
	struct bytes   left   = skip_blanks(stream);
	struct bytes   line   = bytes_first(left, HTTP_LINE_MAX + 1);
	struct bytes   method = { 0 };
	enum parse     status = http_begin_line(line, &method);
	const uint8_t *lf, *cr;
	enum line_end  before;
	bool           has_cr;

	*out = (struct http_request){ .method = method };
	if (stream.len - left.len == HTTP_BLANKS_MAX) {
		out->is_too_long = true;
		return PARSE_MORE;
	}
	if (status == PARSE_BAD)
		line = bytes_first(line, HTTP_ODD_LINE_MAX);
	lf        = line.len > 0 ? memchr(line.at, '\n', line.len) : NULL;
	out->work = (unsigned)line.len / SOUGHT_OF_WORK;
	if (lf != NULL) {
		line.len = (size_t)(lf - line.at);
		status   = PARSE_OK;
	}
	out->is_too_long = line.len > HTTP_LINE_MAX;
	if (status == PARSE_MORE && out->is_too_long)
		http_read_line(line, out);              /* the names so far */
	if (status != PARSE_OK)
		return status;
	left   = bytes_from(left, line.len + 1);
	has_cr = line.len > 0 && line.at[line.len - 1] == '\r';
	line.len -= has_cr;
	/* a leading blank is an empty method to Java */
	if (line.at > stream.at && line.at[-1] == ' ')
		line = bytes_of(line.at - 1, line.len + 1);
	status = http_read_line(line, out);
	if (status == PARSE_OK && out->is_too_long)
		status = PARSE_MORE;
	if (status != PARSE_OK)
		return status;
	out->goes_on = out->protocol.len == 0;
	before       = has_cr ? END_CRLF : END_LF;
	cr           = memchr(line.at, '\r', line.len);
	if (cr != NULL) {
		left   = bytes_from(stream, (size_t)(cr - stream.at) + 1);
		before = END_CR;
	}
	status   = read_section(out, &left, before);
	out->len = stream.len - left.len;
	return status == PARSE_MORE && out->goes_on && !out->is_too_long ? PARSE_OK : status;
}

bool http_begins_odd(struct bytes stream)
{
	struct bytes line = skip_blanks(stream);
	size_t       len  = bytes_graphic(bytes_first(line, HTTP_LINE_MAX));

	return len < line.len && http_ends_waiting(line.at[len]);
}

/*
 * The place in the section: before the request line, or in it; at the beginning of a field, in it,
 * or after a CR at its end; after a line end that may end the section, depending on the next byte.
 */
enum { SCAN_BEFORE, SCAN_LINE, SCAN_START, SCAN_FIELD, SCAN_CR, SCAN_END };

/* steps, three for a field; after that many the request is too long, whatever its state */
#define SCAN_MAX (4 * HTTP_FIELDS_MAX)

/* The state after one more byte between lines; *has_news if it may end something. */
static uint8_t scan_byte(uint8_t state, uint8_t c, bool *has_news)
{
	bool is_end = c == '\n' || c == '\r';

	*has_news |= state == SCAN_END || (is_end && !(state == SCAN_CR && c == '\n'));
	return c == '\r' ? SCAN_END : c == '\n' ? SCAN_START : SCAN_FIELD;
}

/* The first line, and blanks before it. */
static bool scan_line(struct http_scan *scan, struct bytes stream)
{
	struct bytes   line  = skip_blanks(stream);
	size_t         begin = stream.len - line.len;
	size_t         at    = scan->at > begin ? scan->at - begin : 0;
	struct bytes   rest  = bytes_from(line, at);
	const uint8_t *lf    = rest.len > 0 ? memchr(rest.at, '\n', rest.len) : NULL;
	bool           is_first = scan->state == SCAN_BEFORE && line.len > 0;

	scan->at = (uint32_t)(lf != NULL ? (size_t)(lf + 1 - stream.at) : stream.len);
	if (line.len > 0)
		scan->state = lf != NULL ? SCAN_START : SCAN_LINE;
	return is_first || lf != NULL || http_line_has_news(line, at);
}

bool http_has_news(struct http_scan *scan, struct bytes stream)
{
	const uint8_t *lf       = NULL;
	bool           has_news = false;

	if (scan->state <= SCAN_LINE && scan->at < stream.len)
		has_news = scan_line(scan, stream);
	for (unsigned num = 0; scan->at < stream.len; num++) {
		if (num == SCAN_MAX) {
			scan->at = (uint32_t)stream.len;
			return true;
		}
		if (scan->state == SCAN_FIELD)
			scan->at += (uint32_t)line_len(bytes_from(stream, scan->at), &lf);
		if (scan->at == stream.len)
			break;
		if (scan->state == SCAN_FIELD) {
			scan->state = stream.at[scan->at++] == '\n' ? SCAN_START : SCAN_CR;
			scan->num_fields += scan->num_fields <= HTTP_FIELDS_MAX;
		} else {
			scan->state = scan_byte(scan->state, stream.at[scan->at++], &has_news);
		}
	}
	return has_news || scan->num_fields > HTTP_FIELDS_MAX;
}

bool http_is_answer(struct bytes said)
{
	const struct bytes version = BYTES("HTTP/");

	return bytes_equal(bytes_first(said, version.len), bytes_first(version, said.len));
}

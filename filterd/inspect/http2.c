/* SPDX-License-Identifier: MIT */

/*
 * Frame by frame; only frames of header blocks are read. A block in several frames is put together
 * in scratch. Every call begins at the preface, because the table lives as long as the connection.
 */

#include "inspect/http2.h"
#include "inspect/hpack.h"
#include "inspect/http_line.h"

#include <string.h>

enum { FRAME_HEADERS = 1, FRAME_PUSH_PROMISE = 5, FRAME_CONTINUATION = 9, FRAME_HEADER_LEN = 9 };

enum { FLAG_END_HEADERS = 0x04, FLAG_PADDED = 0x08, FLAG_PRIORITY = 0x20 };

#define PREFACE  BYTES("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n")
#define PRIORITY 5              /* bytes */

/* looked at of one connection */
#define FRAMES_MAX 100

struct frame {
	uint32_t     len, stream;
	uint8_t      type, flags;
	struct bytes payload;           /* the part that is there */
	bool         is_whole;
};

struct connection {
	struct hpack         table;
	struct http_request *request;
	struct writer       *scratch;
	bool                 in_block;      /* CONTINUATION must follow */
	uint32_t             stream;        /* the stream of that block */
	size_t               block_at;      /* in scratch */
	bool                 has_block;     /* one was whole */
	bool                 is_over;
	unsigned             num_frames;
};

static struct frame read_frame(struct reader *r)
{
	struct frame  f = { 0 };
	struct reader payload;

	f.len     = read_u24(r);
	f.type    = read_u8(r);
	f.flags   = read_u8(r);
	f.stream  = read_u32(r) & 0x7fffffff;
	f.payload = bytes_first(r->left, f.len);
	payload   = read_block(r, f.len);
	f.is_whole = payload.status == PARSE_OK;
	return f;
}

static void connection_fail(struct connection *c)
{
	c->is_over                      = true;
	c->request->hosts.is_unreadable = true;
}

/* true if the text of the value is kept */
static bool take_field(struct connection *c, const struct hpack_field *f)
{
	struct http_request *r   = c->request;
	size_t               num = r->hosts.num;

	switch (f->name) {
	case HPACK_AUTHORITY:
	case HPACK_HOST:
		if (http_has_room(r, f->value))
			http_add_hosts(&r->hosts, f->value);
		return r->hosts.num > num;
	case HPACK_PATH:
		r->is_absolute |= http_add_target(&r->hosts, f->value);
		r->to_proxy |= r->is_absolute;
		if (c->has_block || r->target.len > 0)
			return r->hosts.num > num;
		r->target = f->value;
		return true;
	case HPACK_METHOD:
		r->to_proxy |= bytes_equal(f->value, BYTES("CONNECT"));
		if (c->has_block || r->method.len > 0)
			return false;
		r->method     = f->value;
		r->is_connect = bytes_equal(f->value, BYTES("CONNECT"));
		return true;
	case HPACK_USER_AGENT:
		if (c->has_block || r->user_agent.len > 0)
			return false;
		r->user_agent = f->value;
		return true;
	case HPACK_PROXY:
		r->to_proxy = true;
		return false;
	case HPACK_OTHER:
		return false;
	}
	return false;
}

/* A header block, or the part that is there. */
static void read_header_block(struct connection *c, struct bytes bytes, bool is_whole)
{
	struct reader block = reader_over(bytes, is_whole ? PARSE_BAD : PARSE_MORE);

	while (reader_has_more(&block)) {
		struct hpack_field field = { 0 };
		size_t             begun = c->scratch->len;

		hpack_read_field(&c->table, &block, c->scratch, &field);
		if (block.status != PARSE_OK)
			break;
		if (field.is_unknown || c->scratch->full)
			c->request->hosts.is_unreadable = true;
		if (!take_field(c, &field))
			c->scratch->len = begun;
	}
	if (block.status == PARSE_BAD)
		connection_fail(c);
	c->has_block |= is_whole;
}

/* A frame's part of a block; false if its padding is longer than the frame. */
static bool read_fragment(const struct frame *f, struct bytes *fragment_out)
{
	size_t before = 0, padding = 0;

	if (f->type == FRAME_HEADERS && f->flags & FLAG_PADDED) {
		padding = f->payload.len > 0 ? f->payload.at[0] : 0;
		before++;
	}
	if (f->type == FRAME_HEADERS && f->flags & FLAG_PRIORITY)
		before += PRIORITY;
	if (before + padding > f->len)
		return false;
	*fragment_out = bytes_from(bytes_first(f->payload, f->len - padding), before);
	return true;
}

static void take_frame(struct connection *c, const struct frame *f)
{
	bool         ends = f->flags & FLAG_END_HEADERS && f->is_whole;
	struct bytes fragment;

	if (c->in_block != (f->type == FRAME_CONTINUATION) || f->type == FRAME_PUSH_PROMISE ||
	    (c->in_block && f->stream != c->stream)) {
		connection_fail(c);
		return;
	}
	if (f->type != FRAME_HEADERS && f->type != FRAME_CONTINUATION)
		return;
	if (!read_fragment(f, &fragment)) {
		c->request->hosts.is_unreadable = true;          /* Go goes on */
		return;
	}
	if (!c->in_block && (ends || !f->is_whole)) {
		read_header_block(c, fragment, ends);
		return;
	}
	if (!c->in_block)
		c->block_at = c->scratch->len;
	write_bytes(c->scratch, fragment);
	c->in_block = !ends;
	c->stream   = f->stream;
	if (ends)
		read_header_block(c, bytes_from(writer_written(c->scratch), c->block_at), true);
}

/* Reads a stream that begins with a preface, or the part that is there. */
static enum parse read_connection(struct bytes stream, struct writer *scratch,
                                  struct http_request *out)
{
	struct http_request r    = { .protocol = BYTES("HTTP/2"), .need = PREFACE.len };
	struct reader       left = reader_over(bytes_from(stream, PREFACE.len), PARSE_MORE);
	struct connection   c    = { .request = &r, .scratch = scratch };

	c.table.max   = HPACK_TABLE_MAX;
	scratch->len  = 0;
	scratch->full = false;
	while (stream.len >= PREFACE.len && !c.is_over) {
		struct bytes here = left.left;
		struct frame f    = read_frame(&left);

		r.len  = stream.len - here.len;
		r.need = r.len + FRAME_HEADER_LEN + f.len;
		if (++c.num_frames > FRAMES_MAX)
			connection_fail(&c);
		else if (here.len >= FRAME_HEADER_LEN)
			take_frame(&c, &f);
		if (!f.is_whole)
			break;
	}
	if (c.in_block)
		read_header_block(&c, bytes_from(writer_written(scratch), c.block_at), false);
	r.hosts.is_unreadable |= scratch->full;
	r.goes_on = c.has_block && !c.is_over;
	*out      = r;
	return c.has_block || c.is_over ? PARSE_OK : PARSE_MORE;
}

enum parse http2_read_request(struct bytes stream, struct writer *scratch,
                              struct http_request *out)
{
	if ((stream.len > 0 && stream.at[0] != 'P') ||
	    !bytes_equal(bytes_first(stream, PREFACE.len), bytes_first(PREFACE, stream.len)))
		return PARSE_BAD;
	return read_connection(stream, scratch, out);
}

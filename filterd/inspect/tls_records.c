/* SPDX-License-Identifier: MIT */

/*
 * Content of a single record is read in place; only if a second record is needed are both put
 * together in scratch.
 */

#include "inspect/tls_records.h"

enum { RECORD_CHANGE_CIPHER_SPEC = 20, RECORD_ALERT = 21, RECORD_HANDSHAKE = 22, RECORD_DATA = 23,
       ALERT_WARNING = 1, ALERT_CLOSE_NOTIFY = 0 };

#define RECORD_HEADER    5
#define HANDSHAKE_HEADER 4      /* type and a length of 24 bits */

struct record {
	bool         has_header;
	uint8_t      type;
	struct bytes content;           /* the part that is there */
	size_t       lacking;           /* bytes still missing from it, or from its header */
};

/* Java accepts any version, Go any below 0x1000, the others 0x03 with any second byte. */
static bool record_is_passed(const struct record *record, size_t len, bool passes_data)
{
	const uint8_t *content = record->content.at;
	size_t         has     = record->content.len;

	switch (record->type) {
	case RECORD_HANDSHAKE:
		return true;
	case RECORD_CHANGE_CIPHER_SPEC:         /* empty: OpenSSL; before a hello: GnuTLS */
		return len <= 1 && (has < 1 || content[0] == 1);
	case RECORD_ALERT:                      /* Go, Java */
		return len == 2 && (has < 1 || content[0] == ALERT_WARNING) &&
		       (has < 2 || content[1] != ALERT_CLOSE_NOTIFY);
	case RECORD_DATA:
		return passes_data;
	default:
		return false;
	}
}

static enum parse record_next(struct reader *r, bool passes_data, struct record *out)
{
	size_t   has = r->left.len;
	uint16_t len;

	*out      = (struct record){ .type = RECORD_HANDSHAKE };
	out->type = has > 0 ? read_u8(r) : out->type;
	if (out->type < RECORD_CHANGE_CIPHER_SPEC || out->type > RECORD_DATA)
		return PARSE_BAD;
	if (has < RECORD_HEADER) {
		out->lacking = RECORD_HEADER - has;
		return PARSE_MORE;
	}
	read_u16(r);
	len             = read_u16(r);
	out->has_header = true;
	out->content    = bytes_first(r->left, len);
	out->lacking    = len - out->content.len;
	if (!record_is_passed(out, len, passes_data))
		return PARSE_BAD;
	read_bytes(r, len);
	return r->status;
}

/* The length of a message from its first bytes, with its header. */
static size_t message_length(struct bytes begin)
{
	struct reader r = reader_over(begin, PARSE_MORE);

	read_u8(&r);
	return HANDSHAKE_HEADER + (size_t)read_u24(&r);
}

/* The least length of the stream when `lacking` more bytes of the message are there. */
static size_t least_end(size_t stream_len, const struct record *last, size_t lacking)
{
	size_t end = stream_len + last->lacking;

	if (!last->has_header)
		return end + lacking;
	if (last->type != RECORD_HANDSHAKE)
		return end + RECORD_HEADER + lacking;
	return lacking <= last->lacking ? stream_len + lacking
	                                : end + RECORD_HEADER + lacking - last->lacking;
}

enum parse tls_records_read(struct bytes stream, uint8_t type, bool passes_data,
                            struct writer *scratch, struct tls_records *out)
{
	struct reader r = reader_over(stream, PARSE_MORE);
	struct bytes  all = { 0 }, first = { 0 };
	unsigned      num_parts = 0;
	size_t        need      = HANDSHAKE_HEADER;

	*out          = (struct tls_records){ 0 };
	scratch->len  = 0;
	scratch->full = false;
	for (;;) {
		struct record record;
		enum parse    status = record_next(&r, passes_data, &record);

		if (status == PARSE_BAD)
			return PARSE_BAD;
		out->num += record.has_header;
		if (record.type == RECORD_HANDSHAKE && record.content.len > 0) {
			num_parts++;
			if (num_parts == 1)
				all = first = record.content;
			if (all.at[0] != type)
				return PARSE_BAD;
			if (num_parts == 2)
				write_bytes(scratch, bytes_first(first, scratch->cap));
			if (num_parts > 1) {
				write_bytes(scratch, bytes_first(record.content,
				                                 scratch->cap - scratch->len));
				all = writer_written(scratch);
			}
		}
		if (need == HANDSHAKE_HEADER && all.len >= need)
			need = message_length(all);
		if (all.len >= need) {
			out->message = bytes_first(all, need);
			out->behind  = bytes_from(all, need);
			out->is_open = record.lacking > 0;
			out->end     = out->is_open ? stream.len + record.lacking
			                            : stream.len - r.left.len;
			return PARSE_OK;
		}
		if (num_parts == 0 && status == PARSE_OK)
			out->passed = stream.len - r.left.len;
		out->has_too_many = out->num == TLS_RECORDS_MAX && record.lacking == 0;
		if (status != PARSE_OK || out->has_too_many) {
			out->message = all;
			out->end     = least_end(stream.len, &record, need - all.len);
			return PARSE_MORE;
		}
	}
}

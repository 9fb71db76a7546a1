/* SPDX-License-Identifier: MIT */

/*
 * The table is two rings: the entries, and the values of those that matter. An entry counts at
 * least 32 bytes, and its value no more than the entry, so neither ring can overflow.
 */

#include "inspect/hpack.h"

#include <string.h>

#define ENTRY_OVERHEAD 32       /* bytes: RFC 7541, section 4.1 */
#define NUMBER_BYTES   8        /* bytes after its first; more than any server reads */
#define NUMBER_MAX     0xffffff

#define KNOWN(name, value, which) { sizeof(name) - 1, which, value }

/*
 * RFC 7541, appendix A, with values only where they are used. Of a name only the length counts.
 * Arrays, because pointers would need more room, with their relocations.
 */
static const struct {
	uint8_t name_len, which;        /* enum hpack_name */
	char    value[12];
} known[] = {
	KNOWN(":authority", "", HPACK_AUTHORITY),
	KNOWN(":method", "GET", HPACK_METHOD),
	KNOWN(":method", "POST", HPACK_METHOD),
	KNOWN(":path", "/", HPACK_PATH),
	KNOWN(":path", "/index.html", HPACK_PATH),
	KNOWN(":scheme", "", HPACK_OTHER),
	KNOWN(":scheme", "", HPACK_OTHER),
	KNOWN(":status", "", HPACK_OTHER),
	KNOWN(":status", "", HPACK_OTHER),
	KNOWN(":status", "", HPACK_OTHER),
	KNOWN(":status", "", HPACK_OTHER),
	KNOWN(":status", "", HPACK_OTHER),
	KNOWN(":status", "", HPACK_OTHER),
	KNOWN(":status", "", HPACK_OTHER),
	KNOWN("accept-charset", "", HPACK_OTHER),
	KNOWN("accept-encoding", "", HPACK_OTHER),
	KNOWN("accept-language", "", HPACK_OTHER),
	KNOWN("accept-ranges", "", HPACK_OTHER),
	KNOWN("accept", "", HPACK_OTHER),
	KNOWN("access-control-allow-origin", "", HPACK_OTHER),
	KNOWN("age", "", HPACK_OTHER),
	KNOWN("allow", "", HPACK_OTHER),
	KNOWN("authorization", "", HPACK_OTHER),
	KNOWN("cache-control", "", HPACK_OTHER),
	KNOWN("content-disposition", "", HPACK_OTHER),
	KNOWN("content-encoding", "", HPACK_OTHER),
	KNOWN("content-language", "", HPACK_OTHER),
	KNOWN("content-length", "", HPACK_OTHER),
	KNOWN("content-location", "", HPACK_OTHER),
	KNOWN("content-range", "", HPACK_OTHER),
	KNOWN("content-type", "", HPACK_OTHER),
	KNOWN("cookie", "", HPACK_OTHER),
	KNOWN("date", "", HPACK_OTHER),
	KNOWN("etag", "", HPACK_OTHER),
	KNOWN("expect", "", HPACK_OTHER),
	KNOWN("expires", "", HPACK_OTHER),
	KNOWN("from", "", HPACK_OTHER),
	KNOWN("host", "", HPACK_HOST),
	KNOWN("if-match", "", HPACK_OTHER),
	KNOWN("if-modified-since", "", HPACK_OTHER),
	KNOWN("if-none-match", "", HPACK_OTHER),
	KNOWN("if-range", "", HPACK_OTHER),
	KNOWN("if-unmodified-since", "", HPACK_OTHER),
	KNOWN("last-modified", "", HPACK_OTHER),
	KNOWN("link", "", HPACK_OTHER),
	KNOWN("location", "", HPACK_OTHER),
	KNOWN("max-forwards", "", HPACK_OTHER),
	KNOWN("proxy-authenticate", "", HPACK_PROXY),
	KNOWN("proxy-authorization", "", HPACK_PROXY),
	KNOWN("range", "", HPACK_OTHER),
	KNOWN("referer", "", HPACK_OTHER),
	KNOWN("refresh", "", HPACK_OTHER),
	KNOWN("retry-after", "", HPACK_OTHER),
	KNOWN("server", "", HPACK_OTHER),
	KNOWN("set-cookie", "", HPACK_OTHER),
	KNOWN("strict-transport-security", "", HPACK_OTHER),
	KNOWN("transfer-encoding", "", HPACK_OTHER),
	KNOWN("user-agent", "", HPACK_USER_AGENT),
	KNOWN("vary", "", HPACK_OTHER),
	KNOWN("via", "", HPACK_OTHER),
	KNOWN("www-authenticate", "", HPACK_OTHER),
};

#define STATIC_NUM COUNT(known)

/* A name, as a field representation gives it. */
struct name {
	enum hpack_name which;
	size_t          len;
	bool            is_unknown;
};

/* The integer of section 5.1 whose first byte, below `bits` bits, is `first`. */
static uint32_t read_number(struct reader *r, uint8_t first, unsigned bits)
{
	uint32_t mask = (1u << bits) - 1, value = first & mask;
	unsigned num  = 0;
	uint8_t  byte;

	if (value < mask)
		return value;
	do {
		byte = read_u8(r);
		if (num < 4)
			value += (uint32_t)(byte & 127) << (7 * num);
		else if (byte & 127)
			value = NUMBER_MAX + 1;
	} while (byte & 128 && ++num < NUMBER_BYTES && value <= NUMBER_MAX);
	if (r->status == PARSE_OK && (value > NUMBER_MAX || num >= NUMBER_BYTES))
		r->status = PARSE_BAD;
	return r->status == PARSE_OK ? value : 0;
}

/* Is the value needed, too? */
static bool has_value(enum hpack_name which)
{
	return which != HPACK_OTHER && which != HPACK_PROXY;
}

static enum hpack_name which_name(struct bytes name)
{
	switch (name.len) {
	case 4:  return bytes_equal(name, BYTES("host")) ? HPACK_HOST : HPACK_OTHER;
	case 5:  return bytes_equal(name, BYTES(":path")) ? HPACK_PATH : HPACK_OTHER;
	case 7:
		if (bytes_equal(name, BYTES(":method")))
			return HPACK_METHOD;
		break;
	case 10:
		if (bytes_equal(name, BYTES(":authority")))
			return HPACK_AUTHORITY;
		if (bytes_equal(name, BYTES("user-agent")))
			return HPACK_USER_AGENT;
		break;
	default: break;
	}
	return bytes_equal(bytes_first(name, 6), BYTES("proxy-")) ? HPACK_PROXY : HPACK_OTHER;
}

/*
 * A string of section 5.2: its bytes as they are, or decoded in w if requested; *len_out is its
 * length in any case.
 */
static struct bytes read_string(struct reader *r, struct writer *w, uint16_t *steps,
                                size_t *len_out)
{
	uint8_t       first  = read_u8(r);
	struct bytes  string = read_bytes(r, read_number(r, first, 7));
	struct writer begun  = w != NULL ? *w : (struct writer){ 0 };

	*len_out = string.len;
	if (!(first & 128) || r->status != PARSE_OK)
		return string;
	if (hpack_write_huffman(string, w, steps, len_out) != PARSE_OK)
		r->status = PARSE_BAD;
	if (w == NULL || w->full)
		return (struct bytes){ 0 };
	return bytes_from(writer_written(w), begun.len);
}

static const struct hpack_entry *hpack_entry_at(const struct hpack *t, uint32_t index)
{
	uint32_t age = index - STATIC_NUM - 1;

	if (index <= STATIC_NUM || age >= t->num)
		return NULL;
	return &t->entries[(t->next + 2 * HPACK_ENTRIES_MAX - 1 - age) % HPACK_ENTRIES_MAX];
}

static void hpack_evict(struct hpack *t, size_t size)
{
	while (t->num > 0 && t->size > size) {
		const struct hpack_entry *e = hpack_entry_at(t, STATIC_NUM + t->num);

		t->size = (uint16_t)(t->size - (e->name_len + e->value_len + ENTRY_OVERHEAD));
		t->num--;
	}
}

static void hpack_keep_text(struct hpack *t, struct bytes text)
{
	struct bytes first = bytes_first(text, HPACK_TABLE_MAX - (size_t)t->text_at);
	struct bytes rest  = bytes_from(text, first.len);

	if (first.len > 0)
		memcpy(t->text + t->text_at, first.at, first.len);
	if (rest.len > 0)
		memcpy(t->text, rest.at, rest.len);
}

static void hpack_insert(struct hpack *t, const struct name *name, struct bytes value,
                         size_t value_len)
{
	size_t              size = name->len + value_len + ENTRY_OVERHEAD;
	struct hpack_entry *e    = &t->entries[t->next];

	hpack_evict(t, size <= t->max ? t->max - size : 0);
	if (size > t->max)
		return;                         /* section 4.4 */
	*e = (struct hpack_entry){ .name      = (uint8_t)name->which,
		                   .name_len  = (uint16_t)name->len,
		                   .value_len = (uint16_t)value_len,
		                   .value_at  = t->text_at };
	hpack_keep_text(t, value);
	t->text_at = (uint16_t)((t->text_at + value.len) % HPACK_TABLE_MAX);
	t->next    = (uint16_t)((t->next + 1) % HPACK_ENTRIES_MAX);
	t->size    = (uint16_t)(t->size + size);
	t->num++;
	if (value.len != value_len)             /* it did not fit in scratch */
		e->name = has_value(name->which) ? HPACK_OTHER : e->name;
}

static void hpack_resize(struct hpack *t, uint32_t max)
{
	t->max = (uint16_t)(max < HPACK_TABLE_MAX ? max : HPACK_TABLE_MAX);
	hpack_evict(t, t->max);
}

/* Section 6.1 */
static void hpack_read_indexed(const struct hpack *t, struct reader *r, uint32_t index,
                               struct writer *scratch, struct hpack_field *out)
{
	const struct hpack_entry *e = hpack_entry_at(t, index);
	size_t                    begun = scratch->len;

	if (index == 0)
		r->status = PARSE_BAD;
	if (index == 0 || r->status != PARSE_OK)
		return;
	*out = (struct hpack_field){ .is_unknown = index > STATIC_NUM && e == NULL };
	if (index <= STATIC_NUM) {
		out->name  = (enum hpack_name)known[index - 1].which;
		out->value = bytes_text(known[index - 1].value);
	} else if (e != NULL && !has_value((enum hpack_name)e->name)) {
		out->name = (enum hpack_name)e->name;
	} else if (e != NULL) {
		size_t to_end = HPACK_TABLE_MAX - e->value_at;
		size_t first  = e->value_len < to_end ? e->value_len : to_end;

		write_bytes(scratch, bytes_of(t->text + e->value_at, first));
		write_bytes(scratch, bytes_of(t->text, e->value_len - first));
		out->name = (enum hpack_name)e->name;
		if (!scratch->full)
			out->value = bytes_from(writer_written(scratch), begun);
	}
}

static struct name hpack_read_name(struct hpack *t, struct reader *r, uint32_t index)
{
	const struct hpack_entry *e    = hpack_entry_at(t, index);
	struct name               name = { 0 };
	uint8_t                   room[32];     /* bytes; no name that matters is longer */
	struct writer             w = writer_over(room, sizeof(room));

	if (index == 0) {
		name.which = which_name(read_string(r, &w, &t->steps, &name.len));
	} else if (index <= STATIC_NUM) {
		name.which = (enum hpack_name)known[index - 1].which;
		name.len   = known[index - 1].name_len;
	} else if (e != NULL) {
		name.which = (enum hpack_name)e->name;
		name.len   = e->name_len;
	} else {
		name.is_unknown = true;
	}
	return name;
}

/* Section 6.2 */
static void hpack_read_literal(struct hpack *t, struct reader *r, uint8_t first,
                               struct writer *scratch, struct hpack_field *out)
{
	bool         is_kept = first & 0x40;
	uint32_t     index   = read_number(r, first, is_kept ? 6 : 4);
	struct name  name    = hpack_read_name(t, r, index);
	size_t       len     = 0;
	struct bytes value;

	if (!is_kept && !has_value(name.which))
		value = read_bytes(r, read_number(r, read_u8(r), 7));
	else
		value = read_string(r, has_value(name.which) ? scratch : NULL, &t->steps, &len);

	if (r->status != PARSE_OK)
		return;
	*out = (struct hpack_field){ .name = name.which, .is_unknown = name.is_unknown };
	if (has_value(name.which))
		out->value = value;
	if (is_kept) {
		hpack_insert(t, &name, out->value, len);
		t->steps = (uint16_t)(t->steps + HPACK_STEPS_FIELD);
	}
}

void hpack_read_field(struct hpack *table, struct reader *block, struct writer *scratch,
                      struct hpack_field *out)
{
	uint8_t first = read_u8(block);

	table->steps = (uint16_t)(table->steps + HPACK_STEPS_FIELD);
	if (table->steps > HPACK_STEPS_MAX)
		block->status = PARSE_BAD;
	while (block->status == PARSE_OK && (first & 0xe0) == 0x20) {           /* section 6.3 */
		hpack_resize(table, read_number(block, first, 5));
		table->steps = (uint16_t)(table->steps + HPACK_STEPS_FIELD);
		if (table->steps > HPACK_STEPS_MAX)
			block->status = PARSE_BAD;
		if (block->status == PARSE_OK && block->left.len == 0) {
			*out = (struct hpack_field){ 0 };
			return;
		}
		first = read_u8(block);
	}
	if (block->status != PARSE_OK)
		return;
	if (first & 0x80)
		hpack_read_indexed(table, block, read_number(block, first, 7), scratch, out);
	else
		hpack_read_literal(table, block, first, scratch, out);
}

/* SPDX-License-Identifier: MIT */
#ifndef FILTERD_BASE_BYTES_H
#define FILTERD_BASE_BYTES_H

/*
 * Bytes: a borrowed view, the bounded reader that takes it apart, the bounded writer that puts one
 * together. bytes.[ch] is the only place in the program that moves a pointer through foreign bytes.
 *
 * A stream that ends early needs more bytes; a block that ends early lied about its length. So a
 * reader over a stream is opened with on_short = PARSE_MORE, one over a datagram with PARSE_BAD,
 * and the child that read_block8/16() returns always has PARSE_BAD.
 *
 * The status is sticky: after a failure every read gives zeros or an empty view, so a parser reads
 * like its RFC and looks at the status once.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* Borrowed, never freed. at may be NULL when len is 0. */
struct bytes {
	const uint8_t *at;
	size_t         len;
};

enum parse {
	PARSE_OK,       /* done */
	PARSE_MORE,     /* try again with more bytes */
	PARSE_BAD,      /* no further bytes can make this right */
};

struct reader {
	struct bytes left;
	enum parse   on_short;
	enum parse   status;
};

/* A view of a string literal, without its NUL. */
#define BYTES(literal) ((struct bytes){ (const uint8_t *)(literal), sizeof(literal) - 1 })

static inline struct bytes bytes_of(const void *at, size_t len)
{
	return (struct bytes){ .at = at, .len = len };
}

struct bytes bytes_text(const char *text);                           /* up to the NUL */
bool         bytes_equal(struct bytes a, struct bytes b);
int          bytes_compare(struct bytes a, struct bytes b);  /* like memcmp(3), then by length */
/* The number of leading bytes that are printable ASCII and not blanks; checked eight at a time. */
size_t       bytes_graphic(struct bytes text);

/* Empty beyond the end. */
static inline struct bytes bytes_from(struct bytes all, size_t offset)
{
	if (offset >= all.len)
		return (struct bytes){ 0 };
	return bytes_of(all.at + offset, all.len - offset);
}

/* The blanks between words; CR ends the lines of a text that came by mail. */
static inline bool bytes_is_blank(uint8_t c)
{
	return c == ' ' || c == '\t' || c == '\r';
}

/* Shorter at the end. */
static inline struct bytes bytes_first(struct bytes all, size_t len)
{
	return bytes_of(all.at, len < all.len ? len : all.len);
}

/*
 * Takes the first line off a text, and gives it without its newline. The last line need not have
 * one.
 */
struct bytes bytes_cut_line(struct bytes *text);

/* The same for a text that may have come by mail, with CR LF at line ends: also without the CR. */
struct bytes bytes_cut_text_line(struct bytes *text);

/*
 * Take the beginning off a text.
 * bytes_cut_word   - up to the end or a blank, which is removed, too.
 * bytes_cut_number - decimal digits. False, *text untouched: no digits, or more than 64 bits.
 * bytes_cut        - this prefix. False if the text does not begin with it.
 */
struct bytes bytes_cut_word(struct bytes *text);
bool         bytes_cut_number(struct bytes *text, uint64_t *out);
bool         bytes_cut(struct bytes *text, const char *what);
bool         bytes_begin(struct bytes text, const char *with);
bool         bytes_end(struct bytes text, const char *with);

static inline bool bytes_is(struct bytes text, const char *other)
{
	return bytes_equal(text, bytes_text(other));
}

/* Only printable ASCII and blanks. */
bool bytes_printable(struct bytes text);

/*
 * num bytes from twice as many hexadecimal digits of either case; PARSE_BAD, out untouched, if text
 * is anything else.
 */
enum parse bytes_from_hex(struct bytes text, uint8_t *out, size_t num);

/*
 * The reader is here and not in bytes.c, because headers take some fifty reads of a few
 * instructions each: when these were function calls, they took two fifths of the time of a replay.
 */
static inline struct reader reader_over(struct bytes all, enum parse on_short)
{
	return (struct reader){ .left = all, .on_short = on_short, .status = PARSE_OK };
}

/* False after a failure. */
static inline bool reader_has_more(const struct reader *r)
{
	return r->status == PARSE_OK && r->left.len > 0;
}

/* Every read goes through here: the one bounds check. */
static inline struct bytes read_bytes(struct reader *r, size_t n)
{
	struct bytes out = { .at = r->left.at, .len = n };

	if (r->status == PARSE_OK && n > r->left.len)
		r->status = r->on_short;
	if (r->status != PARSE_OK || n == 0)
		return (struct bytes){ 0 };
	r->left.at += n;
	r->left.len -= n;
	return out;
}

/* Numbers are in network byte order; 0 after a failure. */
static inline uint8_t read_u8(struct reader *r)
{
	struct bytes b = read_bytes(r, 1);

	return b.len > 0 ? b.at[0] : 0;
}

static inline uint16_t read_u16(struct reader *r)
{
	struct bytes b = read_bytes(r, 2);

	return b.len > 0 ? (uint16_t)(b.at[0] << 8 | b.at[1]) : 0;
}

static inline uint32_t read_u24(struct reader *r)
{
	struct bytes b = read_bytes(r, 3);

	return b.len > 0 ? (uint32_t)b.at[0] << 16 | (uint32_t)b.at[1] << 8 | b.at[2] : 0;
}

static inline uint32_t read_u32(struct reader *r)
{
	struct bytes b = read_bytes(r, 4);

	return b.len > 0 ? (uint32_t)b.at[0] << 24 | (uint32_t)b.at[1] << 16 |
	                           (uint32_t)b.at[2] << 8 | b.at[3]
	                 : 0;
}

uint16_t read_u16_little(struct reader *r);

/* A child over the next len bytes. */
static inline struct reader read_block(struct reader *r, size_t len)
{
	struct reader child = reader_over(read_bytes(r, len), PARSE_BAD);

	child.status = r->status;
	return child;
}

/* A child over a block with its length in the 1 or 2 bytes before it. */
static inline struct reader read_block8(struct reader *r)
{
	return read_block(r, read_u8(r));
}

static inline struct reader read_block16(struct reader *r)
{
	return read_block(r, read_u16(r));
}

/*
 * The bounded writer. If something does not fit, it is left out and `full` is set; nothing is
 * written beyond `cap`. Like the reader it is sticky: check `full` once, at the end.
 */
struct writer {
	uint8_t *start;
	size_t   len;
	size_t   cap;
	bool     full;
};

struct writer writer_over(void *start, size_t cap);
struct bytes  writer_written(const struct writer *w);

void write_bytes(struct writer *w, struct bytes what);
void write_text(struct writer *w, const char *text);
void write_u8(struct writer *w, uint8_t value);
void write_u16(struct writer *w, uint16_t value);                    /* network byte order */
void write_u32(struct writer *w, uint32_t value);
void write_decimal(struct writer *w, uint64_t value);
void write_decimal_padded(struct writer *w, uint64_t value, unsigned digits);  /* leading zeros */
void write_hex(struct writer *w, struct bytes what);                 /* lower case */

/* Like printf(3); a text longer than WRITE_FORMAT_MAX bytes does not fit. */
#define WRITE_FORMAT_MAX 2048
void write_format(struct writer *w, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Overwrites bytes already written with a network-order number; does nothing beyond them. */
void write_u16_at(struct writer *w, size_t offset, uint16_t value);

#endif

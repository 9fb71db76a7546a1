/* SPDX-License-Identifier: MIT */
#ifndef FILTERD_BASE_BYTES_H
#define FILTERD_BASE_BYTES_H

/*
 * Bytes: a borrowed view, the bounded reader that takes it apart, the bounded writer that puts one
 * together. bytes.c is the only place in the program that moves a pointer through foreign bytes.
 *
 * A stream that ends early needs more bytes; a block that ends early lied about its length. So a
 * reader over a stream is opened with on_short = PARSE_MORE, one over a datagram with PARSE_BAD,
 * and the child that read_block8/16/24() returns always has PARSE_BAD.
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
	PARSE_MORE,     /* come back with more bytes */
	PARSE_BAD,      /* no further byte can make this right */
};

struct reader {
	struct bytes left;
	enum parse   on_short;
	enum parse   status;
};

/* A view of a string literal, without its NUL. */
#define BYTES(literal) ((struct bytes){ (const uint8_t *)(literal), sizeof(literal) - 1 })

struct bytes bytes_of(const void *at, size_t len);
struct bytes bytes_text(const char *text);                           /* up to the NUL */
struct bytes bytes_from(struct bytes all, size_t offset);            /* empty beyond the end */
struct bytes bytes_first(struct bytes all, size_t len);              /* shorter at the end */
bool         bytes_equal(struct bytes a, struct bytes b);

/* The first line of a text, without its newline; the text goes on behind it. The last line need not have one. */
struct bytes bytes_cut_line(struct bytes *text);

/* num bytes from twice as many hexadecimal digits of either case; PARSE_BAD, out untouched, if text is anything else. */
enum parse bytes_from_hex(struct bytes text, uint8_t *out, size_t num);

struct reader reader_over(struct bytes all, enum parse on_short);
bool          reader_has_more(const struct reader *r);               /* false after a failure */

struct bytes  read_bytes(struct reader *r, size_t n);
uint8_t       read_u8(struct reader *r);
uint16_t      read_u16(struct reader *r);                            /* network byte order */
uint32_t      read_u24(struct reader *r);
uint32_t      read_u32(struct reader *r);
uint16_t      read_u16_little(struct reader *r);
uint32_t      read_u32_little(struct reader *r);

/* A child over a block whose length stands in the 1, 2 or 3 bytes before it. */
struct reader read_block8(struct reader *r);
struct reader read_block16(struct reader *r);
struct reader read_block24(struct reader *r);

/*
 * The bounded writer. What does not fit is left out and `full` is set; nothing is ever written
 * beyond `cap`. Like the reader it is sticky: look at `full` once, at the end.
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

/* Puts a network-order number over bytes already written; does nothing if they are not there. */
void write_u16_at(struct writer *w, size_t offset, uint16_t value);

#endif

/* SPDX-License-Identifier: MIT */
#ifndef FILTERD_BASE_HOST_H
#define FILTERD_BASE_HOST_H

/*
 * Host: one spelling for a host name, whatever its source. Canonical means: labels joined by '.',
 * letters a-z in lower case, no trailing dot, 1 to 255 octets in wire form (RFC 1035, section
 * 2.3.4), every label 1 to 63 octets. A byte that is not printable ASCII, a backslash, a double
 * quote, a space, and a dot *inside* a DNS label are written \DDD (RFC 1035, section 5.1; three
 * decimal digits), so a '.' always separates two labels and the text is safe to print.
 */

#include "base/bytes.h"

#define HOST_TEXT_MAX 1020      /* bytes; 255 wire octets, each of up to 4 characters */

/* Borrowed, canonical; not NUL-terminated. Empty: no host. */
struct host {
	const char *text;
	size_t      len;
};

/* Storage for one name: as compared, and as sent if that differs (0x20 mixing, dot). */
struct host_text {
	uint16_t len;
	uint16_t sent_len;              /* 0 if sent in canonical spelling */
	uint16_t wire_len;              /* octets so far in DNS wire form, without the root */
	char     text[HOST_TEXT_MAX + 1];
	char     sent[HOST_TEXT_MAX + 1];
};

static inline struct host host_of(const struct host_text *t)
{
	return (struct host){ .text = t->text, .len = t->len };
}

struct host host_literal(const char *canonical);        /* for tests and tables */

/* Begins an empty name; sets only the lengths. */
static inline void host_clear(struct host_text *t)
{
	t->len      = 0;
	t->sent_len = 0;
	t->wire_len = 1;
	t->text[0]  = '\0';
	t->sent[0]  = '\0';
}

/*
 * host_add_label - append one DNS label.
 *
 * Gives:  PARSE_OK; PARSE_BAD if the label is empty or over 63 octets, or the name too long:
 *         *t must not be used then.
 */
enum parse host_add_label(struct host_text *t, struct bytes label);

/*
 * host_read_labels - append all consecutive labels in r, each preceded by its length, as in a DNS
 *                    message.
 *
 * Gives:  PARSE_OK, r at an octet that is not a label's length, or at its end; PARSE_BAD if r ends
 *         within a label, or the name is too long: *t must not be used then.
 */
enum parse host_read_labels(struct host_text *t, struct reader *r);

/*
 * host_from_text - a name as TLS, HTTP or a list gives it: labels separated by dots, one trailing
 * dot allowed.
 *
 * Gives:  PARSE_OK with *out canonical; PARSE_BAD if it is empty, has an empty label, a NUL, or is
 *         too long.
 */
enum parse host_from_text(struct bytes text, struct host_text *out);

/* Is this an IPv4 or IPv6 address in text form (with or without []), and so not a name? */
bool host_is_address(struct host host);

#endif

/* SPDX-License-Identifier: MIT */
#ifndef FILTERD_AUDIT_JSON_H
#define FILTERD_AUDIT_JSON_H

/*
 * Json: members of an object, one after the other. RFC 8259, UTF-8. A comma stands before each
 * member but the first, by what the writer has last: one that begins empty, or a text's
 * (base/text.h), so lists of any length come out whole.
 */

#include "base/bytes.h"

/*
 * A quoted string: '"' and '\' escaped; characters that nobody sees, or that move the text around
 * them (plain.h), as \uxxxx; bytes that are no UTF-8 as \u00xx.
 */
void json_string(struct writer *w, struct bytes text);

/* `,"name":` - or without the comma right after '{'. Names are ours and need no escaping. */
void json_name(struct writer *w, const char *name);

/* The name, and what its value begins with: "{", "[", "\"", or all of it, such as "null". */
void json_open_member(struct writer *w, const char *name, const char *value);

void json_text_member(struct writer *w, const char *name, const char *value);
void json_bytes_member(struct writer *w, const char *name, struct bytes value);
/* up to 768 bytes, else nothing */
void json_base64_member(struct writer *w, const char *name, struct bytes value);
void json_hex_member(struct writer *w, const char *name, struct bytes value);
void json_number_member(struct writer *w, const char *name, uint64_t value);
/* since 1970, UTC; as instant.h writes it */
void json_time_member(struct writer *w, const char *name, int64_t us);

#endif

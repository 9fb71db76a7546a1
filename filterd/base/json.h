/* SPDX-License-Identifier: MIT */
#ifndef FILTERD_BASE_JSON_H
#define FILTERD_BASE_JSON_H

/*
 * Json: the one writer of all JSON that a program of ours gives out. RFC 8259, UTF-8. It knows from
 * its own state whether a comma is due, and which bracket closes what is open.
 */

#include "base/text.h"

struct json {
	struct writer *w;       /* NULL: it goes into `text` */
	struct text   *text;
	/* a bit for each bracket that is open, the innermost lowest: 1 for '[' */
	uint32_t       arrays;
	bool           comma;   /* due before what comes next */
};

/*
 * json_over  - a value that begins.
 * json_after - more members of an object that has some, and whose brackets another writer opened.
 * json_into  - as json_over, of any length.
 */
struct json json_over(struct writer *w);
struct json json_after(struct writer *w);
struct json json_into(struct text *t);

/*
 * One value each. name: ours, without escapes, of 64 bytes at most; NULL within an array, and for
 * the outermost value.
 * json_text, json_bytes - '"' and '\' escaped; characters that nobody sees, or that move the text
 *                         around them (plain.h), as \uxxxx; bytes that are no UTF-8 as \u00xx.
 *                         A text that is NULL: null.
 * json_base64, json_hex - 768 and 512 bytes at most where it goes into a text.
 * json_mac              - "3c:52:82:11:22:33"; six bytes.
 * json_time             - since 1970, UTC, as instant.h writes it; null for INSTANT_NEVER and
 *                         INSTANT_ALWAYS. json_eve_time: as EVE has it.
 */
void json_text(struct json *j, const char *name, const char *value);
void json_bytes(struct json *j, const char *name, struct bytes value);
void json_base64(struct json *j, const char *name, struct bytes value);
void json_hex(struct json *j, const char *name, struct bytes value);
void json_number(struct json *j, const char *name, uint64_t value);
void json_bool(struct json *j, const char *name, bool value);
void json_mac(struct json *j, const char *name, const uint8_t mac[6]);
void json_time(struct json *j, const char *name, int64_t us);
void json_eve_time(struct json *j, const char *name, int64_t us);

/* Everything up to json_end() is within it. 32 deep at most. */
void json_object(struct json *j, const char *name);
void json_array(struct json *j, const char *name);
void json_end(struct json *j);

/*
 * A text that others write, with no character that JSON escapes; 512 bytes have room for sure.
 * json_text_end - Takes: the writer that json_text_begin() gave.
 */
struct writer *json_text_begin(struct json *j, const char *name);
void           json_text_end(struct writer *w);

#endif

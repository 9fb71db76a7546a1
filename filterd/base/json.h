/* SPDX-License-Identifier: MIT */
#ifndef FILTERD_BASE_JSON_H
#define FILTERD_BASE_JSON_H

/*
 * Json: the only writer of JSON in our programs. RFC 8259, UTF-8. It tracks whether a comma is due,
 * and which closing bracket comes next.
 */

#include "base/text.h"

struct json {
	struct writer *w;       /* NULL: it goes into `text` */
	struct text   *text;
	/* a bit for each open bracket, the innermost lowest: 1 for '[' */
	uint32_t       arrays;
	bool           comma;   /* due before the next value */
};

/*
 * json_over  - begins a value.
 * json_after - more members of an object that has some, with brackets opened by another writer.
 * json_into  - like json_over, for a value of any length.
 */
struct json json_over(struct writer *w);
struct json json_after(struct writer *w);
struct json json_into(struct text *t);

/*
 * One value each. name: ours, without escapes, of 64 bytes at most; NULL within an array, and for
 * the outermost value.
 * json_text, json_bytes - '"' and '\' escaped; invisible characters, and those that move the text
 *                         around them (plain.h), as \uxxxx; bytes that are not UTF-8 as \u00xx.
 *                         NULL as a text: null.
 * json_base64, json_hex - 768 and 512 bytes at most when writing into a text.
 * json_mac              - "3c:52:82:11:22:33"; six bytes.
 * json_time             - since 1970, UTC, in the form of instant.h; null for INSTANT_NEVER and
 *                         INSTANT_ALWAYS. json_eve_time: in EVE's form.
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

/* Everything up to json_end() is inside it. 32 levels deep at most. */
void json_object(struct json *j, const char *name);
void json_array(struct json *j, const char *name);
void json_end(struct json *j);

/*
 * A text written by the caller, without characters that JSON escapes; at least 512 bytes fit.
 * json_text_end - Takes: the writer from json_text_begin().
 */
struct writer *json_text_begin(struct json *j, const char *name);
void           json_text_end(struct writer *w);

#endif

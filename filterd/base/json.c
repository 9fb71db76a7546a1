/* SPDX-License-Identifier: MIT */

#include "base/json.h"

#include "base/base64.h"
#include "base/instant.h"
#include "base/mac.h"
#include "base/plain.h"

#define VALUE_ROOM 1200 /* bytes; a comma, a name and 768 bytes in base64 */

struct json json_over(struct writer *w)
{
	return (struct json){ .w = w };
}

struct json json_after(struct writer *w)
{
	return (struct json){ .w = w, .comma = true };
}

struct json json_into(struct text *t)
{
	return (struct json){ .text = t };
}

static struct writer *json_room(const struct json *j, size_t bytes)
{
	return j->w != NULL ? j->w : text_room(j->text, bytes);
}

/* Up to the value. */
static struct writer *json_name(struct json *j, const char *name)
{
	struct writer *w = json_room(j, VALUE_ROOM);

	if (name != NULL) {
		write_text(w, j->comma ? ",\"" : "\"");
		write_text(w, name);
		write_text(w, "\":");
	} else if (j->comma) {
		write_text(w, ",");
	}
	j->comma = true;
	return w;
}

static bool json_stands_for_itself(uint8_t c)
{
	return c >= 0x20 && c <= 0x7e && c != '"' && c != '\\';
}

/* "\u00fc"; beyond 16 bits, one half of a surrogate pair. */
static void json_write_unit(struct writer *w, uint32_t unit)
{
	uint8_t bytes[2] = { (uint8_t)(unit >> 8), (uint8_t)unit };

	write_text(w, "\\u");
	write_hex(w, bytes_of(bytes, sizeof(bytes)));
}

/* One character, or an invalid byte; gives the number of bytes. */
static size_t json_write_character(struct writer *w, struct bytes text)
{
	uint32_t c       = text.at[0];
	bool     is_seen = false;
	size_t   len     = plain_character(text, &c, &is_seen);

	if (c == '"' || c == '\\')
		write_text(w, "\\");
	if (is_seen) {
		write_bytes(w, bytes_first(text, len));
	} else if (c > 0xffff) {
		json_write_unit(w, 0xd800 + ((c - 0x10000) >> 10));
		json_write_unit(w, 0xdc00 + ((c - 0x10000) & 0x3ff));
	} else {
		json_write_unit(w, c);
	}
	return len > 0 ? len : 1;
}

void json_text(struct json *j, const char *name, const char *value)
{
	if (value != NULL)
		json_bytes(j, name, bytes_text(value));
	else
		write_text(json_name(j, name), "null");
}

void json_bytes(struct json *j, const char *name, struct bytes value)
{
	struct writer *w = json_text_begin(j, name);

	while (value.len > 0) {
		size_t len = 0;

		while (len < value.len && len < VALUE_ROOM && json_stands_for_itself(value.at[len]))
			len++;
		w = json_room(j, len + 2 * sizeof("\\uxxxx"));
		write_bytes(w, bytes_first(value, len));
		value = bytes_from(value, len);
		if (value.len > 0)
			value = bytes_from(value, json_write_character(w, value));
	}
	json_text_end(json_room(j, 1));
}

void json_base64(struct json *j, const char *name, struct bytes value)
{
	struct writer *w = json_text_begin(j, name);

	base64_write(w, value);
	json_text_end(w);
}

void json_hex(struct json *j, const char *name, struct bytes value)
{
	struct writer *w = json_text_begin(j, name);

	write_hex(w, value);
	json_text_end(w);
}

void json_number(struct json *j, const char *name, uint64_t value)
{
	write_decimal(json_name(j, name), value);
}

void json_bool(struct json *j, const char *name, bool value)
{
	write_text(json_name(j, name), value ? "true" : "false");
}

void json_mac(struct json *j, const char *name, const uint8_t mac[6])
{
	struct writer *w = json_text_begin(j, name);

	mac_write(w, mac);
	json_text_end(w);
}

void json_time(struct json *j, const char *name, int64_t us)
{
	struct writer *w;

	if (us == INSTANT_NEVER || us == INSTANT_ALWAYS) {
		json_text(j, name, NULL);
		return;
	}
	w = json_text_begin(j, name);
	instant_write(w, us);
	json_text_end(w);
}

void json_eve_time(struct json *j, const char *name, int64_t us)
{
	struct writer *w = json_text_begin(j, name);

	instant_write_eve(w, us);
	json_text_end(w);
}

static void json_open(struct json *j, const char *name, bool is_array)
{
	write_text(json_name(j, name), is_array ? "[" : "{");
	j->arrays = j->arrays << 1 | is_array;
	j->comma  = false;
}

void json_object(struct json *j, const char *name)
{
	json_open(j, name, false);
}

void json_array(struct json *j, const char *name)
{
	json_open(j, name, true);
}

void json_end(struct json *j)
{
	write_text(json_room(j, 1), j->arrays & 1 ? "]" : "}");
	j->arrays >>= 1;
	j->comma = true;
}

struct writer *json_text_begin(struct json *j, const char *name)
{
	struct writer *w = json_name(j, name);

	write_u8(w, '"');
	return w;
}

void json_text_end(struct writer *w)
{
	write_u8(w, '"');
}

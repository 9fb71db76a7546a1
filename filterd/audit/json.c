/* SPDX-License-Identifier: MIT */

#include "audit/json.h"

#include "base/base64.h"
#include "base/instant.h"
#include "base/plain.h"

static bool stands_for_itself(uint8_t c)
{
	return c >= 0x20 && c <= 0x7e && c != '"' && c != '\\';
}

/* "\u00fc": a half of a pair, for what is beyond 16 bits. */
static void write_unit(struct writer *w, uint32_t unit)
{
	uint8_t bytes[2] = { (uint8_t)(unit >> 8), (uint8_t)unit };

	write_text(w, "\\u");
	write_hex(w, bytes_of(bytes, sizeof(bytes)));
}

/* One character, or a byte that begins none; gives how many bytes that was. */
static size_t write_character(struct writer *w, struct bytes text)
{
	uint32_t c       = text.at[0];
	bool     is_seen = false;
	size_t   len     = plain_character(text, &c, &is_seen);

	if (c == '"' || c == '\\')
		write_text(w, "\\");
	if (is_seen) {
		write_bytes(w, bytes_first(text, len));
	} else if (c > 0xffff) {
		write_unit(w, 0xd800 + ((c - 0x10000) >> 10));
		write_unit(w, 0xdc00 + ((c - 0x10000) & 0x3ff));
	} else {
		write_unit(w, c);
	}
	return len > 0 ? len : 1;
}

void json_string(struct writer *w, struct bytes text)
{
	write_text(w, "\"");
	while (text.len > 0) {
		size_t len = 0;

		while (len < text.len && stands_for_itself(text.at[len]))
			len++;
		write_bytes(w, bytes_first(text, len));
		text = bytes_from(text, len);
		if (text.len > 0)
			text = bytes_from(text, write_character(w, text));
	}
	write_text(w, "\"");
}

void json_name(struct writer *w, const char *name)
{
	if (w->len > 0 && w->start[w->len - 1] != '{')
		write_text(w, ",");
	json_string(w, bytes_text(name));
	write_text(w, ":");
}

void json_open_member(struct writer *w, const char *name, const char *value)
{
	json_name(w, name);
	write_text(w, value);
}

void json_text_member(struct writer *w, const char *name, const char *value)
{
	json_bytes_member(w, name, bytes_text(value));
}

void json_bytes_member(struct writer *w, const char *name, struct bytes value)
{
	json_name(w, name);
	json_string(w, value);
}

void json_base64_member(struct writer *w, const char *name, struct bytes value)
{
	json_name(w, name);
	write_text(w, "\"");
	base64_write(w, value);
	write_text(w, "\"");
}

void json_hex_member(struct writer *w, const char *name, struct bytes value)
{
	json_open_member(w, name, "\"");
	write_hex(w, value);
	write_text(w, "\"");
}

void json_number_member(struct writer *w, const char *name, uint64_t value)
{
	json_name(w, name);
	write_decimal(w, value);
}

void json_time_member(struct writer *w, const char *name, int64_t us)
{
	json_open_member(w, name, "\"");
	instant_write(w, us);
	write_text(w, "\"");
}

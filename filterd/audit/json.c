/* SPDX-License-Identifier: MIT */

#include "audit/json.h"

#include <openssl/evp.h>

#define BASE64_OF_MAX 768       /* bytes */

void json_string(struct writer *w, struct bytes text)
{
	write_text(w, "\"");
	for (size_t i = 0; i < text.len; i++) {
		uint8_t c = text.at[i];

		if (c < 0x20 || c > 0x7e) {
			write_text(w, "\\u00");
			write_hex(w, bytes_of(&c, 1));
			continue;
		}
		if (c == '"' || c == '\\')
			write_text(w, "\\");
		write_u8(w, c);
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
	uint8_t text[BASE64_OF_MAX / 3 * 4 + 1];

	if (value.len > BASE64_OF_MAX)
		return;
	json_bytes_member(w, name, bytes_of(text, (size_t)EVP_EncodeBlock(text, value.at, (int)value.len)));
}

void json_number_member(struct writer *w, const char *name, uint64_t value)
{
	json_name(w, name);
	write_decimal(w, value);
}

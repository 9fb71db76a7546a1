/* SPDX-License-Identifier: MIT */

#include "base/csv.h"

#include "base/plain.h"

#include <string.h>

static bool is_formula(struct bytes text)
{
	return text.len > 0 && text.at[0] != '\0' && strchr("=+-@", text.at[0]) != NULL;
}

static bool needs_quotes(struct bytes text)
{
	return text.len > 0 &&
	       (memchr(text.at, ',', text.len) != NULL || memchr(text.at, '"', text.len) != NULL);
}

static void put_inner(struct text *t, struct bytes text)
{
	while (text.len > 0) {
		struct writer *w       = text_room(t, PLAIN_MAX);
		uint32_t       c       = text.at[0];
		bool           is_seen = false;
		size_t         len     = plain_character(text, &c, &is_seen);
		uint8_t        room[PLAIN_MAX];

		if (c > 0xff || is_seen) {
			write_text(w, c == '"' ? "\"" : "");
			write_bytes(w, plain_next(&text, room));
			continue;
		}
		write_text(w, "\\x");
		write_hex(w, bytes_of(&(uint8_t){ (uint8_t)c }, 1));
		text = bytes_from(text, len > 0 ? len : 1);
	}
}

void csv_cell(struct text *t, struct bytes text)
{
	bool formula = is_formula(text), quoted = formula || needs_quotes(text);

	text_put(t, formula ? "\"'" : quoted ? "\"" : "");
	put_inner(t, text);
	text_put(t, quoted ? "\"" : "");
}

void csv_end(struct text *t)
{
	text_put(t, "\r\n");
}

/* SPDX-License-Identifier: MIT */

#include "base/csv.h"

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

/*
 * Bytes of the control character that stands in front: ASCII's, or as UTF-8 one of U+0080 to
 * U+009F; 0 if it is none.
 */
static size_t control_len(struct bytes text)
{
	if (text.at[0] < 0x20 || text.at[0] == 0x7f)
		return 1;
	return text.len > 1 && text.at[0] == 0xc2 && text.at[1] >= 0x80 && text.at[1] < 0xa0 ? 2
	                                                                                     : 0;
}

static void put_inner(struct text *t, struct bytes text)
{
	while (text.len > 0) {
		size_t         control = control_len(text);
		struct writer *w       = text_room(t, 4);

		if (control > 0) {
			write_text(w, "\\x");
			write_hex(w, bytes_of(text.at + control - 1, 1));
		} else {
			if (text.at[0] == '"')
				write_text(w, "\"");
			write_bytes(w, bytes_first(text, 1));
		}
		text = bytes_from(text, control > 0 ? control : 1);
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

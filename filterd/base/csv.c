/* SPDX-License-Identifier: MIT */

#include "base/csv.h"

#include <string.h>

/* What begins a formula; a tab or a line end in front is passed over by some programs. */
static bool is_formula(struct bytes text)
{
	return text.len > 0 && text.at[0] != '\0' && strchr("=+-@\t\r\n", text.at[0]) != NULL;
}

static bool needs_quotes(struct bytes text)
{
	for (size_t i = 0; i < text.len; i++) {
		if (text.at[i] == ',' || text.at[i] == '"' || text.at[i] == '\r' || text.at[i] == '\n')
			return true;
	}
	return false;
}

/* Each quote twice. */
static void put_doubled(struct text *t, struct bytes text)
{
	while (text.len > 0) {
		const uint8_t *quote = memchr(text.at, '"', text.len);
		size_t         len   = quote != NULL ? (size_t)(quote - text.at) + 1 : text.len;

		text_bytes(t, bytes_first(text, len));
		if (quote != NULL)
			text_put(t, "\"");
		text = bytes_from(text, len);
	}
}

void csv_cell(struct text *t, struct bytes text)
{
	bool formula = is_formula(text);

	if (!formula && !needs_quotes(text)) {
		text_bytes(t, text);
		return;
	}
	text_put(t, formula ? "\"'" : "\"");
	put_doubled(t, text);
	text_put(t, "\"");
}

void csv_end(struct text *t)
{
	text_put(t, "\r\n");
}

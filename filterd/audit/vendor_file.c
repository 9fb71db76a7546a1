/* SPDX-License-Identifier: MIT */

#include "audit/vendor_file.h"

#include <string.h>

#define PREFIX_DIGITS 6

struct vendor_walking {
	vendor_take *take;
	void        *context;
};

static struct bytes vendor_file_trim(struct bytes text)
{
	while (text.len > 0 && text.at[0] <= ' ')
		text = bytes_from(text, 1);
	while (text.len > 0 && text.at[text.len - 1] <= ' ')
		text.len--;
	return text;
}

static bool skip_prefix(struct bytes *line, uint32_t *prefix_out)
{
	uint8_t p[PREFIX_DIGITS / 2];

	if (bytes_from_hex(bytes_first(*line, PREFIX_DIGITS), p, sizeof(p)) != PARSE_OK)
		return false;
	*prefix_out = (uint32_t)p[0] << 16 | (uint32_t)p[1] << 8 | p[2];
	*line       = bytes_from(*line, PREFIX_DIGITS);
	return true;
}

static void vendor_file_give(const struct vendor_walking *w, uint32_t prefix, struct bytes name)
{
	name = vendor_file_trim(bytes_first(vendor_file_trim(name), VENDOR_NAME_MAX));
	if (name.len == 0 || bytes_equal(name, BYTES("IEEE Registration Authority")) ||
	    bytes_equal(name, BYTES("Private")))
		return;
	w->take(w->context, prefix, name);
}

/* 002272     (base 16)		American Micro-Fuel Device Corp. */
static void read_text_line(const struct vendor_walking *w, struct bytes line)
{
	uint32_t prefix;

	if (!skip_prefix(&line, &prefix))
		return;
	line = vendor_file_trim(line);
	if (bytes_cut(&line, "(base 16)"))
		vendor_file_give(w, prefix, line);
}

/* A quoted field with doubled quotes inside; out has room for VENDOR_NAME_MAX bytes. */
static struct bytes unquote(struct bytes rest, uint8_t *out)
{
	struct writer w = writer_over(out, VENDOR_NAME_MAX);

	for (; rest.len > 0; rest = bytes_from(rest, 1)) {
		if (rest.at[0] == '"') {
			rest = bytes_from(rest, 1);
			if (rest.len == 0 || rest.at[0] != '"')
				break;
		}
		write_u8(&w, rest.at[0]);
	}
	return writer_written(&w);
}

/* MA-L,F4BD9E,"Cisco Systems, Inc",80 West Tasman Drive ... */
static void read_csv_line(const struct vendor_walking *w, struct bytes line)
{
	uint8_t        room[VENDOR_NAME_MAX];
	const uint8_t *comma;
	uint32_t       prefix;

	if (!bytes_cut(&line, "MA-L,") || !skip_prefix(&line, &prefix) ||
	    !bytes_cut(&line, ","))
		return;
	if (bytes_cut(&line, "\"")) {
		vendor_file_give(w, prefix, unquote(line, room));
		return;
	}
	comma = line.len > 0 ? memchr(line.at, ',', line.len) : NULL;
	vendor_file_give(w, prefix,
	                 comma != NULL ? bytes_first(line, (size_t)(comma - line.at)) : line);
}

void vendor_walk(struct bytes text, vendor_take *take, void *context)
{
	const struct vendor_walking w      = { .take = take, .context = context };
	struct bytes                first  = text;
	const bool                  is_csv = bytes_cut(&first, "Registry,");

	while (text.len > 0) {
		struct bytes line = bytes_cut_line(&text);

		if (is_csv)
			read_csv_line(&w, line);
		else
			read_text_line(&w, line);
	}
}

/* SPDX-License-Identifier: MIT */

/*
 * In our records an unescaped quote ends a name or a value, so these texts occur only where they
 * were written as members.
 */

#include "log/log_end.h"

#include "base/base64.h"

#include <errno.h>
#include <string.h>

#define TYPE_MEMBER ",\"filterd\":{\"type\":\""
#define KEY_MEMBER      "\",\"key\":\""
#define NEXT_KEY_MEMBER "\",\"next_key\":\""

/* The text between `before` and the next quote. */
static struct bytes value_after(struct bytes line, const char *before)
{
	size_t         len = strlen(before);
	const uint8_t *at  = line.len > 0 ? memmem(line.at, line.len, before, len) : NULL;
	const uint8_t *end;
	struct bytes   rest;

	if (at == NULL)
		return (struct bytes){ 0 };
	rest = bytes_from(line, (size_t)(at - line.at) + len);
	end  = rest.len > 0 ? memchr(rest.at, '"', rest.len) : NULL;
	return end != NULL ? bytes_first(rest, (size_t)(end - rest.at)) : (struct bytes){ 0 };
}

struct bytes log_line_type(struct bytes line)
{
	return value_after(line, TYPE_MEMBER);
}

static bool key_member(struct bytes line, const char *before, uint8_t key_out[NOTE_KEY])
{
	struct bytes type = log_line_type(line);

	return (bytes_equal(type, BYTES("start")) || bytes_equal(type, BYTES("segment"))) &&
	       base64_read(value_after(line, before), key_out, NOTE_KEY) == PARSE_OK;
}

bool log_line_key(struct bytes line, uint8_t key_out[NOTE_KEY])
{
	return key_member(line, KEY_MEMBER, key_out);
}

bool log_line_next_key(struct bytes line, uint8_t key_out[NOTE_KEY])
{
	return key_member(line, NEXT_KEY_MEMBER, key_out);
}

/* Does this line continue the chain, or is it known to be good? */
static bool counts(const struct line_end *end, const uint8_t hash[CHAIN_HASH],
                   const struct chain *due, bool any_first, const struct mark *known)
{
	if (known != NULL && end->seq == known->seq && memcmp(hash, known->hash, CHAIN_HASH) == 0)
		return true;
	return any_first || chain_is_due(due, end);
}

static void log_end_take(struct log_end *out, struct bytes line, const struct line_end *end,
                         const uint8_t hash[CHAIN_HASH])
{
	struct bytes type = log_line_type(line);

	if (!out->has_lines)
		out->first_seq = end->seq;
	out->has_lines  = true;
	out->next.seq   = end->seq + 1;
	memcpy(out->next.prev, hash, CHAIN_HASH);
	out->is_stop    = bytes_equal(type, BYTES("stop"));
	out->is_segment = bytes_equal(type, BYTES("segment"));
}

int log_end_find(struct bytes content, const struct chain *before, const struct mark *known,
                 struct log_end *out)
{
	struct log_end found = { 0 };
	struct chain   due   = { 0 };
	struct bytes   left  = content;
	bool           first = true;

	if (before != NULL)
		due = found.next = *before;
	while (left.len > 0) {
		const uint8_t  *newline = memchr(left.at, '\n', left.len);
		struct bytes    line;
		struct line_end end;
		uint8_t         hash[CHAIN_HASH];

		if (newline == NULL)
			break;
		line = bytes_first(left, (size_t)(newline - left.at) + 1);
		left = bytes_from(left, line.len);
		if (chain_hash(line, hash) != 0)
			return -EIO;
		if (line_end_read(bytes_first(line, line.len - 1), &end) != PARSE_OK ||
		    end.seq == UINT64_MAX) {
			/* The line after it needs its number, and it has none. */
			due = (struct chain){ .seq = UINT64_MAX };
			first = false;
			continue;
		}
		if (counts(&end, hash, &due, first && before == NULL, known)) {
			log_end_take(&found, line, &end, hash);
			found.len = (size_t)(line.at - content.at) + line.len;
		}
		if (found.has_lines && known != NULL && end.seq == known->seq) {
			found.knew   = true;
			found.agreed |= memcmp(hash, known->hash, CHAIN_HASH) == 0;
		}
		if (found.len == (size_t)(line.at - content.at) + line.len &&
		    log_line_next_key(line, found.next_key)) {
			found.has_key  = true;
			found.key_line = line;
		}
		due = (struct chain){ .seq = end.seq + 1 };
		memcpy(due.prev, hash, CHAIN_HASH);
		first = false;
	}
	*out = found;
	return 0;
}

/* SPDX-License-Identifier: MIT */

/*
 * Inside JSON strings each quote is escaped, so a match for our own object is real, and not text
 * from a stranger.
 */

#include "board/glance.h"

#include "base/instant.h"

#include <string.h>

#define TIME_LEN 31                     /* "2026-11-23T14:05:09.123456+0000" */
#define HASH_LEN (2 * CHAIN_HASH)
#define SIG_LEN  92                     /* chain.h */

static const char own_begins[] = "\"filterd\":{\"type\":\"";

static const char *const others[] = { "heartbeat\"", "access\"", "probe\"", "prune\"", "stop\"" };

static bool glance_cut_end(struct bytes *line, const char *end)
{
	size_t len = strlen(end);

	if (line->len < len || memcmp(line->at + line->len - len, end, len) != 0)
		return false;
	line->len -= len;
	return true;
}

static bool glance_skip(struct bytes *line, size_t len)
{
	if (line->len < len)
		return false;
	line->len -= len;
	return true;
}

/* ..."seq":N,"prev":"<hash>"}} or ..."prev":"<hash>","sig":"<signature>"}} */
static bool glance_seq(struct bytes line, uint64_t *out)
{
	struct bytes digits;
	size_t       len = 0;

	if (!glance_cut_end(&line, "\"}}"))
		return false;
	if (line.len > 0 && line.at[line.len - 1] == '=' &&
	    (!glance_skip(&line, SIG_LEN) || !glance_cut_end(&line, "\",\"sig\":\"")))
		return false;
	if (!glance_skip(&line, HASH_LEN) || !glance_cut_end(&line, ",\"prev\":\""))
		return false;
	while (len < line.len && line.at[line.len - len - 1] >= '0' &&
	       line.at[line.len - len - 1] <= '9')
		len++;
	digits = bytes_of(line.at + line.len - len, len);
	line.len -= len;
	return glance_cut_end(&line, "\"seq\":") && bytes_cut_number(&digits, out) &&
	       digits.len == 0;
}

enum parse glance_read(struct bytes line, struct glance *out)
{
	struct glance g     = { .is_other = false };
	struct bytes  begin = line, type;

	if (!bytes_cut(&begin, "{\"timestamp\":\"") ||
	    instant_parse_eve(bytes_first(begin, TIME_LEN), &g.time_us) != PARSE_OK ||
	    !glance_seq(line, &g.seq))
		return PARSE_BAD;
	g.own.at = memmem(begin.at, begin.len, own_begins, sizeof(own_begins) - 1);
	if (g.own.at == NULL)
		return PARSE_BAD;
	g.own.len = (size_t)(line.at + line.len - g.own.at);
	if (g.own.len > GLANCE_OWN_MAX)
		return PARSE_BAD;
	type = bytes_from(g.own, sizeof(own_begins) - 1);
	for (size_t i = 0; i < COUNT(others); i++)
		g.is_other |= bytes_begin(type, others[i]);
	*out = g;
	return PARSE_OK;
}

enum parse glance_entry(const struct glance *g, uint8_t room[GLANCE_OWN_MAX + 1],
                        struct entry *out)
{
	room[0] = '{';
	memcpy(room + 1, g->own.at, g->own.len);
	if (entry_read(bytes_of(room, g->own.len + 1), out) != PARSE_OK)
		return PARSE_BAD;
	out->has_time = true;
	out->time_us  = g->time_us;
	out->end.seq  = g->seq;
	return PARSE_OK;
}

/* SPDX-License-Identifier: MIT */

/* One walk over the JSON, with one table of the needed members; all others are skipped. */

#include "board/said.h"

#include "base/instant.h"
#include "board/attempts.h"
#include "log/scan.h"

#include <stddef.h>
#include <stdio.h>
#include <string.h>

#define SAID_DEPTH 8
#define SECOND_US  INT64_C(1000000)

enum said_kind {
	SAID_SKIP, SAID_TEXT, SAID_TIME, SAID_NOW, SAID_UPTIME, SAID_MORE, SAID_TROUBLE,
	/* and those with members: */
	SAID_ROOT, SAID_ATTENTION, SAID_PAUSED, SAID_FEED, SAID_POLICY, SAID_WAIVERS, SAID_WAIVER
};

struct said_member {
	enum said_kind in;
	const char    *name;            /* NULL: an item of an array */
	enum said_kind kind;
	size_t         offset, room;    /* of a text or a time, in struct said or said_waiver */
};

#define OF(type, member) offsetof(struct type, member), sizeof(((struct type *)0)->member)

static const struct said_member members[] = {
	{ SAID_ROOT, "answer", SAID_TEXT, OF(said, answer) },
	{ SAID_ROOT, "level", SAID_TEXT, OF(said, level) },
	{ SAID_ROOT, "mode", SAID_TEXT, OF(said, mode) },
	{ SAID_ROOT, "sensor", SAID_TEXT, OF(said, sensor) },
	{ SAID_ROOT, "attention", SAID_ATTENTION, 0, 0 },
	{ SAID_ATTENTION, NULL, SAID_TROUBLE, 0, 0 },
	{ SAID_ROOT, "paused", SAID_PAUSED, 0, 0 },
	{ SAID_PAUSED, "until", SAID_TIME, OF(said, paused_until_us) },
	{ SAID_PAUSED, "reason", SAID_TEXT, OF(said, paused_because) },
	{ SAID_ROOT, "feed", SAID_FEED, 0, 0 },
	{ SAID_FEED, "result", SAID_TEXT, OF(said, feed) },
	{ SAID_FEED, "says", SAID_TEXT, OF(said, feed_text) },
	{ SAID_FEED, "looked", SAID_TIME, OF(said, feed_us) },
	{ SAID_ROOT, "policy", SAID_POLICY, 0, 0 },
	{ SAID_POLICY, "waivers", SAID_WAIVERS, 0, 0 },
	{ SAID_POLICY, "waivers_more", SAID_MORE, 0, 0 },
	{ SAID_WAIVERS, NULL, SAID_WAIVER, 0, 0 },
	{ SAID_WAIVER, "id", SAID_TEXT, OF(said_waiver, id) },
	{ SAID_WAIVER, "until", SAID_TIME, OF(said_waiver, until_us) },
	{ SAID_ROOT, "time", SAID_NOW, 0, 0 },
	{ SAID_ROOT, "uptime_s", SAID_UPTIME, 0, 0 },
};

struct said_walk {
	struct scan  scan;
	struct said *out;
	bool         has_uptime;
	int64_t      time_us;
	uint64_t     uptime_s;
	bool         has_more;          /* more waivers than it listed, or than fit */
};

void said_nothing(struct said *out, const char *answer)
{
	memset(out, 0, sizeof(*out));
	snprintf(out->level, sizeof(out->level), "unknown");
	snprintf(out->answer, sizeof(out->answer), "%s", answer);
	out->since_us = out->feed_us = out->paused_until_us = INSTANT_NEVER;
}

void said_trouble(struct said *s, const char *what)
{
	if (s->num_troubles < SAID_TROUBLES)
		snprintf(s->troubles[s->num_troubles++], STATUS_TROUBLE_MAX, "%s", what);
}

bool said_is_loaded(const struct said *s, const char *id, int64_t until_us)
{
	for (size_t i = 0; i < s->num_waivers; i++) {
		if (s->waivers[i].until_us == until_us && strcmp(s->waivers[i].id, id) == 0)
			return true;
	}
	return false;
}

static const struct said_member *said_member(enum said_kind in, const struct bytes *name)
{
	static const struct said_member skipped = { .kind = SAID_SKIP };

	for (size_t i = 0; i < COUNT(members); i++) {
		const struct said_member *m = &members[i];

		if (m->in == in && (m->name == NULL) == (name == NULL) &&
		    (name == NULL || bytes_equal(*name, bytes_text(m->name))))
			return m;
	}
	return &skipped;
}

static void said_take_text(struct said_walk *w, const struct said_member *m, struct bytes escaped)
{
	struct said *out  = w->out;
	uint8_t     *base = m->in == SAID_WAIVER ? (uint8_t *)&out->waivers[out->num_waivers - 1]
	                                         : (uint8_t *)out;
	char         text[STATUS_TROUBLE_MAX];

	if (m->kind == SAID_TEXT) {
		attempt_take_text((char *)base + m->offset, m->room, escaped);
		return;
	}
	attempt_take_text(text, sizeof(text), escaped);
	/* Unchanged if it is not a time. */
	if (m->kind == SAID_TIME)
		instant_parse(bytes_text(text), (int64_t *)(void *)(base + m->offset));
	else if (m->kind == SAID_NOW)
		instant_parse(bytes_text(text), &w->time_us);
	else if (m->kind == SAID_TROUBLE && text[0] != '\0')
		said_trouble(out, text);
}

static void said_take_number(struct said_walk *w, enum said_kind kind, uint64_t number, bool whole)
{
	if (kind == SAID_MORE)
		w->has_more |= !whole || number > 0;
	if (kind != SAID_UPTIME)
		return;
	w->has_uptime = whole && number < INT64_MAX / SECOND_US / 2;
	w->uptime_s   = number;
}

/* False: there is no room for it. */
static bool said_begin_waiver(struct said_walk *w)
{
	struct said *out = w->out;

	if (out->num_waivers == STATUS_WAIVERS) {
		w->has_more = true;
		return false;
	}
	out->waivers[out->num_waivers++] = (struct said_waiver){ .until_us = INSTANT_NEVER };
	return true;
}

static bool said_many(struct said_walk *w, enum said_kind in, unsigned depth);

static bool said_value(struct said_walk *w, enum said_kind in, const struct bytes *name,
                       unsigned depth)
{
	const struct said_member *m = said_member(in, name);
	enum said_kind            kind = m->kind;
	struct scan              *s    = &w->scan;
	struct bytes              text;
	uint64_t                  number;
	bool                      whole;

	if (kind == SAID_WAIVER && !said_begin_waiver(w))
		kind = SAID_SKIP;
	scan_skip_space(s);
	if (s->at == s->end || depth > SAID_DEPTH)
		return scan_refuse(s);
	switch (*s->at) {
	case '{':
	case '[': return said_many(w, kind, depth + 1);
	case 't': return scan_word(s, "true");
	case 'f': return scan_word(s, "false");
	case 'n': return scan_word(s, "null");
	case '"':
		if (!scan_string(s, &text))
			return false;
		said_take_text(w, m, text);
		return true;
	default:
		if (!scan_number(s, &number, &whole))
			return false;
		said_take_number(w, kind, number, whole);
		return true;
	}
}

/* An object, or an array. */
static bool said_many(struct said_walk *w, enum said_kind in, unsigned depth)
{
	struct scan *s         = &w->scan;
	bool         is_object = *s->at++ == '{';
	uint8_t      end       = is_object ? '}' : ']';
	struct bytes name;

	w->out->has_waivers |= in == SAID_WAIVERS && !is_object;
	scan_skip_space(s);
	if (scan_take(s, end))
		return true;
	w->out->is_paused |= in == SAID_PAUSED && is_object;
	do {
		if ((is_object && !scan_name(s, &name)) ||
		    !said_value(w, in, is_object ? &name : NULL, depth))
			return false;
		scan_skip_space(s);
	} while (scan_take(s, ','));
	return scan_take(s, end) || scan_refuse(s);
}

static bool said_is_level(const char *level)
{
	for (size_t i = 0; i < COUNT(status_level_names); i++) {
		if (strcmp(level, status_level_names[i]) == 0)
			return true;
	}
	return false;
}

enum parse said_read(struct bytes json, struct said *out)
{
	struct said_walk w = { .scan = scan_over(json), .out = out, .time_us = INSTANT_NEVER };
	bool             is_good;

	said_nothing(out, "");
	scan_skip_space(&w.scan);
	is_good = w.scan.at < w.scan.end && *w.scan.at == '{' && said_many(&w, SAID_ROOT, 1);
	scan_skip_space(&w.scan);
	if (w.scan.at < w.scan.end && *w.scan.at == '\n')
		w.scan.at++;
	if (!is_good || w.scan.at != w.scan.end || out->answer[0] == '\0' ||
	    !said_is_level(out->level)) {
		said_nothing(out, "filterd answers in a form that is not known here.");
		return PARSE_BAD;
	}
	out->has_waivers &= !w.has_more;
	if (w.has_uptime && w.time_us != INSTANT_NEVER)
		out->since_us = w.time_us - (int64_t)w.uptime_s * SECOND_US;
	return PARSE_OK;
}

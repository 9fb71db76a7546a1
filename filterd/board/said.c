/* SPDX-License-Identifier: MIT */

/* One walk over the JSON; unneeded members are skipped. */

#include "board/said.h"

#include "base/instant.h"
#include "board/attempts.h"
#include "log/scan.h"

#include <stdio.h>
#include <string.h>

#define SECOND_US INT64_C(1000000)

struct said_walk {
	struct scan  scan;
	struct said *out;
	bool         has_time, has_uptime;
	int64_t      time_us;
	uint64_t     uptime_s;
	bool         has_more;          /* waivers than it listed, or than fit */
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

static bool said_is_next(const struct said_walk *w, uint8_t c)
{
	return w->scan.at < w->scan.end && *w->scan.at == c;
}

/* Skips a value that is not a text. */
static bool said_text(struct said_walk *w, char *to, size_t room)
{
	struct bytes text;

	if (!said_is_next(w, '"'))
		return scan_pass(&w->scan, 1);
	if (!scan_string(&w->scan, &text))
		return false;
	attempt_take_text(to, room, text);
	return true;
}

static bool said_time(struct said_walk *w, int64_t *to)
{
	char text[40] = "";

	if (!said_text(w, text, sizeof(text)))
		return false;
	/* Unchanged if it is not a time. */
	instant_parse(bytes_text(text), to);
	return true;
}

static bool said_uptime(struct said_walk *w)
{
	uint64_t number;
	bool     whole = false;

	if (!scan_is_digit(&w->scan))
		return scan_pass(&w->scan, 1);
	if (!scan_number(&w->scan, &number, &whole))
		return false;
	w->has_uptime = whole && number < INT64_MAX / SECOND_US / 2;
	w->uptime_s   = number;
	return true;
}

typedef bool said_item(struct said_walk *w);

static bool said_array(struct said_walk *w, said_item *take)
{
	struct scan *s = &w->scan;

	if (!said_is_next(w, '['))
		return scan_pass(&w->scan, 1);
	s->at++;
	scan_skip_space(s);
	if (scan_take(s, ']'))
		return true;
	do {
		scan_skip_space(s);
		if (!take(w))
			return false;
		scan_skip_space(s);
	} while (scan_take(s, ','));
	return scan_take(s, ']') || scan_refuse(s);
}

static bool said_one_trouble(struct said_walk *w)
{
	char room[STATUS_TROUBLE_MAX] = "";

	if (!said_text(w, room, sizeof(room)))
		return false;
	if (room[0] != '\0')
		said_trouble(w->out, room);
	return true;
}

typedef bool said_member(struct said_walk *w, struct bytes name);

static bool said_object(struct said_walk *w, said_member *take)
{
	struct scan *s = &w->scan;
	struct bytes name;

	if (!said_is_next(w, '{'))
		return scan_pass(&w->scan, 1);
	s->at++;
	scan_skip_space(s);
	if (scan_take(s, '}'))
		return true;
	do {
		if (!scan_name(s, &name) || !take(w, name))
			return false;
		scan_skip_space(s);
	} while (scan_take(s, ','));
	return scan_take(s, '}') || scan_refuse(s);
}

static bool said_pause_member(struct said_walk *w, struct bytes name)
{
	struct said *out = w->out;

	out->is_paused = true;
	if (bytes_is(name, "until"))
		return said_time(w, &out->paused_until_us);
	if (bytes_is(name, "reason"))
		return said_text(w, out->paused_because, sizeof(out->paused_because));
	return scan_pass(&w->scan, 1);
}

static bool said_feed_member(struct said_walk *w, struct bytes name)
{
	struct said *out = w->out;

	if (bytes_is(name, "result"))
		return said_text(w, out->feed, sizeof(out->feed));
	if (bytes_is(name, "says"))
		return said_text(w, out->feed_text, sizeof(out->feed_text));
	if (bytes_is(name, "looked"))
		return said_time(w, &out->feed_us);
	return scan_pass(&w->scan, 1);
}

static bool said_waiver_member(struct said_walk *w, struct bytes name)
{
	struct said_waiver *one = &w->out->waivers[w->out->num_waivers];

	if (bytes_is(name, "id"))
		return said_text(w, one->id, sizeof(one->id));
	if (bytes_is(name, "until"))
		return said_time(w, &one->until_us);
	return scan_pass(&w->scan, 1);
}

static bool said_one_waiver(struct said_walk *w)
{
	struct said *out = w->out;

	if (out->num_waivers == STATUS_WAIVERS) {
		w->has_more = true;
		return scan_pass(&w->scan, 1);
	}
	out->waivers[out->num_waivers] = (struct said_waiver){ .until_us = INSTANT_NEVER };
	if (!said_object(w, said_waiver_member))
		return false;
	out->num_waivers++;
	return true;
}

static bool said_policy_member(struct said_walk *w, struct bytes name)
{
	uint64_t number;
	bool     whole;

	if (bytes_is(name, "waivers")) {
		w->out->has_waivers = true;
		return said_array(w, said_one_waiver);
	}
	if (!bytes_is(name, "waivers_more") || !scan_is_digit(&w->scan))
		return scan_pass(&w->scan, 1);
	if (!scan_number(&w->scan, &number, &whole))
		return false;
	w->has_more |= number > 0;
	return true;
}

static bool said_root_member(struct said_walk *w, struct bytes name)
{
	struct said *out = w->out;

	if (bytes_is(name, "answer"))
		return said_text(w, out->answer, sizeof(out->answer));
	if (bytes_is(name, "level"))
		return said_text(w, out->level, sizeof(out->level));
	if (bytes_is(name, "mode"))
		return said_text(w, out->mode, sizeof(out->mode));
	if (bytes_is(name, "sensor"))
		return said_text(w, out->sensor, sizeof(out->sensor));
	if (bytes_is(name, "attention"))
		return said_array(w, said_one_trouble);
	if (bytes_is(name, "paused"))
		return said_object(w, said_pause_member);
	if (bytes_is(name, "feed"))
		return said_object(w, said_feed_member);
	if (bytes_is(name, "policy"))
		return said_object(w, said_policy_member);
	if (bytes_is(name, "time"))
		return said_time(w, &w->time_us);
	if (bytes_is(name, "uptime_s"))
		return said_uptime(w);
	return scan_pass(&w->scan, 1);
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
	is_good = said_is_next(&w, '{') && said_object(&w, said_root_member);
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

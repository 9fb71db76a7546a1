/* SPDX-License-Identifier: MIT */

/*
 * Each part has a byte limit; entries beyond it are left out from its end. The devices get the rest
 * of the bytes: so the parts after them are written first, to a side buffer, to know their length.
 */

#include "board/board.h"

#include "base/instant.h"
#include "base/timezone.h"
#include "log/policy_said.h"

#include <string.h>

#define TROUBLES_BYTES 8192
#define POLICIES_BYTES 6144
#define TAIL_BYTES     24576            /* attempts and days */
#define DAYS_BYTES     4096             /* of these */
#define END_BYTES      64               /* "devices_more", and the end of the object */

/* A writer's position, to undo an entry that turns out too long. */
struct board_place {
	struct json j;
	size_t      len;
};

static struct board_place board_json_place(const struct json *j)
{
	return (struct board_place){ .j = *j, .len = j->w->len };
}

/* False, and everything since is undone: w has more than `most` bytes. */
static bool board_json_fits(struct json *j, const struct board_place *before, size_t most)
{
	if (!j->w->full && j->w->len <= most)
		return true;
	*j         = before->j;
	j->w->len  = before->len;
	j->w->full = false;
	return false;
}

/* "" means unknown. */
static void board_json_text(struct json *j, const char *name, const char *text)
{
	json_text(j, name, text[0] != '\0' ? text : NULL);
}

static void board_json_known(struct json *j, const char *name, bool is_known, bool value)
{
	if (is_known)
		json_bool(j, name, value);
	else
		json_text(j, name, NULL);
}

static void board_json_status(struct json *j, const struct said *s)
{
	size_t most = j->w->len + TROUBLES_BYTES;

	json_object(j, "status");
	json_text(j, "answer", s->answer);
	json_text(j, "level", s->level);
	board_json_text(j, "mode", s->mode);
	json_time(j, "paused_until", s->is_paused ? s->paused_until_us : INSTANT_NEVER);
	board_json_text(j, "paused_because", s->is_paused ? s->paused_because : "");
	json_time(j, "since", s->since_us);
	json_array(j, "troubles");
	for (size_t i = 0; i < s->num_troubles; i++) {
		struct board_place before = board_json_place(j);

		json_text(j, NULL, s->troubles[i]);
		if (!board_json_fits(j, &before, most))
			break;
	}
	json_end(j);
	json_end(j);
}

static void board_json_policy(struct json *j, const struct policy_said *said)
{
	char    text[512];
	int64_t effective_us = INSTANT_NEVER;

	attempt_take_text(text, sizeof(text), said->cutoff);
	/* "always", or nothing: then it stays unknown. */
	instant_parse(bytes_text(text), &effective_us);
	json_object(j, NULL);
	attempt_take_text(text, sizeof(text), said->title.len > 0 ? said->title : said->id);
	board_json_text(j, "title", text);
	attempt_take_text(text, sizeof(text), said->authority);
	board_json_text(j, "authority", text);
	if (said->serial > 0)
		json_number(j, "serial", said->serial);
	else
		json_text(j, "serial", NULL);
	json_time(j, "effective", effective_us);
	json_end(j);
}

static void board_json_policies(struct json *j, const struct board *b)
{
	struct scan        scan = policy_said_begin(bytes_of(b->policies, b->policies_len));
	struct policy_said said;
	size_t             most = j->w->len + POLICIES_BYTES;

	json_array(j, "policies");
	while (b->policies_len > 0 && policy_said_next(&scan, &said)) {
		struct board_place before = board_json_place(j);

		board_json_policy(j, &said);
		if (!board_json_fits(j, &before, most))
			break;
	}
	json_end(j);
}

static void board_json_feed(struct json *j, const struct said *s)
{
	if (s->feed[0] == '\0') {
		json_text(j, "feed", NULL);
		return;
	}
	json_object(j, "feed");
	json_text(j, "result", s->feed);
	json_time(j, "time", s->feed_us);
	json_text(j, "text", s->feed_text);
	json_end(j);
}

static void board_json_note(struct json *j, const struct board_device *d)
{
	if (d->note == NULL) {
		json_text(j, "note", NULL);
		return;
	}
	json_object(j, "note");
	json_text(j, "text", d->note->note);
	board_json_text(j, "by", d->note->by);
	json_time(j, "time", d->note->time_us);
	json_bool(j, "returned", d->has_returned);
	json_end(j);
}

static void board_json_waiver(struct json *j, const struct said *s, const struct board_waiver *w)
{
	if (w == NULL) {
		json_text(j, "waiver", NULL);
		return;
	}
	json_object(j, "waiver");
	json_text(j, "id", w->id);
	json_time(j, "until", w->until_us);
	json_text(j, "reason", w->reason);
	board_json_known(j, "in_force", s->has_waivers, said_is_loaded(s, w->id, w->until_us));
	json_end(j);
}

static void board_json_device(struct json *j, const struct board *b, const struct board_device *d)
{
	const struct attempt *last = d->last;

	json_object(j, NULL);
	json_bytes(j, "device", d->row.name);
	board_json_text(j, "name", last->name);
	board_json_text(j, "address", last->address);
	board_json_text(j, "network", last->network);
	json_text(j, "vendor", d->vendor);
	json_time(j, "first", d->first_us);
	json_time(j, "last", last->time_us);
	board_json_known(j, "is_new", !b->devices.is_short, d->is_new);
	json_bool(j, "still", d->is_still);
	json_number(j, "attempts", d->attempts);
	json_number(j, "blocked", d->blocked);
	board_json_text(j, "last_host", last->host);
	board_json_text(j, "last_layer", last->layer);
	json_text(j, "last_result", attempt_result(last->result));
	board_json_known(j, "asked", last->has_asked, last->asked);
	board_json_note(j, d);
	board_json_waiver(j, &b->said, d->waiver);
	json_end(j);
}

static void board_json_devices(struct json *j, const struct board *b, size_t most)
{
	size_t num = 0;

	json_array(j, "devices");
	for (; num < b->devices.num; num++) {
		struct board_place before = board_json_place(j);

		board_json_device(j, b, b->devices.order[num]);
		if (!board_json_fits(j, &before, most))
			break;
	}
	json_end(j);
	json_number(j, "devices_more", b->devices.num - num + b->devices.has_more);
}

static void board_json_attempt(struct json *j, const struct attempt *a)
{
	json_object(j, NULL);
	json_number(j, "seq", a->seq);
	json_time(j, "time", a->time_us);
	board_json_text(j, "device", a->device);
	board_json_text(j, "name", a->name);
	board_json_text(j, "address", a->address);
	board_json_text(j, "network", a->network);
	board_json_text(j, "host", a->host);
	board_json_text(j, "layer", a->layer);
	board_json_text(j, "category", a->category);
	json_text(j, "result", attempt_result(a->result));
	json_number(j, "count", a->count);
	board_json_known(j, "asked", a->has_asked, a->asked);
	json_end(j);
}

/* "2026-11-30": its first moment, as wall time. */
static void board_json_day_name(struct json *j, int64_t day)
{
	struct instant_text text = instant_text(timezone_wall(timezone_day_begins(day)));

	json_bytes(j, "day", bytes_first(bytes_text(text.text), 10));
}

static void board_json_day(struct json *j, const struct board *b, size_t number)
{
	const struct day *day = &b->days.list[number];
	const char       *why = days_why(&b->days, number, b->end);

	json_object(j, NULL);
	board_json_day_name(j, b->days.today - (DAYS_NUM - 1) + (int64_t)number);
	if (why == NULL) {
		json_number(j, "attempts", day->attempts);
		json_number(j, "blocked", day->blocked);
	} else {
		json_text(j, "attempts", NULL);
		json_text(j, "blocked", NULL);
	}
	json_text(j, "why", why);
	json_end(j);
}

static void board_json_tail(struct json *j, const struct board *b)
{
	size_t most = j->w->len + TAIL_BYTES - DAYS_BYTES;

	json_array(j, "attempts");
	for (size_t i = 0; i < b->attempts.num; i++) {
		struct board_place before = board_json_place(j);

		board_json_attempt(j, attempts_at(&b->attempts, i));
		if (!board_json_fits(j, &before, most))
			break;
	}
	json_end(j);
	json_array(j, "days");
	for (size_t i = 0; i < DAYS_NUM; i++)
		board_json_day(j, b, i);
	json_end(j);
	json_bool(j, "days_partial", b->end == DAYS_TOO_LONG);
}

static size_t board_json_tail_len(const struct board *b)
{
	uint8_t       room[TAIL_BYTES + 4096];
	struct writer w = writer_over(room, sizeof(room));
	struct json   j = json_after(&w);

	board_json_tail(&j, b);
	return w.len;
}

void board_json(struct writer *w, const struct board *b)
{
	struct json j    = json_over(w);
	size_t      tail = board_json_tail_len(b);

	json_object(&j, NULL);
	json_number(&j, "board", 1);
	json_time(&j, "now", b->now_us);
	board_json_text(&j, "gateway", b->said.sensor[0] != '\0' ? b->said.sensor : b->gateway);
	json_text(&j, "zone", timezone_name());
	if (timezone_offset_s(b->now_us) < 0) {
		/* json_number() has no sign */
		write_text(w, ",\"offset_s\":-");
		write_decimal(w, (uint64_t)-(int64_t)timezone_offset_s(b->now_us));
	} else {
		json_number(&j, "offset_s", (uint64_t)timezone_offset_s(b->now_us));
	}
	board_json_status(&j, &b->said);
	board_json_policies(&j, b);
	board_json_feed(&j, &b->said);
	json_bool(&j, "report", b->has_report);
	board_json_devices(&j, b, BOARD_BYTES - tail - END_BYTES);
	board_json_tail(&j, b);
	json_end(&j);
	write_text(w, "\n");
}

void attempts_json(struct text *t, const struct attempts *a)
{
	for (size_t i = a->num; i > 0; i--) {
		uint8_t       room[TAIL_BYTES];
		struct writer w = writer_over(room, sizeof(room));
		struct json   j = json_over(&w);

		board_json_attempt(&j, attempts_at(a, i - 1));
		write_text(&w, "\n");
		text_bytes(t, writer_written(&w));
	}
}

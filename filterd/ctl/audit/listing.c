/* SPDX-License-Identifier: MIT */

/*
 * The host is the last column: only its width is unbounded, so no line has to wait for later ones.
 */

#include "ctl/audit/listing.h"

#include "base/timezone.h"
#include "ctl/audit/show.h"
#include "log/policy_said.h"
#include "review/export.h"
#include "review/people.h"
#include "review/totals.h"

#include <stdio.h>

/* Columns of the terminal. */
#define WIDTH_TIME   19
#define WIDTH_DEVICE 17         /* a MAC */
#define WIDTH_LAYER  5
#define WIDTH_RESULT 20         /* "blocked, unreachable" */
#define WIDTH_COUNT  5
#define BEFORE_HOST  (WIDTH_TIME + WIDTH_DEVICE + WIDTH_LAYER + WIDTH_RESULT + WIDTH_COUNT + 5)
#define LEAST_HOST   16

void listing_begin(struct listing *l, enum format format, int64_t until_us)
{
	l->format   = format;
	l->until_us = until_us;
	l->beyond   = 0;
	l->columns = show_columns();
	l->began   = false;
	text_to(&l->text, stdout);
}

static void listing_put_cell(struct listing *l, struct bytes escaped, size_t width)
{
	show_text(&l->text, escaped, width);
	text_put(&l->text, " ");
}

static void listing_put_number(struct listing *l, uint64_t number)
{
	uint8_t       room[64];
	struct writer w = writer_over(room, sizeof(room));

	people_write_number(&w, number);
	for (size_t i = w.len; i < WIDTH_COUNT; i++)
		text_put(&l->text, " ");
	text_bytes(&l->text, writer_written(&w));
	text_put(&l->text, " ");
}

static size_t width_of_host(const struct listing *l)
{
	if (l->columns == SHOW_ALL)
		return SHOW_ALL;
	return l->columns > BEFORE_HOST + LEAST_HOST + l->beyond
	               ? l->columns - BEFORE_HOST - l->beyond
	               : LEAST_HOST;
}

/* Cut to the width, but without padding: it ends the line. */
static void listing_put_last(struct listing *l, struct bytes escaped)
{
	size_t width = width_of_host(l);

	show_text(&l->text, escaped, escaped.len < width ? SHOW_ALL : width);
	text_put(&l->text, "\n");
}

/* Records are in time order: the first one's time is the earliest. */
static void listing_put_head(struct listing *l, const struct entry *e)
{
	show_zone(&l->text, e->time_us, l->until_us);
	listing_put_cell(l, timezone_is_utc() ? BYTES("time, UTC") : BYTES("time"), WIDTH_TIME);
	listing_put_cell(l, BYTES("device"), WIDTH_DEVICE);
	listing_put_cell(l, BYTES("layer"), WIDTH_LAYER);
	listing_put_cell(l, BYTES("result"), WIDTH_RESULT);
	listing_put_cell(l, BYTES("count"), WIDTH_COUNT);
	listing_put_last(l, BYTES("host"));
}

static void listing_put_time(struct listing *l, const struct entry *e)
{
	uint8_t       room[64];
	struct writer w = writer_over(room, sizeof(room));

	/*
	 * Where the clock is put back, the time shows its offset, which narrows the host's column.
	 */
	people_write_time(&w, e->time_us);
	l->beyond = w.len - WIDTH_TIME;
	text_bytes(&l->text, writer_written(&w));
	text_put(&l->text, " ");
}

static void listing_put_attempt(struct listing *l, const struct entry *e)
{
	uint8_t       room[64];
	struct writer w = writer_over(room, sizeof(room));

	write_text(&w, e->type == ENTRY_PASS    ? "passed"
	               : e->type != ENTRY_PROBE ? result_name(entry_result(e))
	               : entry_is_blocked(e)    ? "probe, blocked"
	                                        : "probe, passed");
	if (bytes_equal(e->asked, BYTES("no"))) {
		write_text(&w, ", unasked");
	} else if (e->type != ENTRY_PROBE && e->reply.len > 0 &&
	           !bytes_equal(e->reply, BYTES("none"))) {
		write_text(&w, ", ");
		write_bytes(&w, bytes_first(e->reply, sizeof(room) / 2));
	}
	listing_put_cell(l, e->name.len > 0 ? e->name : e->device, WIDTH_DEVICE);
	listing_put_cell(l, bytes_text(layer_name(entry_layer(e))), WIDTH_LAYER);
	listing_put_cell(l, writer_written(&w), WIDTH_RESULT);
	listing_put_number(l, e->count);
	listing_put_last(l, e->host);
}

static void write_part(struct writer *w, const char *what, struct bytes escaped)
{
	if (escaped.len == 0)
		return;
	write_text(w, w->len > 0 ? ", " : "");
	write_text(w, what);
	write_bytes(w, bytes_first(escaped, 160));
}

static void write_counted(struct writer *w, const char *what, uint64_t number)
{
	uint8_t       room[64];
	struct writer text = writer_over(room, sizeof(room));

	people_write_number(&text, number);
	write_part(w, what, writer_written(&text));
}

static void listing_write_titles(struct writer *w, struct bytes policies)
{
	struct scan        s = policy_said_begin(policies);
	struct policy_said p;

	while (policy_said_next(&s, &p))
		write_part(w, "", p.title);
}

/* A few words about a record of the filter about itself; escapes are kept as in the line. */
static void listing_write_own(struct writer *w, const struct entry *e)
{
	switch (e->type) {
	case ENTRY_START:
		write_part(w, "", e->state);
		write_part(w, "the log before it: ", e->previous);
		write_part(w, "filterd ", e->version);
		break;
	case ENTRY_HEARTBEAT:
		write_part(w, "", e->state);
		write_counted(w, "attempts since the start: ", e->attempts);
		break;
	case ENTRY_POLICY:
		write_part(w, "", e->result);
		write_part(w, "", bytes_first(e->new_policy, 16));
		listing_write_titles(w, e->policies);
		break;
	case ENTRY_STATE:
		write_part(w, "from ", e->from);
		write_part(w, "to ", e->to);
		write_part(w, "", e->reason);
		break;
	case ENTRY_GAP:
		write_part(w, "", e->reason);
		write_counted(w, "attempts without records of their own: ", e->gap_counts);
		break;
	case ENTRY_ACCESS:
		write_part(w, "filterctl audit ", e->verb);
		write_part(w, "", e->result);
		break;
	default:
		write_part(w, "", e->file);
		write_part(w, "", e->reason);
		break;
	}
}

static void put_own(struct listing *l, const struct entry *e)
{
	uint8_t       room[1024];
	struct writer w = writer_over(room, sizeof(room));

	listing_write_own(&w, e);
	listing_put_cell(l, BYTES("filterd"), WIDTH_DEVICE);
	listing_put_cell(l, BYTES(""), WIDTH_LAYER);
	listing_put_cell(l, bytes_text(entry_type_name(e->type)), WIDTH_RESULT);
	listing_put_cell(l, BYTES(""), WIDTH_COUNT);
	listing_put_last(l, writer_written(&w));
}

static void put_for_people(struct listing *l, const struct entry *e)
{
	listing_put_time(l, e);
	if (entry_is_attempt(e) || e->type == ENTRY_PASS || e->type == ENTRY_PROBE)
		listing_put_attempt(l, e);
	else
		put_own(l, e);
}

void listing_put(struct listing *l, const struct entry *e)
{
	struct export_source from = { .seq = e->end.seq };

	if (!l->began && l->format == FORMAT_TEXT)
		listing_put_head(l, e);
	if (!l->began && l->format == FORMAT_CSV)
		export_csv_head(&l->text);
	l->began = true;
	if (l->format == FORMAT_JSON) {
		text_bytes(&l->text, e->line);
		text_put(&l->text, "\n");
	} else if (l->format == FORMAT_CSV) {
		export_csv(&l->text, e, &from);
	} else {
		put_for_people(l, e);
	}
}

bool listing_flush(struct listing *l)
{
	text_end(&l->text);
	return fflush(stdout) == 0 && !ferror(stdout);
}

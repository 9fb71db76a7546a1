/* SPDX-License-Identifier: MIT */

/*
 * For a terminal, at two in the morning: the answer, the devices, the hosts. Every text that a
 * stranger can choose goes through plain.h.
 */

#include "board/board.h"

#include "base/instant.h"
#include "base/plain.h"
#include "base/timezone.h"
#include "review/people.h"
#include "review/sum.h"

#include <string.h>

/* columns, each followed by a blank */
#define MARK_COLUMNS   5
#define NAME_COLUMNS   15
#define DEVICE_COLUMNS 17
#define TIME_COLUMNS   11               /* "11-30 14:05" */
#define TRIED_COLUMNS  9                /* "12/12" */
#define LAYER_COLUMNS  5
#define RESULT_COLUMNS 11
#define HOST_LEAST     16

static void board_text_put(struct text *t, struct bytes what, size_t columns)
{
	plain_column(t, what, columns);
	text_put(t, " ");
}

static void board_text_word(struct text *t, const char *what, size_t columns)
{
	board_text_put(t, bytes_text(what), columns);
}

static void board_text_time(struct text *t, int64_t us)
{
	char          room[64];
	struct writer w = writer_over(room, sizeof(room));

	people_write_minute(&w, us);
	/* Writes it without the year, and without the offset of a repeated hour. */
	board_text_put(t, bytes_first(bytes_from(writer_written(&w), 5), TIME_COLUMNS),
	               TIME_COLUMNS);
}

static void board_text_number(struct text *t, uint64_t number)
{
	write_decimal(text_room(t, 24), number);
}

static void board_text_host(struct text *t, const char *host, size_t columns, size_t used)
{
	plain_text(t, bytes_text(host), columns > used + HOST_LEAST ? columns - used : HOST_LEAST);
	text_put(t, "\n");
}

static void board_text_device(struct text *t, const struct board *b, const struct board_device *d,
                              size_t columns)
{
	char          room[48];
	struct writer w = writer_over(room, sizeof(room));

	write_decimal(&w, d->blocked);
	write_text(&w, "/");
	write_decimal(&w, d->attempts);
	board_text_word(t, d->is_new ? "new" : d->is_still ? "still" : "", MARK_COLUMNS);
	board_text_word(t, d->last->name, NAME_COLUMNS);
	board_text_put(t, d->row.name, DEVICE_COLUMNS);
	board_text_time(t, d->last->time_us);
	board_text_put(t, writer_written(&w), TRIED_COLUMNS);
	board_text_host(t, d->last->host, columns,
	                MARK_COLUMNS + NAME_COLUMNS + DEVICE_COLUMNS + TIME_COLUMNS +
	                        TRIED_COLUMNS + 5);
	if (d->note != NULL) {
		text_put(t, "      note: ");
		plain_text(t, bytes_text(d->note->note), columns > 40 ? columns - 12 : 28);
		text_put(t, "\n");
	}
	if (d->waiver != NULL) {
		text_put(t, !b->said.has_waivers || said_is_loaded(&b->said, d->waiver->id,
		                                                   d->waiver->until_us)
		                    ? "      waived until "
		                    : "      waiver not in force yet, until ");
		people_write_minute(text_room(t, 64), d->waiver->until_us);
		text_put(t, ": ");
		plain_text(t, bytes_text(d->waiver->reason), columns > 64 ? columns - 38 : 26);
		text_put(t, "\n");
	}
}

static void board_text_devices(struct text *t, const struct board *b, size_t columns, size_t most)
{
	const struct board_devices *d = &b->devices;

	if (d->num == 0) {
		text_put(t, b->days.newest_us < b->now_us - BOARD_DAY_US
		                    ? "The log has no record of the last 24 hours.\n"
		                    : "No device asked for anything in the last 24 hours.\n");
		return;
	}
	text_put(t, "Asked in the last 24 hours; times are those of ");
	plain_text(t, bytes_text(timezone_name()), TIMEZONE_NAME_MAX);
	text_put(t, ":\n      name            device            last        blocked   host\n");
	for (size_t i = 0; i < d->num && i < most; i++)
		board_text_device(t, b, d->order[i], columns);
	if (d->num > most) {
		text_put(t, "      and ");
		board_text_number(t, d->num - most);
		text_put(t, " more\n");
	}
}

static void attempts_text_row(struct text *t, const struct attempt *a, size_t columns)
{
	size_t used = TIME_COLUMNS + NAME_COLUMNS + DEVICE_COLUMNS + LAYER_COLUMNS +
	              RESULT_COLUMNS + 5;
	char          room[40];
	struct writer w = writer_over(room, sizeof(room));

	board_text_time(t, a->time_us);
	board_text_word(t, a->name, NAME_COLUMNS);
	board_text_word(t, a->device[0] != '\0' ? a->device : "several", DEVICE_COLUMNS);
	board_text_word(t, a->layer, LAYER_COLUMNS);
	board_text_word(t, attempt_result(a->result), RESULT_COLUMNS);
	if (a->count > 1) {
		write_decimal(&w, a->count);
		write_text(&w, " times ");
		text_bytes(t, writer_written(&w));
	}
	board_text_host(t, a->host, columns, used + w.len);
}

void attempts_text(struct text *t, const struct attempts *a, size_t columns, size_t most)
{
	for (size_t i = a->num < most ? a->num : most; i > 0; i--)
		attempts_text_row(t, attempts_at(a, i - 1), columns);
}

/* The number of unknown days, and the reason for the last of them. */
static void board_text_days(struct text *t, const struct board *b)
{
	uint64_t    attempts = 0, blocked = 0, unknown = 0;
	const char *why = NULL;

	for (size_t i = 0; i < DAYS_NUM; i++) {
		const char *of_day = days_why(&b->days, i, b->end);

		if (of_day == NULL) {
			sum_add(&attempts, b->days.list[i].attempts);
			sum_add(&blocked, b->days.list[i].blocked);
		} else {
			why = of_day;
			unknown++;
		}
	}
	text_put(t, "In 30 days: ");
	if (unknown < DAYS_NUM) {
		board_text_number(t, attempts);
		text_put(t, attempts == 1 ? " attempt, " : " attempts, ");
		board_text_number(t, blocked);
		text_put(t, " blocked");
	}
	if (unknown > 0 && unknown < DAYS_NUM) {
		text_put(t, "; ");
		board_text_number(t, unknown);
		text_put(t, unknown == 1 ? " day is not known: " : " days are not known: ");
	}
	if (unknown == DAYS_NUM)
		text_put(t, "not known: ");
	text_put(t, why != NULL ? why : "");
	text_put(t, "\n");
}

void board_text(struct text *t, const struct board *b, size_t columns, size_t devices,
                size_t attempts)
{
	plain_text(t, bytes_text(b->said.answer), SIZE_MAX);
	text_put(t, "\n");
	for (size_t i = 0; i < b->said.num_troubles; i++) {
		text_put(t, "  - ");
		plain_text(t, bytes_text(b->said.troubles[i]), SIZE_MAX);
		text_put(t, "\n");
	}
	text_put(t, "\n");
	board_text_devices(t, b, columns, devices);
	if (b->attempts.num > 0) {
		text_put(t, "\nThe last attempts:\n");
		attempts_text(t, &b->attempts, columns, attempts);
	}
	text_put(t, "\n");
	board_text_days(t, b);
}

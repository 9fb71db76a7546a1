/* SPDX-License-Identifier: MIT */

#include "board/devices.h"

#include "review/sum.h"

#include <stdlib.h>

void board_devices_begin(struct board_devices *d, int64_t now_us, uint64_t seed)
{
	*d = (struct board_devices){
		.rows   = rows_new(sizeof(struct board_device), BOARD_DEVICES, seed),
		.now_us = now_us,
	};
}

void board_devices_free(struct board_devices *d)
{
	for (size_t i = 0; i < rows_num(&d->rows); i++)
		free(((struct board_device *)rows_at(&d->rows, i))->last);
	rows_free(&d->rows);
	free(d->order);
	d->order = NULL;
	d->num   = 0;
}

/* A row's name is text from a record, which may be long and have escapes. */
static struct board_device *devices_row(struct board_devices *d, struct bytes device)
{
	char name[ATTEMPT_DEVICE];

	attempt_take_text(name, sizeof(name), device);
	return rows_get(&d->rows, bytes_text(name));
}

void board_devices_count(struct board_devices *d, const struct entry *e)
{
	struct bytes         device   = attempt_device(e);
	int64_t              first_us = e->time_us;
	struct board_device *row      = device.len > 0 ? devices_row(d, device) : NULL;

	if (row == NULL) {
		d->failed |= device.len > 0;
		return;
	}
	if (e->has_first && e->first_us < first_us)
		first_us = e->first_us;
	if (row->first_us == 0 || first_us < row->first_us)
		row->first_us = first_us;
	if (e->time_us < d->now_us - BOARD_DAY_US)
		return;
	if (row->last == NULL)
		row->last = calloc(1, sizeof(*row->last));
	if (row->last == NULL) {
		d->failed = true;
		return;
	}
	if (row->attempts == 0 || e->end.seq > row->last->seq)
		attempt_of(row->last, e);
	sum_add(&row->attempts, e->count);
	if (entry_is_blocked(e))
		sum_add(&row->blocked, e->count);
}

static int devices_compare(const void *left, const void *right)
{
	const struct board_device *a = *(struct board_device *const *)left,
				  *b = *(struct board_device *const *)right;

	if (a->is_new != b->is_new)
		return a->is_new ? -1 : 1;
	if (a->is_still != b->is_still)
		return a->is_still ? -1 : 1;
	if (a->last->time_us != b->last->time_us)
		return a->last->time_us > b->last->time_us ? -1 : 1;
	return bytes_compare(a->row.name, b->row.name);
}

static void devices_judge(const struct board_devices *d, struct board_device *row,
                          const struct acks *notes)
{
	row->note         = acks_find(notes, row->row.name);
	row->has_returned = row->note != NULL && ack_returned(row->note, row->last->time_us);
	row->is_new       = !d->is_short && row->first_us >= d->now_us - BOARD_DAY_US;
	row->is_still     = row->has_returned ||
	                (row->last->result == ENTRY_BLOCK &&
	                 row->last->time_us >= d->now_us - BOARD_HOUR_US);
}

void board_devices_sort(struct board_devices *d, const struct acks *notes)
{
	size_t num = rows_num(&d->rows);

	free(d->order);
	d->num      = 0;
	d->has_more = d->rows.others != NULL;
	d->order    = num > 0 ? calloc(num, sizeof(*d->order)) : NULL;
	d->failed |= num > 0 && d->order == NULL;
	for (size_t i = 0; i < num && d->order != NULL; i++) {
		struct board_device *row = rows_at(&d->rows, i);

		/* Devices in the shared row cannot be shown separately. */
		if (row->last == NULL || row == d->rows.others)
			continue;
		devices_judge(d, row, notes);
		d->order[d->num++] = row;
	}
	if (d->num > 0)
		qsort(d->order, d->num, sizeof(*d->order), devices_compare);
}

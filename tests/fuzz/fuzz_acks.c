/* SPDX-License-Identifier: MIT */

/*
 * acks_read: what it takes is sorted, each device once, fits a line, and written again is read as
 * the same.
 */

#include "review/acks.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static bool is_same(const struct ack *one, const struct ack *two)
{
	return strcmp(one->device, two->device) == 0 && strcmp(one->by, two->by) == 0 &&
	       strcmp(one->note, two->note) == 0 && one->time_us == two->time_us;
}

static void check_ack(const struct acks *a, size_t i)
{
	const struct ack *ack = &a->list[i];
	uint8_t           line[ACKS_LINE_MAX];
	struct writer     w = writer_over(line, sizeof(line));
	struct problem    problem;
	struct acks       again;

	if ((i > 0 && strcmp(a->list[i - 1].device, ack->device) >= 0) ||
	    acks_find(a, bytes_text(ack->device)) != ack)
		abort();
	ack_write(&w, ack);
	if (w.full || acks_read(writer_written(&w), "again", &again, &problem) != 0 ||
	    again.num != 1 || !is_same(&again.list[0], ack))
		abort();
	acks_free(&again);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct problem problem = { "" };
	struct acks    a;

	if (acks_read(bytes_of(data, len), "notes", &a, &problem) != 0) {
		if (problem.text[0] == '\0' || a.list != NULL || a.num != 0)
			abort();
		return 0;
	}
	for (size_t i = 0; i < a.num; i++)
		check_ack(&a, i);
	acks_free(&a);
	return 0;
}

/* SPDX-License-Identifier: MIT */

/*
 * Rows are found through a table that is doubled when it is half full, and sorted once, to be
 * printed.
 */

#include "ctl/summary.h"

#include "audit/record.h"
#include "base/instant.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct summary_row {
	char           *host;
	enum app        app;
	enum event_type type;
	uint64_t        count;
	int64_t         first_us, last_us;
};

struct summary {
	struct summary_row *rows;
	size_t              num, room;
	uint32_t           *slots;      /* row number + 1 */
	size_t              num_slots;
};

static const char *const result_names[] = {
	[EVENT_PASS]        = "passed",
	[EVENT_LOG]         = "logged",
	[EVENT_WAIVED]      = "waived",
	[EVENT_WOULD_BLOCK] = "observed",
	[EVENT_BLOCK]       = "blocked",
};

struct summary *summary_new(void)
{
	return calloc(1, sizeof(struct summary));
}

void summary_free(struct summary *s)
{
	if (s == NULL)
		return;
	for (size_t i = 0; i < s->num; i++)
		free(s->rows[i].host);
	free(s->rows);
	free(s->slots);
	free(s);
}

static size_t hash_of(const char *host, enum app app, enum event_type type)
{
	uint64_t hash = 0xcbf29ce484222325 + (uint64_t)app * 8 + type;

	for (; *host != '\0'; host++)
		hash = (hash ^ (uint8_t)*host) * 0x100000001b3;
	return (size_t)(hash ^ hash >> 32);
}

static size_t summary_slot_of(const struct summary *s, const char *host, enum app app,
                              enum event_type type)
{
	size_t slot = hash_of(host, app, type) & (s->num_slots - 1);

	for (; s->slots[slot] != 0; slot = (slot + 1) & (s->num_slots - 1)) {
		const struct summary_row *row = &s->rows[s->slots[slot] - 1];

		if (row->app == app && row->type == type && strcmp(row->host, host) == 0)
			break;
	}
	return slot;
}

static bool summary_make_room(struct summary *s)
{
	size_t              room = s->room > 0 ? s->room * 2 : 64;
	struct summary_row *rows;
	uint32_t           *slots;

	if (s->num < s->room)
		return true;
	rows  = realloc(s->rows, room * sizeof(*rows));
	slots = calloc(room * 2, sizeof(*slots));
	if (rows != NULL)
		s->rows = rows;
	if (rows == NULL || slots == NULL) {
		free(slots);
		return false;
	}
	free(s->slots);
	s->slots     = slots;
	s->num_slots = room * 2;
	s->room      = room;
	for (size_t i = 0; i < s->num; i++)
		s->slots[summary_slot_of(s, rows[i].host, rows[i].app, rows[i].type)] =
			(uint32_t)i + 1;
	return true;
}

bool summary_add(struct summary *s, const struct event *e)
{
	size_t              slot;
	struct summary_row *row;

	if (!summary_make_room(s)) {
		fputs("filterctl: not enough memory for the summary\n", stderr);
		return false;
	}
	slot = summary_slot_of(s, e->host.text, e->app, e->type);
	if (s->slots[slot] == 0) {
		s->rows[s->num] = (struct summary_row){ .host = strdup(e->host.text), .app = e->app,
		                                        .type = e->type,
		                                .first_us = e->time_us };
		if (s->rows[s->num].host == NULL)
			return false;
		s->slots[slot] = (uint32_t)++s->num;
	}
	row = &s->rows[s->slots[slot] - 1];
	row->count++;
	row->last_us = e->time_us;
	return true;
}

static int summary_compare(const void *left, const void *right)
{
	const struct summary_row *a = left, *b = right;

	if (a->type != b->type)
		return a->type > b->type ? -1 : 1;
	if (a->count != b->count)
		return a->count > b->count ? -1 : 1;
	return strcmp(a->host, b->host);
}

static const char *summary_instant_text(int64_t us, char out[32])
{
	struct writer w = writer_over(out, 31);

	instant_write(&w, us - us % 1000000);
	out[w.len] = '\0';
	return out;
}

void summary_print(const struct summary *s, const char *capture)
{
	uint64_t totals[EVENT_BLOCK + 1] = { 0 };
	char     first[32], last[32];

	printf("%s\n", capture);
	if (s->num > 0) {
		qsort(s->rows, s->num, sizeof(*s->rows), summary_compare);
		printf("  %-8s  %-5s  %7s  %-20s  %-20s  %s\n", "result", "layer", "count", "first",
		       "last", "host");
	}
	for (size_t i = 0; i < s->num; i++) {
		const struct summary_row *row = &s->rows[i];

		totals[row->type] += row->count;
		printf("  %-8s  %-5s  %7llu  %-20s  %-20s  %s\n", result_names[row->type],
		       app_name(row->app), (unsigned long long)row->count,
		       summary_instant_text(row->first_us, first),
		       summary_instant_text(row->last_us, last), row->host);
	}
	printf("  %llu blocked, %llu observed, ", (unsigned long long)totals[EVENT_BLOCK],
	       (unsigned long long)totals[EVENT_WOULD_BLOCK]);
	if (totals[EVENT_WAIVED] > 0)
		printf("%llu waived, ", (unsigned long long)totals[EVENT_WAIVED]);
	printf("%llu logged, %llu passed\n", (unsigned long long)totals[EVENT_LOG],
	       (unsigned long long)totals[EVENT_PASS]);
}

/* SPDX-License-Identifier: MIT */

#include "ctl/summary.h"

#include "audit/record.h"
#include "base/instant.h"
#include "base/rows.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define KINDS 2         /* bytes before the host in a key: layer and outcome */

struct summary_row {
	struct row      row;
	enum app        app;
	enum event_type type;
	uint64_t        count;
	int64_t         first_us, last_us;
};

struct summary {
	struct rows rows;
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
	struct summary *s = calloc(1, sizeof(*s));

	if (s != NULL)
		s->rows = rows_new(sizeof(struct summary_row), SIZE_MAX, 1);
	return s;
}

void summary_free(struct summary *s)
{
	if (s == NULL)
		return;
	rows_free(&s->rows);
	free(s);
}

static const char *host_of_row(const struct summary_row *row)
{
	return (const char *)row->row.name.at + KINDS;
}

bool summary_add(struct summary *s, const struct event *e)
{
	uint8_t             name[KINDS + HOST_TEXT_MAX] = { (uint8_t)e->app, (uint8_t)e->type };
	struct summary_row *row;

	memcpy(name + KINDS, e->host.text, e->host.len);
	row = rows_get(&s->rows, bytes_of(name, (size_t)KINDS + e->host.len));
	if (row == NULL || s->rows.failed) {
		fputs("filterctl: not enough memory for the summary\n", stderr);
		return false;
	}
	row->app  = e->app;
	row->type = e->type;
	if (row->count++ == 0)
		row->first_us = e->time_us;
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
	return strcmp(host_of_row(a), host_of_row(b));
}

/* Rounded down to seconds. */
static struct instant_text summary_time(int64_t us)
{
	return instant_text(us - us % 1000000);
}

void summary_print(const struct summary *s, const char *capture)
{
	uint64_t totals[EVENT_BLOCK + 1] = { 0 };
	size_t   num                     = rows_num(&s->rows);
	void   **sorted                  = rows_sorted(&s->rows, summary_compare);

	printf("%s\n", capture);
	if (num > 0)
		printf("  %-8s  %-5s  %7s  %-20s  %-20s  %s\n", "result", "layer", "count", "first",
		       "last", "host");
	for (size_t i = 0; i < num && sorted != NULL; i++) {
		const struct summary_row *row = sorted[i];

		totals[row->type] += row->count;
		printf("  %-8s  %-5s  %7llu  %-20s  %-20s  %s\n", result_names[row->type],
		       app_names[row->app], (unsigned long long)row->count,
		       summary_time(row->first_us).text, summary_time(row->last_us).text,
		       host_of_row(row));
	}
	free(sorted);
	printf("  %llu blocked, %llu observed, ", (unsigned long long)totals[EVENT_BLOCK],
	       (unsigned long long)totals[EVENT_WOULD_BLOCK]);
	if (totals[EVENT_WAIVED] > 0)
		printf("%llu waived, ", (unsigned long long)totals[EVENT_WAIVED]);
	printf("%llu logged, %llu passed\n", (unsigned long long)totals[EVENT_LOG],
	       (unsigned long long)totals[EVENT_PASS]);
}

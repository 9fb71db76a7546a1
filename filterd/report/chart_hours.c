/* SPDX-License-Identifier: MIT */

/*
 * Colours follow powers: level n begins with base^(n-1) attempts. The base is the smallest with
 * which the maximum falls into the last level.
 */

#include "report/chart.h"
#include "present/html.h"

#include "base/timezone.h"
#include "report/told.h"
#include "review/people.h"

#include <stdlib.h>
#include <string.h>

#define LEVELS       5
#define DAYS_MAX     45         /* more days are added up by weekday */
#define LEFT         66
#define CELL_WIDTH   15
#define ROW_HEIGHT   11
#define WEEK_HEIGHT  20
#define WIDTH        (LEFT + 24 * CELL_WIDTH + 8)
#define HEAD         16
#define LEGEND       30

static const char *const levels[LEVELS + 1] = { "h0", "h1", "h2", "h3", "h4", "h5" };
static const char *const weekdays[] = { "Mo", "Tu", "We", "Th", "Fr", "Sa", "Su" };

struct grid {
	bool     by_week;
	int64_t  first_day;
	size_t   num_rows;
	uint64_t cells[DAYS_MAX][24], most, base;
	bool     known[DAYS_MAX][24];           /* the log covers one such hour completely */
	size_t   most_row, most_hour;
};

/* 1970-01-01 was a Thursday. */
static size_t weekday_of(int64_t day)
{
	return (size_t)(((day + 3) % 7 + 7) % 7);
}

/* The hour that occurs twice when summer time ends is one row. */
static size_t hour_on_the_clock(int64_t us)
{
	int64_t of_day = timezone_wall(us) % TOTALS_DAY_US;

	return (size_t)((of_day < 0 ? of_day + TOTALS_DAY_US : of_day) / TOTALS_HOUR_US);
}

static void count_cells(const struct report *r, struct grid *g)
{
	int64_t to_day = report_last_day(r);

	*g = (struct grid){ .first_day = report_first_day(r), .base = 2 };
	g->by_week  = to_day - g->first_day + 1 > DAYS_MAX;
	g->num_rows = g->by_week ? 7 : (size_t)(to_day - g->first_day + 1);
	for (size_t i = 0; i < r->now->days.num; i++) {
		const struct day_total *d   = rows_at(&r->now->days, i);
		size_t row = g->by_week ? weekday_of(d->day) : (size_t)(d->day - g->first_day);

		for (size_t k = 0; k < TOTALS_HOURS && row < g->num_rows; k++) {
			int64_t   us   = d->begins_us + (int64_t)k * TOTALS_HOUR_US;
			size_t    hour = hour_on_the_clock(us);
			uint64_t *cell = &g->cells[row][hour];

			*cell = d->hours[k] > UINT64_MAX / 64 - *cell ? UINT64_MAX / 64
			                                              : *cell + d->hours[k];
			if (*cell > g->most) {
				g->most      = *cell;
				g->most_row  = row;
				g->most_hour = hour;
			}
		}
	}
}

/* An hour without complete records is not an hour without attempts. */
static void know_cells(const struct report *r, struct grid *g)
{
	for (int64_t day = g->first_day; day <= report_last_day(r); day++) {
		size_t row     = g->by_week ? weekday_of(day) : (size_t)(day - g->first_day);
		bool   is_told = told_of_day(r, day, NULL) != TOLD_NOT;

		for (size_t hour = 0; hour < 24 && is_told; hour++) {
			int64_t from_us = timezone_moment(day * TOTALS_DAY_US +
			                                  (int64_t)hour * TOTALS_HOUR_US);

			g->known[row][hour] |=
				told_of(r, from_us, from_us + TOTALS_HOUR_US, NULL) == TOLD_WHOLE;
		}
	}
}

/* base^(level - 1), but no more than one above the maximum. */
static uint64_t level_begins(const struct grid *g, unsigned level)
{
	uint64_t begin = 1;

	for (unsigned i = 1; i < level; i++)
		begin = begin > g->most / g->base ? g->most + 1 : begin * g->base;
	return begin;
}

static unsigned level_of(const struct grid *g, uint64_t value)
{
	unsigned level = 0;

	while (level < LEVELS && value >= level_begins(g, level + 1))
		level++;
	return level;
}

static void choose_base(struct grid *g)
{
	while (g->base < (UINT64_C(1) << 40)) {
		uint64_t next = g->base < 10 ? g->base + 1 : g->base + g->base / 2;

		if (level_begins(g, LEVELS) * g->base > g->most)
			return;
		g->base = next;
	}
}

static void chart_hours_put_cell(struct text *t, const char *class, size_t x, size_t y,
                                 size_t width, size_t height)
{
	write_format(text_room(t, 128),
	             "<rect class=\"%s\" x=\"%zu\" y=\"%zu\" width=\"%zu\" height=\"%zu\"/>", class,
	             x, y, width, height);
}

/* "Mo 11-23" */
static struct bytes row_name(const struct grid *g, size_t row, uint8_t room[32])
{
	struct writer w   = writer_over(room, 32);
	int64_t       day = g->first_day + (int64_t)row;
	uint8_t       date[16];
	struct writer d = writer_over(date, sizeof(date));

	people_write_day(&d, timezone_day_begins(day));
	write_text(&w, weekdays[g->by_week ? row : weekday_of(day)]);
	if (!g->by_week)
		write_words(&w, " {}", bytes_from(writer_written(&d), 5));
	return writer_written(&w);
}

static void chart_hours_put_label(struct text *t, const char *class, size_t x, size_t y,
                                  struct bytes words)
{
	write_format(text_room(t, 96), "<text class=\"%s\" x=\"%zu\" y=\"%zu\">", class, x, y);
	text_words(t, "{}</text>", words);
}

/* "06:00" */
static struct bytes hour_name(size_t hour, uint8_t room[16])
{
	struct writer w = writer_over(room, 16);

	write_format(&w, "%02zu:00", hour);
	return writer_written(&w);
}

static void put_date_line(struct text *t, size_t x, size_t y, size_t height)
{
	write_format(text_room(t, 128),
	             "<line class=\"date\" x1=\"%zu\" x2=\"%zu\" y1=\"%zu\" y2=\"%zu\"/>", x, x, y,
	             y + height);
}

/* The beginning of prohibition. */
static void put_grid_dates(struct text *t, const struct report *r, const struct grid *g,
                           size_t height)
{
	for (size_t i = 0; i < r->num_dates && !g->by_week; i++) {
		int64_t day = timezone_day(r->dates_us[i]) - g->first_day;
		size_t  hour = hour_on_the_clock(r->dates_us[i]);

		put_date_line(t, LEFT + hour * CELL_WIDTH,
		              HEAD + (size_t)day * height - 1, height + 1);
	}
}

static bool is_date_row(const struct report *r, const struct grid *g, size_t row)
{
	for (size_t i = 0; i < r->num_dates; i++) {
		if (timezone_day(r->dates_us[i]) - g->first_day == (int64_t)row)
			return !g->by_week;
	}
	return false;
}

static void put_rows(struct text *t, const struct report *r, const struct grid *g, size_t height)
{
	uint8_t room[32];

	for (size_t hour = 0; hour <= 24; hour += 6)
		chart_hours_put_label(t,
		                      hour == 0    ? ""
		                      : hour == 24 ? "end"
		                                   : "mid",
		                      LEFT + hour * CELL_WIDTH, HEAD - 5,
		                      hour_name(hour, room));
	for (size_t row = 0; row < g->num_rows; row++) {
		size_t y = HEAD + row * height;

		/* Labels on Mondays only. */
		if (g->by_week || row == 0 || is_date_row(r, g, row) ||
		    (weekday_of(g->first_day + (int64_t)row) == 0 && row > 1 &&
		     !is_date_row(r, g, row - 1) &&
		     (row + 1 == g->num_rows || !is_date_row(r, g, row + 1))))
			chart_hours_put_label(t, is_date_row(r, g, row) ? "end mark" : "end",
			                      LEFT - 6, y + height - (height - 9) / 2,
			                      row_name(g, row, room));
		for (size_t hour = 0; hour < 24; hour++)
			chart_hours_put_cell(t,
			                     g->cells[row][hour] == 0 && !g->known[row][hour]
			                             ? "missing"
			                             : levels[level_of(g, g->cells[row][hour])],
			                     LEFT + hour * CELL_WIDTH, y, CELL_WIDTH - 1,
			                     height - 1);
	}
}

static void put_legend(struct text *t, const struct grid *g, size_t y)
{
	for (unsigned level = 0; level <= LEVELS; level++) {
		size_t x = LEFT + level * 60;

		chart_hours_put_cell(t, levels[level], x, y, CELL_WIDTH - 1, ROW_HEIGHT - 1);
		uint8_t       room[32];
		struct writer w = writer_over(room, sizeof(room));

		if (level == 0)
			write_text(&w, "0");
		else
			write_words(&w, "{}+", level_begins(g, level));
		chart_hours_put_label(t, "", x + CELL_WIDTH + 3, y + 9, writer_written(&w));
		if (level > 0 && level_begins(g, level + 1) > g->most)
			return;
	}
}

static bool any_known(const struct grid *g)
{
	for (size_t row = 0; row < g->num_rows; row++) {
		for (size_t hour = 0; hour < 24; hour++) {
			if (g->known[row][hour])
				return true;
		}
	}
	return false;
}

static void chart_hours_tell(struct text *t, const struct grid *g)
{
	uint8_t room[32], hour_room[16];

	if (g->most == 0) {
		text_put(t, any_known(g) ? "There was no attempt where there are records."
		                         : "There is no record of any hour.");
		return;
	}
	text_words(t, "The busiest hour began {} at {}{}, with {} attempt[s].",
	           row_name(g, g->most_row, room), hour_name(g->most_hour, hour_room),
	           timezone_is_utc() ? " UTC" : "", g->most);
}

void chart_hours(struct text *t, const struct report *r)
{
	struct grid *g = malloc(sizeof(*g));
	size_t       height;

	if (g == NULL)
		return;
	count_cells(r, g);
	know_cells(r, g);
	choose_base(g);
	height = g->by_week ? WEEK_HEIGHT : ROW_HEIGHT;
	write_format(text_room(t, 64), "<svg viewBox=\"0 0 %d %zu\"", WIDTH,
	             HEAD + g->num_rows * height + LEGEND);
	html_words(t,
	           " role=\"img\" aria-labelledby=\"hours-t hours-d\"><title id=\"hours-t\">"
	           "Attempts by hour of the day, {}</title><desc id=\"hours-d\">",
	           timezone_name());
	chart_hours_tell(t, g);
	text_put(t, " Hours of which there is no record are hatched. Every hour is in the "
	            "CSV.</desc>");
	put_rows(t, r, g, height);
	put_grid_dates(t, r, g, height);
	put_legend(t, g, HEAD + g->num_rows * height + 14);
	text_put(t, "</svg>\n<p class=\"small\">");
	chart_hours_tell(t, g);
	text_put(t, "</p>\n");
	free(g);
}

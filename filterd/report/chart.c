/* SPDX-License-Identifier: MIT */

/*
 * Narrow enough to be read on a phone without scaling; on a wide page two charts stand side by
 * side. Coordinates are whole numbers, in tenths of a unit.
 */

#include "report/chart.h"

#include "base/timezone.h"
#include "report/told.h"
#include "review/words.h"

#include <stdio.h>

#define WIDTH  4400
#define HEIGHT 1900
#define LEFT   480
#define RIGHT  (WIDTH - 100)
#define TOP    180
#define BOTTOM (HEIGHT - 260)

#define PLACE(tenths) ((double)(tenths) / 10)

#define BARS_MAX 370            /* with more days, several share a bar */
#define DOTS_MAX 62

static void put_rect(struct text *t, const char *class, int64_t x, int64_t y, int64_t width,
                     int64_t height)
{
	write_format(text_room(t, 256),
	             "<rect class=\"%s\" x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" "
	             "height=\"%.1f\"/>",
	             class, PLACE(x), PLACE(y), PLACE(width), PLACE(height));
}

static void put_line(struct text *t, const char *class, int64_t x1, int64_t y1, int64_t x2,
                     int64_t y2)
{
	write_format(text_room(t, 256),
	             "<line class=\"%s\" x1=\"%.1f\" y1=\"%.1f\" x2=\"%.1f\" y2=\"%.1f\"/>", class,
	             PLACE(x1), PLACE(y1), PLACE(x2), PLACE(y2));
}

/* A label in the drawing. */
static void put_label(struct text *t, const char *class, int64_t x, int64_t y, struct word word)
{
	write_format(text_room(t, 128), "<text class=\"%s\" x=\"%.1f\" y=\"%.1f\">", class,
	             PLACE(x), PLACE(y));
	text_words(t, "{}</text>", word);
}

/* ids: of the elements with the drawing's title and description. */
static void chart_begin(struct text *t, const char *id, const char *view, const char *title)
{
	text_words(t,
	           "<svg viewBox=\"{}\" role=\"img\" aria-labelledby=\"{}-t {}-d\">"
	           "<title id=\"{}-t\">{}</title>",
	           view, id, id, id, title);
	text_words(t, "<desc id=\"{}-d\">", id);
}

/*
 * The days of the period: the first one, their number, the number that share a bar, and the meaning
 * of the bars.
 */
struct bars {
	int64_t  first_day, num_days, each, num;
	uint64_t values[BARS_MAX + 1], top;
	enum told told[BARS_MAX + 1];           /* the best of its days; TOLD_NOT if it has none */
};

static uint64_t nice_above(uint64_t value)
{
	static const uint64_t steps[] = { 2, 4, 6, 10, 20 };
	uint64_t              unit = 1;

	if (value <= 2)
		return 2;
	while (value / unit >= 10)
		unit *= 10;
	for (size_t i = 0; i < COUNT(steps); i++) {
		if (value <= steps[i] * unit)
			return steps[i] * unit;
	}
	return value;
}

static void count_bars(const struct report *r, bool devices, struct bars *b)
{
	int64_t last_day = report_last_day(r);

	*b = (struct bars){ .first_day = report_first_day(r) };
	b->num_days = last_day - b->first_day + 1;
	b->each     = b->num_days / BARS_MAX + 1;
	b->num      = (last_day - b->first_day) / b->each + 1;
	for (int64_t i = 0; i < b->num; i++)
		b->told[i] = TOLD_NOT;
	for (int64_t day = b->first_day; day <= last_day; day++) {
		const struct day_total *total = report_day(r, day);
		enum told               told  = told_of_day(r, day, NULL),
			 *bar = &b->told[(day - b->first_day) / b->each];
		uint64_t               *value = &b->values[(day - b->first_day) / b->each];
		uint64_t                more  = total == NULL ? 0
		                                : devices     ? total->num_devices
		                                              : tally_prohibited(&total->tally);

		*bar = told < *bar ? told : *bar;
		if (devices)
			*value = more > *value ? more : *value;
		else
			*value = more > UINT64_MAX / 4 - *value ? UINT64_MAX / 4 : *value + more;
	}
	for (int64_t i = 0; i < b->num; i++)
		b->top = b->values[i] > b->top ? b->values[i] : b->top;
	b->top = nice_above(b->top);
}

static int64_t x_of(const struct bars *b, int64_t number)
{
	int64_t all = (b->num_days + b->each - 1) / b->each;

	return LEFT + (2 * number + 1) * (RIGHT - LEFT) / (2 * all);
}

static int64_t x_of_time(const struct report *r, int64_t us)
{
	return LEFT +
	       (int64_t)((long double)(us - r->period.from_us) /
	                 (long double)(r->period.to_us - r->period.from_us) * (RIGHT - LEFT));
}

static int64_t y_of(const struct bars *b, uint64_t value)
{
	return BOTTOM - (int64_t)((long double)value * (BOTTOM - TOP) / (long double)b->top);
}

static void chart_tell(struct text *t, const struct bars *b, const char *what)
{
	uint64_t most = 0;
	int64_t  when = 0, last = -1;

	for (int64_t i = 0; i < b->num; i++) {
		if (b->values[i] > most) {
			most = b->values[i];
			when = i;
		}
		if (b->told[i] != TOLD_NOT)
			last = i;
	}
	if (last < 0) {
		text_words(t, "{} are not known: there is no record of any day.</desc>", what);
		return;
	}
	text_words(t, b->each > 1 ? "{}: at most {} ({})" : "{} a day: at most {} ({})", what, most,
	           word_day(timezone_day_begins(b->first_day + when * b->each)));
	text_words(t,
	           ", on the last day {}{}. Days of which there is no record are hatched. Every "
	           "day is in the CSV.</desc>",
	           last == b->num - 1 ? "" : "that is known ", b->values[last]);
}

static void put_axes(struct text *t, const struct report *r, const struct bars *b)
{
	for (uint64_t i = 0; i <= 2; i++) {
		uint64_t value = b->top * i / 2;

		put_line(t, i == 0 ? "axis" : "grid", LEFT, y_of(b, value), RIGHT, y_of(b, value));
		put_label(t, "end", LEFT - 60, y_of(b, value) + 38, word_number(value));
	}
	put_label(t, "", LEFT, HEIGHT - 90, word_day(r->period.from_us));
	put_label(t, "end", RIGHT, HEIGHT - 90, word_day(r->period.to_us - 1));
}

/* A dashed line where the policy changed, numbered as in the list of policies. */
static void put_policies(struct text *t, const struct report *r)
{
	const struct coverage *c = &r->verify->coverage;

	for (size_t i = 1; i < c->num_policies; i++) {
		int64_t x = x_of_time(r, c->policies[i].from_us);
		char    name[32];

		if (c->policies[i].from_us < r->period.from_us ||
		    c->policies[i].from_us >= r->period.to_us)
			continue;
		snprintf(name, sizeof(name), "P%zu", i + 1);
		put_line(t, "policy", x, TOP - 40, x, BOTTOM);
		put_label(t, "mid mark", x, TOP - 70, word_text(name));
	}
}

/* The first day of prohibition. */
static void put_dates(struct text *t, const struct report *r)
{
	for (size_t i = 0; i < r->num_dates; i++) {
		int64_t x = x_of_time(r, r->dates_us[i]);

		put_line(t, "date", x, TOP - 40, x, BOTTOM);
		/* to one side of the number of a policy that came into force then */
		if (x > (LEFT + RIGHT) / 2)
			put_label(t, "end mark", x - 80, TOP - 70, word_text(CHART_DATE));
		else
			put_label(t, "mark", x + 80, TOP - 70, word_text(CHART_DATE));
	}
}

void chart_hatch(struct text *t)
{
	text_put(t, "<svg class=\"hidden\" aria-hidden=\"true\"><pattern id=\"hatch\" width=\"6\" "
	            "height=\"6\" patternUnits=\"userSpaceOnUse\" "
	            "patternTransform=\"rotate(45)\"><rect class=\"ground\" width=\"6\" "
	            "height=\"6\"/><line class=\"axis\" y2=\"6\"/></pattern></svg>\n");
}

/*
 * A day without records is not a day without attempts. A day with some records has its bar, and
 * hatching below the line.
 */
static void put_missing(struct text *t, const struct bars *b)
{
	int64_t width = (RIGHT - LEFT) / ((b->num_days + b->each - 1) / b->each);

	for (int64_t i = 0; i < b->num; i++) {
		if (b->told[i] != TOLD_WHOLE)
			put_rect(t, "missing", x_of(b, i) - width / 2,
			         b->told[i] == TOLD_NOT ? TOP : BOTTOM + 15, width,
			         b->told[i] == TOLD_NOT ? BOTTOM - TOP : 50);
	}
}

void chart_devices(struct text *t, const struct report *r)
{
	struct bars b;

	count_bars(r, true, &b);
	chart_begin(t, "chart-devices", "0 0 440 190", "Devices that tried, a day");
	chart_tell(t, &b, "Distinct devices");
	put_axes(t, r, &b);
	put_missing(t, &b);
	text_put(t, "<polyline class=\"line\" points=\"");
	for (int64_t i = 0; i < b.num; i++) {
		if (b.told[i] == TOLD_NOT)
			text_put(t, "\"/><polyline class=\"line\" points=\"");
		else
			write_format(text_room(t, 64), "%.1f,%.1f ", PLACE(x_of(&b, i)),
			             PLACE(y_of(&b, b.values[i])));
	}
	text_put(t, "\"/>");
	for (int64_t i = 0; i < b.num; i++) {
		/* A line needs two days. */
		bool is_alone = (i == 0 || b.told[i - 1] == TOLD_NOT) &&
		                (i + 1 == b.num || b.told[i + 1] == TOLD_NOT);

		if (b.told[i] == TOLD_NOT || (b.num > DOTS_MAX && !is_alone))
			continue;
		write_format(text_room(t, 96),
		             "<circle class=\"dot\" r=\"2.4\" cx=\"%.1f\" cy=\"%.1f\"/>",
		             PLACE(x_of(&b, i)), PLACE(y_of(&b, b.values[i])));
	}
	put_policies(t, r);
	put_dates(t, r);
	text_put(t, "</svg>\n");
}

void chart_attempts(struct text *t, const struct report *r)
{
	struct bars b;
	int64_t     width;

	count_bars(r, false, &b);
	width = (RIGHT - LEFT) * 3 / (4 * ((b.num_days + b.each - 1) / b.each));
	chart_begin(t, "chart-attempts", "0 0 440 190", "Attempts, a day");
	chart_tell(t, &b, "Attempts");
	put_axes(t, r, &b);
	put_missing(t, &b);
	for (int64_t i = 0; i < b.num; i++) {
		int64_t y = y_of(&b, b.values[i]);

		/* The bar of any day with attempts is visible. */
		if (b.values[i] > 0 && y > BOTTOM - 10)
			y = BOTTOM - 10;
		if (b.values[i] > 0)
			put_rect(t, "bar", x_of(&b, i) - width / 2, y, width > 5 ? width : 5,
			         BOTTOM - y);
	}
	put_policies(t, r);
	put_dates(t, r);
	text_put(t, "</svg>\n");
}

/* As wide as the page: lengths are stretched, heights are not. */
void chart_coverage(struct text *t, const struct report *r)
{
	const struct report_coverage *c     = &r->coverage;
	long double scale = 10000.0L / (long double)(r->period.to_us - r->period.from_us);

	text_words(t,
	           "<svg class=\"cover\" viewBox=\"0 0 1000 24\" preserveAspectRatio=\"none\" "
	           "role=\"img\" aria-labelledby=\"cover-t\">"
	           "<title id=\"cover-t\">When the filter was at work: {} of the time that the log "
	           "covers. Where there is no record it is hatched. The gaps are listed "
	           "below.</title>",
	           word_percent(report_covered_ppm(&r->coverage)));
	put_rect(t, "missing", 0, 0, 10000, 240);
	if (c->has_span)
		put_rect(t, "on", (int64_t)((long double)(c->from_us - r->period.from_us) * scale),
		         0, (int64_t)((long double)(c->to_us - c->from_us) * scale), 240);
	for (size_t i = 0; i < c->num_gaps; i++) {
		const struct report_gap *g     = &c->gaps[i];
		int64_t x = (int64_t)((long double)(g->from_us - r->period.from_us) * scale);
		int64_t width = (int64_t)((long double)(g->to_us - g->from_us) * scale);

		if (!g->gap.is_note)
			put_rect(t, g->gap.kind == GAP_MISSING ? "missing"
			         : g->gap.packets > 0          ? "exposed"
			                                        : "gap", x, 0,
			         width > 30 ? width : 30, 240);
	}
	for (size_t i = 0; i < r->num_dates; i++)
		put_rect(t, "date-bar",
		         (int64_t)((long double)(r->dates_us[i] - r->period.from_us) * scale), 0,
		         20, 240);
	text_put(t, "</svg>\n");
}

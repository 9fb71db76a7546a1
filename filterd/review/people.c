/* SPDX-License-Identifier: MIT */

#include "review/people.h"

#include "base/instant.h"

#include <string.h>

#define SECOND_US INT64_C(1000000)
#define MINUTE_US (60 * SECOND_US)
#define HOUR_US   (60 * MINUTE_US)
#define DAY_US    (24 * HOUR_US)
#define SPAN_MAX  (100 * 365 * DAY_US)

const char people_time_help[] =
	"TIME is 2026-11-23, 2026-11, \"2026-11-23 14:05\" (UTC), 2026-11-23T14:05:09+01:00, "
        "today, yesterday,\n"
	"\"this month\", \"last month\", or so long ago: \"2 days ago\", 90min, 36h, 4w.\n";

static const struct { const char *name; int64_t us; } units[] = {
	{ "s", SECOND_US }, { "sec", SECOND_US }, { "second", SECOND_US }, { "seconds", SECOND_US },
	{ "m", MINUTE_US }, { "min", MINUTE_US }, { "minute", MINUTE_US }, { "minutes", MINUTE_US },
	{ "h", HOUR_US },   { "hour", HOUR_US },  { "hours", HOUR_US },
	{ "d", DAY_US },    { "day", DAY_US },    { "days", DAY_US },
	{ "w", 7 * DAY_US },    { "week", 7 * DAY_US },    { "weeks", 7 * DAY_US },
	{ "month", 30 * DAY_US }, { "months", 30 * DAY_US },
	{ "y", 365 * DAY_US },  { "year", 365 * DAY_US },  { "years", 365 * DAY_US },
};

static struct bytes people_trim(struct bytes text)
{
	while (text.len > 0 && text.at[0] == ' ')
		text = bytes_from(text, 1);
	while (text.len > 0 && text.at[text.len - 1] == ' ')
		text.len--;
	return text;
}

static bool people_is(struct bytes text, const char *word)
{
	return bytes_equal(text, bytes_text(word));
}

static bool take_end(struct bytes *text, const char *end)
{
	size_t len = strlen(end);

	if (text->len < len || memcmp(text->at + text->len - len, end, len) != 0)
		return false;
	*text = people_trim(bytes_first(*text, text->len - len));
	return true;
}

enum parse people_read_span(struct bytes text, int64_t *us_out)
{
	uint64_t number = 0;
	size_t   digits = 0;

	text = people_trim(text);
	for (; digits < text.len && text.at[digits] >= '0' && text.at[digits] <= '9'; digits++) {
		number = number * 10 + text.at[digits] - '0';
		if (number > UINT32_MAX)
			return PARSE_BAD;
	}
	text = people_trim(bytes_from(text, digits));
	for (size_t i = 0; i < COUNT(units) && digits > 0 && number > 0; i++) {
		if (!people_is(text, units[i].name))
			continue;
		if ((int64_t)number > SPAN_MAX / units[i].us)
			return PARSE_BAD;
		*us_out = (int64_t)number * units[i].us;
		return PARSE_OK;
	}
	return PARSE_BAD;
}

/* The text and what it lacks to be RFC 3339. */
static enum parse read_with(struct bytes text, const char *rest, int64_t *us_out)
{
	char          room[64];
	struct writer w = writer_over(room, sizeof(room));

	write_bytes(&w, text);
	write_text(&w, rest);
	return w.full ? PARSE_BAD : instant_parse(writer_written(&w), us_out);
}

static int64_t people_day_begin(int64_t us)
{
	int64_t past = us % DAY_US;

	return us - past - (past < 0 ? DAY_US : 0);
}

static int64_t people_month_begin(int64_t us)
{
	uint8_t       room[64];
	struct writer w = writer_over(room, sizeof(room));
	int64_t       begin;

	instant_write(&w, us);
	return read_with(bytes_first(writer_written(&w), 7), "-01T00:00:00Z", &begin) == PARSE_OK
	               ? begin
	               : us;
}

/* 1970-01-01 was a Thursday. */
static int64_t week_begin(int64_t us)
{
	int64_t day = people_day_begin(us) / DAY_US, weekday = ((day + 3) % 7 + 7) % 7;

	return (day - weekday) * DAY_US;
}

static bool read_word(struct bytes text, int64_t now_us, int64_t *us_out)
{
	if (people_is(text, "now"))
		*us_out = now_us;
	else if (people_is(text, "today"))
		*us_out = people_day_begin(now_us);
	else if (people_is(text, "yesterday"))
		*us_out = people_day_begin(now_us) - DAY_US;
	else if (people_is(text, "this week"))
		*us_out = week_begin(now_us);
	else if (people_is(text, "last week"))
		*us_out = week_begin(now_us) - 7 * DAY_US;
	else if (people_is(text, "this month"))
		*us_out = people_month_begin(now_us);
	else if (people_is(text, "last month"))
		*us_out = people_month_begin(people_month_begin(now_us) - 1);
	else
		return false;
	return true;
}

static bool read_ago(struct bytes text, int64_t now_us, int64_t *us_out)
{
	int64_t span;

	if (!take_end(&text, "ago") && text.len > 0 && text.at[0] == '-')
		text = bytes_from(text, 1);
	if (people_read_span(text, &span) != PARSE_OK)
		return false;
	*us_out = now_us - span;
	return true;
}

static bool read_seconds(struct bytes text, int64_t *us_out)
{
	int64_t seconds = 0;

	if (text.len < 2 || text.len > 12 || text.at[0] != '@')
		return false;
	for (size_t i = 1; i < text.len; i++) {
		if (text.at[i] < '0' || text.at[i] > '9')
			return false;
		seconds = seconds * 10 + text.at[i] - '0';
	}
	*us_out = seconds * SECOND_US;
	return true;
}

/* As it stands on a page, whose blanks do not break, and in a record: "...+0000". */
static struct bytes as_printed(struct bytes text, uint8_t *room, size_t size)
{
	struct writer w = writer_over(room, size);

	for (size_t i = 0; i < text.len; i++) {
		if (bytes_equal(bytes_first(bytes_from(text, i), 2), BYTES("\u00a0"))) {
			write_text(&w, " ");
			i++;
			continue;
		}
		if (text.len > 20 && i + 2 == text.len &&
		    (text.at[i - 3] == '+' || text.at[i - 3] == '-'))
			write_text(&w, ":");
		write_bytes(&w, bytes_of(&text.at[i], 1));
	}
	text = people_trim(w.full ? BYTES("") : writer_written(&w));
	take_end(&text, " UTC");
	return text;
}

enum parse people_read_time(struct bytes text, int64_t now_us, int64_t *us_out)
{
	uint8_t room[64];

	text = as_printed(text, room, sizeof(room));
	if (read_word(text, now_us, us_out) || read_ago(text, now_us, us_out) ||
	    read_seconds(text, us_out))
		return PARSE_OK;
	switch (text.len) {
	case 7:  return read_with(text, "-01T00:00:00Z", us_out);
	case 10: return read_with(text, "T00:00:00Z", us_out);
	case 13: return read_with(text, ":00:00Z", us_out);
	case 16: return read_with(text, ":00Z", us_out);
	case 19: return read_with(text, "Z", us_out);
	default: return instant_parse(text, us_out);
	}
}

void people_write_day(struct writer *w, int64_t us)
{
	uint8_t       room[64];
	struct writer text = writer_over(room, sizeof(room));

	instant_write(&text, us);
	write_bytes(w, bytes_first(writer_written(&text), 10));
}

void people_write_time(struct writer *w, int64_t us)
{
	uint8_t       room[64];
	struct writer text = writer_over(room, sizeof(room));

	instant_write(&text, us);
	write_bytes(w, bytes_first(writer_written(&text), 10));
	write_text(w, " ");
	write_bytes(w, bytes_first(bytes_from(writer_written(&text), 11), 8));
}

void people_write_span(struct writer *w, int64_t us)
{
	static const struct { const char *name; int64_t us; } parts[] = {
		{ " d", DAY_US }, { " h", HOUR_US }, { " m", MINUTE_US }, { " s", SECOND_US },
	};
	size_t first = 0;

	if (us < 0)
		us = 0;
	while (first < COUNT(parts) - 1 && us < parts[first].us)
		first++;
	write_decimal(w, (uint64_t)(us / parts[first].us));
	write_text(w, parts[first].name);
	if (first == COUNT(parts) - 1 || us % parts[first].us < parts[first + 1].us)
		return;
	write_text(w, " ");
	write_decimal(w, (uint64_t)(us % parts[first].us / parts[first + 1].us));
	write_text(w, parts[first + 1].name);
}

void people_write_number(struct writer *w, uint64_t number)
{
	if (number < 1000) {
		write_decimal(w, number);
		return;
	}
	people_write_number(w, number / 1000);
	write_text(w, " ");
	write_decimal_padded(w, number % 1000, 3);
}

void people_write_bytes(struct writer *w, uint64_t bytes)
{
	static const char *const names[] = { " B", " kB", " MB", " GB", " TB" };
	uint64_t                 unit = 1;
	size_t                   name = 0;

	while (name < COUNT(names) - 1 && bytes / unit >= 1000) {
		unit *= 1000;
		name++;
	}
	write_decimal(w, bytes / unit);
	if (name > 0 && bytes / unit < 100) {
		write_text(w, ".");
		write_decimal(w, bytes % unit * 10 / unit);
	}
	write_text(w, names[name]);
}

/* Cut off, not rounded up: 100 % is all. */
void people_write_percent(struct writer *w, uint32_t ppm)
{
	write_decimal(w, ppm / 10000);
	if (ppm % 10000 != 0) {
		write_text(w, ".");
		write_decimal_padded(w, ppm % 10000 / 100, 2);
	}
	write_text(w, " %");
}

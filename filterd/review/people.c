/* SPDX-License-Identifier: MIT */

#include "review/people.h"

#include "base/instant.h"
#include "base/timezone.h"

#include <string.h>

#define SECOND_US INT64_C(1000000)
#define MINUTE_US (60 * SECOND_US)
#define HOUR_US   (60 * MINUTE_US)
#define DAY_US    (24 * HOUR_US)
#define SPAN_MAX  (100 * 365 * DAY_US)
#define WEEK_US   (7 * DAY_US)
#define YEAR_0_US     (INT64_C(-62167219200) * SECOND_US)
#define YEAR_10000_US (INT64_C(253402300800) * SECOND_US)
#define SECONDS_LEN   12                        /* "@99999999999" */
#define ZONE_YEARS_US (10 * 365 * DAY_US)       /* of a longer time, only the last offsets */

const char people_time_help[] =
	"TIME is 2026-11-23, 2026-11, \"2026-11-23 14:05\" (in the zone of --tz), \"2026-11-23 "
        "14:05 UTC\",\n"
	"2026-11-23T14:05:09+01:00, today, yesterday, \"this month\", \"last month\", or so long "
        "ago:\n"
	"\"2 days ago\", 90min, 36h, 4w.\n";

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
	uint64_t number;

	text = people_trim(text);
	if (!bytes_cut_number(&text, &number) || number > UINT32_MAX)
		return PARSE_BAD;
	text = people_trim(text);
	for (size_t i = 0; i < COUNT(units) && number > 0; i++) {
		if (!people_is(text, units[i].name))
			continue;
		if ((int64_t)number > SPAN_MAX / units[i].us)
			return PARSE_BAD;
		*us_out = (int64_t)number * units[i].us;
		return PARSE_OK;
	}
	return PARSE_BAD;
}

/* Completes a text to RFC 3339. */
static enum parse read_with(struct bytes text, const char *rest, int64_t *us_out)
{
	char          room[64];
	struct writer w = writer_over(room, sizeof(room));

	write_bytes(&w, text);
	write_text(&w, rest);
	return w.full ? PARSE_BAD : instant_parse(writer_written(&w), us_out);
}

static int64_t people_day_begin(int64_t us, int64_t days_later)
{
	return timezone_day_begins(timezone_day(us) + days_later);
}

int64_t people_month_begin(int64_t us)
{
	uint8_t       room[16];
	struct writer w = writer_over(room, sizeof(room));
	int64_t       begin_us;

	people_write_day(&w, us);
	return read_with(bytes_first(writer_written(&w), 7), "-01T00:00:00Z", &begin_us) == PARSE_OK
	               ? timezone_moment(begin_us)
	               : us;
}

/* 1970-01-01 was a Thursday. */
static int64_t week_begin(int64_t us, int64_t days_later)
{
	int64_t weekday = ((timezone_day(us) + 3) % 7 + 7) % 7;

	return people_day_begin(us, days_later - weekday);
}

static bool read_word(struct bytes text, int64_t now_us, int64_t *us_out)
{
	if (people_is(text, "now"))
		*us_out = now_us;
	else if (people_is(text, "today"))
		*us_out = people_day_begin(now_us, 0);
	else if (people_is(text, "yesterday"))
		*us_out = people_day_begin(now_us, -1);
	else if (people_is(text, "this week"))
		*us_out = week_begin(now_us, 0);
	else if (people_is(text, "last week"))
		*us_out = week_begin(now_us, -7);
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
	uint64_t seconds;

	if (text.len > SECONDS_LEN || !bytes_cut(&text, "@") ||
	    !bytes_cut_number(&text, &seconds) || text.len > 0)
		return false;
	*us_out = (int64_t)seconds * SECOND_US;
	return true;
}

/* The page uses no-break spaces. */
static struct bytes as_printed(struct bytes text, uint8_t *room, size_t size)
{
	struct writer w = writer_over(room, size);

	for (size_t i = 0; i < text.len; i++) {
		if (bytes_equal(bytes_first(bytes_from(text, i), 2), BYTES("\u00a0"))) {
			write_text(&w, " ");
			i++;
			continue;
		}
		write_bytes(&w, bytes_of(&text.at[i], 1));
	}
	return people_trim(w.full ? BYTES("") : writer_written(&w));
}

/* The suffix of a time: " UTC", "Z", "+01:00", or "+0100" in records. */
static bool take_offset(struct bytes *text, int64_t *offset_us_out)
{
	uint8_t       room[32];
	struct writer w     = writer_over(room, sizeof(room));
	bool          colon = text->len > 3 && text->at[text->len - 3] == ':';
	size_t        len   = colon ? 6 : 5, begin = text->len - len;
	int64_t       us;

	*offset_us_out = 0;
	if (take_end(text, " UTC") ||
	    (text->len > 10 && (take_end(text, "Z") || take_end(text, "z"))))
		return true;
	/* Neither a date's day nor a time's minute. */
	if (text->len < 10 + len || (text->at[begin] != '+' && text->at[begin] != '-'))
		return false;
	write_text(&w, "1970-01-01T00:00:00");
	write_bytes(&w, bytes_of(text->at + begin, 3));
	write_text(&w, ":");
	write_bytes(&w, bytes_of(text->at + text->len - 2, 2));
	if (instant_parse(writer_written(&w), &us) != PARSE_OK)
		return false;
	*offset_us_out = -us;
	*text          = people_trim(bytes_first(*text, begin));
	return true;
}

/* A date, or a date and time, read as UTC. */
static enum parse read_wall(struct bytes text, int64_t *us_out)
{
	switch (text.len) {
	case 7:  return read_with(text, "-01T00:00:00Z", us_out);
	case 10: return read_with(text, "T00:00:00Z", us_out);
	case 13: return read_with(text, ":00:00Z", us_out);
	case 16: return read_with(text, ":00Z", us_out);
	default: return read_with(text, "Z", us_out);
	}
}

static bool read_date(struct bytes text, int64_t *us_out)
{
	int64_t wall_us, offset_us;
	bool    has_offset = take_offset(&text, &offset_us);

	if (read_wall(text, &wall_us) != PARSE_OK)
		return false;
	*us_out = has_offset ? wall_us - offset_us : timezone_moment(wall_us);
	return true;
}

/* Years of four digits, so every time can be written again. */
static bool has_year(int64_t us)
{
	return us >= YEAR_0_US && us < YEAR_10000_US;
}

enum parse people_read_time(struct bytes text, int64_t now_us, int64_t *us_out)
{
	uint8_t room[64];
	int64_t us;

	text = as_printed(text, room, sizeof(room));
	if (!read_word(text, now_us, &us) && !read_ago(text, now_us, &us) &&
	    !read_seconds(text, &us) && !read_date(text, &us))
		return PARSE_BAD;
	if (!has_year(us) || !has_year(timezone_wall(us)))
		return PARSE_BAD;
	*us_out = us;
	return PARSE_OK;
}

/* Reads the date and a prefix of the time of day, as if they were UTC. */
static void write_wall_with(struct writer *w, int64_t us, const char *between, size_t clock_len)
{
	uint8_t       room[64];
	struct writer text = writer_over(room, sizeof(room));

	instant_write(&text, us);
	write_bytes(w, bytes_first(writer_written(&text), 10));
	if (clock_len > 0) {
		write_text(w, between);
		write_bytes(w, bytes_first(bytes_from(writer_written(&text), 11), clock_len));
	}
}

static void write_wall(struct writer *w, int64_t us, size_t clock_len)
{
	write_wall_with(w, us, " ", clock_len);
}

static void write_offset(struct writer *w, int64_t us)
{
	int32_t  offset_s = timezone_offset_s(us);
	uint32_t minutes  = (uint32_t)(offset_s < 0 ? -offset_s : offset_s) / 60;

	write_text(w, offset_s < 0 ? "-" : "+");
	write_decimal_padded(w, minutes / 60, 2);
	write_text(w, ":");
	write_decimal_padded(w, minutes % 60, 2);
}

void people_write_day(struct writer *w, int64_t us)
{
	write_wall(w, timezone_wall(us), 0);
}

void people_write_time(struct writer *w, int64_t us)
{
	write_wall(w, timezone_wall(us), 8);
	if (timezone_is_twice(us))
		write_offset(w, us);
}

void people_write_minute(struct writer *w, int64_t us)
{
	write_wall(w, timezone_wall(us), 5);
	if (timezone_is_twice(us))
		write_offset(w, us);
}

void people_write_moment(struct writer *w, int64_t us)
{
	write_wall(w, timezone_wall(us), 8);
	if (!timezone_is_utc())
		write_offset(w, us);
}

void people_write_rfc3339(struct writer *w, int64_t us)
{
	write_wall_with(w, timezone_wall(us), "T", 8);
	if (timezone_is_utc())
		write_text(w, "Z");
	else
		write_offset(w, us);
}

void people_write_utc(struct writer *w, int64_t us)
{
	write_wall(w, us, 8);
	write_text(w, " UTC");
}

void people_write_utc_minute(struct writer *w, int64_t us)
{
	write_wall(w, us, 5);
	write_text(w, " UTC");
}

/* "5 h ahead", "5 h" */
static void write_apart(struct writer *w, int32_t offset_s, bool with_side)
{
	if (offset_s == 0) {
		write_text(w, "the same");
		return;
	}
	people_write_span(w, (offset_s < 0 ? -offset_s : offset_s) * SECOND_US);
	if (with_side)
		write_text(w, offset_s < 0 ? " ahead" : " behind");
}

void people_write_zone(struct writer *w, int64_t from_us, int64_t to_us)
{
	int32_t least_s, most_s;

	write_text(w, timezone_name());
	if (timezone_is_utc())
		return;
	to_us   = to_us < YEAR_0_US ? YEAR_0_US : to_us < YEAR_10000_US ? to_us : YEAR_10000_US;
	least_s = most_s = timezone_offset_s(to_us);
	if (to_us - ZONE_YEARS_US > from_us)
		from_us = to_us - ZONE_YEARS_US;
	for (int64_t us = from_us; us < to_us; us += WEEK_US) {
		int32_t offset_s = timezone_offset_s(us);

		least_s = offset_s < least_s ? offset_s : least_s;
		most_s  = offset_s > most_s ? offset_s : most_s;
	}
	write_text(w, "; UTC is ");
	if (most_s != least_s) {
		write_apart(w, least_s, most_s == 0 || (least_s < 0) != (most_s < 0));
		write_text(w, " or ");
	}
	write_apart(w, most_s, true);
	write_text(w, most_s != least_s ? ", by the date" : "");
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

/* Rounded down: 100 % means all. */
void people_write_percent(struct writer *w, uint32_t ppm)
{
	write_decimal(w, ppm / 10000);
	if (ppm % 10000 != 0) {
		write_text(w, ".");
		write_decimal_padded(w, ppm % 10000 / 100, 2);
	}
	write_text(w, " %");
}

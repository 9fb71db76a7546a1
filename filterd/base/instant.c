/* SPDX-License-Identifier: MIT */

/*
 * Days are counted in the proleptic Gregorian calendar, from the first of March, so that a leap day
 * is the last of its year. All days within the range of 64-bit microseconds, and their years, fit
 * into 32 bits: routers' processors have no instruction to divide longer numbers.
 */

#include "base/instant.h"

#define US_A_SECOND   INT32_C(1000000)
#define SECONDS_A_DAY INT32_C(86400)

/* Days since 1970-01-01. */
static int32_t days_of(int32_t year, int32_t month, int32_t day)
{
	int32_t y       = year - (month <= 2);
	int32_t era     = (y >= 0 ? y : y - 399) / 400;
	int32_t of_era  = y - era * 400;
	int32_t of_year = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1;

	return era * 146097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719468;
}

static void instant_date_of(int32_t days, int32_t *year, unsigned *month, unsigned *day)
{
	int32_t z       = days + 719468;
	int32_t era     = (z >= 0 ? z : z - 146096) / 146097;
	int32_t of_era  = z - era * 146097;
	int32_t years   = (of_era - of_era / 1460 + of_era / 36524 - of_era / 146096) / 365;
	int32_t of_year = of_era - (365 * years + years / 4 - years / 100);
	int32_t shifted = (5 * of_year + 2) / 153;

	*day   = (unsigned)(of_year - (153 * shifted + 2) / 5 + 1);
	*month = (unsigned)(shifted < 10 ? shifted + 3 : shifted - 9);
	*year  = years + era * 400 + (*month <= 2);
}

static unsigned days_in(unsigned year, unsigned month)
{
	static const uint8_t days[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
	bool is_leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;

	return days[month - 1] + (month == 2 && is_leap);
}

/* Exactly n digits; otherwise the reader fails. */
static unsigned read_digits(struct reader *r, unsigned n)
{
	unsigned value = 0;

	while (n-- > 0) {
		uint8_t c = read_u8(r);

		if (c < '0' || c > '9')
			r->status = PARSE_BAD;
		else
			value = value * 10 + (c - '0');
	}
	return value;
}

static void expect(struct reader *r, char wanted)
{
	if (read_u8(r) != (uint8_t)wanted)
		r->status = PARSE_BAD;
}

/* Microseconds after the second; the dot is optional. */
static int32_t read_fraction(struct reader *r)
{
	int32_t value = 0, scale = US_A_SECOND / 10;

	if (r->left.len == 0 || r->left.at[0] != '.')
		return 0;
	read_u8(r);
	if (r->left.len == 0 || r->left.at[0] < '0' || r->left.at[0] > '9')
		r->status = PARSE_BAD;
	for (; r->left.len > 0 && r->left.at[0] >= '0' && r->left.at[0] <= '9'; scale /= 10) {
		if (scale == 0)
			r->status = PARSE_BAD;
		value += scale * (read_u8(r) - '0');
		if (r->status != PARSE_OK)
			break;
	}
	return value;
}

/* Seconds east of UTC. */
static int32_t read_offset(struct reader *r)
{
	uint8_t  sign = read_u8(r);
	unsigned hours, minutes;

	if (sign == 'Z' || sign == 'z')
		return 0;
	if (sign != '+' && sign != '-')
		r->status = PARSE_BAD;
	hours = read_digits(r, 2);
	expect(r, ':');
	minutes = read_digits(r, 2);
	if (hours > 23 || minutes > 59)
		r->status = PARSE_BAD;
	return (int32_t)(hours * 60 + minutes) * (sign == '-' ? -60 : 60);
}

enum parse instant_parse(struct bytes text, int64_t *us_out)
{
	struct reader r = reader_over(text, PARSE_BAD);
	unsigned      year, month, day, hour, minute, second;
	int32_t       fraction, offset;
	uint8_t       separator;

	year = read_digits(&r, 4);
	expect(&r, '-');
	month = read_digits(&r, 2);
	expect(&r, '-');
	day = read_digits(&r, 2);
	separator = read_u8(&r);
	hour = read_digits(&r, 2);
	expect(&r, ':');
	minute = read_digits(&r, 2);
	expect(&r, ':');
	second   = read_digits(&r, 2);
	fraction = read_fraction(&r);
	offset   = read_offset(&r);
	if (r.status != PARSE_OK || r.left.len > 0 ||
	    (separator != 'T' && separator != 't' && separator != ' '))
		return PARSE_BAD;
	if (month < 1 || month > 12 || day < 1 || day > days_in(year, month) || hour > 23 ||
	    minute > 59 || second > 60)
		return PARSE_BAD;
	*us_out = ((int64_t)days_of((int32_t)year, (int32_t)month, (int32_t)day) * SECONDS_A_DAY +
	           hour * 3600 + minute * 60 + second - offset) * US_A_SECOND + fraction;
	return PARSE_OK;
}

enum parse instant_parse_eve(struct bytes text, int64_t *us_out)
{
	uint8_t       room[48];
	struct writer w = writer_over(room, sizeof(room));

	if (text.len != 31 || text.at[26] != '+')
		return instant_parse(text, us_out);
	write_bytes(&w, bytes_first(text, 29));
	write_text(&w, ":");
	write_bytes(&w, bytes_from(text, 29));
	return instant_parse(writer_written(&w), us_out);
}

static int64_t floor_divide(int64_t a, uint32_t b)
{
	return a >= 0 ? (int64_t)((uint64_t)a / b) : -1 - (int64_t)((uint64_t)(-1 - a) / b);
}

int64_t instant_seconds(int64_t us)
{
	return floor_divide(us, US_A_SECOND);
}

int32_t instant_days(int64_t us)
{
	return (int32_t)floor_divide(instant_seconds(us), SECONDS_A_DAY);
}

static void write_part(struct writer *w, uint32_t value, unsigned digits, const char *behind)
{
	write_decimal_padded(w, value, digits);
	write_text(w, behind);
}

/* Date and time of day up to the second; gives the microseconds left. */
static uint32_t write_second(struct writer *w, int64_t us)
{
	int64_t  seconds = instant_seconds(us);
	int32_t  days    = instant_days(us), year;
	uint32_t of_day  = (uint32_t)(seconds - (int64_t)days * SECONDS_A_DAY);
	unsigned month, day;

	instant_date_of(days, &year, &month, &day);
	write_part(w, year < 0 ? 0 : (uint32_t)year, 4, "-");
	write_part(w, month, 2, "-");
	write_part(w, day, 2, "T");
	write_part(w, of_day / 3600, 2, ":");
	write_part(w, of_day / 60 % 60, 2, ":");
	write_part(w, of_day % 60, 2, "");
	return (uint32_t)((uint64_t)us - (uint64_t)seconds * US_A_SECOND);
}

void instant_write(struct writer *w, int64_t us)
{
	uint32_t fraction = write_second(w, us);

	if (fraction > 0) {
		write_text(w, ".");
		write_part(w, fraction, 6, "");
	}
	write_text(w, "Z");
}

void instant_write_eve(struct writer *w, int64_t us)
{
	uint32_t fraction = write_second(w, us);

	write_text(w, ".");
	write_part(w, fraction, 6, "+0000");
}

struct instant_text instant_text(int64_t us)
{
	struct instant_text t = { "" };
	struct writer       w = writer_over(t.text, sizeof(t.text) - 1);

	instant_write(&w, us);
	return t;
}

struct instant_text instant_text_to_second(int64_t us)
{
	struct instant_text t = { "" };
	struct writer       w = writer_over(t.text, sizeof(t.text) - 1);

	write_second(&w, us);
	write_text(&w, "Z");
	return t;
}

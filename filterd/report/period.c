/* SPDX-License-Identifier: MIT */

/* Months come from people.c's calendar: the first ten characters of a time are its date. */

#include "report/period.h"

#include "base/timezone.h"
#include "review/people.h"
#include "review/words.h"

static const char *const month_names[] = { "January", "February", "March", "April", "May", "June",
                                           "July", "August", "September",
                                           "October", "November", "December" };

/* "2026-11-23" of a moment. */
static struct bytes date_of(int64_t us, uint8_t room[16])
{
	struct writer w = writer_over(room, 16);

	people_write_day(&w, us);
	return writer_written(&w);
}

static unsigned two_digits(struct bytes text, size_t at)
{
	return at + 2 <= text.len ? (text.at[at] - '0') * 10U + (text.at[at + 1] - '0') : 0;
}

static int64_t period_month_begin(int64_t us)
{
	uint8_t room[16];

	return timezone_day_begins(timezone_day(us) - (int64_t)two_digits(date_of(us, room), 8) +
	                           1);
}

/* 31 days after the first of a month are in the next month. */
static int64_t month_after(int64_t begin_us)
{
	return period_month_begin(timezone_day_begins(timezone_day(begin_us) + 31));
}

struct period period_month(int64_t in_us)
{
	int64_t begin = period_month_begin(in_us);

	return (struct period){ .before_us = period_month_begin(begin - 1), .from_us = begin,
	                        .to_us = month_after(begin) };
}

static bool is_month(const struct period *p)
{
	return period_month_begin(p->from_us) == p->from_us && month_after(p->from_us) == p->to_us;
}

static bool is_day(int64_t us)
{
	return timezone_day_begins(timezone_day(us)) == us;
}

static bool is_days(const struct period *p)
{
	return is_day(p->from_us) && is_day(p->to_us);
}

static int64_t num_days(const struct period *p)
{
	return timezone_day(p->to_us) - timezone_day(p->from_us);
}

/* Whole days are compared with as many days (a day may have 23 hours), else with as long a time. */
struct period period_between(int64_t from_us, int64_t to_us)
{
	struct period p = { .before_us = from_us - (to_us - from_us), .from_us = from_us,
	                    .to_us = to_us };

	if (is_month(&p))
		return period_month(from_us);
	if (is_days(&p))
		p.before_us = timezone_day_begins(timezone_day(from_us) - num_days(&p));
	return p;
}

void period_write(struct writer *w, const struct period *p)
{
	uint8_t      room[16];
	struct bytes date = date_of(p->from_us, room);
	unsigned     month = two_digits(date, 5);

	if (is_month(p) && month >= 1 && month <= COUNT(month_names)) {
		write_words(w, "{} {}", month_names[month - 1], bytes_first(date, 4));
	} else if (!is_days(p)) {
		write_words(w, "{} to {}", word_second(p->from_us), word_second(p->to_us));
	} else {
		people_write_day(w, p->from_us);
		if (num_days(p) > 1)
			write_words(w, " to {}", word_day(p->to_us - 1));
	}
}

void period_write_before(struct writer *w, const struct period *p)
{
	if (is_month(p))
		write_text(w, "the month before");
	else if (!is_days(p))
		write_text(w, "the same time before");
	else if (num_days(p) == 1)
		write_text(w, "the day before");
	else
		write_words(w, "the {} days before", (uint64_t)num_days(p));
}

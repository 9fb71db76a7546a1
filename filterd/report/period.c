/* SPDX-License-Identifier: MIT */

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

/* 31 days after the first of a month is always in the next month. */
static int64_t month_after(int64_t begin_us)
{
	return people_month_begin(timezone_day_begins(timezone_day(begin_us) + 31));
}

struct period period_month(int64_t in_us)
{
	int64_t begin = people_month_begin(in_us);

	return (struct period){ .before_us = people_month_begin(begin - 1), .from_us = begin,
	                        .to_us = month_after(begin) };
}

static bool is_month(const struct period *p)
{
	return people_month_begin(p->from_us) == p->from_us && month_after(p->from_us) == p->to_us;
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

/*
 * Whole days are compared with the same number of days (a day may have 23 hours), other times with
 * an equally long one.
 */
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
	struct bytes month = bytes_from(date, 5);
	uint64_t     number;

	if (is_month(p) && bytes_cut_number(&month, &number)) {
		write_words(w, "{} {}", month_names[number - 1], bytes_first(date, 4));
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

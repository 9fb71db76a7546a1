/* SPDX-License-Identifier: MIT */

/* filterctl audit timeline: attempts per day or hour, with a bar. */

#include "base/timezone.h"
#include "ctl/audit/counted.h"
#include "ctl/audit/verbs.h"
#include "review/people.h"

#include <stdlib.h>
#include <string.h>

#define BAR_MAX 40      /* columns */

static const char usage[] = "usage: filterctl audit timeline [--by day|hour] [OPTION]... [LOG]...\n"
			    "\n"
			    "The number of attempts, and of devices, day by day. The number of "
			    "devices is the one to bring to zero.\n"
			    "\n"
			    "      --by day|hour   default day\n"
			    "\n"
			    "  filterctl audit timeline --since \"30 days ago\"\n";

struct timeline_options {
	const char *by;
	bool        by_hour;
};

static int timeline_check(void *owner, const struct audit_options *o)
{
	struct timeline_options *own = owner;

	own->by_hour = strcmp(own->by, "hour") == 0;
	return own->by_hour || strcmp(own->by, "day") == 0
	               ? 0
	               : complain(EXIT_USAGE, o->who, "--by '%s'; expected day or hour", own->by);
}

static void put_bar(struct sheet *s, uint64_t value, uint64_t most)
{
	struct writer w = sheet_writer(s, BAR_MAX);

	/* Any attempts at all give a visible bar. */
	for (uint64_t i = 0; most > 0 && value > 0 && (i == 0 || i < value * BAR_MAX / most); i++)
		write_text(&w, "#");
	sheet_wrote(s, &w);
}

/* A day without a row had no attempts. */
static struct day_total day_at(const struct totals *t, int64_t day)
{
	const int64_t           begins_us = timezone_day_begins(day);
	uint8_t                 name[16];
	struct writer           w = writer_over(name, sizeof(name));
	const struct day_total *row;

	people_write_day(&w, begins_us);
	row = rows_find(&t->days, writer_written(&w));
	return row != NULL ? *row : (struct day_total){ .day = day, .begins_us = begins_us };
}

static void put_day(struct sheet *s, const struct day_total *d, uint64_t most)
{
	sheet_row(s);
	sheet_number(s, d->begins_us);
	sheet_number(s, d->num_devices);
	for (unsigned i = 0; i < RESULTS; i++)
		sheet_number(s, (int64_t)d->tally.attempts[i]);
	put_bar(s, d->num_devices, most);
}

static void put_hours(struct sheet *s, const struct day_total *d, uint64_t most)
{
	int64_t ends_us = timezone_day_begins(d->day + 1);

	for (unsigned hour = 0; hour < TOTALS_HOURS; hour++) {
		int64_t us = d->begins_us + hour * TOTALS_HOUR_US;

		if (us >= ends_us)
			break;
		sheet_row(s);
		sheet_number(s, us);
		sheet_number(s, (int64_t)d->hours[hour]);
		put_bar(s, d->hours[hour], most);
	}
}

/* First and last day, and the longest bar; false if there are no days. */
static bool measure(const struct totals *t, bool by_hour, int64_t *first_out, int64_t *last_out,
                    uint64_t *most_out)
{
	*first_out = INT64_MAX;
	*last_out  = INT64_MIN;
	*most_out  = 0;
	for (size_t i = 0; i < t->days.num; i++) {
		const struct day_total *d = rows_at(&t->days, i);

		*first_out = d->day < *first_out ? d->day : *first_out;
		*last_out  = d->day > *last_out ? d->day : *last_out;
		for (unsigned hour = 0; by_hour && hour < TOTALS_HOURS; hour++)
			*most_out = d->hours[hour] > *most_out ? d->hours[hour] : *most_out;
		if (!by_hour && d->num_devices > *most_out)
			*most_out = d->num_devices;
	}
	return t->days.num > 0;
}

static int timeline_print(void *owner, const struct audit_options *o, const struct counted *c)
{
	static const struct column by_day[] = {
		{ "day", "day", CELL_DAY, false, false, 0 },
		{ "devices", "devices", CELL_NUMBER, false, false, 0 },
		{ "blocked", "blocked", CELL_NUMBER, false, false, 4 },
		{ "observed", "observed", CELL_NUMBER, false, false, 4 },
		{ "waived", "waived", CELL_NUMBER, false, false, 3 },
		{ "watched", "watched", CELL_NUMBER, false, false, 2 },
		{ "bar", "", CELL_TEXT, false, false, 0 },
	};
	static const struct column by_hour[] = {
		{ "hour", "hour", CELL_TIME, false, false, 0 },
		{ "attempts", "attempts", CELL_NUMBER, false, false, 0 },
		{ "bar", "", CELL_TEXT, false, false, 0 },
	};
	const struct timeline_options *own = owner;
	struct sheet s = sheet_of("timeline", own->by_hour ? by_hour : by_day,
	                          own->by_hour ? COUNT(by_hour) : COUNT(by_day));
	int64_t           first, last;
	uint64_t          most;

	if (measure(c->totals, own->by_hour, &first, &last, &most)) {
		for (int64_t day = first; day <= last && day - first < TOTALS_DAYS; day++) {
			struct day_total d = day_at(c->totals, day);

			if (own->by_hour)
				put_hours(&s, &d, most);
			else
				put_day(&s, &d, most);
		}
	}
	return show_sheet(o, &s);
}

int audit_timeline(int argc, char **argv)
{
	struct timeline_options   own       = { .by = "day" };
	const struct own_option   options[] = { { "by", .argument = &own.by }, { 0 } };
	const struct counted_verb verb      = { .usage = usage, .options = options,
	                                        .check = timeline_check, .print = timeline_print,
	                                        .owner = &own };

	return counted_verb(argc, argv, &verb);
}

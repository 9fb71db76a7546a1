/* SPDX-License-Identifier: MIT */

/*
 * people_read_time: what is no time changes nothing; what is one, written as people read it, is
 * read as the same second, in UTC and in zones whose clocks are changed.
 */

#include "base/timezone.h"
#include "review/people.h"

#include <stdlib.h>

#define UNTOUCHED (-7)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

/* The first instant there is, a day like any other, the last second of a leap day. */
static const int64_t nows_us[] = { 0, INT64_C(1795442709123456), INT64_C(1835481599999999) };

static const char *const zones[] = { "UTC0", "EST5EDT,M3.2.0,M11.1.0", "IST-5:30" };

static void check_time(int64_t us, int64_t now_us)
{
	uint8_t       room[64];
	struct writer w = writer_over(room, sizeof(room));
	int64_t       again, past = us % 1000000;

	people_write_time(&w, us);
	if (w.full || people_read_time(writer_written(&w), now_us, &again) != PARSE_OK ||
	    again != us - past - (past < 0 ? 1000000 : 0))
		abort();
}

static void check_zone(struct bytes text)
{
	for (size_t i = 0; i < COUNT(nows_us); i++) {
		int64_t us = UNTOUCHED;

		if (people_read_time(text, nows_us[i], &us) == PARSE_OK)
			check_time(us, nows_us[i]);
		else if (us != UNTOUCHED)
			abort();
		us = UNTOUCHED;
		if (people_read_span(text, &us) == PARSE_OK ? us <= 0 : us != UNTOUCHED)
			abort();
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	for (size_t i = 0; i < COUNT(zones); i++) {
		timezone_choose(zones[i], NULL);
		check_zone(bytes_of(data, len));
	}
	return 0;
}

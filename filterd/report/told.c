/* SPDX-License-Identifier: MIT */

#include "report/told.h"

#include "base/timezone.h"
#include "review/words.h"

/*
 * A log that begins or ends within a time counts as covering all of it, if the uncovered part is
 * short: a twenty-fourth, such as an hour of a day, is not worth mentioning.
 */
#define SLACK 24

static bool told_is_deleted(const struct report *r)
{
	const struct verify *v = r->verify;

	for (size_t i = 0; r->fleet != NULL && i < r->fleet->num; i++) {
		const struct fleet_log *l = &r->fleet->list[i];

		if (l->num_kinds[FINDING_PRUNED] > 0 &&
		    l->covers_from_us == r->fleet->covers_from_us)
			return true;
	}
	return r->fleet == NULL && v->first_seq > 0 && v->pruned_here;
}

/* Why there are no records before the first one. */
static enum untold told_before(const struct report *r)
{
	return told_is_deleted(r)                                  ? UNTOLD_DELETED
	       : r->fleet == NULL && r->verify->first_seq > 0 ? UNTOLD_MISSING
	                                                          : UNTOLD_BEFORE;
}

enum told told_of(const struct report *r, int64_t from_us, int64_t to_us, enum untold *why_out)
{
	const struct coverage *c = &r->verify->coverage;
	enum untold            before = told_before(r), why = UNTOLD_NOTHING;
	int64_t                all_us = to_us - from_us, before_us = 0, after_us = 0, missing_us,
		outside_us, most_us = 0;
	bool is_inside = c->has_span && from_us >= c->from_us && to_us <= c->to_us;

	outside_us = all_us - report_overlap(from_us, to_us, r->period.from_us, r->period.to_us);
	if (outside_us == all_us) {
		if (why_out != NULL)
			*why_out = UNTOLD_OUTSIDE;
		return TOLD_NOT;
	}
	from_us = from_us > r->period.from_us ? from_us : r->period.from_us;
	to_us   = to_us < r->period.to_us ? to_us : r->period.to_us;

	if (!c->has_span) {
		if (why_out != NULL)
			*why_out = UNTOLD_MISSING;
		return TOLD_NOT;
	}
	before_us = report_overlap(from_us, to_us, INT64_MIN, c->from_us);
	after_us  = report_overlap(from_us, to_us, c->to_us, INT64_MAX);
	if (before == UNTOLD_BEFORE && before_us <= all_us / SLACK)
		before_us = 0;
	if (after_us <= all_us / SLACK)
		after_us = 0;
	missing_us = before_us + after_us + outside_us < all_us
	                     ? report_missing(&r->coverage, from_us, to_us)
	                     : 0;
	if (missing_us > most_us) {
		most_us = missing_us;
		why     = UNTOLD_MISSING;
	}
	if (before_us > most_us) {
		most_us = before_us;
		why     = before;
	}
	if (after_us > most_us) {
		most_us = after_us;
		why     = UNTOLD_AFTER;
	}
	if (outside_us > most_us)
		why = UNTOLD_OUTSIDE;
	if (why_out != NULL)
		*why_out = why;
	return why == UNTOLD_NOTHING                            ? TOLD_WHOLE
	       : before_us + after_us + missing_us + outside_us < all_us ||
	                         (r->fleet != NULL && is_inside) ? TOLD_PARTLY
	                                                         : TOLD_NOT;
}

enum told told_of_day(const struct report *r, int64_t day, enum untold *why_out)
{
	return told_of(r, timezone_day_begins(day), timezone_day_begins(day + 1), why_out);
}

const char *untold_words(enum untold why)
{
	static const char *const words[] = {
		[UNTOLD_NOTHING] = "",
		[UNTOLD_BEFORE]  = "before the log began",
		[UNTOLD_DELETED] = "records deleted",
		[UNTOLD_MISSING] = "records missing",
		[UNTOLD_AFTER]   = "after the log ends",
		[UNTOLD_OUTSIDE] = "not in the time of the report",
	};

	return words[why];
}

bool untold_next(const struct report *r, int64_t *day, struct untold_days *out)
{
	const int64_t last = report_last_day(r);
	enum untold   why  = UNTOLD_NOTHING;
	enum told     told = TOLD_WHOLE;

	while (*day <= last && (told = told_of_day(r, *day, &why)) == TOLD_WHOLE)
		(*day)++;
	if (*day > last)
		return false;
	*out = (struct untold_days){ .first = *day, .last = *day, .told = told, .why = why };
	while (++*day <= last && told_of_day(r, *day, &why) == out->told && why == out->why)
		out->last = *day;
	return true;
}

static void explain_deleted(struct writer *w, const struct report *r)
{
	const struct report_deleted *d = &r->deleted;

	if (r->fleet != NULL || d->num == 0) {
		write_text(w, "filterd deleted the records, as its settings say; a signed record "
		              "says so");
		return;
	}
	write_words(w,
	            "filterd deleted the records up to number {}, as its settings say ({}), the "
	            "last of them on {}; a signed record says so",
	            d->last_seq, d->reason, word_day(d->at_us));
}

void untold_explain(struct writer *w, const struct report *r, enum untold why)
{
	const struct coverage *c = &r->verify->coverage;

	switch (why) {
	case UNTOLD_NOTHING:
		break;
	case UNTOLD_BEFORE:
		write_words(w, r->fleet != NULL ? "the logs begin on {}" : "the log begins on {}",
		            word_minute(c->from_us));
		break;
	case UNTOLD_DELETED:
		explain_deleted(w, r);
		break;
	case UNTOLD_MISSING:
		write_text(w, !c->has_span
		                      ? "there is no record of this time"
		                      : "nobody knows what they said, and no record says that "
		                        "filterd deleted them");
		break;
	case UNTOLD_AFTER:
		write_words(w, r->fleet != NULL ? "the logs end on {}" : "the log ends on {}",
		            word_minute(c->to_us));
		break;
	case UNTOLD_OUTSIDE:
		write_words(w, "attempts are counted from {} to {}",
		            word_minute(r->period.from_us), word_minute(r->period.to_us));
		break;
	}
}

int64_t report_first_day(const struct report *r)
{
	return timezone_day(r->period.from_us);
}

int64_t report_last_day(const struct report *r)
{
	return timezone_day(r->period.to_us - 1);
}

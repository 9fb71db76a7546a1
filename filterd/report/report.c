/* SPDX-License-Identifier: MIT */

#include "report/report.h"

#include "audit/mac.h"
#include "review/people.h"

#include <errno.h>
#include <stdlib.h>

#define QUIET_US (REPORT_QUIET_DAYS * TOTALS_DAY_US)

struct report *report_new(const struct period *p, uint64_t seed)
{
	struct report *r = calloc(1, sizeof(*r));

	if (r == NULL)
		return NULL;
	r->period = *p;
	r->now    = totals_new(p->from_us, p->to_us, seed);
	r->before = totals_new(p->before_us, p->from_us, seed);
	if (r->now == NULL || r->before == NULL) {
		report_free(r);
		return NULL;
	}
	r->before->devices_only = true;
	return r;
}

void report_free(struct report *r)
{
	if (r == NULL)
		return;
	totals_free(r->now);
	totals_free(r->before);
	free(r->devices);
	free(r->hosts);
	free(r->categories);
	free(r->pairs);
	free(r->coverage.gaps);
	free(r);
}

void report_add(struct report *r, const struct entry *e)
{
	totals_add(e->has_time && e->time_us < r->period.from_us ? r->before : r->now, e);
}

static bool is_random_mac(struct bytes device)
{
	uint8_t mac[MAC_BYTES];

	return mac_from_text(device, mac) == PARSE_OK && mac_is_private(mac);
}

static void end_device(struct report *r, const struct device_total *total, const struct report_sources *s)
{
	const struct device_total *before = rows_find(&r->before->devices, total->row.name);
	struct report_device       d = { .total = total, .is_random = is_random_mac(total->row.name),
	                                 .quiet_us = r->end_us > total->tally.last_us ? r->end_us - total->tally.last_us : 0 };
	bool                       is_shared = total == r->now->devices.others;
	bool                       is_acknowledged = !is_shared && s->acknowledged != NULL &&
	                                             s->acknowledged(s->owner, total->row.name, &d.acknowledged);

	if (is_acknowledged && d.total->tally.last_us <= d.acknowledged.at_us)
		d.state = DEVICE_ACKNOWLEDGED;
	else if (d.quiet_us >= QUIET_US)
		d.state = DEVICE_QUIET;
	else
		d.state = is_acknowledged ? DEVICE_RETURNED : DEVICE_TRIES;
	d.is_new = r->has_before && !is_shared && (before == NULL || tally_prohibited(&before->tally) == 0);
	d.vendor = s->vendor != NULL && !is_shared ? s->vendor(s->owner, total->row.name) : NULL;
	r->num_tries        += d.state == DEVICE_TRIES || d.state == DEVICE_RETURNED;
	r->num_returned     += d.state == DEVICE_RETURNED;
	r->num_quiet        += d.state == DEVICE_QUIET;
	r->num_acknowledged += d.state == DEVICE_ACKNOWLEDGED;
	r->num_new          += d.is_new;
	r->devices[r->num_devices++] = d;
}

static int end_devices(struct report *r, const struct report_sources *s)
{
	size_t num    = rows_num(&r->now->devices);
	void **sorted = rows_sorted(&r->now->devices, totals_by_attempts_device);

	r->devices = calloc(num + 1, sizeof(*r->devices));
	if (r->devices == NULL || (num > 0 && sorted == NULL)) {
		free(sorted);
		return -ENOMEM;
	}
	for (size_t i = 0; i < num; i++) {
		const struct device_total *total = sorted[i];

		/* Not those that reached for hosts which are only watched. */
		if (tally_prohibited(&total->tally) > 0)
			end_device(r, total, s);
	}
	free(sorted);
	return 0;
}

static void end_before(struct report *r)
{
	for (size_t i = 0; i < rows_num(&r->before->devices); i++) {
		const struct device_total *before = rows_at(&r->before->devices, i);
		const struct device_total *now    = rows_find(&r->now->devices, before->row.name);

		if (tally_prohibited(&before->tally) == 0)
			continue;
		r->num_tried_before += before->tally.last_us > r->period.from_us - QUIET_US;
		r->num_gone         += now == NULL || tally_prohibited(&now->tally) == 0;
	}
}

int report_end(struct report *r, const struct verify *v, const struct report_sources *sources)
{
	static const struct report_sources none;
	const struct coverage             *c = &v->coverage;
	int                                error;

	r->verify          = v;
	r->has_before      = c->has_span && c->from_us < r->period.from_us;
	r->before_is_whole = c->has_span && c->from_us <= r->period.before_us;
	r->has_vendors     = sources != NULL && sources->vendor != NULL;
	error              = report_cover(c, r->period.from_us, r->period.to_us, &r->coverage);
	r->end_us          = r->coverage.has_span ? r->coverage.to_us : r->period.to_us;
	if (error == 0)
		error = end_devices(r, sources != NULL ? sources : &none);
	end_before(r);
	r->hosts      = rows_sorted(&r->now->hosts, totals_by_attempts_host);
	r->categories = rows_sorted(&r->now->categories, totals_by_attempts_category);
	r->pairs      = rows_sorted(&r->now->pairs, totals_by_name);
	if (error == 0 && ((r->hosts == NULL && rows_num(&r->now->hosts) > 0) ||
	                   (r->categories == NULL && rows_num(&r->now->categories) > 0) ||
	                   (r->pairs == NULL && rows_num(&r->now->pairs) > 0)))
		error = -ENOMEM;
	return error;
}

struct bytes report_device_label(const struct report_device *d)
{
	return d->total->name[0] != '\0' ? bytes_text(d->total->name) : d->total->row.name;
}

void report_write_state(struct writer *w, const struct report_device *d)
{
	int64_t days = d->quiet_us / TOTALS_DAY_US;

	switch (d->state) {
	case DEVICE_TRIES:
		write_text(w, "still tries");
		break;
	case DEVICE_RETURNED:
		write_text(w, "tries again");
		break;
	case DEVICE_QUIET:
		write_text(w, "quiet ");
		write_decimal(w, (uint64_t)days);
		write_text(w, days == 1 ? " day" : " days");
		break;
	case DEVICE_ACKNOWLEDGED:
		write_text(w, "acknowledged");
		break;
	}
}

/* Cut off, not rounded up: all is only said of all. */
static uint32_t parts(uint64_t part, uint64_t all)
{
	return all == 0 ? 1000000 : (uint32_t)((long double)part * 1000000 / (long double)all);
}

uint32_t report_blocked_ppm(const struct report *r)
{
	return parts(r->now->all.attempts[RESULT_BLOCKED], tally_prohibited(&r->now->all));
}

uint32_t report_active_ppm(const struct report *r)
{
	return report_covered_ppm(&r->coverage);
}

const struct day_total *report_day(const struct report *r, int64_t day)
{
	uint8_t       name[16];
	struct writer w = writer_over(name, sizeof(name));

	people_write_day(&w, day * TOTALS_DAY_US);
	return rows_find(&r->now->days, writer_written(&w));
}

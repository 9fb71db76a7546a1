/* SPDX-License-Identifier: MIT */

#include "report/report.h"

#include "base/instant.h"
#include "base/mac.h"
#include "base/timezone.h"
#include "log/scan.h"
#include "review/people.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

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
	r->now->keeps_latest    = true;
	return r;
}

void report_free(struct report *r)
{
	if (r == NULL)
		return;
	totals_free(r->now);
	totals_free(r->before);
	free(r->devices);
	free(r->all);
	free(r->coverage.gaps);
	free(r);
}

static void note_deleted(struct report_deleted *d, const struct entry *e)
{
	struct writer w = writer_over(d->reason, sizeof(d->reason) - 1);

	d->num++;
	d->last_seq = e->last_seq;
	d->at_us    = e->time_us;
	scan_text(&w, e->reason);
	d->reason[w.len] = '\0';
}

/* The date of prohibition in a start record. */
static void note_date(struct report *r, struct bytes cutoff)
{
	int64_t at_us;

	if (instant_parse(cutoff, &at_us) != PARSE_OK || at_us < r->period.from_us ||
	    at_us >= r->period.to_us)
		return;
	for (size_t i = 0; i < r->num_dates; i++) {
		if (r->dates_us[i] == at_us)
			return;
	}
	if (r->num_dates < REPORT_DATES_MAX)
		r->dates_us[r->num_dates++] = at_us;
}

void report_add(struct report *r, const struct entry *e)
{
	if (e->type == ENTRY_PRUNE)
		note_deleted(&r->deleted, e);
	if (e->type == ENTRY_START && e->cutoff.len > 0)
		note_date(r, e->cutoff);
	if (e->has_time && e->time_us >= r->period.from_us && e->time_us < r->period.to_us)
		met_add(&r->met, e);
	totals_add(e->has_time && e->time_us < r->period.from_us ? r->before : r->now, e);
}

static bool is_random_mac(struct bytes device)
{
	uint8_t mac[MAC_BYTES];

	return mac_from_text(device, mac) == PARSE_OK && mac_is_private(mac);
}

bool report_still_tries(const struct report_device *d)
{
	return d->state == DEVICE_TRIES || d->state == DEVICE_RETURNED;
}

static void end_device(struct report *r, const struct device_total *total,
                       const struct report_sources *s)
{
	const struct device_total *before = rows_find(&r->before->devices, total->row.name);
	struct bytes               gateway, key = totals_device(total->row.name, &gateway);
	const int64_t              last_us   = device_tried(total);
	struct report_device       d         = {
		.total     = total,
		.key       = key,
		.gateway   = gateway,
		.is_shared = total == r->now->devices.others,
		.is_random = is_random_mac(key),
		.quiet_us  = r->end_us > last_us ? r->end_us - last_us : 0,
	};

	d.done = d.is_shared ? NULL : acks_find(&s->acks, key);
	/* Time without records, or before the first one, does not count as quiet. */
	d.quiet_us -= report_missing(&r->coverage, last_us, r->end_us) +
	              report_overlap(last_us, r->end_us, INT64_MIN,
	                             r->coverage.has_span ? r->coverage.from_us : INT64_MAX);

	if (d.done != NULL && !ack_returned(d.done, last_us))
		d.state = DEVICE_ACKNOWLEDGED;
	else if (last_us == 0)
		d.state = DEVICE_DOUBTFUL;
	else if (d.quiet_us >= QUIET_US)
		d.state = DEVICE_QUIET;
	else
		d.state = d.done != NULL ? DEVICE_RETURNED : DEVICE_TRIES;
	d.is_new = r->has_before && !d.is_shared && d.state != DEVICE_DOUBTFUL &&
	           (before == NULL || device_tried(before) == 0);
	d.vendor = s->vendor != NULL && !d.is_shared ? s->vendor(s->vendors, key) : NULL;
	r->num_tries        += report_still_tries(&d);
	r->num_returned     += d.state == DEVICE_RETURNED;
	r->num_quiet        += d.state == DEVICE_QUIET;
	r->num_acknowledged += d.state == DEVICE_ACKNOWLEDGED;
	r->num_doubtful     += d.state == DEVICE_DOUBTFUL;
	r->num_new          += d.is_new;
	r->devices[r->num_devices++] = d;
}

/* Devices that need work come first. */
static int devices_by_need(const void *left, const void *right)
{
	const struct report_device *a = left, *b = right;

	if (a->is_shared != b->is_shared)
		return a->is_shared ? 1 : -1;
	if (report_still_tries(a) != report_still_tries(b))
		return report_still_tries(a) ? -1 : 1;
	return totals_by_attempts_device(a->total, b->total);
}

/* Leaves out devices that tried only watched hosts. */
static int end_devices(struct report *r, const struct report_sources *s)
{
	size_t num = rows_num(&r->now->devices);

	r->devices = calloc(num + 1, sizeof(*r->devices));
	if (r->devices == NULL)
		return -ENOMEM;
	for (size_t i = 0; i < num; i++) {
		const struct device_total *total = rows_at(&r->now->devices, i);

		if (tally_prohibited(&total->tally) > 0)
			end_device(r, total, s);
	}
	qsort(r->devices, r->num_devices, sizeof(*r->devices), devices_by_need);
	return 0;
}

static void end_before(struct report *r)
{
	for (size_t i = 0; i < rows_num(&r->before->devices); i++) {
		const struct device_total *before = rows_at(&r->before->devices, i);
		const struct device_total *now    = rows_find(&r->now->devices, before->row.name);

		if (device_tried(before) == 0)
			continue;
		r->num_tried_before += device_tried(before) > r->period.from_us - QUIET_US;
		r->num_gone         += now == NULL || device_tried(now) == 0;
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
	error              = report_cover(c, r->period.from_us, r->period.to_us, &r->coverage);
	r->end_us          = r->coverage.has_span ? r->coverage.to_us : r->period.to_us;
	if (error == 0)
		error = end_devices(r, sources != NULL ? sources : &none);
	end_before(r);
	return error;
}

void report_begin_log(struct report *r, struct bytes sensor)
{
	r->now->scope = r->before->scope = sensor;
}

/* The newest log of a gateway; rows are sorted by gateway, and its newest comes last. */
static struct fleet_log *log_of(struct fleet *f, struct bytes gateway)
{
	size_t low = 0, high = f->num;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (bytes_compare(bytes_text(f->list[middle].gateway), gateway) <= 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low > 0 && bytes_equal(bytes_text(f->list[low - 1].gateway), gateway)
	               ? &f->list[low - 1]
	               : NULL;
}

static void tell_gateways(const struct report *r, struct fleet *f)
{
	for (size_t i = 0; i < r->num_devices; i++) {
		const struct report_device *d = &r->devices[i];
		struct fleet_log           *l = log_of(f, d->gateway);

		if (l == NULL)
			continue;
		l->num_devices++;
		l->num_tries    += report_still_tries(d);
		l->num_attempts += tally_prohibited(&d->total->tally);
	}
}

/* Where records of one gateway are missing, the total is too low. */
static void take_missing(struct coverage *c, const struct fleet *f)
{
	for (size_t i = 0; i < f->num; i++) {
		for (size_t k = 0; k < f->list[i].cover.num_gaps; k++) {
			const struct gap *g = &f->list[i].cover.gaps[k].gap;

			if (g->kind == GAP_MISSING && c->num_kept < COVERAGE_GAPS_MAX) {
				c->gaps[c->num_kept++] = *g;
				c->num_gaps++;
			}
		}
	}
}

int report_end_fleet(struct report *r, struct fleet *fleet, const struct report_sources *sources)
{
	struct verify *v = calloc(1, sizeof(*v));
	int            error;

	if (v == NULL)
		return -ENOMEM;
	v->has_records        = fleet->num_records > 0;
	v->num_records        = fleet->num_records;
	v->findings.soundness = fleet->soundness;
	v->coverage.has_span  = fleet->covers_from_us < fleet->covers_to_us;
	v->coverage.from_us   = fleet->covers_from_us;
	v->coverage.to_us     = fleet->covers_to_us;
	take_missing(&v->coverage, fleet);
	r->all   = v;
	r->fleet = fleet;
	error    = report_end(r, v, sources);
	if (error == 0)
		tell_gateways(r, fleet);
	return error;
}

struct bytes report_device_label(const struct report_device *d)
{
	return d->total->name[0] != '\0' ? bytes_text(d->total->name) : d->key;
}

bool report_is_plain(struct bytes text)
{
	static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
				    "._:-";

	for (size_t i = 0; i < text.len; i++) {
		if (memchr(plain, text.at[i], sizeof(plain) - 1) == NULL)
			return false;
	}
	return true;
}

void report_write_state(struct writer *w, const struct report_device *d)
{
	static const char *const names[] = {
		[DEVICE_TRIES] = "still tries", [DEVICE_RETURNED] = "tries again",
		[DEVICE_QUIET] = "quiet ",      [DEVICE_ACKNOWLEDGED] = "acknowledged",
		[DEVICE_DOUBTFUL] = "perhaps a VPN",
	};
	int64_t days = d->quiet_us / TOTALS_DAY_US;

	write_text(w, names[d->state]);
	if (d->state != DEVICE_QUIET)
		return;
	write_decimal(w, (uint64_t)days);
	write_text(w, days == 1 ? " day" : " days");
}

enum shade report_shade(const struct report_device *d)
{
	return d->state == DEVICE_TRIES      ? SHADE_NOTE
	       : d->state == DEVICE_RETURNED ? SHADE_BAD
	                                     : SHADE_GOOD;
}

/* Rounded down: 100 % means all. */
uint32_t report_blocked_ppm(const struct report *r)
{
	uint64_t all     = tally_prohibited(&r->now->all),
		 blocked = r->now->all.attempts[RESULT_BLOCKED];

	return all == 0 ? 1000000
	                : (uint32_t)((long double)blocked * 1000000 / (long double)all);
}

const struct day_total *report_day(const struct report *r, int64_t day)
{
	uint8_t       name[16];
	struct writer w = writer_over(name, sizeof(name));

	people_write_day(&w, timezone_day_begins(day));
	return rows_find(&r->now->days, writer_written(&w));
}

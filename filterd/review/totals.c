/* SPDX-License-Identifier: MIT */

#include "review/totals.h"

#include "base/plain.h"
#include "base/timezone.h"
#include "log/scan.h"
#include "review/people.h"
#include "review/sum.h"

#include <stdlib.h>
#include <string.h>

static const char *const layer_names[LAYERS] = {
	[LAYER_DNS] = "dns",   [LAYER_TLS] = "tls",     [LAYER_QUIC] = "quic",
	[LAYER_HTTP] = "http", [LAYER_SOCKS] = "socks", [LAYER_OTHER] = "other",
};

static const char *const result_names[RESULTS] = {
	[RESULT_BLOCKED] = "blocked", [RESULT_OBSERVED] = "observed",
	[RESULT_WAIVED]  = "waived",  [RESULT_WATCHED]  = "watched",
};

const char *layer_name(enum layer layer)
{
	return layer_names[layer];
}

const char *result_name(enum result result)
{
	return result_names[result];
}

uint64_t tally_prohibited(const struct totals_tally *t)
{
	uint64_t sum = t->attempts[RESULT_BLOCKED];

	sum_add(&sum, t->attempts[RESULT_OBSERVED]);
	return sum;
}

struct totals *totals_new(int64_t from_us, int64_t to_us, uint64_t seed)
{
	struct totals *t = calloc(1, sizeof(*t));

	if (t == NULL)
		return NULL;
	t->from_us    = from_us;
	t->to_us      = to_us;
	t->devices    = rows_new(sizeof(struct device_total), TOTALS_DEVICES, seed);
	t->hosts      = rows_new(sizeof(struct host_total), TOTALS_HOSTS, seed);
	t->categories = rows_new(sizeof(struct category_total), TOTALS_CATEGORIES, seed);
	t->waivers    = rows_new(sizeof(struct waiver_total), TOTALS_WAIVERS, seed);
	t->days       = rows_new(sizeof(struct day_total), TOTALS_DAYS, seed);
	t->pairs      = rows_new(sizeof(struct pair_total), TOTALS_PAIRS, seed);
	return t;
}

void totals_free(struct totals *t)
{
	if (t == NULL)
		return;
	for (size_t i = 0; i < rows_num(&t->devices); i++)
		free(((struct device_total *)rows_at(&t->devices, i))->latest);
	rows_free(&t->devices);
	rows_free(&t->hosts);
	rows_free(&t->categories);
	rows_free(&t->waivers);
	rows_free(&t->days);
	rows_free(&t->pairs);
	free(t);
}

enum result entry_result(const struct entry *e)
{
	return e->type == ENTRY_BLOCK         ? RESULT_BLOCKED
	       : e->type == ENTRY_WOULD_BLOCK ? RESULT_OBSERVED
	       : e->type == ENTRY_WAIVED      ? RESULT_WAIVED
	                                      : RESULT_WATCHED;
}

enum layer entry_layer(const struct entry *e)
{
	for (enum layer layer = LAYER_DNS; layer < LAYER_OTHER; layer++) {
		if (bytes_equal(e->app, bytes_text(layer_names[layer])))
			return layer;
	}
	return LAYER_OTHER;
}

/*
 * The name of a row: the unescaped text, so that two spellings of a name are one row; truncated, so
 * that nobody can fill the memory with long ones.
 */
static struct bytes name_of(struct bytes escaped, uint8_t room[TOTALS_NAME_MAX])
{
	struct writer w = writer_over(room, TOTALS_NAME_MAX);

	if (escaped.len == 0)
		return BYTES("?");
	if (memchr(escaped.at, '\\', escaped.len) == NULL)
		return bytes_first(escaped, TOTALS_NAME_MAX);
	scan_text(&w, escaped);
	/* A newline separates the two names of a pair. */
	if (memchr(room, '\n', w.len) != NULL)
		return bytes_first(escaped, TOTALS_NAME_MAX);
	return writer_written(&w);
}

/* Text of a line for people, truncated to fit; an empty text keeps the old value. */
static void totals_keep_text(char *to, size_t room, struct bytes escaped)
{
	struct writer w = writer_over(to, room - 1);

	if (escaped.len == 0)
		return;
	/* Mostly the same as in the previous line. */
	if (strlen(to) == escaped.len && memcmp(to, escaped.at, escaped.len) == 0)
		return;
	scan_text(&w, escaped);
	to[plain_whole(writer_written(&w))] = '\0';
}

static bool totals_is_prohibited(enum result result)
{
	return result == RESULT_BLOCKED || result == RESULT_OBSERVED;
}

static void totals_count(struct totals_tally *t, const struct entry *e, enum result result)
{
	int64_t first_us = e->has_first && e->first_us < e->time_us ? e->first_us : e->time_us;

	if (t->first_us == 0 || first_us < t->first_us)
		t->first_us = first_us;
	if (e->time_us > t->last_us)
		t->last_us = e->time_us;
	sum_add(&t->attempts[result], e->count);
}

static struct day_total *day_row(struct totals *t, int64_t day)
{
	const int64_t     begins_us = timezone_day_begins(day);
	char              name[16];
	struct writer     w = writer_over(name, sizeof(name));
	struct day_total *row;

	/* Records are ordered by time: mostly it is the day of the previous record. */
	if (t->days.num > 0 && ((row = rows_at(&t->days, t->days.num - 1))->day == day))
		return row;
	people_write_day(&w, begins_us);
	row = rows_get(&t->days, writer_written(&w));
	if (row != NULL) {
		row->day       = day;
		row->begins_us = begins_us;
	}
	return row;
}

/* If the clock is set back across midnight, a little of the day is before its beginning. */
static size_t hour_of(const struct day_total *row, int64_t us)
{
	int64_t hour = us > row->begins_us ? (us - row->begins_us) / TOTALS_HOUR_US : 0;

	return hour < TOTALS_HOURS ? (size_t)hour : TOTALS_HOURS - 1;
}

/*
 * Counts a device at its first record of a day, of any kind: records are ordered by time.
 */
static void count_day(struct totals *t, const struct entry *e, enum result result,
                      struct device_total *d)
{
	int64_t           day = timezone_day(e->time_us);
	struct day_total *row = day_row(t, day);
	bool              is_new = d->num_days == 0 || d->day != day;

	if (row == NULL)
		return;
	totals_count(&row->tally, e, result);
	if (!totals_is_prohibited(result))
		return;
	row->num_devices += is_new;
	sum_add(&row->hours[hour_of(row, e->time_us)], e->count);
	d->num_days += is_new;
	d->day       = day;
}

static void keep_address(struct device_total *d, struct bytes address)
{
	bool was_6 = strchr(d->address, ':') != NULL,
	     is_6  = memchr(address.at, ':', address.len) != NULL;

	if (d->address[0] != '\0' && was_6 != is_6)
		memcpy(d->other_address, d->address, sizeof(d->other_address));
	totals_keep_text(d->address, sizeof(d->address), address);
}

/* Do all attempts in this record have its device or host, or only the last one? */
static bool totals_tells(const struct entry *e, struct bytes what)
{
	return e->folded.len == 0 || bytes_equal(e->folded, what);
}

static void count_device(struct device_total *d, const struct entry *e, enum result result,
                         enum layer layer)
{
	bool      is_prohibited = totals_is_prohibited(result);
	unsigned  signs         = entry_signs(e);
	enum sure sure          = entry_sure(e);
	int64_t  *last_us       = sure == SURE_DOUBTFUL ? &d->shown_us : &d->tried_us;

	totals_count(&d->tally, e, result);
	if (is_prohibited && e->time_us > *last_us)
		*last_us = e->time_us;
	/* Updates from elsewhere are also evidence for a prohibited product. */
	if ((is_prohibited || (signs & (SIGN_PATH | SIGN_AGENT)) != 0) && sure > d->sure)
		d->sure = sure;
	if (is_prohibited && sure == SURE_DOUBTFUL)
		sum_add(&d->unasked, e->count);
	d->signs |= signs;
	sum_add(&d->layers[layer], e->count);
	if (!totals_tells(e, BYTES("device")))
		return;
	totals_keep_text(d->name, sizeof(d->name), e->name);
	totals_keep_text(d->clue, sizeof(d->clue), e->user_agent);
	if (e->src_ip.len > 0)
		keep_address(d, e->src_ip);
	if (e->iface.len > 0)
		totals_keep_text(d->iface, sizeof(d->iface), e->iface);
}

/* Also notes whether the host is new for the device, and the device for the host. */
static void count_pair(struct totals *t, const struct entry *e, enum result result,
                       enum layer layer, struct device_total *d, struct host_total *h)
{
	uint8_t            name[1024];
	struct writer      w = writer_over(name, sizeof(name));
	struct pair_total *p;

	write_bytes(&w, d->row.name);
	write_text(&w, "\n");
	write_bytes(&w, h->row.name);
	p = rows_get(&t->pairs, writer_written(&w));
	if (p == NULL)
		return;
	if (p != t->pairs.others && p->tally.first_us == 0) {
		p->host_at = d->row.name.len + 1;
		d->num_hosts++;
		h->num_devices++;
	}
	totals_count(&p->tally, e, result);
	if (totals_is_prohibited(result))
		sum_add(&p->layers[layer], e->count);
}

static size_t totals_number(const struct rows *rows, const void *row)
{
	return (size_t)((const uint8_t *)row - (const uint8_t *)rows->items) / rows->item_bytes;
}

static void totals_keep_latest(struct totals *t, const struct entry *e, enum result result,
                               enum layer layer, struct device_total *d,
                               const struct host_total *h)
{
	const struct latest_attempt a = {
		.time_us = e->time_us,
		.host    = h != t->hosts.others ? (uint32_t)totals_number(&t->hosts, h)
		                                : (uint32_t)t->hosts.num,
		.count   = e->count < UINT32_MAX ? (uint32_t)e->count : UINT32_MAX,
		.layer   = (uint8_t)layer,
		.result  = (uint8_t)result,
	};

	if (!t->keeps_latest || !totals_is_prohibited(result) || d == t->devices.others)
		return;
	if (d->latest == NULL)
		d->latest = calloc(1, sizeof(*d->latest));
	if (d->latest != NULL)
		latest_add(d->latest, &a);
}

/* Is this row new for the device, according to its bits for such rows? */
static bool totals_mark(const struct rows *rows, const void *row, uint64_t *bits)
{
	size_t number = row != rows->others ? totals_number(rows, row) : SIZE_MAX;

	if (number >= 64 || (*bits >> number & 1) != 0)
		return false;
	*bits |= UINT64_C(1) << number;
	return true;
}

static void count_category(struct totals *t, const struct entry *e, enum result result,
                           struct device_total *d, bool host_is_new)
{
	uint8_t                room[TOTALS_NAME_MAX];
	struct category_total *c = rows_get(
		&t->categories, e->category.len > 0 ? name_of(e->category, room) : BYTES("other"));

	if (c == NULL)
		return;
	totals_count(&c->tally, e, result);
	totals_keep_text(c->title, sizeof(c->title), e->alert_category);
	c->num_hosts   += host_is_new;
	c->num_devices += totals_mark(&t->categories, c, &d->categories);
}

static void count_waiver(struct totals *t, const struct entry *e, struct device_total *d)
{
	uint8_t              room[TOTALS_NAME_MAX];
	struct waiver_total *w = rows_get(&t->waivers, name_of(e->waiver, room));

	if (w == NULL)
		return;
	totals_count(&w->tally, e, RESULT_WAIVED);
	totals_keep_text(w->until, sizeof(w->until), e->until);
	totals_keep_text(w->reason, sizeof(w->reason), e->reason);
	w->num_devices += totals_mark(&t->waivers, w, &d->waivers);
}

static bool totals_is_in_period(const struct totals *t, const struct entry *e)
{
	return e->has_time && e->time_us >= t->from_us && e->time_us < t->to_us;
}

static void count_gap(struct totals *t, const struct entry *e)
{
	if (totals_is_in_period(t, e))
		sum_add(&t->undetailed, e->gap_counts - e->gap_probes);
}

static bool is_counted(const struct totals *t, const struct entry *e)
{
	return entry_is_attempt(e) && totals_is_in_period(t, e);
}

static struct device_total *device_row(struct totals *t, struct bytes device)
{
	uint8_t       room[2 * TOTALS_NAME_MAX];
	struct writer w = writer_over(room, sizeof(room));

	if (t->scope.len == 0)
		return rows_get(&t->devices, device);
	write_bytes(&w, bytes_first(t->scope, TOTALS_NAME_MAX - 1));
	write_text(&w, "\n");
	write_bytes(&w, device);
	return rows_get(&t->devices, writer_written(&w));
}

struct bytes pair_device(const struct pair_total *p)
{
	return bytes_first(p->row.name, p->host_at - 1);
}

struct bytes pair_host(const struct pair_total *p)
{
	return bytes_from(p->row.name, p->host_at > 0 ? p->host_at : SIZE_MAX);
}

struct bytes totals_device(struct bytes row_name, struct bytes *gateway_out)
{
	const uint8_t *newline = row_name.len > 0 ? memchr(row_name.at, '\n', row_name.len) : NULL;

	*gateway_out = bytes_first(row_name, newline != NULL ? (size_t)(newline - row_name.at) : 0);
	return newline != NULL ? bytes_from(row_name, gateway_out->len + 1) : row_name;
}

int64_t device_tried(const struct device_total *d)
{
	return d->tried_us == 0 && d->sure > SURE_DOUBTFUL ? d->shown_us : d->tried_us;
}

int64_t device_last(const struct device_total *d)
{
	return d->tried_us > d->shown_us ? d->tried_us : d->shown_us;
}

void totals_add(struct totals *t, const struct entry *e)
{
	enum result          result;
	enum layer           layer;
	struct device_total *d;
	struct host_total   *h;
	uint8_t              room[TOTALS_NAME_MAX];
	bool                 host_is_new;

	if (e->type == ENTRY_GAP)
		count_gap(t, e);
	if (e->type == ENTRY_PROBE && totals_is_in_period(t, e))
		probes_add(&t->probes, e);
	if (!is_counted(t, e))
		return;
	result = entry_result(e);
	layer  = entry_layer(e);
	d      = device_row(t, totals_tells(e, BYTES("device")) ? name_of(e->device, room)
	                                                        : BYTES(ROWS_OTHERS));
	if (d == NULL)
		return;
	totals_count(&t->all, e, result);
	if (totals_is_prohibited(result))
		sum_add(&t->layers[layer], e->count);
	count_device(d, e, result, layer);
	h = t->devices_only ? NULL
	                    : rows_get(&t->hosts, totals_tells(e, BYTES("host"))
	                                                  ? name_of(e->host, room)
	                                                  : BYTES(ROWS_OTHERS));
	if (h == NULL)
		return;
	host_is_new = h->tally.first_us == 0;
	count_day(t, e, result, d);
	count_pair(t, e, result, layer, d, h);
	totals_keep_latest(t, e, result, layer, d, h);
	count_category(t, e, result, d, host_is_new);
	if (result == RESULT_WAIVED)
		count_waiver(t, e, d);
	totals_count(&h->tally, e, result);
	totals_keep_text(h->category, sizeof(h->category), e->category);
	totals_keep_text(h->rule, sizeof(h->rule), e->rule);
}

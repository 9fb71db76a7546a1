/* SPDX-License-Identifier: MIT */

#include "present/tallied.h"

#include "base/mac.h"

#include <stdlib.h>
#include <string.h>

#define DAY_US INT64_C(86400000000)

#define TALLY_COLUMNS \
	{ "attempts", "attempts", CELL_NUMBER, false, true, 0 }, \
	{ "blocked", "blocked", CELL_NUMBER, false, false, 9 }, \
	{ "observed", "observed", CELL_NUMBER, false, false, 8 }, \
	{ "waived", "waived", CELL_NUMBER, false, false, 7 }, \
	{ "watched", "watched", CELL_NUMBER, false, false, 6 }, \
	{ "first", "first", CELL_TIME, false, false, 1 }, \
	{ "last", "last", CELL_TIME, false, false, 10 }

/* attempts: those on prohibited hosts */
static void tallied_put(struct sheet *s, const struct totals_tally *tally, int64_t last_us)
{
	sheet_number(s, (int64_t)tally_prohibited(tally));
	for (unsigned i = 0; i < RESULTS; i++)
		sheet_number(s, (int64_t)tally->attempts[i]);
	sheet_number(s, tally->first_us);
	sheet_number(s, last_us);
}

struct sheet tallied_hosts(const struct totals *t, bool prohibited)
{
	static const struct column columns[] = {
		{ "host", "host", CELL_TEXT, false, false, 0 },
		{ "category", "category", CELL_TEXT, false, false, 2 },
		{ "devices", "devices", CELL_NUMBER, false, false, 8 },
		TALLY_COLUMNS,
		{ "rule", "rule", CELL_TEXT, true, true, 0 },
	};
	struct sheet s    = sheet_of("hosts", columns, COUNT(columns));
	void       **list = rows_sorted(&t->hosts, totals_by_attempts_host);

	for (size_t i = 0; list != NULL && i < rows_num(&t->hosts); i++) {
		const struct host_total *h = list[i];

		if (prohibited && tally_prohibited(&h->tally) == 0)
			continue;
		sheet_row(&s);
		sheet_text(&s, h->row.name);
		sheet_text(&s, bytes_text(h->category));
		sheet_number(&s, h->num_devices);
		tallied_put(&s, &h->tally, h->tally.last_us);
		sheet_text(&s, bytes_text(h->rule));
	}
	s.failed |= list == NULL && rows_num(&t->hosts) > 0;
	free(list);
	return s;
}

struct sheet tallied_categories(const struct totals *t)
{
	static const struct column columns[] = {
		{ "category", "category", CELL_TEXT, false, false, 0 },
		{ "title", "title", CELL_TEXT, false, false, 3 },
		{ "devices", "devices", CELL_NUMBER, false, false, 8 },
		{ "hosts", "hosts", CELL_NUMBER, false, false, 2 },
		TALLY_COLUMNS,
	};
	struct sheet s    = sheet_of("categories", columns, COUNT(columns));
	void       **list = rows_sorted(&t->categories, totals_by_attempts_category);

	for (size_t i = 0; list != NULL && i < rows_num(&t->categories); i++) {
		const struct category_total *c = list[i];

		sheet_row(&s);
		sheet_text(&s, c->row.name);
		sheet_text(&s, bytes_text(c->title));
		sheet_number(&s, c->num_devices);
		sheet_number(&s, c->num_hosts);
		tallied_put(&s, &c->tally, c->tally.last_us);
	}
	s.failed |= list == NULL && rows_num(&t->categories) > 0;
	free(list);
	return s;
}

struct sheet tallied_waivers(const struct totals *t)
{
	static const struct column columns[] = {
		{ "waiver", "waiver", CELL_TEXT, false, false, 0 },
		{ "until", "ends", CELL_TEXT, false, false, 0 },
		{ "devices", "devices", CELL_NUMBER, false, false, 0 },
		{ "waived", "attempts", CELL_NUMBER, false, false, 0 },
		{ "first", "first", CELL_TIME, false, true, 1 },
		{ "last", "last", CELL_TIME, false, false, 3 },
		{ "reason", "reason", CELL_TEXT, false, false, 0 },
	};
	struct sheet s = sheet_of("waivers", columns, COUNT(columns));

	for (size_t i = 0; i < rows_num(&t->waivers); i++) {
		const struct waiver_total *w = rows_at(&t->waivers, i);

		sheet_row(&s);
		sheet_text(&s, w->row.name);
		sheet_text(&s, bytes_text(w->until));
		sheet_number(&s, w->num_devices);
		sheet_number(&s, (int64_t)w->tally.attempts[RESULT_WAIVED]);
		sheet_number(&s, w->tally.first_us);
		sheet_number(&s, w->tally.last_us);
		sheet_text(&s, bytes_text(w->reason));
	}
	return s;
}

struct sheet tallied_pairs(const struct totals *t)
{
	static const struct column columns[] = {
		{ "device", "device", CELL_TEXT, false, false, 0 },
		{ "gateway", "gateway", CELL_TEXT, false, false, 0 },
		{ "host", "host", CELL_TEXT, false, false, 0 },
		TALLY_COLUMNS,
	};
	struct sheet s    = sheet_of("pairs", columns, COUNT(columns));
	void       **list = rows_sorted(&t->pairs, totals_by_name);

	for (size_t i = 0; list != NULL && i < rows_num(&t->pairs); i++) {
		const struct pair_total *p = list[i];
		struct bytes             gateway, device = totals_device(pair_device(p), &gateway);

		sheet_row(&s);
		sheet_text(&s, device);
		sheet_text(&s, gateway);
		sheet_text(&s, pair_host(p));
		tallied_put(&s, &p->tally, p->tally.last_us);
	}
	s.failed |= list == NULL && rows_num(&t->pairs) > 0;
	free(list);
	return s;
}

struct sheet tallied_layers(const struct totals *t)
{
	static const struct column columns[] = {
		{ "layer", "seen in", CELL_TEXT, false, false, 0 },
		{ "attempts", "attempts", CELL_NUMBER, false, false, 0 },
	};
	struct sheet s = sheet_of("layers", columns, COUNT(columns));

	for (size_t i = 0; i < LAYERS; i++) {
		if (t->layers[i] == 0)
			continue;
		sheet_row(&s);
		sheet_text(&s, bytes_text(layer_name((enum layer)i)));
		sheet_number(&s, (int64_t)t->layers[i]);
	}
	return s;
}

/* --- devices --- */

struct sheet tallied_devices(bool of_many, bool is_told)
{
	static const struct column columns[] = {
		{ "device", "device", CELL_TEXT, false, false, 0 },
		{ "gateway", "gateway", CELL_TEXT, false, false, 0 },
		{ "vendor", "vendor", CELL_TEXT, true, false, 5 },
		{ "random", "random", CELL_YES, false, true, 0 },
		{ "name", "name", CELL_TEXT, false, false, 0 },
		{ "state", "state", CELL_TEXT, false, false, 0 },
		{ "sure", "sure", CELL_TEXT, false, false, 0 },
		{ "seen", "seen", CELL_TEXT, true, false, 2 },
		{ "unasked", "unasked", CELL_NUMBER, false, true, 0 },
		{ "address", "address", CELL_TEXT, false, false, 9 },
		{ "other_address", "other address", CELL_TEXT, false, true, 0 },
		{ "in_iface", "network", CELL_TEXT, false, false, 8 },
		TALLY_COLUMNS,
		{ "quiet_days", "quiet days", CELL_NUMBER, false, false, 3 },
		{ "hosts", "hosts", CELL_NUMBER, false, false, 2 },
		{ "layers", "layers", CELL_TEXT, false, true, 0 },
		{ "categories", "categories", CELL_TEXT, true, false, 2 },
		{ "product", "product", CELL_TEXT, true, false, 5 },
		{ "note", "note", CELL_TEXT, true, false, 4 },
		{ "label", "label", CELL_TEXT, false, true, 0 },
		{ "place", "place", CELL_TEXT, false, true, 0 },
	};
	struct sheet s = sheet_of("devices", columns, COUNT(columns));

	if (!of_many)
		sheet_leave_out(&s, "gateway");
	if (!is_told) {
		sheet_leave_out(&s, "state");
		sheet_leave_out(&s, "label");
		sheet_leave_out(&s, "place");
	}
	return s;
}

static void tallied_put_evidence(struct sheet *s, const struct device_total *d)
{
	struct writer w;

	sheet_text(s, bytes_text(sure_name(d->sure)));
	w = sheet_writer(s, 80);
	signs_write(&w, d->signs);
	sheet_wrote(s, &w);
	sheet_number(s, (int64_t)(d->unasked < INT64_MAX ? d->unasked : INT64_MAX));
}

static void tallied_put_layers(struct sheet *s, const struct device_total *d)
{
	struct writer w = sheet_writer(s, 64);

	for (unsigned layer = 0; layer < LAYERS; layer++) {
		if (d->layers[layer] == 0)
			continue;
		write_text(&w, w.len > 0 ? " " : "");
		write_text(&w, layer_name((enum layer)layer));
	}
	sheet_wrote(s, &w);
}

static void tallied_put_categories(struct sheet *s, const struct totals *t,
                                   const struct device_total *d)
{
	struct writer w = sheet_writer(s, 1024);

	for (size_t i = 0; i < t->categories.num && i < TOTALS_CATEGORIES; i++) {
		const struct category_total *c = rows_at(&t->categories, i);

		if ((d->categories >> i & 1) == 0)
			continue;
		write_text(&w, w.len > 0 ? " " : "");
		write_bytes(&w, c->row.name);
	}
	sheet_wrote(s, &w);
}

void tallied_put_device(struct sheet *s, const struct totals *t, const struct tallied_device *d)
{
	const struct device_total *total = d->total;
	uint8_t                    mac[MAC_BYTES];
	bool is_random = mac_from_text(d->key, mac) == PARSE_OK && mac_is_private(mac);

	sheet_row(s);
	sheet_text(s, d->key);
	sheet_text(s, d->gateway);
	sheet_text(s, bytes_text(d->vendor != NULL ? d->vendor : is_random ? "(random MAC)" : ""));
	sheet_number(s, is_random);
	sheet_text(s, bytes_text(total->name));
	sheet_shade(s, d->state != NULL ? d->state : "", d->shade);
	tallied_put_evidence(s, total);
	sheet_text(s, bytes_text(total->address));
	sheet_text(s, bytes_text(total->other_address));
	sheet_text(s, bytes_text(total->iface));
	tallied_put(s, &total->tally, d->last_us);
	sheet_number(s, d->quiet_us > 0 ? d->quiet_us / DAY_US : 0);
	sheet_number(s, total->num_hosts);
	tallied_put_layers(s, total);
	tallied_put_categories(s, t, total);
	sheet_text(s, bytes_text(total->clue));
	sheet_text(s, d->note);
	sheet_text(s, d->label);
	sheet_text(s, d->place);
}

/* SPDX-License-Identifier: MIT */

#include "report/sheets.h"

#include "present/covered.h"
#include "present/tallied.h"
#include "report/shares.h"
#include "review/policy_words.h"
#include "review/words.h"

#include <stdlib.h>

void sheets_write_place(struct writer *w, struct bytes name)
{
	write_text(w, "device-");
	for (size_t i = 0; i < name.len; i++) {
		uint8_t c = name.at[i];

		if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
		    c == '.' || c == ':' || c == '-') {
			write_bytes(w, bytes_of(&c, 1));
		} else {
			write_text(w, "_");
			write_hex(w, bytes_of(&c, 1));
		}
	}
}

struct sheet sheets_devices(const struct report *r)
{
	struct sheet s = tallied_devices(r->fleet != NULL, true);

	for (size_t i = 0; i < r->num_devices; i++) {
		const struct report_device *d = &r->devices[i];
		char                        state[80] = "", place[3 * TOTALS_NAME_MAX + 8] = "";
		struct writer               w = writer_over(state, sizeof(state) - 1),
		                            p = writer_over(place, sizeof(place));
		struct tallied_device       shown = {
			.total = d->total, .key = d->key, .gateway = d->gateway,
			.vendor = d->vendor, .last_us = device_last(d->total),
			.quiet_us = d->quiet_us,
			.note = bytes_text(d->done != NULL ? d->done->note : ""),
			.state = state, .shade = report_shade(d),
			.label = report_device_label(d),
		};

		report_write_state(&w, d);
		write_text(&w, d->is_new ? ", new" : "");
		if (!d->is_shared)
			sheets_write_place(&p, d->total->row.name);
		shown.place = writer_written(&p);
		tallied_put_device(&s, r->now, &shown);
	}
	return s;
}

const char *sheets_layer(enum layer layer)
{
	static const char *const titles[LAYERS] = {
		[LAYER_DNS] = "DNS question", [LAYER_TLS] = "TLS",     [LAYER_QUIC] = "QUIC",
		[LAYER_HTTP] = "HTTP",        [LAYER_SOCKS] = "SOCKS", [LAYER_OTHER] = "other",
	};

	return titles[layer];
}

struct sheet sheets_shares(const struct report *r, bool by_layer)
{
	static const struct column columns[] = {
		{ .name = "what" },
		{ .name = "attempts", .cell = CELL_NUMBER },
		{ .name = "share", .cell = CELL_NUMBER },
		{ .name = "devices", .cell = CELL_NUMBER },
	};
	uint64_t     values[TOTALS_CATEGORIES + LAYERS] = { 0 };
	uint32_t     tenths[COUNT(values)];
	size_t       num  = by_layer ? (size_t)LAYERS : rows_num(&r->now->categories);
	void       **list = by_layer ? NULL : rows_sorted(&r->now->categories,
	                                                  totals_by_attempts_category);
	struct sheet s    = sheet_of("shares", columns, COUNT(columns));

	if (!by_layer && list == NULL && num > 0) {
		s.failed = true;
		return s;
	}
	for (size_t i = 0; i < num; i++) {
		const struct category_total *c = by_layer ? NULL : list[i];

		values[i] = by_layer ? r->now->layers[i] : tally_prohibited(&c->tally);
	}
	shares_of(values, num, tenths);
	for (size_t i = 0; i < num; i++) {
		const struct category_total *c = by_layer ? NULL : list[i];

		if (values[i] == 0)
			continue;
		sheet_row(&s);
		sheet_text(&s, by_layer                ? bytes_text(sheets_layer((enum layer)i))
		               : c->title[0] != '\0' ? bytes_text(c->title)
		                                      : c->row.name);
		sheet_number(&s, (int64_t)values[i]);
		sheet_number(&s, tenths[i]);
		if (!by_layer)
			sheet_number(&s, (int64_t)c->num_devices);
	}
	sheet_row(&s);
	sheet_text(&s, BYTES("Sum"));
	sheet_number(&s, (int64_t)tally_prohibited(&r->now->all));
	sheet_number(&s, SHARES_ALL);
	s.has_sums = true;
	free(list);
	return s;
}

/* The gaps kept of each log of a fleet. */
static void sheets_put_fleet_gaps(struct sheet *s, const struct fleet *f, bool unseen)
{
	for (size_t i = 0; i < f->num; i++) {
		const struct fleet_log       *l = &f->list[i];
		const struct report_coverage *c = &l->cover;

		if (unseen && c->num_inactive > c->num_gaps)
			s->num_more += c->num_inactive - c->num_gaps;
		for (size_t k = 0; k < c->num_gaps; k++) {
			const struct report_gap *g = &c->gaps[k];

			if ((g->gap.packets > 0) == unseen)
				covered_put_gap(s, bytes_text(l->gateway), &g->gap, g->from_us,
				                g->to_us);
		}
	}
}

struct sheet sheets_gaps(const struct report *r)
{
	struct sheet s = covered_gaps(r->fleet != NULL);

	for (size_t i = 0; i < r->coverage.num_gaps && r->fleet == NULL; i++) {
		const struct report_gap *g = &r->coverage.gaps[i];

		covered_put_gap(&s, BYTES(""), &g->gap, g->from_us, g->to_us);
	}
	if (r->fleet != NULL) {
		sheets_put_fleet_gaps(&s, r->fleet, true);
		sheets_put_fleet_gaps(&s, r->fleet, false);
	}
	return s;
}

static void sheets_put_findings(struct sheet *s, struct bytes gateway, const struct finding *list,
                                size_t num, bool damage)
{
	for (size_t i = 0; i < num; i++) {
		if (damage ? finding_is_damage(list[i].kind) : list[i].kind != FINDING_GAP)
			covered_put_finding(s, gateway, &list[i]);
	}
}

struct sheet sheets_findings(const struct report *r, bool damage)
{
	struct sheet s = covered_findings(r->fleet != NULL);

	if (r->fleet == NULL) {
		const struct findings *f = &r->verify->findings;

		sheets_put_findings(&s, BYTES(""), f->list, f->num, damage);
		s.num_more = f->left_out;
	}
	for (size_t i = 0; r->fleet != NULL && i < r->fleet->num; i++) {
		const struct fleet_log *l = &r->fleet->list[i];

		sheets_put_findings(&s, bytes_text(l->gateway), l->findings, l->num_findings,
		                    damage);
		s.num_more += l->findings_left_out;
	}
	return s;
}

/* A text with one figure in it; an empty cell if is_said is false. */
#define SHEETS_SAY(s, is_said, ...) \
	do { \
		struct writer w_ = sheet_writer(s, 128); \
		if (is_said) \
			write_words(&w_, __VA_ARGS__); \
		sheet_wrote(s, &w_); \
	} while (0)

static void sheets_put_standing(struct sheet *s, const struct fleet_log *l)
{
	static const struct { const char *words; enum shade shade; } results[] = {
		[SOUND_COMPLETE] = { "complete", SHADE_GOOD },
		[SOUND_DECLARED] = { "unaltered", SHADE_FAIR },
		[SOUND_NOT]      = { "NOT sound", SHADE_BAD },
	};
	static const enum shade shades[] = { [NOW_HEARD] = SHADE_GOOD, [NOW_STOPPED] = SHADE_NOTE,
	                                     [NOW_SILENT] = SHADE_BAD,
	                                     [NOW_ABSENT] = SHADE_BAD };

	if (l->has_records)
		sheet_number(s, l->heard_us);
	else
		sheet_none(s);
	sheet_shade(s, l->is_former ? "former" : fleet_now_name(l->now),
	            l->is_former ? SHADE_NONE : shades[l->now]);
	sheet_shade(s, l->has_records ? results[l->soundness].words : "NOT here",
	            results[l->soundness].shade);
}

static void sheets_put_gateway(struct sheet *s, const struct fleet_log *l)
{
	const struct report_coverage *c = &l->cover;

	sheet_row(s);
	sheet_text(s, bytes_text(l->gateway));
	sheet_text(s, bytes_first(bytes_text(l->log), 8));
	if (l->has_records)
		SHEETS_SAY(s, true, "{} - {}", l->first_seq, l->last_seq);
	else
		sheet_text(s, BYTES("none"));
	sheet_number(s, (int64_t)l->num_missing);
	SHEETS_SAY(s, true, c->num_inactive > 0 ? "{}, {}" : "{}{}", c->num_inactive,
	           c->num_inactive > 0 ? word_span(c->gaps_us) : word_text(""));
	if (c->are_counted || c->packets > 0)
		sheet_number(s, (int64_t)c->packets);
	else
		sheet_words(s, "?");
	sheet_text(s, bytes_first(bytes_text(l->policy), 8));
	sheets_put_standing(s, l);
	sheet_text(s, bytes_text(l->origin));
	sheet_number(s, (int64_t)l->num_attempts);
	sheet_number(s, (int64_t)l->num_devices);
	sheet_number(s, (int64_t)l->num_tries);
	if (l->has_records) {
		sheet_number(s, l->covers_from_us);
		sheet_number(s, c->gaps_us);
	} else {
		sheet_none(s);
		sheet_none(s);
	}
	sheet_text(s, bytes_text(l->sentence));
	sheet_text(s, bytes_text(l->is_ahead ? "clock is ahead" : ""));
	SHEETS_SAY(s, l->num_missing > 0, "{} missing", l->num_missing);
	sheet_text(s, bytes_text(l->key_given ? "" : "no key given"));
	SHEETS_SAY(s, c->has_span, "{}", word_percent(report_covered_ppm(c)));
	SHEETS_SAY(s, c->has_span && (c->packets > 0 || !c->are_counted),
	           c->packets > 0 ? "{} packet[s] unseen" : "packets unseen: not counted{}",
	           c->packets > 0 ? word_number(c->packets) : word_text(""));
	SHEETS_SAY(s, l->runs_another, "since {}", word_day(l->policy_from_us));
}

struct sheet sheets_gateways(const struct fleet *f, bool worst_first)
{
	/* The last columns are for the page. */
	static const struct column columns[] = {
		{ "gateway", "gateway", CELL_TEXT, false, false, 0 },
		{ "id", "log", CELL_TEXT, false, false, 2 },
		{ "records", "records", CELL_TEXT, false, false, 3 },
		{ "missing", "missing", CELL_NUMBER, false, false, 6 },
		{ "gaps", "gaps", CELL_TEXT, false, false, 5 },
		{ "packets", "unseen", CELL_NUMBER, false, false, 7 },
		{ "digest", "policy", CELL_TEXT, false, false, 4 },
		{ "last", "last heard", CELL_TIME, false, false, 8 },
		{ "state", "now", CELL_TEXT, false, false, 0 },
		{ "result", "result", CELL_TEXT, false, false, 0 },
		{ "log", "log", CELL_TEXT, false, true, 0 },
		{ "attempts", "attempts", CELL_NUMBER, false, true, 0 },
		{ "devices", "devices", CELL_NUMBER, false, true, 0 },
		{ "tries", "still try", CELL_NUMBER, false, true, 0 },
		{ "first", "from", CELL_TIME, false, true, 0 },
		{ "seconds", "not at work", CELL_SPAN, false, true, 0 },
		{ "note", "sentence", CELL_TEXT, false, true, 0 },
		{ "ahead", "clock", CELL_TEXT, false, true, 0 },
		{ "lost", "missing", CELL_TEXT, false, true, 0 },
		{ "key", "key", CELL_TEXT, false, true, 0 },
		{ "active", "at work", CELL_TEXT, false, true, 0 },
		{ "unseen", "unseen", CELL_TEXT, false, true, 0 },
		{ "since", "policy since", CELL_TEXT, false, true, 0 },
	};
	struct sheet s = sheet_of("gateways", columns, COUNT(columns));

	for (int rank = 0; rank < (worst_first ? FLEET_RANKS : 1); rank++) {
		for (size_t i = 0; i < f->num; i++) {
			if (!worst_first || fleet_rank(&f->list[i]) == rank)
				sheets_put_gateway(&s, &f->list[i]);
		}
	}
	return s;
}

static void sheets_put_policies(struct sheet *s, const struct coverage *c)
{
	for (size_t i = 0; i < c->num_policies; i++) {
		const struct policy_seen *p = &c->policies[i];

		sheet_row(s);
		sheet_none(s);
		sheet_text(s, bytes_text(p->digest));
		sheet_number(s, p->from_us);
		sheet_none(s);
		if (p->rules > 0)
			sheet_number(s, (int64_t)p->rules);
	}
}

struct sheet sheets_policies(const struct report *r)
{
	static const struct column columns[] = {
		{ "gateway", "gateway", CELL_TEXT, false, false, 0 },
		{ "policy", "policy", CELL_TEXT, false, false, 0 },
		{ "first", "from", CELL_TIME, false, false, 0 },
		{ "state", "state", CELL_TEXT, false, false, 0 },
		{ "rules", "rules", CELL_NUMBER, false, false, 0 },
	};
	struct sheet s = sheet_of("policies", columns, COUNT(columns));

	if (r->fleet == NULL)
		sheets_put_policies(&s, &r->verify->coverage);
	for (size_t i = 0; r->fleet != NULL && i < r->fleet->num; i++) {
		const struct fleet_log *l = &r->fleet->list[i];

		if (l->policy[0] == '\0')
			continue;
		sheet_row(&s);
		sheet_text(&s, bytes_text(l->gateway));
		sheet_text(&s, bytes_text(l->policy));
		sheet_number(&s, l->policy_from_us);
		sheet_text(&s, bytes_text(l->runs_another ? "another" : ""));
	}
	return s;
}

/* "89 FR 52434; serial 7; applies ..." */
static void sheets_put_policy_files(struct sheet *s, const char *gateway, const char *digest,
                                    struct bytes said)
{
	struct scan         scan = policy_said_begin(said);
	struct policy_words p;

	while (policy_words_next(&scan, &p)) {
		const struct bytes parts[] = { p.authority, p.serial, p.applies };
		struct writer      w;

		sheet_row(s);
		sheet_text(s, bytes_text(gateway));
		sheet_text(s, bytes_text(digest));
		sheet_text(s, p.title);
		w = sheet_writer(s, 1024);
		for (size_t i = 0; i < COUNT(parts); i++) {
			write_text(&w, w.len > 0 && parts[i].len > 0 ? "; " : "");
			write_bytes(&w, parts[i]);
		}
		sheet_wrote(s, &w);
	}
}

struct sheet sheets_policy_files(const struct report *r)
{
	static const struct column columns[] = {
		{ "gateway", "gateway", CELL_TEXT, false, false, 0 },
		{ "policy", "policy", CELL_TEXT, false, false, 0 },
		{ "title", "title", CELL_TEXT, false, false, 0 },
		{ "note", "authority, date", CELL_TEXT, false, false, 0 },
	};
	const struct coverage *c = &r->verify->coverage;
	struct sheet           s = sheet_of("policy files", columns, COUNT(columns));

	for (size_t i = 0; r->fleet == NULL && i < c->num_policies; i++)
		sheets_put_policy_files(&s, "", c->policies[i].digest,
		                        coverage_said(c, &c->policies[i]));
	for (size_t i = 0; r->fleet != NULL && i < r->fleet->num; i++) {
		const struct fleet_log *l = &r->fleet->list[i];

		if (l->policy_said != NULL)
			sheets_put_policy_files(&s, l->gateway, l->policy,
			                        bytes_text(l->policy_said));
	}
	return s;
}

struct sheet sheets_files(const struct report_about *about)
{
	static const struct column columns[] = {
		{ "file", "file", CELL_TEXT, false, false, 0 },
		{ "sha256", "SHA-256", CELL_TEXT, false, false, 0 },
	};
	struct sheet s = sheet_of("files", columns, COUNT(columns));

	for (size_t i = 0; i < about->num_files; i++) {
		const struct report_file *file = &about->files[i];
		struct writer             w;

		sheet_row(&s);
		sheet_text(&s, bytes_text(file->name));
		if (!file->has_hash) {
			sheet_words(&s, "not known");
			continue;
		}
		w = sheet_writer(&s, 2 * sizeof(file->hash));
		write_hex(&w, bytes_of(file->hash, sizeof(file->hash)));
		sheet_wrote(&s, &w);
	}
	return s;
}

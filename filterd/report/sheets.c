/* SPDX-License-Identifier: MIT */

#include "report/sheets.h"

#include "present/covered.h"
#include "present/tallied.h"
#include "review/policy_words.h"

struct sheet sheets_devices(const struct report *r)
{
	struct sheet s = tallied_devices(r->fleet != NULL, true);

	for (size_t i = 0; i < r->num_devices; i++) {
		const struct report_device *d = &r->devices[i];
		uint8_t                     room[80];
		struct writer               state = writer_over(room, sizeof(room));
		struct tallied_device       shown = {
			.total = d->total, .key = d->key, .gateway = d->gateway,
			.vendor = d->vendor, .last_us = device_last(d->total),
			.quiet_us = d->quiet_us, .note = d->acknowledged.note,
		};

		report_write_state(&state, d);
		write_text(&state, d->is_new ? ", new" : "");
		shown.state = writer_written(&state);
		tallied_put_device(&s, r->now, &shown);
	}
	return s;
}

/* Of a fleet, so many gaps as are kept of each. */
static void sheets_put_fleet_gaps(struct sheet *s, const struct fleet *f, bool unseen)
{
	for (size_t i = 0; i < f->num; i++) {
		const struct fleet_log *l = &f->list[i];

		if (unseen && l->num_gaps > l->num_gaps_kept)
			s->num_more += l->num_gaps - l->num_gaps_kept;
		for (size_t k = 0; k < l->num_gaps_kept; k++) {
			const struct fleet_gap *g = &l->gaps[k];

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

		covered_put_gap(&s, BYTES(""), g->gap, g->from_us, g->to_us);
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

static void sheets_put_gateway(struct sheet *s, const struct fleet_log *l)
{
	sheet_row(s);
	sheet_text(s, bytes_text(l->gateway));
	sheet_text(s, bytes_text(l->origin));
	sheet_text(s, bytes_text(l->is_former ? "former" : fleet_now_name(l->now)));
	sheet_number(s, (int64_t)l->num_attempts);
	sheet_number(s, (int64_t)l->num_devices);
	if (l->has_records) {
		sheet_number(s, l->covers_from_us);
		sheet_number(s, l->heard_us);
		sheet_number(s, l->gaps_us);
	} else {
		sheet_none(s);
		sheet_none(s);
		sheet_none(s);
	}
	if (l->are_counted || l->packets > 0)
		sheet_number(s, (int64_t)l->packets);
	else
		sheet_words(s, "not counted");
	sheet_text(s, bytes_text(l->sentence));
}

struct sheet sheets_gateways(const struct fleet *f)
{
	static const struct column columns[] = {
		{ "gateway", "gateway", CELL_TEXT, false, false, 0 },
		{ "log", "log", CELL_TEXT, false, true, 0 },
		{ "state", "state", CELL_TEXT, false, false, 0 },
		{ "attempts", "attempts", CELL_NUMBER, false, false, 0 },
		{ "devices", "devices", CELL_NUMBER, false, false, 0 },
		{ "first", "from", CELL_TIME, false, false, 0 },
		{ "last", "last heard", CELL_TIME, false, false, 0 },
		{ "seconds", "not at work", CELL_SPAN, false, false, 0 },
		{ "packets", "passed unseen", CELL_NUMBER, false, false, 0 },
		{ "note", "result", CELL_TEXT, false, false, 0 },
	};
	struct sheet s = sheet_of("gateways", columns, COUNT(columns));

	for (int rank = 0; rank < FLEET_RANKS; rank++) {
		for (size_t i = 0; i < f->num; i++) {
			if (fleet_rank(&f->list[i]) == rank)
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

/* SPDX-License-Identifier: MIT */

/*
 * One table with the same columns for the whole report: the first column tells the kind of row, so
 * that a spreadsheet can filter by it and a program can select. Cells that do not apply to a row
 * are empty.
 */

#include "report/report_html.h"

#include "base/csv.h"
#include "base/instant.h"
#include "base/timezone.h"
#include "policy/builtin.h"
#include "present/tallied.h"
#include "report/proof.h"
#include "report/sheets.h"
#include "report/told.h"
#include "review/people.h"
#include "review/verdict.h"

#include <string.h>

/* New columns go at the end. */
static const char *const column_names[] = {
	"section", "name",     "title",    "vendor",  "address", "category", "state", "attempts",
	"blocked", "observed", "watched",  "devices", "hosts",   "first",    "last",  "seconds",
	"packets", "note",     "gateway",  "waived",  "sure",    "seen",
	"product", "network",  "rules",
};

/* Columns of a sheet that have another name in the CSV. */
static const struct { const char *sheet, *column, *name; } elsewhere[] = {
	{ "answers",    "question",   "name" },
	{ "devices",    "device",     "name" },
	{ "devices",    "name",       "title" },
	{ "devices",    "categories", "category" },
	{ "devices",    "in_iface",   "network" },
	{ "hosts",      "host",       "name" },
	{ "hosts",      "rule",       "note" },
	{ "categories", "category",   "name" },
	{ "layers",     "layer",      "name" },
	{ "waivers",    "waiver",     "name" },
	{ "waivers",    "until",      "state" },
	{ "waivers",    "reason",     "note" },
	{ "policies",   "policy",     "name" },
	{ "policy files", "policy",   "name" },
	{ "pairs",      "device",     "name" },
	{ "pairs",      "host",       "title" },
	{ "coverage",   "gap",        "name" },
	{ "coverage",   "reason",     "title" },
	{ "coverage",   "from",       "first" },
	{ "coverage",   "to",         "last" },
	{ "coverage",   "unfiltered", "packets" },
	{ "gateways",   "gateway",    "name" },
	{ "gateways",   "gateway",    "gateway" },
	{ "gateways",   "log",        "title" },
	{ "findings",   "finding",    "name" },
	{ "findings",   "record",     "title" },
	{ "findings",   "what",       "note" },
	{ "files",      "file",       "name" },
	{ "files",      "sha256",     "note" },
};

/* The sheet's column for that place; num_columns if it has none. */
static size_t report_csv_column(const struct sheet *s, const char *name)
{
	for (size_t i = 0; i < COUNT(elsewhere); i++) {
		if (strcmp(elsewhere[i].sheet, s->name) == 0 &&
		    strcmp(elsewhere[i].name, name) == 0)
			return sheet_column(s, elsewhere[i].column);
	}
	for (size_t i = 0; i < COUNT(elsewhere); i++) {
		if (strcmp(elsewhere[i].sheet, s->name) == 0 &&
		    strcmp(elsewhere[i].column, name) == 0)
			return s->num_columns;
	}
	return sheet_column(s, name);
}

/* Frees the sheet. */
static void report_csv_put(struct text *t, const char *section, struct sheet s)
{
	size_t columns[COUNT(column_names)];

	for (size_t i = 1; i < COUNT(column_names); i++)
		columns[i] = report_csv_column(&s, column_names[i]);
	for (size_t row = 0; row < s.num_rows; row++) {
		text_put(t, section);
		for (size_t i = 1; i < COUNT(column_names); i++) {
			uint8_t room[SHEET_CELL_ROOM];

			text_put(t, ",");
			if (columns[i] < s.num_columns)
				csv_cell(t, sheet_for_programs(&s, row, columns[i], room));
		}
		csv_end(t);
	}
	sheet_free(&s);
}

#define TALLY_COLUMNS \
	{ .name = "attempts", .cell = CELL_NUMBER }, { .name = "blocked", .cell = CELL_NUMBER }, \
	{ .name = "observed", .cell = CELL_NUMBER }, { .name = "waived", .cell = CELL_NUMBER }, \
	{ .name = "watched", .cell = CELL_NUMBER }, { .name = "devices", .cell = CELL_NUMBER }, \
	{ .name = "first", .cell = CELL_TIME }, { .name = "last", .cell = CELL_TIME }

static void report_csv_tally(struct sheet *s, const struct totals_tally *t, uint64_t num_devices,
                             int64_t first_us, int64_t last_us)
{
	sheet_number(s, (int64_t)tally_prohibited(t));
	for (unsigned i = 0; i < RESULTS; i++)
		sheet_number(s, (int64_t)t->attempts[i]);
	sheet_number(s, (int64_t)num_devices);
	sheet_number(s, first_us);
	sheet_number(s, last_us);
}

static struct sheet report_csv_summary(const struct report *r, const struct report_about *about)
{
	static const struct column columns[] = {
		{ .name = "name" }, { .name = "title" },
		TALLY_COLUMNS,
		{ .name = "packets", .cell = CELL_NUMBER }, { .name = "note" },
	};
	struct sheet s = sheet_of("report", columns, COUNT(columns));

	sheet_row(&s);
	sheet_text(&s, bytes_text(r->verify->seals.root.origin));
	sheet_text(&s, bytes_text(about->log));
	report_csv_tally(&s, &r->now->all, r->num_devices, r->period.from_us, r->period.to_us);
	if (r->fleet != NULL ? fleet_packets_known(r->fleet)
	                     : r->coverage.are_counted || r->coverage.packets > 0)
		sheet_number(&s, (int64_t)(r->fleet != NULL ? fleet_packets(r->fleet)
		                                            : r->coverage.packets));
	else
		sheet_words(&s, "not counted");
	sheet_text(&s, bytes_text(about->version));
	return s;
}

/* Times are UTC, but days are those of the reader's zone. */
static struct sheet report_csv_zone(const struct report *r)
{
	static const struct column columns[] = { { .name = "name" }, { .name = "note" } };
	struct sheet               s         = sheet_of("zone", columns, COUNT(columns));
	struct writer              w;

	if (timezone_is_utc())
		return s;
	sheet_row(&s);
	sheet_text(&s, bytes_text(timezone_name()));
	w = sheet_writer(&s, 160);
	people_write_zone(&w, r->period.from_us, r->period.to_us);
	sheet_wrote(&s, &w);
	return s;
}

static struct sheet report_csv_answers(const struct report *r)
{
	static const struct column columns[] = { { .name = "question" }, { .name = "note" } };
	struct sheet               s         = sheet_of("answers", columns, COUNT(columns));
	struct answer              answers[ANSWERS];

	answers_write(r, answers);
	for (size_t i = 0; i < ANSWERS; i++) {
		const struct answer *a = &answers[i];
		struct writer        w;

		if (a->question == NULL)
			continue;
		sheet_row(&s);
		sheet_text(&s, bytes_text(a->question));
		w = sheet_writer(&s, 2048);
		write_text(&w, a->text);
		for (size_t k = 0; k < a->num_names; k++) {
			write_text(&w, k > 0 ? ", " : "");
			write_bytes(&w, bytes_first(a->names[k].name, 64));
			write_text(&w, a->names[k].gateway.len > 0 ? " at " : "");
			write_bytes(&w, bytes_first(a->names[k].gateway, 64));
		}
		write_text(&w, a->rest);
		sheet_wrote(&s, &w);
	}
	return s;
}

#define UNTOLD_DAYS_MAX 366

/* "no record: before the log began", "in part: records deleted"; empty if the day is covered */
static void report_csv_told(struct sheet *s, enum told told, enum untold why)
{
	struct writer w = sheet_writer(s, 64);

	if (told != TOLD_WHOLE) {
		write_text(&w, told == TOLD_NOT ? "no record: " : "in part: ");
		write_text(&w, untold_words(why));
	}
	sheet_wrote(s, &w);
}

static void report_csv_day(struct sheet *s, const struct report *r, int64_t day, enum told told,
                           enum untold why)
{
	const struct day_total *d = report_day(r, day);

	sheet_row(s);
	sheet_number(s, timezone_day_begins(day));
	report_csv_told(s, told, why);
	if (d == NULL)
		return;
	report_csv_tally(s, &d->tally, d->num_devices, d->tally.first_us, d->tally.last_us);
}

/*
 * Uncovered days, in one row if there are many: a period can end with the year 9999. Gives: the
 * last of them.
 */
static int64_t report_csv_untold(struct sheet *s, const struct report *r, int64_t day)
{
	struct untold_days u;

	if (!untold_next(r, &day, &u))
		return day;
	if (u.last - u.first < UNTOLD_DAYS_MAX) {
		for (int64_t each = u.first; each <= u.last; each++)
			report_csv_day(s, r, each, u.told, u.why);
		return u.last;
	}
	sheet_row(s);
	sheet_number(s, timezone_day_begins(u.first));
	report_csv_told(s, u.told, u.why);
	for (unsigned i = 0; i < RESULTS + 2; i++)
		sheet_none(s);
	sheet_number(s, timezone_day_begins(u.first));
	sheet_number(s, timezone_day_begins(u.last + 1));
	sheet_text(s, BYTES("all days between first and last"));
	/* A forged log may have attempts there all the same. */
	for (size_t i = 0; i < rows_num(&r->now->days); i++) {
		const struct day_total *d = rows_at(&r->now->days, i);

		if (d->day >= u.first && d->day <= u.last)
			report_csv_day(s, r, d->day, u.told, u.why);
	}
	return u.last;
}

/*
 * Writes the days in order. Covered days without an attempt are left out; uncovered days are
 * listed.
 */
static struct sheet report_csv_days(const struct report *r)
{
	static const struct column columns[] = {
		{ .name = "name", .cell = CELL_DAY }, { .name = "state" },
		TALLY_COLUMNS,
		{ .name = "note" },
	};
	struct sheet s = sheet_of("days", columns, COUNT(columns));

	for (int64_t day = report_first_day(r); day <= report_last_day(r); day++) {
		enum untold why;
		enum told   told = told_of_day(r, day, &why);

		if (told == TOLD_NOT)
			day = report_csv_untold(&s, r, day);
		else if (told == TOLD_PARTLY || report_day(r, day) != NULL)
			report_csv_day(&s, r, day, told, why);
	}
	return s;
}

/*
 * "2026-11-23T14": in UTC, as all times for programs; "2026-11-23T08:30" if it begins at a half
 * hour.
 */
static void report_csv_write_hour(struct writer *w, int64_t us)
{
	uint8_t       room[64];
	struct writer text = writer_over(room, sizeof(room));

	instant_write(&text, us);
	write_bytes(w, bytes_first(writer_written(&text), us % TOTALS_HOUR_US == 0 ? 13 : 16));
}

static void report_csv_hour(struct sheet *s, const struct report *r, int64_t day, size_t hour)
{
	const struct day_total *d       = report_day(r, day);
	int64_t                 from_us = timezone_day_begins(day) + (int64_t)hour * TOTALS_HOUR_US;
	uint64_t                num     = d != NULL ? d->hours[hour] : 0;
	enum untold             why;
	enum told               told = told_of(r, from_us, from_us + TOTALS_HOUR_US, &why);
	struct writer           w;

	if (num == 0 && told == TOLD_WHOLE)
		return;
	sheet_row(s);
	w = sheet_writer(s, 32);
	report_csv_write_hour(&w, from_us);
	sheet_wrote(s, &w);
	report_csv_told(s, told, why);
	if (num > 0 || told != TOLD_NOT)
		sheet_number(s, (int64_t)num);
}

static struct sheet report_csv_hours(const struct report *r)
{
	static const struct column columns[] = { { .name = "name" }, { .name = "state" },
		                                 { .name = "attempts", .cell = CELL_NUMBER } };
	struct sheet               s         = sheet_of("hours", columns, COUNT(columns));

	for (int64_t day = report_first_day(r); day <= report_last_day(r); day++) {
		size_t num = (size_t)((timezone_day_begins(day + 1) - timezone_day_begins(day)) /
		                      TOTALS_HOUR_US);

		if (told_of_day(r, day, NULL) != TOLD_PARTLY && report_day(r, day) == NULL)
			continue;
		for (size_t hour = 0; hour < num && hour < TOTALS_HOURS; hour++)
			report_csv_hour(&s, r, day, hour);
	}
	return s;
}

static struct sheet report_csv_probes(const struct probes *p)
{
	static const struct column columns[] = {
		{ .name = "name" }, { .name = "attempts", .cell = CELL_NUMBER },
		{ .name = "blocked", .cell = CELL_NUMBER }, { .name = "last", .cell = CELL_TIME },
		{ .name = "note" },
	};
	struct sheet  s = sheet_of("probes", columns, COUNT(columns));
	struct writer w;

	if (p->num == 0)
		return s;
	sheet_row(&s);
	sheet_text(&s, BYTES(BUILTIN_TEST_NAME));
	sheet_number(&s, (int64_t)p->num);
	sheet_number(&s, (int64_t)p->num_blocked);
	sheet_number(&s, p->last_us);
	w = sheet_writer(&s, PROBES_TEXT_MAX);
	probes_write(&w, p);
	sheet_wrote(&s, &w);
	return s;
}

static struct sheet report_csv_verdict(const struct report *r)
{
	static const struct column columns[] = { { .name = "name" }, { .name = "note" } };
	struct sheet               s         = sheet_of("verdict", columns, COUNT(columns));
	struct proof               p;
	struct writer              w;

	proof_of(r->verify, &p);
	sheet_row(&s);
	sheet_text(&s, BYTES("result"));
	w = sheet_writer(&s, 1024);
	verdict_sentence(&w, r->verify);
	sheet_wrote(&s, &w);
	sheet_row(&s);
	sheet_text(&s, BYTES("first key"));
	sheet_text(&s, bytes_text(p.root));
	return s;
}

void report_write_csv(struct text *t, const struct report *r, const struct report_about *about)
{
	for (size_t i = 0; i < COUNT(column_names); i++) {
		text_put(t, i > 0 ? "," : "");
		text_put(t, column_names[i]);
	}
	csv_end(t);
	report_csv_put(t, "report", report_csv_summary(r, about));
	report_csv_put(t, "zone of the days", report_csv_zone(r));
	report_csv_put(t, "answer", report_csv_answers(r));
	report_csv_put(t, "device", sheets_devices(r));
	report_csv_put(t, "host", tallied_hosts(r->now, false));
	report_csv_put(t, "category", tallied_categories(r->now));
	report_csv_put(t, "layer", tallied_layers(r->now));
	report_csv_put(t, "waiver", tallied_waivers(r->now));
	report_csv_put(t, "day", report_csv_days(r));
	report_csv_put(t, "hour", report_csv_hours(r));
	report_csv_put(t, "device and host", tallied_pairs(r->now));
	if (r->fleet != NULL)
		report_csv_put(t, "gateway", sheets_gateways(r->fleet, true));
	report_csv_put(t, "policy", sheets_policies(r));
	report_csv_put(t, "policy file", sheets_policy_files(r));
	report_csv_put(t, "gap", sheets_gaps(r));
	report_csv_put(t, "probes", report_csv_probes(&r->now->probes));
	report_csv_put(t, "finding", sheets_findings(r, false));
	if (r->fleet == NULL) {
		report_csv_put(t, "verdict", report_csv_verdict(r));
		report_csv_put(t, "file", sheets_files(about));
	}
}

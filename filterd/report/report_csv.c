/* SPDX-License-Identifier: MIT */

/*
 * One table of one form for all of a report: the first column says what a row is about, so that a
 * spreadsheet filters by it and a program picks what it wants. Cells that make no sense for a row
 * are empty.
 */

#include "report/report_html.h"

#include "base/csv.h"
#include "base/instant.h"
#include "base/plain.h"
#include "policy/builtin.h"
#include "report/proof.h"
#include "review/people.h"
#include "review/verdict.h"

#include <string.h>

#define CELL_CHARACTERS 512

enum csv_column {
	COLUMN_SECTION,
	COLUMN_NAME,
	COLUMN_TITLE,
	COLUMN_VENDOR,
	COLUMN_ADDRESS,
	COLUMN_CATEGORY,
	COLUMN_STATE,
	COLUMN_ATTEMPTS,
	COLUMN_BLOCKED,
	COLUMN_OBSERVED,
	COLUMN_WATCHED,
	COLUMN_DEVICES,
	COLUMN_HOSTS,
	COLUMN_FIRST,
	COLUMN_LAST,
	COLUMN_SECONDS,
	COLUMN_PACKETS,
	COLUMN_NOTE,
	COLUMN_GATEWAY,
	/* newer, so behind the others */
	COLUMN_WAIVED,
	COLUMN_SURE,
	COLUMN_SEEN,
	COLUMNS,
};

static const char *const column_names[COLUMNS] = {
	"section",  "name",    "title",    "vendor",  "address", "category", "state",
	"attempts", "blocked", "observed", "watched", "devices", "hosts",    "first",
	"last",     "seconds", "packets",  "note",    "gateway",
	"waived",   "sure",    "seen",
};

/* A row is written from left to right; columns that are passed over stay empty. */
struct row_out {
	struct text *text;
	unsigned     next;
};

static void go_to(struct row_out *row, enum csv_column column)
{
	for (; row->next <= (unsigned)column; row->next++) {
		if (row->next > 0)
			text_put(row->text, ",");
	}
}

struct cell {
	uint8_t       room[2048];
	struct writer w;
};

static void give_cell(void *owner, struct bytes piece)
{
	struct cell *c = owner;

	write_bytes(&c->w, piece);
}

static void cell(struct row_out *row, enum csv_column column, struct bytes words)
{
	struct cell c;
	struct text plain;

	go_to(row, column);
	c.w = writer_over(c.room, sizeof(c.room));
	text_begin(&plain, give_cell, &c);
	plain_text(&plain, words, CELL_CHARACTERS);
	text_end(&plain);
	csv_cell(row->text, writer_written(&c.w));
}

static void words(struct row_out *row, enum csv_column column, const char *text)
{
	cell(row, column, bytes_text(text));
}

static void report_csv_number(struct row_out *row, enum csv_column column, uint64_t n)
{
	go_to(row, column);
	write_decimal(text_room(row->text, 24), n);
}

static void instant(struct row_out *row, enum csv_column column, int64_t us)
{
	go_to(row, column);
	instant_write(text_room(row->text, 48), us);
}

static struct row_out report_csv_begin_row(struct text *t, const char *section, struct bytes name)
{
	struct row_out row = { .text = t };

	words(&row, COLUMN_SECTION, section);
	cell(&row, COLUMN_NAME, name);
	return row;
}

static void report_csv_end_row(struct row_out *row)
{
	go_to(row, COLUMNS - 1);
	csv_end(row->text);
}

static void tally(struct row_out *row, const struct totals_tally *t)
{
	report_csv_number(row, COLUMN_ATTEMPTS, tally_prohibited(t));
	report_csv_number(row, COLUMN_BLOCKED, t->attempts[RESULT_BLOCKED]);
	report_csv_number(row, COLUMN_OBSERVED, t->attempts[RESULT_OBSERVED]);
	report_csv_number(row, COLUMN_WATCHED, t->attempts[RESULT_WATCHED]);
}

static void times(struct row_out *row, int64_t first_us, int64_t last_us)
{
	instant(row, COLUMN_FIRST, first_us);
	instant(row, COLUMN_LAST, last_us);
}

/* Ends its row: what is waived stands behind all but what a device has of its own. */
static void report_csv_end_tally(struct row_out *row, const struct totals_tally *t)
{
	report_csv_number(row, COLUMN_WAIVED, t->attempts[RESULT_WAIVED]);
	report_csv_end_row(row);
}

static void write_waivers(struct text *t, const struct report *r)
{
	for (size_t i = 0; i < rows_num(&r->now->waivers); i++) {
		const struct waiver_total *w   = rows_at(&r->now->waivers, i);
		struct row_out             row = report_csv_begin_row(t, "waiver", w->row.name);

		words(&row, COLUMN_STATE, w->until);
		report_csv_number(&row, COLUMN_DEVICES, w->num_devices);
		times(&row, w->tally.first_us, w->tally.last_us);
		words(&row, COLUMN_NOTE, w->reason);
		report_csv_end_tally(&row, &w->tally);
	}
}

static void write_answers(struct text *t, const struct report *r, const struct report_about *about)
{
	struct answer  answers[ANSWERS];
	struct row_out row =
		report_csv_begin_row(t, "report", bytes_text(r->verify->seals.root.origin));

	words(&row, COLUMN_TITLE, about->log);
	tally(&row, &r->now->all);
	report_csv_number(&row, COLUMN_DEVICES, r->num_devices);
	times(&row, r->period.from_us, r->period.to_us);
	report_csv_number(&row, COLUMN_PACKETS,
	                  r->fleet != NULL ? fleet_packets(r->fleet) : r->coverage.packets);
	words(&row, COLUMN_NOTE, about->version);
	report_csv_end_tally(&row, &r->now->all);
	answers_write(r, answers);
	for (size_t i = 0; i < ANSWERS; i++) {
		uint8_t       room[2048];
		struct writer w = writer_over(room, sizeof(room));

		if (answers[i].question == NULL)
			continue;
		write_text(&w, answers[i].text);
		for (size_t k = 0; k < answers[i].num_names; k++) {
			write_text(&w, k > 0 ? ", " : "");
			write_bytes(&w, bytes_first(answers[i].names[k].name, 64));
			write_text(&w, answers[i].names[k].gateway.len > 0 ? " at " : "");
			write_bytes(&w, bytes_first(answers[i].names[k].gateway, 64));
		}
		write_text(&w, answers[i].rest);
		row = report_csv_begin_row(t, "answer", bytes_text(answers[i].question));
		cell(&row, COLUMN_NOTE, writer_written(&w));
		report_csv_end_row(&row);
	}
}

static void report_csv_put_name(struct text *t, struct bytes name)
{
	plain_text(t, name, 64);
}

static void write_device(struct text *t, const struct report *r, const struct report_device *d)
{
	struct row_out row = report_csv_begin_row(t, "device", d->key);
	struct cell    c   = { .w = { 0 } };
	struct text    list;
	uint8_t        state[80];
	struct writer  w = writer_over(state, sizeof(state));

	c.w = writer_over(c.room, sizeof(c.room));
	words(&row, COLUMN_TITLE, d->total->name);
	words(&row, COLUMN_VENDOR,
	      d->vendor != NULL ? d->vendor
	      : d->is_random    ? "(random MAC)"
	                        : "");
	words(&row, COLUMN_ADDRESS, d->total->address);
	text_begin(&list, give_cell, &c);
	report_write_categories(&list, r, d->total, report_csv_put_name);
	text_end(&list);
	cell(&row, COLUMN_CATEGORY, writer_written(&c.w));
	report_write_state(&w, d);
	write_text(&w, d->is_new ? ", new" : "");
	cell(&row, COLUMN_STATE, writer_written(&w));
	tally(&row, &d->total->tally);
	report_csv_number(&row, COLUMN_HOSTS, d->total->num_hosts);
	times(&row, d->total->tally.first_us, device_last(d->total));
	cell(&row, COLUMN_NOTE,
	     d->acknowledged.note.len > 0 ? d->acknowledged.note : bytes_text(d->total->clue));
	cell(&row, COLUMN_GATEWAY, d->gateway);
	report_csv_number(&row, COLUMN_WAIVED, d->total->tally.attempts[RESULT_WAIVED]);
	words(&row, COLUMN_SURE, sure_name(d->total->sure));
	w = writer_over(state, sizeof(state));
	signs_write(&w, d->total->signs);
	cell(&row, COLUMN_SEEN, writer_written(&w));
	report_csv_end_row(&row);
}

static void write_hosts(struct text *t, const struct report *r)
{
	struct row_out row;

	for (size_t i = 0; i < rows_num(&r->now->hosts); i++) {
		const struct host_total *h = r->hosts[i];

		row = report_csv_begin_row(t, "host", h->row.name);
		words(&row, COLUMN_CATEGORY, h->category);
		tally(&row, &h->tally);
		report_csv_number(&row, COLUMN_DEVICES, h->num_devices);
		times(&row, h->tally.first_us, h->tally.last_us);
		words(&row, COLUMN_NOTE, h->rule);
		report_csv_end_tally(&row, &h->tally);
	}
	for (size_t i = 0; i < rows_num(&r->now->categories); i++) {
		const struct category_total *c = r->categories[i];

		row = report_csv_begin_row(t, "category", c->row.name);
		words(&row, COLUMN_TITLE, c->title);
		tally(&row, &c->tally);
		report_csv_number(&row, COLUMN_DEVICES, c->num_devices);
		report_csv_number(&row, COLUMN_HOSTS, c->num_hosts);
		times(&row, c->tally.first_us, c->tally.last_us);
		report_csv_end_tally(&row, &c->tally);
	}
	for (size_t i = 0; i < LAYERS; i++) {
		row = report_csv_begin_row(t, "layer", bytes_text(layer_name((enum layer)i)));
		report_csv_number(&row, COLUMN_ATTEMPTS, r->now->layers[i]);
		report_csv_end_row(&row);
	}
}

/* "2026-11-23T14" */
static void write_day(struct text *t, const struct day_total *d, enum told told)
{
	struct row_out row = report_csv_begin_row(t, "day", d->row.name);

	words(&row, COLUMN_STATE, told == TOLD_PARTLY ? "records missing" : "");
	tally(&row, &d->tally);
	report_csv_number(&row, COLUMN_DEVICES, d->num_devices);
	times(&row, d->tally.first_us, d->tally.last_us);
	report_csv_end_tally(&row, &d->tally);
	for (size_t hour = 0; hour < 24; hour++) {
		uint8_t       room[32];
		struct writer w = writer_over(room, sizeof(room));

		if (d->hours[hour] == 0)
			continue;
		write_bytes(&w, d->row.name);
		write_text(&w, "T");
		write_decimal_padded(&w, hour, 2);
		row = report_csv_begin_row(t, "hour", writer_written(&w));
		report_csv_number(&row, COLUMN_ATTEMPTS, d->hours[hour]);
		report_csv_end_row(&row);
	}
}

/* A day of which nothing, or not all, is known, without an attempt. */
static void write_untold(struct text *t, int64_t day, enum told told)
{
	uint8_t        room[16];
	struct writer  w = writer_over(room, sizeof(room));
	struct row_out row;

	people_write_day(&w, day * TOTALS_DAY_US);
	row = report_csv_begin_row(t, "day", writer_written(&w));
	words(&row, COLUMN_STATE, told == TOLD_PARTLY ? "records missing" : "no record");
	report_csv_end_row(&row);
}

/* Days follow each other, so the ones without an attempt are left out: nobody misses a nothing. */
static void write_days(struct text *t, const struct report *r)
{
	for (int64_t day = r->period.from_us / TOTALS_DAY_US;
	     day <= (r->end_us - 1) / TOTALS_DAY_US; day++) {
		const struct day_total *d    = report_day(r, day);
		enum told               told = report_day_told(r, day);

		if (d != NULL)
			write_day(t, d, told);
		else if (told != TOLD_WHOLE)
			write_untold(t, day, told);
	}
}

static void write_pairs(struct text *t, const struct report *r)
{
	for (size_t i = 0; i < rows_num(&r->now->pairs); i++) {
		const struct pair_total *p               = r->pairs[i];
		const uint8_t           *newline = memrchr(p->row.name.at, '\n', p->row.name.len);
		size_t len = newline != NULL ? (size_t)(newline - p->row.name.at) : p->row.name.len;
		struct bytes gateway,
			device = totals_device(bytes_first(p->row.name, len), &gateway);
		struct row_out row = report_csv_begin_row(t, "device and host", device);

		cell(&row, COLUMN_TITLE, bytes_from(p->row.name, len + 1));
		tally(&row, &p->tally);
		times(&row, p->tally.first_us, p->tally.last_us);
		cell(&row, COLUMN_GATEWAY, gateway);
		report_csv_end_tally(&row, &p->tally);
	}
}

static void report_csv_write_gap(struct row_out *row, const struct gap *g, int64_t from_us,
                                 int64_t to_us)
{
	words(row, COLUMN_TITLE, g->reason);
	times(row, from_us, to_us);
	report_csv_number(row, COLUMN_SECONDS, (uint64_t)(g->length_us / 1000000));
	if (g->packets_known)
		report_csv_number(row, COLUMN_PACKETS, g->packets);
	words(row, COLUMN_NOTE, g->is_note ? "the filter was at work" : "");
}

static void report_csv_write_probes(struct text *t, const struct probes *p)
{
	struct row_out row = report_csv_begin_row(t, "probes", BYTES(BUILTIN_TEST_NAME));
	uint8_t        room[PROBES_TEXT_MAX];
	struct writer  w = writer_over(room, sizeof(room));

	probes_write(&w, p);
	report_csv_number(&row, COLUMN_ATTEMPTS, p->num);
	report_csv_number(&row, COLUMN_BLOCKED, p->num_blocked);
	instant(&row, COLUMN_LAST, p->last_us);
	cell(&row, COLUMN_NOTE, writer_written(&w));
	report_csv_end_row(&row);
}

static void write_coverage(struct text *t, const struct report *r)
{
	const struct coverage *c = &r->verify->coverage;
	struct row_out         row;

	if (r->now->probes.num > 0)
		report_csv_write_probes(t, &r->now->probes);

	for (size_t i = 0; i < r->coverage.num_gaps; i++) {
		const struct report_gap *g = &r->coverage.gaps[i];

		row = report_csv_begin_row(t, "gap", bytes_text(gap_kind_name(g->gap->kind)));
		report_csv_write_gap(&row, g->gap, g->from_us, g->to_us);
		report_csv_end_row(&row);
	}
	for (size_t i = 0; i < c->num_policies; i++) {
		row = report_csv_begin_row(t, "policy", bytes_text(c->policies[i].digest));
		instant(&row, COLUMN_FIRST, c->policies[i].from_us);
		if (c->policies[i].rules > 0) {
			uint8_t       room[48];
			struct writer w = writer_over(room, sizeof(room));

			write_decimal(&w, c->policies[i].rules);
			write_text(&w, " rules");
			cell(&row, COLUMN_NOTE, writer_written(&w));
		}
		report_csv_end_row(&row);
	}
}

static void write_proof(struct text *t, const struct report *r, const struct report_about *about)
{
	uint8_t        room[1024];
	struct writer  w   = writer_over(room, sizeof(room));
	struct row_out row = report_csv_begin_row(t, "verdict", BYTES("result"));
	struct proof   p;

	verdict_sentence(&w, r->verify);
	cell(&row, COLUMN_NOTE, writer_written(&w));
	report_csv_end_row(&row);
	proof_of(r->verify, &p);
	row = report_csv_begin_row(t, "verdict", BYTES("first key"));
	words(&row, COLUMN_NOTE, p.root);
	report_csv_end_row(&row);
	for (size_t i = 0; i < r->verify->findings.num; i++) {
		const struct finding *f = &r->verify->findings.list[i];

		if (f->kind == FINDING_GAP)
			continue;
		row = report_csv_begin_row(t, "finding", bytes_text(finding_name(f->kind)));
		words(&row, COLUMN_NOTE, f->text);
		report_csv_end_row(&row);
	}
	for (size_t i = 0; i < about->num_files; i++) {
		uint8_t       hex[80];
		struct writer h = writer_over(hex, sizeof(hex));

		write_hex(&h, bytes_of(about->files[i].hash, sizeof(about->files[i].hash)));
		row = report_csv_begin_row(t, "file", bytes_text(about->files[i].name));
		cell(&row, COLUMN_NOTE, about->files[i].has_hash ? writer_written(&h) : BYTES(""));
		report_csv_end_row(&row);
	}
}

static void report_csv_write_gateway(struct text *t, const struct fleet_log *l)
{
	struct row_out row = report_csv_begin_row(t, "gateway", bytes_text(l->gateway));

	words(&row, COLUMN_TITLE, l->origin);
	words(&row, COLUMN_STATE, l->is_former ? "former" : fleet_now_name(l->now));
	report_csv_number(&row, COLUMN_ATTEMPTS, l->num_attempts);
	report_csv_number(&row, COLUMN_DEVICES, l->num_devices);
	if (l->has_records) {
		times(&row, l->covers_from_us, l->heard_us);
		report_csv_number(&row, COLUMN_SECONDS, (uint64_t)(l->gaps_us / 1000000));
	}
	if (l->are_counted || l->packets > 0)
		report_csv_number(&row, COLUMN_PACKETS, l->packets);
	words(&row, COLUMN_NOTE, l->sentence);
	cell(&row, COLUMN_GATEWAY, bytes_text(l->gateway));
	report_csv_end_row(&row);
	if (l->policy[0] == '\0')
		return;
	row = report_csv_begin_row(t, "policy", bytes_text(l->policy));
	words(&row, COLUMN_STATE, l->runs_another ? "another" : "");
	instant(&row, COLUMN_FIRST, l->policy_from_us);
	cell(&row, COLUMN_GATEWAY, bytes_text(l->gateway));
	report_csv_end_row(&row);
}

/* "100-109": of records */
static void write_range(struct row_out *row, uint64_t from, uint64_t to)
{
	uint8_t       room[48];
	struct writer w = writer_over(room, sizeof(room));

	write_decimal(&w, from);
	if (to != from) {
		write_text(&w, "-");
		write_decimal(&w, to);
	}
	cell(row, COLUMN_TITLE, writer_written(&w));
}

static void write_log_details(struct text *t, const struct fleet_log *l)
{
	for (size_t i = 0; i < l->num_gaps_kept; i++) {
		const struct fleet_gap *g   = &l->gaps[i];
		struct row_out          row =
			report_csv_begin_row(t, "gap", bytes_text(gap_kind_name(g->gap.kind)));

		report_csv_write_gap(&row, &g->gap, g->from_us, g->to_us);
		cell(&row, COLUMN_GATEWAY, bytes_text(l->gateway));
		report_csv_end_row(&row);
	}
	for (size_t i = 0; i < l->num_findings; i++) {
		const struct finding *f   = &l->findings[i];
		struct row_out        row =
			report_csv_begin_row(t, "finding", bytes_text(finding_name(f->kind)));

		write_range(&row, f->from, f->to);
		words(&row, COLUMN_NOTE, f->text);
		cell(&row, COLUMN_GATEWAY, bytes_text(l->gateway));
		report_csv_end_row(&row);
	}
}

static void write_fleet(struct text *t, const struct fleet *f)
{
	for (size_t i = 0; i < f->num; i++)
		report_csv_write_gateway(t, &f->list[i]);
	for (size_t i = 0; i < f->num; i++)
		write_log_details(t, &f->list[i]);
}

void report_write_csv(struct text *t, const struct report *r, const struct report_about *about)
{
	for (size_t i = 0; i < COLUMNS; i++) {
		text_put(t, i > 0 ? "," : "");
		text_put(t, column_names[i]);
	}
	csv_end(t);
	write_answers(t, r, about);
	for (size_t i = 0; i < r->num_devices; i++)
		write_device(t, r, &r->devices[i]);
	write_hosts(t, r);
	write_waivers(t, r);
	write_days(t, r);
	write_pairs(t, r);
	if (r->fleet != NULL) {
		write_fleet(t, r->fleet);
		return;
	}
	write_coverage(t, r);
	write_proof(t, r, about);
}

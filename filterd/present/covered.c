/* SPDX-License-Identifier: MIT */

#include "present/covered.h"

#include "review/verdict.h"

struct sheet covered_gaps(bool of_many)
{
	static const struct column columns[] = {
		{ "gateway", "gateway", CELL_TEXT, false, false, 0 },
		{ "from", "from", CELL_TIME, false, false, 0 },
		{ "to", "to", CELL_TIME, false, false, 2 },
		{ "seconds", "length", CELL_SPAN, false, false, 0 },
		{ "gap", "gap", CELL_TEXT, false, false, 3 },
		{ "unfiltered", "passed unseen", CELL_NUMBER, false, false, 0 },
		{ "reason", "reason", CELL_TEXT, false, false, 0 },
		{ "note", "meanwhile", CELL_TEXT, false, true, 0 },
	};
	struct sheet s = sheet_of("coverage", columns, COUNT(columns));

	if (!of_many)
		sheet_leave_out(&s, "gateway");
	return s;
}

void covered_put_gap(struct sheet *s, struct bytes gateway, const struct gap *g, int64_t from_us,
                     int64_t to_us)
{
	struct writer w;

	sheet_row(s);
	sheet_text(s, gateway);
	sheet_number(s, from_us);
	sheet_number(s, to_us);
	sheet_number(s, g->length_us);
	sheet_text(s, bytes_text(gap_kind_name(g->kind)));
	if (g->packets_known)
		sheet_number(s, (int64_t)g->packets);
	else
		sheet_words(s, "not counted");
	sheet_text(s, bytes_text(g->reason));
	w = sheet_writer(s, 64);
	verdict_write_passed(&w, g);
	sheet_wrote(s, &w);
}

struct sheet covered_findings(bool of_many)
{
	static const struct column columns[] = {
		{ "gateway", "gateway", CELL_TEXT, false, false, 0 },
		{ "finding", "finding", CELL_TEXT, false, false, 0 },
		{ "record", "record", CELL_TEXT, false, false, 0 },
		{ "what", "what it means", CELL_TEXT, false, false, 0 },
	};
	struct sheet s = sheet_of("findings", columns, COUNT(columns));

	if (!of_many)
		sheet_leave_out(&s, "gateway");
	return s;
}

void covered_put_finding(struct sheet *s, struct bytes gateway, const struct finding *f)
{
	struct writer w;

	sheet_row(s);
	sheet_text(s, gateway);
	sheet_text(s, bytes_text(finding_name(f->kind)));
	w = sheet_writer(s, 48);
	write_decimal(&w, f->from);
	if (f->to != f->from) {
		write_text(&w, "-");
		write_decimal(&w, f->to);
	}
	sheet_wrote(s, &w);
	sheet_text(s, bytes_text(f->text));
}

/* SPDX-License-Identifier: MIT */

/* libsmartcols makes the table for people; CSV and JSON are walks over the same cells. */

#include "ctl/audit/table.h"

#include "base/csv.h"
#include "base/instant.h"
#include "base/json.h"
#include "base/plain.h"
#include "ctl/audit/show.h"
#include "ctl/audit/verbs.h"
#include "review/people.h"

#include <libsmartcols.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define CELL_BYTES 2048         /* a host of 253 characters, each escaped at worst */
#define TABLE_COLUMNS 32
#define WIDE_LEAST 24           /* columns to which a wide one is cut, and no further */

struct table_out {
	struct libscols_table *table;
	struct libscols_iter  *lines;
	struct libscols_line  *line;
	const char            *name;
	const struct column   *columns;
	enum format            format;
	size_t                 num_columns, next;       /* next: cell of the row */
	bool                   failed;
};

struct table_out *table_begin(const struct audit_options *o, const char *name,
                              const struct column *columns, size_t num_columns)
{
	struct table_out *t = calloc(1, sizeof(*t));

	if (t == NULL || (t->table = scols_new_table()) == NULL ||
	    (t->lines = scols_new_iter(SCOLS_ITER_FORWARD)) == NULL) {
		fprintf(stderr, "filterctl audit %s: not enough memory\n", o->verb);
		if (t != NULL)
			scols_unref_table(t->table);
		free(t);
		return NULL;
	}
	t->name        = name;
	t->columns     = columns;
	t->num_columns = num_columns;
	t->format      = o->format;
	scols_table_enable_colors(t->table, o->color);
	for (size_t i = 0; i < num_columns; i++) {
		const struct column *c     = &columns[i];
		bool                 right = c->cell == CELL_NUMBER || c->cell == CELL_SPAN;

		t->failed |= scols_table_new_column(
				     t->table, c->title, 0,
				     (right ? SCOLS_FL_RIGHT : 0) |
					     (c->is_wide ? SCOLS_FL_TRUNC : 0) |
					     (c->programs_only ? SCOLS_FL_HIDDEN : 0)) == NULL;
	}
	return t;
}

void table_row(struct table_out *t)
{
	t->line = scols_table_new_line(t->table, NULL);
	t->next = 0;
	t->failed |= t->line == NULL;
}

void table_text(struct table_out *t, struct bytes text)
{
	char          room[CELL_BYTES];
	struct writer w = writer_over(room, sizeof(room) - 1);

	/* For people: what moves the text around it, or is not seen, is spelled out. */
	if (t->format == FORMAT_TEXT) {
		while (text.len > 0) {
			uint8_t character[PLAIN_MAX];

			write_bytes(&w, plain_next(&text, character));
		}
	} else {
		write_bytes(&w, text);
	}
	room[w.len] = '\0';
	if (t->line == NULL || t->next >= t->num_columns ||
	    scols_line_set_data(t->line, t->next++, room) != 0)
		t->failed = true;
}

void table_none(struct table_out *t)
{
	t->next++;
}

static void write_for_people(struct writer *w, enum cell cell, int64_t value)
{
	switch (cell) {
	case CELL_TIME: people_write_time(w, value); break;
	case CELL_DAY:  people_write_day(w, value); break;
	case CELL_SPAN: people_write_span(w, value); break;
	case CELL_YES:  write_text(w, value != 0 ? "yes" : ""); break;
	default:        people_write_number(w, (uint64_t)value); break;
	}
}

static void write_for_programs(struct writer *w, enum cell cell, int64_t value)
{
	switch (cell) {
	case CELL_TIME: instant_write(w, value); break;
	case CELL_DAY:  people_write_day(w, value); break;
	case CELL_SPAN: write_decimal(w, (uint64_t)value / 1000000); break;
	case CELL_YES:  write_text(w, value != 0 ? "true" : "false"); break;
	default:        write_decimal(w, (uint64_t)value); break;
	}
}

void table_number(struct table_out *t, int64_t value)
{
	char          room[64];
	struct writer w    = writer_over(room, sizeof(room));
	enum cell     cell = t->next < t->num_columns ? t->columns[t->next].cell : CELL_NUMBER;

	if (t->format == FORMAT_TEXT)
		write_for_people(&w, cell, value);
	else
		write_for_programs(&w, cell, value);
	table_text(t, writer_written(&w));
}

/* The next line, behind the last the first again: one by its number would be a walk to it. */
static bool table_next_line(const struct table_out *t, struct libscols_line **line_out)
{
	if (scols_table_next_line(t->table, t->lines, line_out) == 0)
		return true;
	scols_reset_iter(t->lines, SCOLS_ITER_FORWARD);
	return false;
}

static struct bytes cell_at(struct libscols_line *line, size_t column)
{
	const char *data = scols_cell_get_data(scols_line_get_cell(line, column));

	return bytes_text(data != NULL ? data : "");
}

static void print_csv(const struct table_out *t)
{
	struct libscols_line *line;
	struct text           text;

	text_begin(&text, audit_give, stdout);
	for (size_t i = 0; i < t->num_columns; i++) {
		text_put(&text, i > 0 ? "," : "");
		text_put(&text, t->columns[i].name);
	}
	csv_end(&text);
	while (table_next_line(t, &line)) {
		for (size_t i = 0; i < t->num_columns; i++) {
			text_put(&text, i > 0 ? "," : "");
			csv_cell(&text, cell_at(line, i));
		}
		csv_end(&text);
	}
	text_end(&text);
}

static void print_json(const struct table_out *t)
{
	struct libscols_line *line;
	struct text           text;
	struct json           j = json_into(&text);

	text_begin(&text, audit_give, stdout);
	json_object(&j, NULL);
	json_array(&j, t->name);
	while (table_next_line(t, &line)) {
		json_object(&j, NULL);
		for (size_t i = 0; i < t->num_columns; i++) {
			const struct column *c    = &t->columns[i];
			struct bytes         cell = cell_at(line, i);

			if (cell.len == 0)
				json_text(&j, c->name, NULL);
			else if (c->cell == CELL_NUMBER || c->cell == CELL_SPAN)
				json_number(&j, c->name,
				            strtoull((const char *)cell.at, NULL, 10));
			else if (c->cell == CELL_YES)
				json_bool(&j, c->name, bytes_equal(cell, BYTES("true")));
			else
				json_bytes(&j, c->name, cell);
		}
		json_end(&j);
	}
	json_end(&j);
	json_end(&j);
	text_put(&text, "\n");
	text_end(&text);
}

/* Columns of the terminal that it takes at least, and whether it says anything. */
static size_t measure_column(const struct table_out *t, size_t column, bool *says_out)
{
	const struct column  *c      = &t->columns[column];
	size_t                widest = plain_width(bytes_text(c->title));
	struct libscols_line *line;

	*says_out = false;
	while (table_next_line(t, &line)) {
		struct bytes cell  = cell_at(line, column);
		size_t       width = plain_width(cell);

		*says_out |= cell.len > 0 && !bytes_equal(cell, BYTES("0"));
		widest = width > widest ? width : widest;
	}
	return c->is_wide && widest > WIDE_LEAST ? WIDE_LEAST : widest;
}

static bool goes_before(const struct column *a, bool a_says, const struct column *b, bool b_says)
{
	unsigned first  = a->gives_way > 1 && !a_says ? 1 : a->gives_way,
		 second = b->gives_way > 1 && !b_says ? 1 : b->gives_way;

	return first != second ? first < second : a->gives_way < b->gives_way;
}

/* A name that would take more than half of the terminal goes on below. */
static size_t wrap(struct table_out *t, size_t column, size_t width, size_t room)
{
	if (t->columns[column].gives_way > 0 || t->columns[column].is_wide || width <= room / 2)
		return width;
	scols_column_set_flags(scols_table_get_column(t->table, column), SCOLS_FL_WRAP);
	return room / 2;
}

/* Whole columns give way, so that names are whole. */
static void fit(struct table_out *t)
{
	const size_t room = show_columns();
	size_t       widths[TABLE_COLUMNS], sum = 0;
	bool         says[TABLE_COLUMNS];

	if (room == SHOW_ALL || t->num_columns > TABLE_COLUMNS)
		return;
	for (size_t i = 0; i < t->num_columns; i++) {
		widths[i] = t->columns[i].programs_only
		                    ? 0
		                    : wrap(t, i, measure_column(t, i, &says[i]), room) + 1;
		sum += widths[i];
	}
	while (sum > room + 1) {
		size_t next = t->num_columns;

		for (size_t i = 0; i < t->num_columns; i++) {
			if (widths[i] > 0 && t->columns[i].gives_way > 0 &&
			    (next == t->num_columns || goes_before(&t->columns[i], says[i],
			                                           &t->columns[next], says[next])))
				next = i;
		}
		if (next == t->num_columns)
			return;
		sum -= widths[next];
		widths[next] = 0;
		scols_column_set_flags(scols_table_get_column(t->table, next), SCOLS_FL_HIDDEN);
	}
}

int table_end(struct table_out *t)
{
	bool failed = t->failed;

	if (t->format == FORMAT_TEXT)
		fit(t);
	if (t->format == FORMAT_CSV)
		print_csv(t);
	else if (t->format == FORMAT_JSON)
		print_json(t);
	else if (scols_table_get_nlines(t->table) > 0)
		failed |= scols_print_table(t->table) != 0;
	scols_free_iter(t->lines);
	scols_unref_table(t->table);
	free(t);
	if (fflush(stdout) != 0 || ferror(stdout))
		failed = true;
	if (failed)
		fputs("filterctl: the table could not be printed whole\n", stderr);
	return failed ? EXIT_IO : EXIT_SUCCESS;
}

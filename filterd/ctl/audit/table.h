/* SPDX-License-Identifier: MIT */
#ifndef FILTERD_CTL_AUDIT_TABLE_H
#define FILTERD_CTL_AUDIT_TABLE_H

/* Table: rows of cells, printed for people, as JSON, or as CSV (RFC 4180). */

#include "ctl/audit/options.h"

enum cell { CELL_TEXT, CELL_NUMBER, CELL_TIME, CELL_DAY, CELL_SPAN, CELL_YES };

struct column {
	const char *name;               /* for programs: "first_seen" */
	const char *title;              /* for people: "first" */
	enum cell   cell;
	bool        is_wide;            /* may be cut to fit a terminal */
	bool        programs_only;      /* not for people */
	/*
	 * where a terminal is too narrow for all: 1 goes first, then columns that say nothing, then
	 * 2 and so on; 0 never goes
	 */
	unsigned    gives_way;
};

struct table_out;

/* name: of the rows, for JSON: {"devices":[{...}]}. NULL without memory, said. */
struct table_out *table_begin(const struct audit_options *o, const char *name,
                              const struct column *columns, size_t num_columns);

/*
 * Cells of a row come in the order of the columns.
 * table_text   - any bytes; for people as plain.h shows them, for programs as they are.
 * table_number - CELL_NUMBER; CELL_TIME, CELL_DAY and CELL_SPAN: microseconds. For people "2 188
 *                412", "2026-11-23 14:05:09", "8 m 48 s"; for programs 2188412, RFC 3339 and
 *                seconds.
 * table_none   - nothing to say.
 */
void table_row(struct table_out *t);
void table_text(struct table_out *t, struct bytes text);
void table_number(struct table_out *t, int64_t value);
void table_none(struct table_out *t);

/* Prints it. 0, or EXIT_IO if it could not be printed. */
int table_end(struct table_out *t);

#endif

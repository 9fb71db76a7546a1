/* SPDX-License-Identifier: MIT */
#ifndef FILTERD_PRESENT_SHEET_H
#define FILTERD_PRESENT_SHEET_H

/*
 * Sheet: rows of typed cells, filled once, for all outputs: a terminal, a mail, a page, a
 * spreadsheet (RFC 4180), a program (RFC 8259). The code that fills a sheet defines its rows and
 * columns (tallied.h and its neighbours); this file defines the text of each type.
 */

#include "base/json.h"
#include "base/text.h"

/*
 * For people "2 188 412", "2026-11-23 14:05:09", "2026-11-23", "8 m 48 s", "yes"; for programs
 * 2188412, RFC 3339, "2026-11-23", seconds, true.
 */
enum cell { CELL_TEXT, CELL_NUMBER, CELL_TIME, CELL_DAY, CELL_SPAN, CELL_YES };

struct column {
	const char *name;               /* for programs: "first_seen" */
	const char *title;              /* for people: "first" */
	enum cell   cell;
	bool        is_wide;            /* may be truncated on a terminal */
	bool        programs_only;      /* not for people */
	/*
	 * on a narrow terminal 1 is dropped first, then empty columns, then 2 and so on; 0 is never
	 * dropped
	 */
	unsigned    gives_way;
};

/* Good or bad: shown as a colour where the output has colours. */
enum shade { SHADE_NONE, SHADE_GOOD, SHADE_FAIR, SHADE_NOTE, SHADE_BAD };

struct sheet_cell {
	enum { SHEET_NONE, SHEET_NUMBER, SHEET_TEXT, SHEET_WORDS } kind;
	enum shade shade;
	int64_t number;                 /* of a text: its offset in `text` */
	size_t  len;
};

struct sheet {
	const char          *name;      /* for JSON: {"devices":[{...}]}; borrowed */
	const struct column *columns;   /* borrowed */
	size_t               num_columns;
	uint32_t             left_out;  /* a bit for each hidden column */
	struct sheet_cell   *cells;     /* row by row */
	size_t               num_cells, room_cells, num_rows;
	uint8_t             *text;
	size_t               len, room;
	uint64_t             num_more;  /* rows known to exist that are not here */
	bool                 failed;    /* out of memory: cells are missing */
	bool                 has_sums;  /* the last row has the sums of the others */
	bool                 colored;   /* this terminal shows shades */
};

#define SHEET_COLUMNS   32
#define SHEET_CELL_ROOM 64      /* for a cell that is not a text */

/* Allocates nothing yet. */
struct sheet sheet_of(const char *name, const struct column *columns, size_t num_columns);
void         sheet_free(struct sheet *s);

/*
 * Add the cells of a row in the order of the columns; missing ones are empty.
 * sheet_text   - any bytes, copied; for people through plain.h, for programs verbatim.
 * sheet_number - CELL_TIME, CELL_DAY and CELL_SPAN: microseconds.
 * sheet_words  - instead of an unknown number: "not counted"; for programs nothing.
 * sheet_shade  - like sheet_text(), in that shade.
 */
void sheet_row(struct sheet *s);
void sheet_text(struct sheet *s, struct bytes text);
void sheet_number(struct sheet *s, int64_t value);
void sheet_words(struct sheet *s, const char *words);
void sheet_none(struct sheet *s);
void sheet_shade(struct sheet *s, const char *text, enum shade shade);

/*
 * Makes the last cell a text written by write_...() functions, of `bytes` at most: the writer is
 * valid until sheet_wrote(); do not use the sheet before that.
 */
struct writer sheet_writer(struct sheet *s, size_t bytes);
void          sheet_wrote(struct sheet *s, const struct writer *w);

/*
 * sheet_at         - a cell; SHEET_NONE if it was not filled.
 * sheet_for_people - its text for people, and for programs. room: for cells that are not texts.
 *                    Empty: no value.
 */
const struct sheet_cell *sheet_at(const struct sheet *s, size_t row, size_t column);
struct bytes sheet_for_programs(const struct sheet *s, size_t row, size_t column,
                                uint8_t room[SHEET_CELL_ROOM]);
struct bytes sheet_for_people(const struct sheet *s, size_t row, size_t column,
                              uint8_t room[SHEET_CELL_ROOM]);

/*
 * sheet_column    - the column of that name; num_columns if there is none.
 * sheet_leave_out - hides a column in all outputs; it is still filled.
 * sheet_times     - the first and the last of its times and days; false if there are none.
 */
size_t sheet_column(const struct sheet *s, const char *name);
void   sheet_leave_out(struct sheet *s, const char *name);
bool   sheet_shows(const struct sheet *s, size_t column);
bool   sheet_times(const struct sheet *s, int64_t *first_us_out, int64_t *last_us_out);

#define SHEET_ALL SIZE_MAX

/*
 * sheet_write_text - Takes: columns of the terminal: whole columns are dropped, and names wrapped,
 *                    but never truncated. SHEET_ALL: full width. Writes nothing if there are no
 *                    rows. Gives: false without memory.
 * sheet_write_csv  - with a header of the names.
 * sheet_write_json - a member of an open object: an array of objects.
 */
bool sheet_write_text(struct text *t, const struct sheet *s, size_t columns);
void sheet_write_csv(struct text *t, const struct sheet *s);
void sheet_write_json(struct json *j, const struct sheet *s);

#endif

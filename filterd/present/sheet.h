/* SPDX-License-Identifier: MIT */
#ifndef FILTERD_PRESENT_SHEET_H
#define FILTERD_PRESENT_SHEET_H

/*
 * Sheet: rows of typed cells, filled once, for all who show them: a terminal, a mail, a page, a
 * spreadsheet (RFC 4180), a program (RFC 8259). Which rows and columns there are is said where a
 * sheet is filled (tallied.h and its neighbours); how a cell of a type is spelled is said here.
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
	bool        is_wide;            /* may be cut to fit a terminal */
	bool        programs_only;      /* not for people */
	/*
	 * where a terminal is too narrow for all: 1 goes first, then columns that say nothing, then
	 * 2 and so on; 0 never goes
	 */
	unsigned    gives_way;
};

/* How glad it makes: by a colour, where there is one. */
enum shade { SHADE_NONE, SHADE_GOOD, SHADE_FAIR, SHADE_NOTE, SHADE_BAD };

struct sheet_cell {
	enum { SHEET_NONE, SHEET_NUMBER, SHEET_TEXT, SHEET_WORDS } kind;
	enum shade shade;
	int64_t number;                 /* of a text: where it begins in `text` */
	size_t  len;
};

struct sheet {
	const char          *name;      /* of the rows, for JSON: {"devices":[{...}]}; borrowed */
	const struct column *columns;   /* borrowed */
	size_t               num_columns;
	uint32_t             left_out;  /* a bit for each column that nobody is shown */
	struct sheet_cell   *cells;     /* row by row */
	size_t               num_cells, room_cells, num_rows;
	uint8_t             *text;
	size_t               len, room;
	uint64_t             num_more;  /* rows that were known once, and are not here */
	bool                 failed;    /* memory ran out, and cells are missing */
	bool                 has_sums;  /* the last row is what the others come to */
	bool                 colored;   /* shades are, on this terminal */
};

#define SHEET_COLUMNS   32
#define SHEET_CELL_ROOM 64      /* for a cell that is no text */

/* No memory is taken yet. */
struct sheet sheet_of(const char *name, const struct column *columns, size_t num_columns);
void         sheet_free(struct sheet *s);

/*
 * Cells of a row come in the order of the columns; those that do not come are empty.
 * sheet_text   - any bytes, copied; for people as plain.h shows them, for programs as they are.
 * sheet_number - CELL_TIME, CELL_DAY and CELL_SPAN: microseconds.
 * sheet_words  - in the place of a number that is not known: "not counted"; for programs nothing.
 * sheet_shade  - the same as sheet_text(), of that shade.
 */
void sheet_row(struct sheet *s);
void sheet_text(struct sheet *s, struct bytes text);
void sheet_number(struct sheet *s, int64_t value);
void sheet_words(struct sheet *s, const char *words);
void sheet_none(struct sheet *s);
void sheet_shade(struct sheet *s, const char *text, enum shade shade);

/*
 * The last cell so far as a text that write_...() functions make, of `bytes` at most: the writer
 * holds until sheet_wrote(), before which nothing else is asked of the sheet.
 */
struct writer sheet_writer(struct sheet *s, size_t bytes);
void          sheet_wrote(struct sheet *s, const struct writer *w);

/*
 * sheet_at         - a cell; one of SHEET_NONE if nobody filled it.
 * sheet_for_people - the same as text, and for programs. room: for what is no text. Empty: nothing
 *                    to say.
 */
const struct sheet_cell *sheet_at(const struct sheet *s, size_t row, size_t column);
struct bytes sheet_for_programs(const struct sheet *s, size_t row, size_t column,
                                uint8_t room[SHEET_CELL_ROOM]);
struct bytes sheet_for_people(const struct sheet *s, size_t row, size_t column,
                              uint8_t room[SHEET_CELL_ROOM]);

/*
 * sheet_column    - the column of that name; num_columns if there is none.
 * sheet_leave_out - what has nothing to say here is filled, and not shown to anybody.
 * sheet_times     - the first and the last of its times and days; false if there are none.
 */
size_t sheet_column(const struct sheet *s, const char *name);
void   sheet_leave_out(struct sheet *s, const char *name);
bool   sheet_shows(const struct sheet *s, size_t column);
bool   sheet_times(const struct sheet *s, int64_t *first_us_out, int64_t *last_us_out);

#define SHEET_ALL SIZE_MAX

/*
 * sheet_write_text - Takes: columns of the terminal: whole columns give way, and names go on below,
 *                    rather than that a name is cut. SHEET_ALL: as wide as it is. Nothing
 *                    is written if there are no rows. Gives: false without memory.
 * sheet_write_csv  - with a head of the names.
 * sheet_write_json - a member of an object that is open: an array of objects.
 */
bool sheet_write_text(struct text *t, const struct sheet *s, size_t columns);
void sheet_write_csv(struct text *t, const struct sheet *s);
void sheet_write_json(struct json *j, const struct sheet *s);

#endif

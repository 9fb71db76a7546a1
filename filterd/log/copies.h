/* SPDX-License-Identifier: MIT */
#ifndef FILTERD_LOG_COPIES_H
#define FILTERD_LOG_COPIES_H

/*
 * Copies: what a collector has of one gateway, from a live copy, from files that were fetched, from
 * both: put in the order of the records' numbers, and each line once. The same record twice is
 * harmless. Of different records with the same number all stay, as they came.
 */

#include "base/bytes.h"

/*
 * lines of one number that are held against each other; further ones are never taken for the log's
 */
#define COPIES_AT_ONCE 64

/* A line, and where it stands in the text that all of them are in. */
struct copy {
	/* of a line that is no record: of the record before it, in its file */
	uint64_t seq;
	uint64_t at;
	uint32_t gateway;               /* collect.c */
	uint32_t file;                  /* it was read from; of twins, that of the first */
	uint32_t len : 24;              /* without its newline, which stands behind it */
	/*
	 * broken: it was longer than LOG_LINE_MAX, and in its place stands how long, a uint64_t;
	 * key: of an audit.keys
	 */
	uint32_t has_newline : 1, is_record : 1, is_signed : 1, is_broken : 1, is_key : 1;
};

/* Borrowed, all of it; copies_sort() puts the lines of an audit.keys apart. */
struct copies {
	struct bytes sensor;            /* the gateway, as its records have it */
	struct bytes text;
	struct copy *list, *keys;
	size_t       num, num_keys;
	uint64_t     num_twice;         /* lines that were there already */
};

/*
 * What stands in `host` of a line, as it is written there; empty if it has none. Quick, and no
 * proof that the line is a record.
 */
struct bytes copies_sensor(struct bytes line);

/* copies_sort - once, when all are in the list. */
void copies_sort(struct copies *c);

/*
 * A line without its newline; one that is broken has none. When they are sorted: where in the list
 * those end that have the number of the one at `begin`.
 */
struct bytes copies_line(const struct copies *c, const struct copy *line);
size_t       copies_group_end(const struct copies *c, size_t begin);

#endif

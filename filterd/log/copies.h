/* SPDX-License-Identifier: MIT */
#ifndef FILTERD_LOG_COPIES_H
#define FILTERD_LOG_COPIES_H

/*
 * Copies: a collector's lines of one gateway, from a live copy, from fetched files, or both, sorted
 * by record number and without duplicates. Different records with the same number are all kept, in
 * input order.
 */

#include "base/bytes.h"

/*
 * lines of one number that are compared; further ones are never chosen for the log
 */
#define COPIES_AT_ONCE 64

/* A line, and its offset in the text of all lines. */
struct copy {
	/* for a line that is not a record: of the record before it, in its file */
	uint64_t seq;
	uint64_t at;
	uint32_t gateway;               /* collect.c */
	uint32_t file;                  /* its source; for duplicates, that of the first */
	uint32_t len : 24;              /* without its newline, which follows it */
	/*
	 * broken: it was longer than LOG_LINE_MAX, and is replaced by its length, a uint64_t; key:
	 * from an audit.keys
	 */
	uint32_t has_newline : 1, is_record : 1, is_signed : 1, is_broken : 1, is_key : 1;
};

/* All borrowed; copies_sort() separates the lines of an audit.keys. */
struct copies {
	struct bytes sensor;            /* the gateway's name in its records */
	struct bytes text;
	struct copy *list, *keys;
	size_t       num, num_keys;
	uint64_t     num_twice;         /* duplicate lines */
};

/*
 * The raw value of `host` in a line; empty if it has none. Quick, but no proof that the line is a
 * record.
 */
struct bytes copies_sensor(struct bytes line);

/* copies_sort - once, when all are in the list. */
void copies_sort(struct copies *c);

/*
 * A line without its newline; a broken one is empty. In a sorted list: the end of the lines with
 * the number of the one at `begin`.
 */
struct bytes copies_line(const struct copies *c, const struct copy *line);
size_t       copies_group_end(const struct copies *c, size_t begin);

#endif

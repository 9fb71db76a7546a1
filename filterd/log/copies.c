/* SPDX-License-Identifier: MIT */

/*
 * Sorted by number and without duplicates, a log has mostly one line per number. A file that was
 * copied while filterd wrote it ends in half a line, which gets the number of the record before it:
 * the whole line is looked for among those of the next number.
 */

#include "log/copies.h"

#include <stdlib.h>
#include <string.h>

struct bytes copies_sensor(struct bytes line)
{
	static const char ours[] = ",\"filterd\":{", title[] = ",\"host\":\"";
	const uint8_t *behind = line.len > 0 ? memmem(line.at, line.len, ours, strlen(ours)) : NULL,
		      *at, *end;
	struct bytes   before = bytes_first(line, behind != NULL ? (size_t)(behind - line.at) : 0);

	if (before.len == 0 || (at = memmem(before.at, before.len, title, strlen(title))) == NULL)
		return (struct bytes){ 0 };
	at += strlen(title);
	for (end = at; end < behind && *end != '"'; end++)
		end += *end == '\\' && end + 1 < behind;
	return end < behind ? bytes_of(at, (size_t)(end - at)) : (struct bytes){ 0 };
}

struct bytes copies_line(const struct copies *c, const struct copy *line)
{
	return line->is_broken ? (struct bytes){ 0 }
	                       : bytes_first(bytes_from(c->text, line->at), line->len);
}

size_t copies_group_end(const struct copies *c, size_t begin)
{
	size_t end = begin;

	while (end < c->num && c->list[end].seq == c->list[begin].seq)
		end++;
	return end;
}

/* Keys first; by number, then by input order. */
static int copies_compare(const void *left, const void *right)
{
	const struct copy *a = left, *b = right;

	if (a->is_key != b->is_key)
		return a->is_key ? -1 : 1;
	if (a->seq != b->seq)
		return a->seq > b->seq ? 1 : -1;
	return (a->at > b->at) - (a->at < b->at);
}

static int by_text(const void *left, const void *right, void *copies)
{
	const struct copy *a = left, *b = right;
	struct bytes       of_a = copies_line(copies, a), of_b = copies_line(copies, b);
	int                order = bytes_compare(of_a, of_b);

	return order != 0                         ? order
	       : a->has_newline != b->has_newline ? (a->has_newline ? -1 : 1)
	                                          : copies_compare(a, b);
}

static bool is_twin(const struct copies *c, const struct copy *a, const struct copy *b)
{
	return !a->is_broken && !b->is_broken && a->has_newline == b->has_newline &&
	       bytes_equal(copies_line(c, a), copies_line(c, b));
}

/*
 * Half a line from a copy made while filterd wrote it: is the whole line among those of the next
 * number?
 */
static bool is_half(const struct copies *c, size_t next, const struct copy *line)
{
	size_t end = copies_group_end(c, next);

	for (size_t i = next; i < end && i - next < COPIES_AT_ONCE; i++) {
		if (c->list[i].len >= line->len &&
		    bytes_equal(copies_line(c, line),
		                bytes_first(copies_line(c, &c->list[i]), line->len)))
			return true;
	}
	return false;
}

/* Groups the lines of one number by text, and then restores their order. */
static void take_out_twins(struct copies *c)
{
	size_t kept = 0;

	for (size_t i = 0, end; i < c->num; i = end) {
		size_t begin = kept;

		end = copies_group_end(c, i);
		if (end - i > 1)
			qsort_r(&c->list[i], end - i, sizeof(*c->list), by_text, c);
		for (; i < end; i++) {
			struct copy *line = &c->list[i];

			if ((kept > begin && is_twin(c, &c->list[kept - 1], line)) ||
			    (!line->is_broken && !line->has_newline && is_half(c, end, line)))
				continue;
			c->list[kept++] = *line;
		}
		if (kept - begin > 1)
			qsort(&c->list[begin], kept - begin, sizeof(*c->list), copies_compare);
	}
	c->num_twice = c->num - kept;
	c->num       = kept;
}

void copies_sort(struct copies *c)
{
	size_t i = 1;

	while (i < c->num && copies_compare(&c->list[i - 1], &c->list[i]) <= 0)
		i++;
	if (i < c->num)
		qsort(c->list, c->num, sizeof(*c->list), copies_compare);
	for (c->keys = c->list; c->num > 0 && c->list->is_key; c->list++, c->num--)
		c->num_keys++;
	take_out_twins(c);
}

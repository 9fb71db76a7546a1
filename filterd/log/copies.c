/* SPDX-License-Identifier: MIT */

/*
 * Sorted by number, with what is there twice taken out, a log is mostly one line a number. A file
 * that was copied while filterd wrote it ends in half a line, which has the number of the record
 * before it: its other half is looked for among those of the next number.
 */

#include "log/copies.h"

#include <errno.h>
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

static int copies_grow(void **list, size_t *room, size_t num, size_t bytes)
{
	size_t more = *room > 0 ? 2 * *room : 256;
	void  *new;

	if (num < *room)
		return 0;
	new = reallocarray(*list, more, bytes);
	if (new == NULL)
		return -ENOMEM;
	*list = new;
	*room = more;
	return 0;
}

int copies_add(struct copies *c, const struct copy *line)
{
	void *list  = line->is_key ? c->keys : c->list;
	int   error = line->is_key ? copies_grow(&list, &c->room_keys, c->num_keys, sizeof(*line)) :
	                             copies_grow(&list, &c->room, c->num, sizeof(*line));

	*(line->is_key ? &c->keys : &c->list) = list;
	if (error == 0)
		((struct copy *)list)[line->is_key ? c->num_keys++ : c->num++] = *line;
	return error;
}

void copies_free(struct copies *c)
{
	free(c->list);
	free(c->keys);
	*c = (struct copies){ .sensor = c->sensor };
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

/* By number, then as they came. */
static int copies_compare(const void *left, const void *right)
{
	const struct copy *a = left, *b = right;

	if (a->seq != b->seq)
		return a->seq > b->seq ? 1 : -1;
	return (a->at > b->at) - (a->at < b->at);
}

static void sort(struct copy *list, size_t num)
{
	size_t i = 1;

	while (i < num && copies_compare(&list[i - 1], &list[i]) <= 0)
		i++;
	if (i < num)
		qsort(list, num, sizeof(*list), copies_compare);
}

/* Is the same line among those from..to, the last COPIES_AT_ONCE of them? */
static bool copies_is_there(const struct copies *c, size_t from, size_t to, const struct copy *line)
{
	for (size_t i = to; i > from && to - i < COPIES_AT_ONCE; i--) {
		const struct copy *other = &c->list[i - 1];

		if (!other->is_broken && other->len == line->len &&
		    other->has_newline == line->has_newline &&
		    bytes_equal(copies_line(c, other), copies_line(c, line)))
			return true;
	}
	return false;
}

/*
 * Half a line, as a copy has it that was made while filterd wrote it: is it there whole, among
 * those of the next number?
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

static int by_text(const void *left, const void *right, void *copies)
{
	const struct copy *a = left, *b = right;
	struct bytes       of_a = copies_line(copies, a), of_b = copies_line(copies, b);
	size_t             len   = of_a.len < of_b.len ? of_a.len : of_b.len;
	int                order = len > 0 ? memcmp(of_a.at, of_b.at, len) : 0;

	return order != 0            ? order
	       : of_a.len != of_b.len ? (of_a.len > of_b.len ? 1 : -1)
	                              : copies_compare(a, b);
}

/*
 * So many lines claim a number that not all are held against each other: twins are brought together
 * first.
 */
static void take_out_of_crowd(struct copies *c, size_t begin, size_t *end)
{
	size_t kept = begin;

	if (*end - begin <= COPIES_AT_ONCE)
		return;
	qsort_r(&c->list[begin], *end - begin, sizeof(*c->list), by_text, c);
	for (size_t i = begin; i < *end; i++) {
		if (i == begin || c->list[i].is_broken ||
		    c->list[i].has_newline != c->list[kept - 1].has_newline ||
		    !bytes_equal(copies_line(c, &c->list[i]), copies_line(c, &c->list[kept - 1])))
			c->list[kept++] = c->list[i];
	}
	c->num_twice += *end - kept;
	qsort(&c->list[begin], kept - begin, sizeof(*c->list), copies_compare);
	*end = kept;
}

static void take_out_twins(struct copies *c)
{
	size_t kept = 0;

	for (size_t i = 0; i < c->num;) {
		size_t next = copies_group_end(c, i), end = next, begin = kept;

		take_out_of_crowd(c, i, &end);
		for (; i < end; i++) {
			struct copy line = c->list[i];

			if (!line.is_broken && (copies_is_there(c, begin, kept, &line) ||
			                        (!line.has_newline && is_half(c, next, &line)))) {
				c->num_twice++;
				continue;
			}
			c->list[kept++] = line;
		}
		i = next;
	}
	c->num = kept;
}

void copies_sort(struct copies *c, struct bytes text)
{
	c->text = text;
	sort(c->keys, c->num_keys);
	sort(c->list, c->num);
	take_out_twins(c);
}

/* SPDX-License-Identifier: MIT */

/*
 * A first pass reads the sections like a policy, to find the waivers to remove; the second copies
 * all lines but theirs. Comments directly before a section belong to it.
 */

#include "policy/waivers_file.h"

#include "base/instant.h"
#include "base/plain.h"
#include "policy/waivers.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PREFIX_LEN (sizeof(WAIVERS_PREFIX) - 1)
#define BYTE_ORDER_MARK "\xef\xbb\xbf"          /* which inih skips */
#define DEVICE_LEN 16           /* characters of a device in a waiver's name */

bool waivers_file_is_reason(const char *text)
{
	struct bytes rest    = bytes_text(text);
	bool         is_seen = true, after_blank = true;

	if (rest.len == 0 || rest.len > WAIVERS_REASON_MAX || text[rest.len - 1] == ' ' ||
	    text[0] == ' ')
		return false;
	while (rest.len > 0 && is_seen) {
		uint32_t c   = 0;
		size_t   len = plain_character(rest, &c, &is_seen);

		if (len == 0 || (after_blank && c == ';'))
			return false;
		after_blank = c == ' ';
		rest        = bytes_from(rest, len);
	}
	return is_seen;
}

/* "3c5282112233", "192-168-1-20", "2001-db8-5": characters of a name, without "--". */
static void waivers_file_write_device(struct writer *to, const struct policy_device *d)
{
	char          text[POLICY_DEVICE_TEXT];
	struct writer w     = writer_over(text, sizeof(text));
	size_t        begin = to->len;

	policy_device_write(&w, d);
	for (size_t i = 0; i < w.len && to->len - begin < DEVICE_LEN; i++) {
		char c[] = { text[i], '\0' };

		if (strchr(":./", c[0]) == NULL)
			write_text(to, c);
		else if (d->kind != DEVICE_MAC && to->len > begin && to->start[to->len - 1] != '-')
			write_text(to, "-");
	}
}

/* "-261130t172000": the waiver's time. */
static void waivers_file_write_time(struct writer *to, int64_t now_us)
{
	struct instant_text at = instant_text_to_second(now_us);

	write_text(to, "-");
	for (size_t i = 2; at.text[i] != '\0' && at.text[i] != 'Z'; i++) {
		char c[] = { at.text[i] == 'T' ? 't' : at.text[i], '\0' };

		if (strchr("-:", c[0]) == NULL)
			write_text(to, c);
	}
}

static bool waivers_file_has(const char *text, const char *id)
{
	char head[WORDS_ID + PREFIX_LEN + 3];

	snprintf(head, sizeof(head), "[" WAIVERS_PREFIX "%s]", id);
	return strstr(text, head) != NULL;
}

bool waivers_file_name(struct waiver_new *n, const char *text)
{
	struct writer w = writer_over(n->id, sizeof(n->id) - 2);

	waivers_file_write_device(&w, &n->device);
	waivers_file_write_time(&w, n->now_us);
	n->id[w.len] = n->id[w.len + 1] = '\0';
	/* Distinguishes several within a second. */
	for (char more = 'b'; waivers_file_has(text, n->id); more++) {
		if (more > 'z')
			return false;
		n->id[w.len] = more;
	}
	return true;
}

void waivers_file_section(struct writer *to, const struct waiver_new *w)
{
	write_format(to, "[" WAIVERS_PREFIX "%s]\n# made %s", w->id,
	             instant_text_to_second(w->now_us).text);
	if (w->by[0] != '\0' && bytes_printable(bytes_text(w->by)))
		write_format(to, " by %.40s", w->by);
	write_text(to, "\ndevices = ");
	policy_device_write(to, &w->device);
	write_format(to, "\ncategories = *\nuntil = %s\nreason = %s\n",
	             instant_text_to_second(w->until_us).text, w->reason);
}

void waivers_file_add(struct writer *to, const struct waiver_new *w)
{
	if (to->len == 0)
		write_text(to, "# Waivers by filterctl waive, which takes them out when they have "
		               "ended.\n# What else stands here stays.\n");
	else if (to->start[to->len - 1] != '\n')
		write_text(to, "\n");
	write_text(to, "\n");
	waivers_file_section(to, w);
}

static bool waivers_file_goes(const struct waiver_texts *t, struct waivers_edit *e,
                              struct bytes id)
{
	bool is_named = e->end != NULL && bytes_is(id, e->end);

	for (size_t i = 0; i < t->num && !is_named; i++) {
		if (bytes_is(id, t->at[i].id))
			return e->now_us >= t->at[i].until_us;
	}
	return is_named;
}

/* Is its first character after blanks one of these? */
static bool waivers_file_begins(struct bytes *line, const char *with)
{
	while (line->len > 0 && (line->at[0] == ' ' || line->at[0] == '\t'))
		*line = bytes_from(*line, 1);
	return line->len > 0 && line->at[0] != '\0' && strchr(with, line->at[0]) != NULL;
}

/* Is this line a section head? *id_out: of a waiver; else empty. */
static bool waivers_file_is_head(struct bytes line, struct bytes *id_out)
{
	const uint8_t *end = memchr(line.at, ']', line.len);

	*id_out = (struct bytes){ 0 };
	if (end == NULL || !waivers_file_begins(&line, "["))
		return false;
	line = bytes_first(bytes_from(line, 1), (size_t)(end - line.at) - 1);
	if (bytes_begin(line, WAIVERS_PREFIX))
		*id_out = bytes_from(line, PREFIX_LEN);
	return true;
}

static bool waivers_file_is_comment(struct bytes line)
{
	return waivers_file_begins(&line, "#;");
}

/* Removes the next line, with its newline, from *rest. */
static struct bytes waivers_file_line(struct bytes *rest)
{
	const uint8_t *end  = memchr(rest->at, '\n', rest->len);
	struct bytes   line = bytes_first(*rest, end != NULL ? (size_t)(end - rest->at) + 1
	                                                     : rest->len);

	*rest = bytes_from(*rest, line.len);
	return line;
}

static void waivers_file_copy(const struct waiver_texts *t, struct waivers_edit *e,
                              struct bytes text, struct writer *to)
{
	struct bytes id, held = { 0 };          /* held: comments, maybe of the next section */
	bool         goes = false;

	if (bytes_begin(text, BYTE_ORDER_MARK)) {
		write_text(to, BYTE_ORDER_MARK);
		text = bytes_from(text, sizeof(BYTE_ORDER_MARK) - 1);
	}
	while (text.len > 0) {
		struct bytes line = waivers_file_line(&text);

		if (waivers_file_is_comment(line)) {
			held = bytes_of(held.len > 0 ? held.at : line.at, held.len + line.len);
			continue;
		}
		if (waivers_file_is_head(line, &id)) {
			write_bytes(to, held);
			goes = waivers_file_goes(t, e, id);
		} else if (!goes) {
			write_bytes(to, held);
		}
		held = (struct bytes){ 0 };
		if (!goes)
			write_bytes(to, line);
	}
	write_bytes(to, held);
}

int waivers_file_edit(const char *text, const char *file, struct waivers_edit *e,
                      struct writer *to, struct problem *problem)
{
	struct waiver_texts t     = { .num = 0 };
	int                 error = waivers_read(&t, text, file, problem);

	e->num_ended = 0;
	e->has_end   = false;
	for (size_t i = 0; i < t.num; i++) {
		bool is_named = e->end != NULL && strcmp(t.at[i].id, e->end) == 0;

		e->has_end   |= is_named;
		e->num_ended += !is_named && e->now_us >= t.at[i].until_us;
	}
	if (error == 0)
		waivers_file_copy(&t, e, bytes_text(text), to);
	free(t.at);
	return error;
}

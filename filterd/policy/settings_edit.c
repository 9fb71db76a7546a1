/* SPDX-License-Identifier: MIT */

/*
 * A first pass finds places for the line; each is tried, and the result parsed as a configuration:
 * a line that begins with a blank continues the one before, so not every place works.
 */

#include "policy/settings_edit.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#define BLANKS          " \t\v\f\r"           /* isspace(3), used by inih */
#define BYTE_ORDER_MARK "\xef\xbb\xbf"          /* which inih skips */

/* Offsets into the text; SIZE_MAX: nowhere. */
struct settings_places {
	size_t      value, value_end;   /* of the existing line */
	size_t      commented, section; /* after the first commented-out line; after the head */
	const char *newline;            /* taken from the first line */
};

const struct setting *settings_find(const char *section, const char *key)
{
	for (size_t i = 0; i < settings_count; i++) {
		if (strcmp(settings_table[i].section, section) == 0 &&
		    strcmp(settings_table[i].key, key) == 0)
			return &settings_table[i];
	}
	return NULL;
}

/* The beginning of the value, if the line has this key; else NULL. with: what may end the key. */
static const char *settings_edit_value(const char *line, const char *key, const char *with)
{
	size_t len = strlen(key);

	if (strncmp(line, key, len) != 0)
		return NULL;
	line += len;
	line += strspn(line, BLANKS);
	if (*line == '\0' || strchr(with, *line) == NULL)
		return NULL;
	return line + 1 + strspn(line + 1, BLANKS);
}

/* Up to a comment after it, or the end of the line, without blanks. */
static const char *settings_edit_value_end(const char *value)
{
	const char *end = value + strcspn(value, "\n");

	for (const char *at = value; at < end; at++) {
		if (*at == ';' && (at == value || strchr(BLANKS, at[-1]) != NULL))
			end = at;
	}
	while (end > value && strchr(BLANKS, end[-1]) != NULL)
		end--;
	return end;
}

/* Is this its name, without the brackets? */
static bool settings_edit_is_section(const char *line, const char *section)
{
	size_t len = strlen(section);

	return line[0] == '[' && strncmp(line + 1, section, len) == 0 && line[1 + len] == ']';
}

static struct settings_places settings_edit_look(const char *text, const struct setting *row)
{
	struct settings_places p     = { SIZE_MAX, SIZE_MAX, SIZE_MAX, SIZE_MAX, "\n" };
	size_t                 first = strcspn(text, "\n");
	size_t                 mark  = sizeof(BYTE_ORDER_MARK) - 1;
	bool                   is_in = false, has_pair = false;

	mark = strncmp(text, BYTE_ORDER_MARK, mark) == 0 ? mark : 0;
	if (first > 0 && text[first] == '\n' && text[first - 1] == '\r')
		p.newline = "\r\n";
	for (const char *at = text + mark, *next; *at != '\0'; at = next) {
		const char *line = at + strspn(at, BLANKS), *value;

		next = at + strcspn(at, "\n");
		next += *next == '\n';
		/* Is it a continuation line? */
		if (line > at && has_pair && line[0] != '#' && line[0] != ';')
			continue;
		if (line[0] == '[') {
			has_pair = false;
			is_in    = settings_edit_is_section(line, row->section);
			if (is_in && p.section == SIZE_MAX)
				p.section = (size_t)(next - text);
			continue;
		}
		has_pair |= strchr("#;\n", line[0]) == NULL;
		if (!is_in)
			continue;
		value = settings_edit_value(line, row->key, "=:");
		if (value != NULL && p.value == SIZE_MAX) {
			p.value     = (size_t)(value - text);
			p.value_end = (size_t)(settings_edit_value_end(value) - text);
		}
		if ((line[0] == '#' || line[0] == ';') && p.commented == SIZE_MAX &&
		    settings_edit_value(line + strspn(line, "#;" BLANKS), row->key, "=") != NULL)
			p.commented = (size_t)(next - text);
	}
	return p;
}

static void settings_edit_line(struct writer *to, const struct setting *row, const char *value,
                               const char *newline)
{
	write_format(to, "%s = %s%s", row->key, value, newline);
}

/* Adds a newline if the text before does not end with one. */
static void settings_edit_end_line(struct writer *to, const char *newline)
{
	if (to->len > 0 && to->start[to->len - 1] != '\n')
		write_text(to, newline);
}

static void settings_edit_put(struct writer *to, struct bytes text, size_t at,
                              const struct setting *row, const char *value, const char *newline)
{
	write_bytes(to, bytes_first(text, at));
	settings_edit_end_line(to, newline);
	settings_edit_line(to, row, value, newline);
	write_bytes(to, bytes_from(text, at));
}

static void settings_edit_append(struct writer *to, struct bytes text, const struct setting *row,
                                 const char *value, const char *newline)
{
	write_bytes(to, text);
	settings_edit_end_line(to, newline);
	if (to->len > 0)
		write_text(to, newline);
	write_format(to, "[%s]%s", row->section, newline);
	settings_edit_line(to, row, value, newline);
}

static bool settings_edit_is_all(const struct settings *old, const struct settings *new,
                                 const struct setting *row)
{
	for (size_t i = 0; old != NULL && i < settings_count; i++) {
		if (&settings_table[i] != row && !setting_is_same(&settings_table[i], old, new))
			return false;
	}
	return true;
}

/* Is the result a configuration with this value, and otherwise unchanged? */
static bool settings_edit_holds(struct writer *to, const char *file, const struct settings *old,
                                const struct setting *row, const char *value,
                                struct problem *problem)
{
	struct settings new;
	char            room[SETTING_NUMBER_MAX];

	if (to->full || to->len == to->cap)
		return false;
	to->start[to->len] = '\0';
	return settings_parse((const char *)to->start, file, &new, problem) == 0 &&
	       strcmp(setting_value(row, &new, room), value) == 0 &&
	       settings_edit_is_all(old, &new, row);
}

int settings_edit(const char *text, const char *file, const struct setting *row, const char *value,
                  struct writer *to, struct problem *problem)
{
	const struct settings_places p    = settings_edit_look(text, row);
	const struct bytes           all  = bytes_text(text);
	const size_t                 at[] = { p.commented, p.section };
	struct settings              was;
	struct problem               ignored;
	const struct settings       *old  =
		settings_parse(text, file, &was, &ignored) == 0 ? &was : NULL;

	snprintf(problem->text, PROBLEM_MAX, "%.300s: there is no place for %s = %s", file,
	         row->key, value);
	if (p.value != SIZE_MAX) {
		write_bytes(to, bytes_first(all, p.value));
		write_text(to, value);
		write_bytes(to, bytes_from(all, p.value_end));
		return settings_edit_holds(to, file, old, row, value, problem) ? 0 : -EINVAL;
	}
	for (size_t i = 0; i < COUNT(at); i++) {
		if (at[i] == SIZE_MAX)
			continue;
		to->len = 0;
		settings_edit_put(to, all, at[i], row, value, p.newline);
		if (settings_edit_holds(to, file, old, row, value, problem))
			return 0;
	}
	to->len = 0;
	settings_edit_append(to, all, row, value, p.newline);
	return settings_edit_holds(to, file, old, row, value, problem) ? 0 : -EINVAL;
}

/* SPDX-License-Identifier: MIT */

#include "review/others.h"

#include "log/entry.h"

#include <stdio.h>
#include <string.h>

static struct other *others_find(struct others *o, const struct line_end *end)
{
	for (size_t i = 0; i < o->num; i++) {
		if (chain_is_due(&o->list[i].due, end))
			return &o->list[i];
	}
	return NULL;
}

static bool is_gateway(struct bytes sensor, const char *origin)
{
	const char *end = strstr(origin, "/filterd/");

	return end != NULL &&
	       bytes_equal(sensor, bytes_of(origin, (size_t)(end - origin)));
}

/* A line's own statement: the log it begins, or its other gateway. */
static bool others_name(struct bytes line, const char *own, const struct line_end *end,
                        char name_out[ORIGIN_MAX + 1])
{
	struct entry  e;
	struct writer w = writer_over(name_out, ORIGIN_MAX);
	bool          begins;

	if (entry_read(line, &e) != PARSE_OK || e.sensor.len == 0)
		return false;
	begins = e.type == ENTRY_START && end->seq == 0 && e.log.len > 0;
	if (!begins && is_gateway(e.sensor, own))
		return false;
	write_bytes(&w, e.sensor);
	write_text(&w, "/filterd/");
	if (begins)
		write_bytes(&w, e.log);
	name_out[w.len] = '\0';
	return !w.full && strcmp(name_out, own) != 0;
}

/* A gateway's lines continue after missing records. */
static struct other *others_begin(struct others *o, const char *name)
{
	size_t len = strlen(strstr(name, "/filterd/")) - strlen("/filterd/");

	for (size_t i = 0; i < o->num && len == 0; i++) {
		if (strncmp(o->list[i].origin, name, strlen(name)) == 0)
			return &o->list[i];
	}
	if (o->num == OTHERS_MAX)
		return NULL;
	memcpy(o->list[o->num].origin, name, ORIGIN_MAX + 1);
	return &o->list[o->num++];
}

bool others_take(struct others *o, const char *own, const struct line_end *end, struct bytes line,
                 const char *file)
{
	struct other *other = others_find(o, end);
	char          name[ORIGIN_MAX + 1];

	if (other == NULL && others_name(line, own, end, name))
		other = others_begin(o, name);
	if (other == NULL)
		return false;
	if (other->num++ == 0) {
		other->first = end->seq;
		snprintf(other->file, sizeof(other->file), "%s",
		         file == NULL ? "" : strrchr(file, '/') != NULL ? strrchr(file, '/') + 1
		                                                        : file);
	}
	other->last = end->seq;
	chain_behind(&other->due, end->seq, line);
	return true;
}

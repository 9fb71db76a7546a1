/* SPDX-License-Identifier: MIT */

/*
 * The last rows are reserved for "other", one for each layer and type, so a row always exists.
 */

#include "audit/tally.h"

#include "policy/builtin.h"

#include <stdio.h>
#include <string.h>

#define LAYERS     (APP_UNKNOWN + 1)
#define TYPES      (EVENT_BLOCK + 1)
#define ROWS_KEPT  (LAYERS * TYPES)
#define OTHER      "other"

static struct tally_row *row_of(struct tally *t, const char *category, enum app app,
                                enum event_type type, size_t most)
{
	struct tally_row *row;

	for (size_t i = 0; i < t->num; i++) {
		row = &t->rows[i];
		if (row->app == app && row->type == type && strcmp(row->category, category) == 0)
			return row;
	}
	if (t->num >= most)
		return NULL;
	row  = &t->rows[t->num++];
	*row = (struct tally_row){ .app = app, .type = type };
	snprintf(row->category, sizeof(row->category), "%s", category);
	return row;
}

static void audit_tally_add(struct tally *t, const char *category, enum app app,
                            enum event_type type, uint64_t count)
{
	struct tally_row *row = row_of(t, category, app, type, TALLY_ROWS - ROWS_KEPT);

	if (row == NULL)
		row = row_of(t, OTHER, app, type, TALLY_ROWS);
	if (row != NULL)
		row->count += count;
}

void tally_add(struct tally *t, const struct event *e)
{
	const struct category *c = e->decision.has_rule ? e->decision.rule.category : NULL;

	if (builtin_is_probe(&e->decision)) {
		t->probes_blocked += e->type == EVENT_BLOCK;
		t->probes_passed += e->type != EVENT_BLOCK;
		return;
	}
	audit_tally_add(t, c != NULL ? c->id : OTHER, e->app, e->type, 1);
}

void tally_merge(struct tally *t, const struct tally *from)
{
	t->probes_blocked += from->probes_blocked;
	t->probes_passed += from->probes_passed;
	for (size_t i = 0; i < from->num; i++)
		audit_tally_add(t, from->rows[i].category, from->rows[i].app, from->rows[i].type,
		                from->rows[i].count);
}

uint64_t tally_sum(const struct tally *t, enum event_type type)
{
	uint64_t sum = 0;

	for (size_t i = 0; i < t->num; i++)
		sum += t->rows[i].type == type ? t->rows[i].count : 0;
	return sum;
}

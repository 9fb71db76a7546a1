/* SPDX-License-Identifier: MIT */

#include "status/others_inside.h"

#include <stdio.h>

void others_note(struct others *o, enum other_kind kind, const char *where, struct bytes rule)
{
	unsigned num = o->num[kind]++;

	if (num >= OTHERS_OF_KIND)
		return;
	snprintf(o->first[kind][num].where, sizeof(o->first[kind][num].where), "%s", where);
	snprintf(o->first[kind][num].rule, OTHERS_RULE, "%.*s", (int)(rule.len < OTHERS_RULE ? rule.len : OTHERS_RULE - 1),
	         (const char *)rule.at);
}

void others_note_marks(struct others *o, const struct settings *s, struct touched t, const char *where, struct bytes rule)
{
	if (t.written & s->mark_mask)
		others_note(o, OTHER_MARK_WRITTEN, where, rule);
	else if (t.read & s->mark_mask)
		others_note(o, OTHER_MARK_READ, where, rule);
}

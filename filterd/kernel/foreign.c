/* SPDX-License-Identifier: MIT */

#include "kernel/foreign_inside.h"

#include <stdio.h>

void foreign_note(struct foreign_rules *o, enum foreign_kind kind, const char *where,
                  struct bytes rule)
{
	unsigned num = o->num[kind]++;

	if (num >= FOREIGN_OF_KIND)
		return;
	snprintf(o->first[kind][num].where, sizeof(o->first[kind][num].where), "%s", where);
	snprintf(o->first[kind][num].rule, FOREIGN_RULE, "%.*s",
	         (int)(rule.len < FOREIGN_RULE ? rule.len : FOREIGN_RULE - 1),
	         (const char *)rule.at);
}

void foreign_note_marks(struct foreign_rules *o, const struct settings *s, struct touched t,
                        const char *where, struct bytes rule)
{
	if (t.written & s->mark_mask)
		foreign_note(o, FOREIGN_MARK_WRITTEN, where, rule);
	else if (t.read & s->mark_mask)
		foreign_note(o, FOREIGN_MARK_READ, where, rule);
}

void foreign_note_queues(struct foreign_rules *o, uint32_t first, uint32_t last, bool bypass)
{
	o->queue_first = o->has_queue && o->queue_first < first ? o->queue_first : first;
	o->queue_last  = o->has_queue && o->queue_last > last ? o->queue_last : last;
	o->has_queue   = true;
	o->bypass      = bypass;
}

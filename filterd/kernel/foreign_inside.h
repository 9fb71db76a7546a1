/* SPDX-License-Identifier: MIT */
#ifndef FILTERD_KERNEL_FOREIGN_INSIDE_H
#define FILTERD_KERNEL_FOREIGN_INSIDE_H

/* Shared by the readers of the three lists. */

#include "kernel/foreign.h"
#include "kernel/rule_line.h"

/* Bits of the mark that a rule changes, and those that it matches. */
struct touched { uint32_t written, read; };

/* Our queueing rule: to one of several adjacent ranges. */
void foreign_note_queues(struct foreign_rules *o, uint32_t first, uint32_t last, bool bypass);

/* Adds a rule of a kind; if the rule uses our bits of the mark, also one of that kind. */
void foreign_note(struct foreign_rules *o, enum foreign_kind kind, const char *where,
                  struct bytes rule);
void foreign_note_marks(struct foreign_rules *o, const struct settings *s, struct touched t,
                        const char *where, struct bytes rule);

#endif

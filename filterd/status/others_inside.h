/* SPDX-License-Identifier: MIT */
#ifndef FILTERD_STATUS_OTHERS_INSIDE_H
#define FILTERD_STATUS_OTHERS_INSIDE_H

/* What the readers of the three lists share. */

#include "status/others.h"
#include "status/rule_line.h"

/* Of the mark: what a rule changes, and what it decides by. */
struct touched { uint32_t written, read; };

/* One more of a kind; and one that touches our bits of the mark, if it does. */
void others_note(struct others *o, enum other_kind kind, const char *where, struct bytes rule);
void others_note_marks(struct others *o, const struct settings *s, struct touched t, const char *where, struct bytes rule);

#endif

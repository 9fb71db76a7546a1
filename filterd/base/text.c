/* SPDX-License-Identifier: MIT */

#include "base/text.h"

void text_begin(struct text *t, void (*give)(void *owner, struct bytes piece), void *owner)
{
	t->give  = give;
	t->owner = owner;
	t->w     = writer_over(t->room, sizeof(t->room));
}

void text_end(struct text *t)
{
	if (t->w.len > 0)
		t->give(t->owner, writer_written(&t->w));
	t->w = writer_over(t->room, sizeof(t->room));
}

/* All but the last byte is given away: it decides whether a comma is due (audit/json.h). */
struct writer *text_room(struct text *t, size_t bytes)
{
	if (t->w.cap - t->w.len < bytes && t->w.len > 1) {
		uint8_t last = t->room[--t->w.len];

		text_end(t);
		write_u8(&t->w, last);
	}
	return &t->w;
}

void text_bytes(struct text *t, struct bytes what)
{
	while (what.len > 0) {
		struct bytes piece = bytes_first(what, TEXT_ROOM_MAX);

		write_bytes(text_room(t, piece.len), piece);
		what = bytes_from(what, piece.len);
	}
}

void text_put(struct text *t, const char *text)
{
	text_bytes(t, bytes_text(text));
}

/* SPDX-License-Identifier: MIT */

#include "base/text.h"

void text_begin(struct text *t, void (*give)(void *owner, struct bytes piece), void *owner)
{
	t->give  = give;
	t->owner = owner;
	t->w     = writer_over(t->room, sizeof(t->room));
}

static void text_give(void *file, struct bytes piece)
{
	fwrite(piece.at, 1, piece.len, file);
}

void text_to(struct text *t, FILE *file)
{
	text_begin(t, text_give, file);
}

void text_end(struct text *t)
{
	if (t->w.len > 0)
		t->give(t->owner, writer_written(&t->w));
	t->w = writer_over(t->room, sizeof(t->room));
}

struct writer *text_room(struct text *t, size_t bytes)
{
	if (t->w.cap - t->w.len < bytes)
		text_end(t);
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

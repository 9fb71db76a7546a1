/* SPDX-License-Identifier: MIT */
#ifndef FILTERD_BASE_TEXT_H
#define FILTERD_BASE_TEXT_H

/*
 * Text: a writer of unlimited length, for reports. It passes its output on piece by piece.
 */

#include "base/bytes.h"

#include <stdio.h>

#define TEXT_ROOM_MAX 2048      /* bytes */

struct text {
	struct writer w;                                        /* over `room` */
	void        (*give)(void *owner, struct bytes piece);   /* borrowed for the call */
	void         *owner;
	uint8_t       room[4096];
};

void text_begin(struct text *t, void (*give)(void *owner, struct bytes piece), void *owner);
void text_to(struct text *t, FILE *file);                       /* begins one that goes there */
void text_end(struct text *t);                                  /* passes on the rest */

void text_put(struct text *t, const char *text);
void text_bytes(struct text *t, struct bytes what);

/* For the write_...() functions: room for that many bytes, TEXT_ROOM_MAX at most. */
struct writer *text_room(struct text *t, size_t bytes);

#endif

/* SPDX-License-Identifier: MIT */

#include "report/embed.h"

#include "base/base64.h"

#include <string.h>

#define GROUPS 192              /* of three bytes; their base64 fits into a text */

static void embed_put(struct embed *e, struct bytes what)
{
	uint8_t       room[BASE64_LEN(3 * GROUPS)];
	struct writer text = writer_over(room, sizeof(room));

	base64_write(&text, what);
	text_bytes(e->into, writer_written(&text));
}

/* Three bytes make a group; the rest waits for the next piece. */
static void embed_give(void *owner, struct bytes piece)
{
	struct embed *e    = owner;
	struct bytes more = bytes_first(piece, e->num_rest > 0 ? sizeof(e->rest) - e->num_rest : 0);

	if (more.len > 0) {
		memcpy(e->rest + e->num_rest, more.at, more.len);
		e->num_rest += more.len;
		piece = bytes_from(piece, more.len);
	}
	if (e->num_rest == sizeof(e->rest)) {
		embed_put(e, bytes_of(e->rest, sizeof(e->rest)));
		e->num_rest = 0;
	}
	while (piece.len >= sizeof(e->rest)) {
		struct bytes groups = bytes_first(piece, sizeof(e->rest) * GROUPS);

		groups.len -= groups.len % sizeof(e->rest);
		embed_put(e, groups);
		piece = bytes_from(piece, groups.len);
	}
	if (piece.len > 0) {
		memcpy(e->rest, piece.at, piece.len);
		e->num_rest = piece.len;
	}
}

void embed_begin(struct embed *e, struct text *into)
{
	e->into     = into;
	e->num_rest = 0;
	text_begin(&e->text, embed_give, e);
}

void embed_end(struct embed *e)
{
	text_end(&e->text);
	if (e->num_rest > 0)
		embed_put(e, bytes_of(e->rest, e->num_rest));
}

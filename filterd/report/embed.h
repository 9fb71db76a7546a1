/* SPDX-License-Identifier: MIT */
#ifndef FILTERD_REPORT_EMBED_H
#define FILTERD_REPORT_EMBED_H

/* Embed: a text whose content goes into another text as base64, for a data: link (RFC 2397). */

#include "base/text.h"

struct embed {
	struct text  text;              /* write here */
	struct text *into;
	uint8_t      rest[3];
	size_t       num_rest;
};

void embed_begin(struct embed *e, struct text *into);
void embed_end(struct embed *e);

#endif

/* SPDX-License-Identifier: MIT */

#include "audit/community.h"

#include "base/base64.h"
#include "crypto/crypto.h"

#include <string.h>

enum { PROTO_TCP = 6, PROTO_UDP = 17 };

static void write_end(struct writer *w, const struct address *a)
{
	write_bytes(w, bytes_of(a->at, a->family == 4 ? 4 : 16));
}

/* The smaller (address, port) goes first, so both directions give the same text. */
int community_id(const struct address *src, uint16_t src_port, const struct address *dst,
                 uint16_t dst_port, enum transport transport, char id_out[COMMUNITY_ID_MAX],
                 uint64_t *flow_id_out)
{
	int           order = memcmp(src->at, dst->at, sizeof(src->at));
	bool          swap  = order > 0 || (order == 0 && src_port > dst_port);
	uint8_t       tuple[2 + 16 + 16 + 2 + 4], digest[SHA1_LEN];
	struct writer w     = writer_over(tuple, sizeof(tuple)),
		      id    = writer_over(id_out, COMMUNITY_ID_MAX - 1);
	uint64_t      first = 0;
	int           error;

	write_u16(&w, 0);               /* the seed */
	write_end(&w, swap ? dst : src);
	write_end(&w, swap ? src : dst);
	write_u8(&w, transport == TRANSPORT_TCP ? PROTO_TCP : PROTO_UDP);
	write_u8(&w, 0);
	write_u16(&w, swap ? dst_port : src_port);
	write_u16(&w, swap ? src_port : dst_port);
	error = sha1_of(writer_written(&w), digest);
	if (error != 0)
		return error;
	write_text(&id, "1:");
	base64_write(&id, bytes_of(digest, sizeof(digest)));
	id_out[id.len] = '\0';
	for (size_t i = 0; i < sizeof(first); i++)
		first = first << 8 | digest[i];
	*flow_id_out = first >> 13;     /* 51 bits */
	return 0;
}

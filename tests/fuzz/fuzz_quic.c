/* SPDX-License-Identifier: MIT */

/*
 * quic_next_packet: packets lie inside the datagram, one behind the other. quic_open_initial: what
 * does not hold leaves nothing. quic_next_crypto, over the input itself as if it had been opened:
 * pieces lie inside the frames.
 */

#include "inspect/quic.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static void check_inside(struct bytes piece, struct bytes all)
{
	if (piece.len > 0 && (piece.at < all.at || piece.at + piece.len > all.at + all.len))
		abort();
}

static void open_packet(struct quic_cipher *cipher, const struct quic_packet *p)
{
	static uint8_t   room[65536];
	struct writer    scratch = writer_over(room, sizeof(room));
	struct bytes     frames  = { 0 };
	uint64_t         largest = 7;
	struct quic_keys keys;

	if (quic_keys_derive(cipher, p->version, p->dcid, &keys) != 0)
		abort();
	if (quic_open_initial(cipher, &keys, p, &largest, &scratch, &frames) == PARSE_OK)
		check_inside(frames, bytes_of(room, sizeof(room)));
	else if (frames.len > 0 || largest != 7 || scratch.len != 0)
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	static struct quic_cipher *cipher;
	struct bytes       all = bytes_of(data, len);
	struct reader      r   = reader_over(all, PARSE_BAD);
	struct quic_packet p;
	struct quic_crypto piece;

	if (cipher == NULL && (cipher = quic_cipher_new()) == NULL)
		abort();
	for (const uint8_t *end = data; quic_next_packet(&r, &p) == PARSE_OK;
	     end                = p.whole.at + p.whole.len) {
		check_inside(p.whole, all);
		if (p.whole.len == 0 || p.whole.at < end)
			abort();
		if (p.type == QUIC_INITIAL)
			open_packet(cipher, &p);
	}
	r = reader_over(all, PARSE_BAD);
	while (quic_next_crypto(&r, &piece) == PARSE_OK)
		check_inside(piece.data, all);
	return 0;
}

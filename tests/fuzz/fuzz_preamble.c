/* SPDX-License-Identifier: MIT */

/*
 * preamble_read: pieces lie inside the stream, as their hosts do; no hello begins inside one; what
 * is not free comes to an end.
 */

#include "inspect/preamble.h"
#include "inspect/tls.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static void check_piece(struct bytes stream, size_t len, const struct hosts *hosts)
{
	static uint8_t   scratch[TLS_HELLO_MAX];
	struct writer    w = writer_over(scratch, sizeof(scratch));
	struct tls_hello hello;

	if (len == 0 || len > stream.len || len > PREAMBLE_PIECE_MAX)
		abort();
	for (size_t i = 0; i < hosts->num; i++) {
		if (hosts->at[i].at < stream.at ||
		    hosts->at[i].at + hosts->at[i].len > stream.at + len)
			abort();
	}
	/*
	 * One of SSLv2, without records, names nobody; no server takes one of another version; and
	 * empty records before it may be in the piece.
	 */
	for (size_t i = 1; i < len; i++) {
		if (tls_read_hello(bytes_from(stream, i), &w, &hello) == PARSE_OK &&
		    hello.num_records > 0 && hello.legacy_version >> 8 == 3 &&
		    !hello.hosts.is_unreadable && i + hello.passed < len)
			abort();
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct bytes    left = bytes_of(data, len);
	struct preamble p    = { 0 };
	struct hosts    hosts;
	size_t          piece;

	while (preamble_read(left, &p, &piece, &hosts) == PARSE_OK) {
		check_piece(left, piece, &hosts);
		if (p.spent > PREAMBLE_PIECES)
			abort();
		left = bytes_from(left, piece);
	}
	return 0;
}

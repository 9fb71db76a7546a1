/* SPDX-License-Identifier: MIT */

/*
 * multipath_strip: what it gives is the same packet, as long, with right sums if it had them, and
 * asks for nothing any more.
 */

#include "wire/multipath.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	static uint8_t room[65536 + 64];
	struct packet  p, out;
	struct writer  w = writer_over(room, sizeof(room));

	if (packet_read(bytes_of(data, len), &p) != PARSE_OK ||
	    p.transport == TRANSPORT_FRAGMENT || p.ip.len > sizeof(room))
		return 0;
	if (!multipath_strip(&w, &p)) {
		if (w.len > 0)
			abort();
		return 0;
	}
	if (w.full || w.len != p.ip.len || packet_read(writer_written(&w), &out) != PARSE_OK ||
	    !bytes_equal(out.payload, p.payload) ||
	    (packet_sums_ok(&p) && !packet_sums_ok(&out)) || multipath_strip(&w, &out))
		abort();
	return 0;
}

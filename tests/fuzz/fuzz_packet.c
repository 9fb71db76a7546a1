/* SPDX-License-Identifier: MIT */

/*
 * packet_read, link_read: whatever the bytes, every view lies inside the input; checksums read no
 * further.
 */

#include "wire/link.h"
#include "wire/packet.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static void must_lie_inside(struct bytes view, const uint8_t *data, size_t len)
{
	if (view.len > 0 && (view.at < data || view.at + view.len > data + len))
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	static const int  linktypes[] = { 0, 1, 9, 51, 101, 104, 105, 108, 113, 127, 239, 276 };
	struct link_frame frame;
	struct packet     p;

	for (size_t i = 0; i < COUNT(linktypes); i++) {
		if (link_read(linktypes[i], bytes_of(data, len), &frame) != PARSE_OK ||
		    frame.ip.len == 0)
			continue;
		must_lie_inside(frame.ip, data, len);
		if (packet_read(frame.ip, &p) != PARSE_OK)
			continue;
		must_lie_inside(p.ip, data, len);
		must_lie_inside(p.segment, data, len);
		if (p.transport == TRANSPORT_FRAGMENT)
			continue;
		must_lie_inside(p.payload, data, len);
		packet_sums_ok(&p);
		packet_sum_is_pending(&p);
	}
	return 0;
}

/* SPDX-License-Identifier: MIT */

/*
 * socks_read_request: the host lies inside the request, the request inside the stream, and a
 * beginning is waited for.
 */

#include "inspect/socks.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct socks_request r, part;

	if (socks_read_request(bytes_of(data, len), &r) != PARSE_OK)
		return 0;
	if (r.len > len ||
	    (r.host.len > 0 && (r.host.at < data || r.host.at + r.host.len > data + r.len)))
		abort();
	for (size_t cut = 0; cut < r.len; cut++) {
		if (socks_read_request(bytes_of(data, cut), &part) != PARSE_MORE)
			abort();
	}
	return 0;
}

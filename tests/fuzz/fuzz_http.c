/* SPDX-License-Identifier: MIT */

/*
 * http_read_request: hosts lie inside the stream and have no line end; a request cut anywhere is
 * waited for, and what is known of a beginning is still known of the whole. http_skip_chunks: an
 * end lies inside the stream.
 */

#include "inspect/http.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static void check_hosts(const struct http_request *r, const uint8_t *data, size_t len)
{
	for (size_t i = 0; i < r->hosts.num; i++) {
		struct bytes host = r->hosts.at[i];

		if (host.len == 0 || host.at < data || host.at + host.len > data + len ||
		    memchr(host.at, '\n', host.len))
			abort();
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct http_request whole, part;
	uint64_t            end;

	if (http_skip_chunks(bytes_of(data, len), &end) == PARSE_OK && end > len)
		abort();
	if (http_read_request(bytes_of(data, len), &whole) != PARSE_OK)
		return 0;
	check_hosts(&whole, data, len);
	if (whole.len > len)
		abort();
	for (size_t cut = 0; cut < whole.len && cut < 2048; cut++) {
		if (http_read_request(bytes_of(data, cut), &part) != PARSE_MORE ||
		    part.hosts.num > whole.hosts.num)
			abort();
		check_hosts(&part, data, cut);
	}
	return 0;
}

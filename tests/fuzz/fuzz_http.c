/* SPDX-License-Identifier: MIT */

/*
 * http_read_request: hosts lie inside the stream and have no line end; a request cut anywhere is
 * waited for, and what is known of a beginning is still known of the whole. http_has_news tells of
 * every change. http_skip_chunks: an end lies inside the stream.
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

/* Its method has bytes that no client sends: it is read only if its line is whole. */
static bool waits_for_line(const uint8_t *data, size_t len)
{
	size_t at = 0;

	while (at < len && (data[at] == ' ' || (data[at] >= '\t' && data[at] <= '\r') ||
	                    (data[at] >= 0x1c && data[at] <= 0x1f)))
		at++;
	if (memchr(data + at, '\n', len - at) != NULL)
		return false;
	if (at < len && data[at] != '\0' && strchr("<{[\"", data[at]) != NULL)
		return true;
	for (; at < len; at++) {
		if (data[at] < ' ' || data[at] >= 0x7f)
			return true;
	}
	return false;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct http_request whole, part;
	struct http_scan    scan    = { 0 };
	bool                goes_on = false;
	uint64_t            end;

	if (http_skip_chunks(bytes_of(data, len), &end) == PARSE_OK && end > len)
		abort();
	if (http_read_request(bytes_of(data, len), &whole) != PARSE_OK)
		return 0;
	check_hosts(&whole, data, len);
	if (whole.len > len)
		abort();
	for (size_t cut = 0; cut < whole.len && cut < 2048; cut++) {
		bool       has_news = http_has_news(&scan, bytes_of(data, cut));
		enum parse status   = http_read_request(bytes_of(data, cut), &part);

		goes_on |= part.goes_on;
		if (status == PARSE_BAD && !waits_for_line(data, cut))
			abort();
		if (status == PARSE_BAD)
			continue;
		if (status == PARSE_OK && (!part.goes_on || !(has_news || goes_on)))
			abort();
		if (part.hosts.num > whole.hosts.num)
			abort();
		check_hosts(&part, data, cut);
	}
	return 0;
}

/* SPDX-License-Identifier: MIT */

/*
 * http2_read_request: hosts lie inside the stream or the scratch memory, and have no space; every
 * beginning of a connection is waited for, and has no host that the whole has not. Input that is no
 * preface is read behind one.
 */

#include "inspect/http2.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

#define STREAM_MAX 20480

static const char preface[] = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";

static uint8_t stream[STREAM_MAX], room[HTTP2_SCRATCH(STREAM_MAX)], room_of_part[sizeof(room)];

static bool lies_inside(struct bytes view, const uint8_t *at, size_t len)
{
	return view.at >= at && view.at + view.len <= at + len;
}

static void check_hosts(const struct hosts *hosts, size_t len, const struct writer *scratch)
{
	for (size_t i = 0; i < hosts->num; i++) {
		struct bytes host = hosts->at[i];

		if (host.len == 0 || memchr(host.at, ' ', host.len) != NULL ||
		    (!lies_inside(host, stream, len) &&
		     !lies_inside(host, scratch->start, scratch->len)))
			abort();
	}
}

static bool has_host(const struct hosts *hosts, struct bytes host)
{
	for (size_t i = 0; i < hosts->num; i++) {
		if (bytes_equal(hosts->at[i], host))
			return true;
	}
	return false;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct writer       w       = writer_over(stream, sizeof(stream));
	struct writer       scratch = writer_over(room, sizeof(room));
	struct writer       of_part = writer_over(room_of_part, sizeof(room_of_part));
	struct http_request whole, part;

	if (len > STREAM_MAX / 2)
		return 0;
	if (len < sizeof(preface) || memcmp(data, preface, 16) != 0)
		write_text(&w, preface);
	write_bytes(&w, bytes_of(data, len));
	if (http2_read_request(writer_written(&w), &scratch, &whole) == PARSE_BAD)
		return 0;
	check_hosts(&whole.hosts, w.len, &scratch);
	if (whole.len > w.len || (whole.goes_on && whole.need <= w.len))
		abort();
	for (size_t cut = 0; cut < w.len; cut += cut < 512 ? 1 : 97) {
		if (http2_read_request(bytes_of(stream, cut), &of_part, &part) == PARSE_BAD)
			abort();
		check_hosts(&part.hosts, cut, &of_part);
		for (size_t i = 0; i < part.hosts.num; i++) {
			if (!has_host(&whole.hosts, part.hosts.at[i]))
				abort();
		}
	}
	return 0;
}

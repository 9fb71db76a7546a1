/* SPDX-License-Identifier: MIT */

/*
 * tls_read_hello: each name lies inside the stream, the scratch memory or the hello itself. After
 * PARSE_OK no beginning of the stream is PARSE_BAD, so a hello cut anywhere is waited for, and none
 * of them is thought to be too long, or to need more than the hello had.
 */

#include "inspect/tls.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static uint8_t          room[TLS_HELLO_MAX];
static struct tls_hello hello, begun;

static bool lies_inside(struct bytes view, const void *at, size_t len)
{
	const uint8_t *begin = at;

	return view.at >= begin && view.at + view.len <= begin + len;
}

static void check_names(const uint8_t *data, size_t len)
{
	for (size_t i = 0; i < hello.hosts.num; i++) {
		if (!lies_inside(hello.hosts.at[i], data, len) &&
		    !lies_inside(hello.hosts.at[i], room, sizeof(room)) &&
		    !lies_inside(hello.hosts.at[i], hello.names.folded, hello.names.len))
			abort();
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct bytes  all     = bytes_of(data, len);
	struct writer scratch = writer_over(room, sizeof(room));
	bool          asks_again;
	enum parse    status;

	tls_read_server_hello(all, &asks_again);
	if (tls_read_next(all, true, &scratch, &hello) != PARSE_BAD)
		check_names(data, len);
	if (tls_read_handshake(all, &hello) != PARSE_BAD)
		check_names(data, len);
	status = tls_read_hello(all, &scratch, &hello);
	if (status != PARSE_BAD)
		check_names(data, len);
	if (status == PARSE_MORE && hello.need > 0 && !hello.is_too_long && hello.need <= len)
		abort();
	if (status != PARSE_OK)
		return 0;
	for (size_t cut = 0; cut < len && cut < 2048; cut++) {
		status = tls_read_hello(bytes_first(all, cut), &scratch, &begun);
		if (status == PARSE_BAD)
			abort();
		if (status == PARSE_MORE && begun.len > hello.len)
			abort();
	}
	return 0;
}

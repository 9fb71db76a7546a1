/* SPDX-License-Identifier: MIT */

/*
 * tls_read_hello: PARSE_OK means that the name lies inside the stream or the scratch memory; and
 * then no beginning of the stream is PARSE_BAD, so a hello cut anywhere is waited for.
 */

#include "inspect/tls.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static bool lies_inside(struct bytes view, const uint8_t *at, size_t len)
{
	return view.at >= at && view.at + view.len <= at + len;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	static uint8_t   room[TLS_HELLO_MAX];
	struct writer    scratch = writer_over(room, sizeof(room));
	struct tls_hello hello;

	if (tls_read_hello(bytes_of(data, len), &scratch, &hello) != PARSE_OK)
		return 0;
	for (size_t i = 0; i < hello.hosts.num; i++) {
		if (!lies_inside(hello.hosts.at[i], data, len) &&
		    !lies_inside(hello.hosts.at[i], room, sizeof(room)))
			abort();
	}
	for (size_t cut = 0; cut < len && cut < 2048; cut++) {
		if (tls_read_hello(bytes_of(data, cut), &scratch, &hello) == PARSE_BAD)
			abort();
	}
	return 0;
}

/* SPDX-License-Identifier: MIT */

/*
 * ask_dns_read, on what anybody may send to a client that asked. The text of the error lies inside
 * the message, and there is none but of a block.
 */

#include "inspect/ask.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct host         host = host_literal("5f3a.blocked.filterd.test");
	struct ask_answered got;

	/* the id that the answer has, or another */
	ask_dns_read(bytes_of(data, len), len > 1 ? (uint16_t)(data[0] << 8 | data[1]) : 0, host,
	             &got);
	if (got.text.len > 0 && (got.what != ASK_BLOCKED || got.text.at < data ||
	                         (size_t)(got.text.at - data) > len - got.text.len))
		abort();
	if (got.what == ASK_NONE && got.rcode != 0)
		abort();
	return 0;
}

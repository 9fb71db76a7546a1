/* SPDX-License-Identifier: MIT */

/* proxy_line_read: a line ends with CR LF inside the stream, and a beginning is waited for. */

#include "inspect/proxy_line.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	size_t line_len = 0, part;

	if (proxy_line_read(bytes_of(data, len), &line_len) != PARSE_OK)
		return 0;
	if (line_len == 0 || (data[0] == 'P' && (line_len > len || data[line_len - 1] != '\n')))
		abort();
	for (size_t cut = 0; cut < (data[0] == 'P' ? line_len : 16); cut++) {
		if (proxy_line_read(bytes_of(data, cut), &part) != PARSE_MORE)
			abort();
	}
	return 0;
}

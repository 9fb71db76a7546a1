/* SPDX-License-Identifier: MIT */

/*
 * list_walk: every pattern is a canonical name of printable ASCII; what is wrong is named with its
 * line.
 */

#include "policy/list.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static bool take(void *context, enum pattern_kind kind, struct host pattern, uint32_t line)
{
	(void)context;
	if (pattern.len == 0 || line == 0)
		abort();
	for (size_t i = 0; i < pattern.len; i++) {
		if (pattern.text[i] <= ' ' || pattern.text[i] > '~' || pattern.text[i] == '"' ||
		    pattern.text[i] == '\\')
			abort();
	}
	if (kind == PATTERN_LABEL)
		pattern_matches_label(bytes_of(pattern.text, pattern.len),
		                      bytes_of(pattern.text, pattern.len));
	return true;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct problem    problem = { "" };
	struct list_lines lines;

	if (list_walk(bytes_of(data, len), "list", take, NULL, &lines, &problem) != 0 ||
	    (lines.num_wrong > 0) != (strstr(problem.text, "line ") != NULL))
		abort();
	return 0;
}

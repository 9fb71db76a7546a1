/* SPDX-License-Identifier: MIT */

/*
 * zone_walk: every rule is a canonical name of printable ASCII; what is wrong is named with its
 * place; a zone is never taken for a list.
 */

#include "policy/zone.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static bool take(void *context, const struct zone_rule *rule)
{
	(void)context;
	if (rule->pattern.len == 0 || rule->line == 0 ||
	    (rule->kind != PATTERN_EXACT && rule->kind != PATTERN_BELOW))
		abort();
	for (size_t i = 0; i < rule->pattern.len; i++) {
		char c = rule->pattern.text[i];

		if (c <= ' ' || c > '~' || c == '"' || (c >= 'A' && c <= 'Z'))
			abort();
	}
	return true;
}

static void check_place(const char *text, size_t len)
{
	unsigned long line, column;

	if (sscanf(text, "zone: line %lu, column %lu:", &line, &column) != 2 || line == 0 ||
	    line > len + 1 || column == 0 || column > len + 1)
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct problem       problem = { "" };
	struct zone_left_out left_out;
	struct bytes         content = bytes_of(data, len);

	if (zone_walk(content, "zone", take, NULL, &left_out, &problem) != 0)
		check_place(problem.text, len);
	if (left_out.num > 0 && left_out.line == 0)
		abort();
	zone_is_one(content);
	return 0;
}

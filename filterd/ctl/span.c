/* SPDX-License-Identifier: MIT */

#include "ctl/span.h"

#include "base/bytes.h"

#include <stdlib.h>
#include <string.h>

unsigned long span_seconds(const char *text)
{
	static const struct { char unit; unsigned long seconds; } units[] = {
		{ 's', 1 }, { 'm', 60 }, { 'h', 3600 }, { 'd', 86400 },
	};
	size_t        len    = strspn(text, "0123456789");
	unsigned long number = len > 0 && len <= 6 ? strtoul(text, NULL, 10) : 0;

	for (size_t i = 0; i < COUNT(units); i++) {
		if (text[len] != units[i].unit || text[len + 1] != '\0')
			continue;
		/* On a router, long has 32 bits. */
		return number <= UINT32_MAX / units[i].seconds ? number * units[i].seconds : 0;
	}
	return 0;
}

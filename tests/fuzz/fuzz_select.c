/* SPDX-License-Identifier: MIT */

/*
 * selection_takes, on a log of anybody's. The first line is what is asked for, a host, device and
 * category in one, the others are records: what takes everything takes each attempt, and what asks
 * for more takes no other than what asks for less.
 */

#include "review/select.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct bytes     rest = bytes_of(data, len), first = bytes_cut_line(&rest), line;
	struct selection all = selection_all(), device = selection_all(), host = selection_all(),
			 both;
	struct problem   problem;
	struct entry     e;
	char             asked[512];

	snprintf(asked, sizeof(asked), "%.*s", (int)bytes_first(first, sizeof(asked) - 1).len,
	         first.len > 0 ? (const char *)first.at : "");
	select_device(&device, asked);
	both = device;
	if (select_host(&host, asked, &problem) == 0 && select_host(&both, asked, &problem) != 0)
		abort();
	while (rest.len > 0) {
		line = bytes_cut_line(&rest);
		if (entry_read(line, &e) != PARSE_OK)
			continue;
		if (e.has_time && entry_is_attempt(&e) && !selection_takes(&all, &e))
			abort();
		if (host.num_hosts > 0 && selection_takes(&both, &e) &&
		    !(selection_takes(&device, &e) && selection_takes(&host, &e)))
			abort();
	}
	return 0;
}

/* SPDX-License-Identifier: MIT */

/*
 * lease_walk, leases_new: a name has its bounds, and the last lease of any file is found again by
 * its address and by its MAC.
 */

#include "audit/leases.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static bool         has_last;
static struct lease last;

static void take(void *context, const struct lease *lease)
{
	(void)context;
	if (lease->name_len > LEASE_NAME_MAX ||
	    (lease->address.family != 4 && lease->address.family != 6))
		abort();
	has_last = true;
	last     = *lease;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct bytes   text = bytes_of(data, len), name;
	struct leases *l    = leases_new(&text, 1, len);

	if (l == NULL)
		return 0;
	has_last = false;
	lease_walk(text, take, NULL);
	if (has_last && leases_left_out(l) == 0) {
		name = bytes_of(last.name, last.is_over ? 0 : last.name_len);
		if (!bytes_equal(leases_find(l, NULL, &last.address), name))
			abort();
		if (last.has_mac && name.len > 0 &&
		    !bytes_equal(leases_find(l, last.mac, &last.address), name))
			abort();
	}
	leases_free(l);
	return 0;
}

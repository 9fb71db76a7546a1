/* SPDX-License-Identifier: MIT */

/*
 * foreign_read_nft, _iptables, _routing: what is kept of a rule is bounded, and stands in the text;
 * no more is kept than there is.
 */

#include "kernel/foreign.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static void must_be_sound(const struct foreign_rules *o, struct bytes text)
{
	for (int kind = 0; kind < FOREIGN_KINDS; kind++) {
		for (unsigned i = 0; i < FOREIGN_OF_KIND; i++) {
			const struct foreign_rule *other = &o->first[kind][i];
			size_t                     len   = strnlen(other->rule, FOREIGN_RULE);

			if (len == FOREIGN_RULE ||
			    strnlen(other->where, sizeof(other->where)) == sizeof(other->where))
				abort();
			if (i >= o->num[kind] && (len > 0 || other->where[0] != '\0'))
				abort();
			if (len > 0 && memmem(text.at, text.len, other->rule, len) == NULL)
				abort();
		}
	}
	if (o->has_queue ? false : o->bypass || o->queue_first != 0 || o->queue_last != 0)
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	static struct settings settings;
	struct bytes           text = bytes_of(data, len);
	struct foreign_rules   nft  = { 0 }, iptables = { 0 }, routing = { 0 };

	settings_default(&settings);
	foreign_read_nft(text, &settings, &nft);
	must_be_sound(&nft, text);
	foreign_read_iptables(text, len % 2 == 0 ? 4 : 6, &settings, &iptables);
	must_be_sound(&iptables, text);
	foreign_read_routing(text, &settings, &routing);
	must_be_sound(&routing, text);
	return 0;
}

/* SPDX-License-Identifier: MIT */
#ifndef FILTERD_INSPECT_DNS_WALK_H
#define FILTERD_INSPECT_DNS_WALK_H

/* Shared by the files that walk through a message: dns.c, which reads names, and dns_answer.c. */

#include "base/bytes.h"

/* Passes over a name where it stands; a pointer ends it. RFC 1035, section 4.1.4. */
static inline void dns_skip_name(struct reader *r)
{
	uint8_t len;

	while ((len = read_u8(r)) != 0 && len < 0x40)
		read_bytes(r, len);
	if (len >= 0xc0)
		read_u8(r);
	else if (len != 0)
		r->status = PARSE_BAD;
}

#endif

/* SPDX-License-Identifier: MIT */
#ifndef FILTERD_INSPECT_DNS_WALK_H
#define FILTERD_INSPECT_DNS_WALK_H

/* Shared by the files that walk through a message: dns.c, dns_answer.c and dns_ech.c. */

#include "inspect/dns.h"

#define DNS_HEADER    12        /* bytes; RFC 1035, section 4.1.1 */
#define LABEL_POINTER 0xc0      /* the two top bits of a length octet; RFC 1035, section 4.1.4 */
#define LABEL_LENGTH  0x3f

/* The message costs too much: no more of it is read. Always PARSE_BAD. */
static inline enum parse dns_give_up(struct dns_reader *d)
{
	d->is_over = true;
	return d->left.status = PARSE_BAD;
}

/* Takes units from the message's budget. PARSE_OK; or PARSE_BAD, given up. */
static inline enum parse dns_charge(struct dns_reader *d, size_t units)
{
	if (units > d->work_left)
		return dns_give_up(d);
	d->work_left -= (uint32_t)units;
	return PARSE_OK;
}

/* Skips a name in place; a pointer ends it. */
void dns_skip_name(struct dns_reader *d, struct reader *r);

/* Skips the questions that are left. */
void dns_skip_questions(struct dns_reader *d);

#endif

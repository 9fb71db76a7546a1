/* SPDX-License-Identifier: MIT */
#ifndef FILTERD_BOARD_GLANCE_H
#define FILTERD_BOARD_GLANCE_H

/*
 * Glance: the little that is to be known of most records, from a line as filterd writes it, at a
 * tenth of what the whole of its JSON takes: a router reads a month of them for each answer.
 */

#include "log/entry.h"

struct glance {
	int64_t      time_us;
	uint64_t     seq;
	/* it is about filterd, and says nothing of attempts or policies */
	bool         is_other;
	struct bytes own;               /* "filterd":{...}} */
};

#define GLANCE_OWN_MAX 4096     /* bytes of `own`; more is read as a whole */

/*
 * glance_read  - Gives: PARSE_BAD: it is not in the form that filterd writes, or too long, and
 *                record_read() may read it all the same. What is not looked at may be anything.
 * glance_entry - Takes: what glance_read() gave. Gives: PARSE_OK and an entry of which the object
 *                `filterd`, the time and the number are set. Keeps: room, as long as the entry
 *                lives.
 */
enum parse glance_read(struct bytes line, struct glance *out);
enum parse glance_entry(const struct glance *g, uint8_t room[GLANCE_OWN_MAX + 1],
                        struct entry *out);

#endif

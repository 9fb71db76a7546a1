/* SPDX-License-Identifier: MIT */
#ifndef FILTERD_BOARD_GLANCE_H
#define FILTERD_BOARD_GLANCE_H

/*
 * Glance: the few facts needed from most records, from a line in filterd's format, in a tenth of
 * the time of a full JSON parse: a router reads a month of them for each answer.
 */

#include "log/entry.h"

struct glance {
	int64_t      time_us;
	uint64_t     seq;
	/* it is about filterd, without attempts or policies */
	bool         is_other;
	struct bytes own;               /* "filterd":{...}} */
};

#define GLANCE_OWN_MAX 4096     /* bytes of `own`; a longer one is parsed fully */

/*
 * glance_read  - Gives: PARSE_BAD: it is not in filterd's format, or too long; record_read() may
 *                still read it. The other members are not checked.
 * glance_entry - Takes: the result of glance_read(). Gives: PARSE_OK and an entry with the object
 *                `filterd`, the time and the number. Keeps: room, as long as the entry is used.
 */
enum parse glance_read(struct bytes line, struct glance *out);
enum parse glance_entry(const struct glance *g, uint8_t room[GLANCE_OWN_MAX + 1],
                        struct entry *out);

#endif

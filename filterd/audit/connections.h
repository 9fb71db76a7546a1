/* SPDX-License-Identifier: MIT */
#ifndef FILTERD_AUDIT_CONNECTIONS_H
#define FILTERD_AUDIT_CONNECTIONS_H

/*
 * Connections: the kernel's counts of new TCP and UDP connections through the gateway since the
 * rules were made, through filterd's queue and around it. It counts a connection's first packet,
 * after all other rules have accepted it.
 */

#include "base/bytes.h"

#define CONNECTIONS_INTERFACES 16       /* counted separately; few gateways have more of one kind */
#define CONNECTIONS_NAME_MAX   16       /* bytes; the kernel's IFNAMSIZ */

struct connections_row {
	char     interface[CONNECTIONS_NAME_MAX];
	uint64_t count;
};

/* By incoming interface. All zero: none. */
struct connections_by {
	size_t                 num;
	struct connections_row rows[CONNECTIONS_INTERFACES];
	uint64_t               others;  /* of interfaces without a row */
};

struct connections {
	uint64_t table;                 /* number of the counting table: a new table starts at 0 */
	uint64_t met, met_own;          /* through the queue: forwarded; of the gateway itself */
	/* should have gone through the queue, and did not; "lo": sent by the gateway itself */
	struct connections_by around;
	/* of interfaces left out by the settings */
	struct connections_by left_out;
	/* of these, forwarded to an uplink, like those of clients */
	struct connections_by outward;
	/* of those, from private addresses: RFC 1918, RFC 4193 */
	struct connections_by clients;
};

/* connections_add - `interface` is any bytes, read up to a zero byte. */
void     connections_add(struct connections_by *by, struct bytes interface, uint64_t count);
uint64_t connections_sum(const struct connections_by *by);

/* Their members in a record. */
struct connections_sums {
	uint64_t table, met, around, left_out;
};

struct connections_sums connections_sums(const struct connections *c);

/*
 * connections_since - the difference. Gives: false, and nothing, if another table counts now, or
 *                     this one counts less: then the difference is unknown.
 */
bool connections_since(const struct connections_sums *before, const struct connections_sums *now,
                       struct connections_sums *out);

#endif

/* SPDX-License-Identifier: MIT */
#ifndef FILTERD_AUDIT_CONNECTIONS_H
#define FILTERD_AUDIT_CONNECTIONS_H

/*
 * Connections: how many new ones of TCP and UDP passed the gateway, by filterd's queue and not, as
 * the kernel counts them since the rules were made. It counts a connection's first packet, once all
 * others have let it through.
 */

#include "base/bytes.h"

#define CONNECTIONS_INTERFACES 16       /* told apart; a gateway with more of one kind is rare */
#define CONNECTIONS_NAME_MAX   16       /* bytes, as the kernel's IFNAMSIZ */

struct connections_row {
	char     interface[CONNECTIONS_NAME_MAX];
	uint64_t count;
};

/* By the interface where they came in. All zero: none. */
struct connections_by {
	size_t                 num;
	struct connections_row rows[CONNECTIONS_INTERFACES];
	uint64_t               others;  /* of interfaces that found no row */
};

struct connections {
	uint64_t table;                 /* number of the table that counts: another begins anew */
	uint64_t met, met_own;          /* came by the queue: forwarded; of the gateway itself */
	/* should have come by the queue, and did not; "lo": sent by the gateway itself */
	struct connections_by around;
	/* of interfaces that the settings leave out */
	struct connections_by left_out;
	/* of these, forwarded by an interface of the way out, as those of clients are */
	struct connections_by outward;
	/* of those, from private addresses: RFC 1918, RFC 4193 */
	struct connections_by clients;
};

/* connections_add - `interface` is any bytes; what follows a zero byte is left out. */
void     connections_add(struct connections_by *by, struct bytes interface, uint64_t count);
uint64_t connections_sum(const struct connections_by *by);

/* Their members in a record. */
struct connections_sums {
	uint64_t table, met, around, left_out;
};

struct connections_sums connections_sums(const struct connections *c);

/*
 * connections_since - what came in between. Gives: false, and nothing, if another table counts now,
 *                     or this one counts less: what passed in between, nobody can say.
 */
bool connections_since(const struct connections_sums *before, const struct connections_sums *now,
                       struct connections_sums *out);

#endif

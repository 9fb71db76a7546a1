/* SPDX-License-Identifier: MIT */
#ifndef FILTERD_AUDIT_SOURCES_H
#define FILTERD_AUDIT_SOURCES_H

/*
 * Sources: clients that sent the queue more packets than [queue] source-rate allows, and the number
 * that the kernel dropped. Counted by IP and MAC address, if the link has one, and by MAC address
 * alone: a device that forges IP addresses keeps its MAC.
 */

#include "base/mac.h"
#include "wire/packet.h"

#define SOURCES_A_SET 128       /* counted separately; further ones are only in the sum */
#define SOURCES_MAX   (5 * SOURCES_A_SET)       /* as many sets as kernel/rules_sources.c has */
#define SOURCES_NAMED 8         /* in one record */

struct sources_row {
	struct address ip;              /* all 0: any */
	bool           has_mac;
	uint8_t        mac[MAC_BYTES];
	uint64_t       packets;         /* that were dropped */
};

/* The kernel's counts since the rules were made. */
struct sources {
	uint64_t           table;       /* number of the counting table: a new table starts at 0 */
	uint64_t           packets;     /* of all sources */
	size_t             num;
	struct sources_row rows[SOURCES_MAX];
};

/* Their members in a record. */
struct sources_since {
	uint64_t           packets;
	size_t             num;
	struct sources_row rows[SOURCES_NAMED];         /* those with most packets, most first */
};

/*
 * sources_add - Takes: ip, of 4, 16 or no bytes; mac, of 6 or none. Other lengths, and rows that do
 * not fit, are left out.
 */
void sources_add(struct sources *s, struct bytes ip, struct bytes mac, uint64_t packets);

/* sources_since - the difference to `before`; all, if another table counted then. */
void sources_since(const struct sources *before, const struct sources *now,
                   struct sources_since *out);

/* "192.0.2.9 (3c:52:82:11:22:33)", or the known part of it. */
void sources_row_write(struct writer *w, const struct sources_row *row);

#endif

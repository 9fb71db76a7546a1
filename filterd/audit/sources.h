/* SPDX-License-Identifier: MIT */
#ifndef FILTERD_AUDIT_SOURCES_H
#define FILTERD_AUDIT_SOURCES_H

/*
 * Sources: who sent the queue more packets than [queue] source-rate lets through, and how many of
 * them the kernel dropped. Counted by IP and MAC address, where the link has one, and by MAC
 * address: a device that forges IP addresses keeps that.
 */

#include "base/mac.h"
#include "wire/packet.h"

#define SOURCES_A_SET 128       /* told apart; those beyond are in the sum alone */
#define SOURCES_MAX   (5 * SOURCES_A_SET)       /* as many sets as kernel/rules_sources.c has */
#define SOURCES_NAMED 8         /* in one record */

struct sources_row {
	struct address ip;              /* all 0: of any */
	bool           has_mac;
	uint8_t        mac[MAC_BYTES];
	uint64_t       packets;         /* that were dropped */
};

/* As the kernel counts them since the rules were made. */
struct sources {
	uint64_t           table;       /* number of the table that counts: another begins anew */
	uint64_t           packets;     /* of all sources */
	size_t             num;
	struct sources_row rows[SOURCES_MAX];
};

/* Their members in a record. */
struct sources_since {
	uint64_t           packets;
	size_t             num;
	struct sources_row rows[SOURCES_NAMED];         /* those with most, most first */
};

/*
 * sources_add - Takes: ip, of 4, 16 or no bytes; mac, of 6 or none. What has other lengths, or
 * finds no row, is left out.
 */
void sources_add(struct sources *s, struct bytes ip, struct bytes mac, uint64_t packets);

/* sources_since - what came since `before`; all, if another table counted then. */
void sources_since(const struct sources *before, const struct sources *now,
                   struct sources_since *out);

/* "192.0.2.9 (3c:52:82:11:22:33)", or what of it is known. */
void sources_row_write(struct writer *w, const struct sources_row *row);

#endif

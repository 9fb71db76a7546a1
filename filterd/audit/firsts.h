/* SPDX-License-Identifier: MIT */
#ifndef FILTERD_AUDIT_FIRSTS_H
#define FILTERD_AUDIT_FIRSTS_H

/*
 * Firsts: devices that asked for a host of the policy for the first time since filterd started; for
 * somebody who reads the system log. Anybody can make up devices: beyond FIRSTS_DEVICES some are
 * evicted, but none of the last FIRSTS_DEVICES / 2 that were there for a while; and the number of
 * waiting messages is bounded.
 */

#include "audit/event.h"
#include "audit/lease_file.h"

#define FIRSTS_DEVICES 1024     /* 64 bytes each */
#define FIRSTS_WAIT    8        /* messages; the others are only counted */
#define FIRSTS_HOST    256      /* bytes; a host name has 255 at most */

struct first {
	enum event_type type;
	bool            has_mac;
	uint8_t         mac[6];
	struct address  client;
	uint16_t        name_len, host_len;
	uint8_t         name[LEASE_NAME_MAX], host[FIRSTS_HOST];
};

struct firsts;

/* firsts_new - NULL without memory; firsts_add() and firsts_take() accept NULL. */
struct firsts *firsts_new(uint64_t seed);
void           firsts_free(struct firsts *f);

/*
 * firsts_add  - Takes: any event; is_known: has its device been there for a while, or a DHCP
 *               lease?; its name, or nothing. The test name does not count as an attempt.
 * firsts_take - the oldest waiting one; *left_out, the number that did not fit since the last call.
 *               False: none waits.
 * first_say   - "LAPTOP-7 (3c:52:82:11:22:33) asked for dnl-01.geo.kaspersky.com for the first time
 *               since filterd started: blocked", without characters that move text around them.
 */
void firsts_add(struct firsts *f, const struct event *e, bool is_known, struct bytes name);
bool firsts_take(struct firsts *f, struct first *out, uint64_t *left_out);
void first_say(struct writer *w, const struct first *first);

#endif

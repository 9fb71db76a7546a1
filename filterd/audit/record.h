/* SPDX-License-Identifier: MIT */
#ifndef FILTERD_AUDIT_RECORD_H
#define FILTERD_AUDIT_RECORD_H

/*
 * Record: an event as one line of JSON in the format of Suricata's EVE log; our own members are in
 * the object `filterd`, which is always last. The order of members is fixed: the hash and the
 * signature cover these bytes.
 */

#include "audit/chain.h"
#include "audit/event.h"
#include "audit/repeats.h"

/*
 * Bytes of a line: four names of 1,275 escaped bytes, a sensor and a path of 512, four texts of
 * 256, a device's name of 64, a waiver's reason of 200, each escaped sixfold at worst, and 1,500
 * for the rest.
 */
#define RECORD_MAX 24576

/* Facts that are not in the event itself. */
struct record_context {
	const char  *sensor;            /* "host" in EVE: the gateway's name */
	struct bytes policy_digest;     /* SHA-256, 32 bytes */
	/*
	 * of the device, from its present lease: raw bytes, at most LEASE_NAME_MAX; empty if none
	 */
	struct bytes name;
};

/*
 * A record is written in this order:
 *
 * record_open   - everything up to the member `reply` of `filterd`, which stays open;
 * record_count  - the number of attempts in it, and the time of the first if there are several (the
 *                 record has the time of the last);
 * record_folded - if it counts by device and category only, by host, or by category: its other
 *                 members are those of the last attempt;
 * record_packet - only in a replay: the capture and the packet's number in it, from 1;
 * record_close  - its place in the chain, and the end of the line. The caller advances the chain.
 *
 * Gives:  w->full if RECORD_MAX was too small, which no event can cause.
 */
void record_open(struct writer *w, const struct event *e, const struct record_context *c);
void record_count(struct writer *w, uint64_t count, int64_t first_us);
void record_folded(struct writer *w, enum folded folded);
void record_packet(struct writer *w, const char *capture, uint64_t number);
void record_close(struct writer *w, const struct chain *chain);

/* "dns", "tls" ...; "failed", EVE's word for unknown protocols. */
extern const char *const app_names[APP_UNKNOWN + 1], *const type_names[EVENT_BLOCK + 1];

#endif

/* SPDX-License-Identifier: MIT */
#ifndef FILTERD_AUDIT_RECORD_H
#define FILTERD_AUDIT_RECORD_H

/*
 * Record: an event as one line of JSON in the shape of Suricata's EVE log, everything of ours in the object `filterd`,
 * which is always last. Members come in a fixed order: what is hashed and signed one day is these bytes.
 */

#include "audit/event.h"

#define RECORD_MAX 24576        /* bytes of a line: four times a name of 1,275 escaped bytes, a sensor and a path of 512, four
                                   texts of 256, each escaped sixfold at worst, and 1,500 for the rest */

/* What stays the same from record to record. */
struct record_context {
	const char  *sensor;            /* "host" in EVE: the name of the gateway */
	struct bytes policy_digest;     /* SHA-256, 32 bytes */
	const char  *capture;           /* replay: the file the packet is from; NULL when live */
};

/*
 * record_open  - everything of the line up to and including the last member of `filterd`, which stays open;
 * record_close - closes it and ends the line. Members for a chain go between the two.
 *
 * Takes:  packet_number, from 1, written only if context->capture is set.
 * Gives:  w->full if RECORD_MAX was too small, which no event can bring about.
 */
void record_open(struct writer *w, const struct event *e, const struct record_context *c,
                 uint64_t packet_number);
void record_close(struct writer *w);

/* "dns", "tls" ...; "failed" for what no reader knew, as EVE has it. */
const char *app_name(enum app app);

#endif

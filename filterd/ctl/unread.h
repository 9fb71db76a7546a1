/* SPDX-License-Identifier: MIT */
#ifndef FILTERD_CTL_UNREAD_H
#define FILTERD_CTL_UNREAD_H

/*
 * Unread: what of a capture was not judged, or not all of it, counted by the reason. A summary
 * without it would say "0 blocked" of a capture that nobody could read.
 */

#include "engine/engine.h"
#include "queue/pcap.h"

struct unread;

/* NULL without memory. */
struct unread *unread_new(void);
void           unread_free(struct unread *u);

/*
 * unread_note - one packet of the capture, once the engine has judged it.
 *
 * Takes:  ip, empty if the frame holds no IP packet; is_readable, false if its headers are cut; the
 *         engine's counts behind it.
 */
void unread_note(struct unread *u, const struct captured *packet, struct bytes ip,
                 bool is_readable, const struct engine_counts *counts);

/*
 * unread_print - Takes: the packets that the capture itself lost; is_whole, false if it is damaged.
 */
void unread_print(const struct unread *u, uint64_t num_lost, bool is_whole);

#endif

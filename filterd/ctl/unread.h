/* SPDX-License-Identifier: MIT */
#ifndef FILTERD_CTL_UNREAD_H
#define FILTERD_CTL_UNREAD_H

/*
 * Unread: counts the packets of a capture that were not judged completely, by reason. Without it a
 * summary would say "0 blocked" for an unreadable capture.
 */

#include "engine/engine.h"
#include "queue/pcap.h"

struct unread;

/* NULL: out of memory. */
struct unread *unread_new(void);
void           unread_free(struct unread *u);

/*
 * unread_note - one packet of the capture, after the engine has judged it.
 *
 * Takes:  ip, empty if the frame holds no IP packet; is_readable, false if its headers are
 *         truncated; the engine's counts after it.
 */
void unread_note(struct unread *u, const struct captured *packet, struct bytes ip,
                 bool is_readable, const struct engine_counts *counts);

/*
 * unread_print - Takes: the number of packets missing from the capture itself; is_whole, false if
 *                it is damaged.
 */
void unread_print(const struct unread *u, uint64_t num_lost, bool is_whole);

#endif

/* SPDX-License-Identifier: MIT */
#ifndef FILTERD_WIRE_MULTIPATH_H
#define FILTERD_WIRE_MULTIPATH_H

/*
 * Multipath TCP: a connection whose bytes travel on several paths, so that none of them shows a
 * whole name. Both ends ask for it in their SYN; without the option there the connection is
 * ordinary TCP, and a further path cannot join.
 */

#include "wire/packet.h"

/*
 * multipath_strip - a SYN without its option of Multipath TCP.
 *
 * Takes:  any packet from packet_read(); a writer with room for as many bytes.
 * Gives:  true, and the whole packet in *w: each such option is replaced by NOPs, and the TCP
 *         checksum is right, even if the kernel had yet to fill it in. False, *w untouched, if
 *         there is nothing to replace, the capture cut the packet, or its checksum is wrong (no
 *         receiver takes it, and it must not become right). w->full as always.
 * Source: RFC 8684, sections 3.1, 3.2 and 3.7 (what a host does when its option was removed).
 */
bool multipath_strip(struct writer *w, const struct packet *p);

#endif

/* SPDX-License-Identifier: MIT */
#ifndef FILTERD_CTL_PROBE_EXCHANGE_H
#define FILTERD_CTL_PROBE_EXCHANGE_H

/* Exchange: one message to a server as an ordinary client sends it, and what comes back. */

#include "wire/packet.h"

enum exchanged {
	EXCHANGE_ANSWERED,      /* bytes came, or the server took the message and ended */
	EXCHANGE_ENDED,         /* a reset, or an error by ICMP, behind the message */
	EXCHANGE_SILENT,        /* nothing came in EXCHANGE_WAIT_MS */
	EXCHANGE_UNREACHED,     /* the message was not sent: no route, no connection */
};

#define EXCHANGE_WAIT_MS 3000   /* to connect, and for an answer; a datagram is sent twice */

/*
 * exchange - Gives: what became of it; *answer_out holds the first bytes that came;
 *            *error_out, errno of EXCHANGE_ENDED and EXCHANGE_UNREACHED.
 */
enum exchanged exchange(const struct address *to, uint16_t port, enum transport transport,
                        struct bytes message, struct writer *answer_out, int *error_out);

#endif

/* SPDX-License-Identifier: MIT */
#ifndef FILTERD_CTL_PROBE_EXCHANGE_H
#define FILTERD_CTL_PROBE_EXCHANGE_H

/* Exchange: sends one message to a server, like an ordinary client, and takes the answer. */

#include "wire/packet.h"

enum exchanged {
	EXCHANGE_ANSWERED,      /* an answer, or the server accepted the message and closed */
	EXCHANGE_ENDED,         /* a reset or an ICMP error after the message was sent */
	EXCHANGE_SILENT,        /* no answer within EXCHANGE_WAIT_MS */
	EXCHANGE_UNREACHED,     /* the message was not sent: no route, no connection */
};

#define EXCHANGE_WAIT_MS 3000   /* to connect, and for an answer; a datagram is sent twice */

/*
 * exchange - Gives: the outcome; *answer_out holds the first bytes of the answer; *error_out, errno
 *            with EXCHANGE_ENDED and EXCHANGE_UNREACHED.
 */
enum exchanged exchange(const struct address *to, uint16_t port, enum transport transport,
                        struct bytes message, struct writer *answer_out, int *error_out);

#endif

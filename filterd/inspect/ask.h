/* SPDX-License-Identifier: MIT */
#ifndef FILTERD_INSPECT_ASK_H
#define FILTERD_INSPECT_ASK_H

/*
 * Ask: the first message of a client that names a host, as an ordinary client sends it, in each
 * protocol that the filter reads; and what an answer to a DNS question says. For a probe, which
 * wants to see what becomes of it: nothing of what a server answers is used but that it does.
 */

#include "base/host.h"

#define ASK_RANDOM 80           /* bytes of chance in a hello */
#define ASK_MAX    1400         /* bytes of any of these messages, but of the longest name */

/* A question for an address, with EDNS, as only a sender of that is told why it was blocked. */
void ask_dns(struct writer *w, uint16_t id, struct host host);
/* A ClientHello of TLS 1.3 and 1.2 in its record. */
void ask_tls(struct writer *w, struct host host, const uint8_t random[ASK_RANDOM]);
void ask_http(struct writer *w, struct host host);
/* A datagram with the Initial of a QUIC connection, version 1, for HTTP/3. 0 or -EIO. */
int ask_quic(struct writer *w, struct host host, const uint8_t random[ASK_RANDOM]);

enum ask_answer {
	ASK_NONE,               /* no answer to this question */
	ASK_BLOCKED,            /* with the Extended DNS Error of that: RFC 8914, section 4.16 */
	ASK_ADDRESS,            /* an address */
	ASK_OTHER,              /* no such name, refused ... */
};

struct ask_answered {
	enum ask_answer what;
	uint8_t         rcode;
	struct bytes    text;           /* of the error; borrowed from the message */
};

/* Takes: message, without the length of TCP; id and host as they were asked. */
void ask_dns_read(struct bytes message, uint16_t id, struct host host, struct ask_answered *out);

#endif

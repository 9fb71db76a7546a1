/* SPDX-License-Identifier: MIT */
#ifndef FILTERD_INSPECT_ASK_H
#define FILTERD_INSPECT_ASK_H

/*
 * Ask: the first message of a client that names a host, as an ordinary client sends it, in each
 * protocol that the filter reads; and the result in the answer to a DNS question. For a probe,
 * which wants to see what happens to the message: of a server's answer it uses only the fact that
 * there is one.
 */

#include "base/host.h"

#define ASK_RANDOM 80           /* random bytes in a hello */
#define ASK_MAX    1400         /* bytes of any of these messages, without a name of full length */

/* A question for an address, with EDNS: only a client with EDNS is told why it was blocked. */
void ask_dns(struct writer *w, uint16_t id, struct host host);
/* A ClientHello of TLS 1.3 and 1.2 in its record. */
void ask_tls(struct writer *w, struct host host, const uint8_t random[ASK_RANDOM]);
void ask_http(struct writer *w, struct host host);
/* A datagram with the Initial of a QUIC connection, version 1, for HTTP/3. 0 or -EIO. */
int ask_quic(struct writer *w, struct host host, const uint8_t random[ASK_RANDOM]);

enum ask_answer {
	ASK_NONE,               /* does not answer this question */
	ASK_BLOCKED,            /* with the Extended DNS Error "Blocked": RFC 8914, section 4.16 */
	ASK_ADDRESS,            /* an address */
	ASK_OTHER,              /* no such name, refused ... */
};

struct ask_answered {
	enum ask_answer what;
	uint8_t         rcode;
	struct bytes    text;           /* of the error; borrowed from the message */
};

/* Takes: message, without the length of TCP; id and host as in the question. */
void ask_dns_read(struct bytes message, uint16_t id, struct host host, struct ask_answered *out);

#endif

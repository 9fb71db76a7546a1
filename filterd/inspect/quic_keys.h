/* SPDX-License-Identifier: MIT */
#ifndef FILTERD_INSPECT_QUIC_KEYS_H
#define FILTERD_INSPECT_QUIC_KEYS_H

/*
 * QUIC keys: the keys of a client's Initial packets. They follow from the version and the
 * connection id that the client chose first, so anybody on the path can derive them (RFC 9001,
 * section 5.2).
 */

#include "base/bytes.h"

#define QUIC_CID_MAX 20         /* octets; RFC 9000, section 17.2 */
#define QUIC_TAG     16         /* authentication tag after a packet's content, in bytes */

/* How a version protects its Initial packets. */
struct quic_version {
	uint32_t    number;
	const char *name;               /* "1", "2", "draft-29" */
	uint8_t     salt[20];
	const char *key_label, *iv_label, *hp_label;
	/* the two type bits of a long header */
	uint8_t     initial, zero_rtt, handshake, retry;
};

/* quic_version_find - NULL for a version whose Initial packets cannot be read. */
const struct quic_version *quic_version_find(uint32_t number);
/* quic_version_at - the readable versions, counted from 0; NULL after the last. */
const struct quic_version *quic_version_at(size_t number);

struct quic_keys {
	uint8_t key[16], iv[12], hp[16];
};

/* Keys as absorbed by HMAC, and room to work in. One owner at a time. */
struct quic_cipher;

/* quic_cipher_new - NULL without memory, or if the library has no HMAC-SHA256 or AES-128. */
struct quic_cipher *quic_cipher_new(void);
void                quic_cipher_free(struct quic_cipher *c);

/*
 * quic_keys_derive - Takes: v, from quic_version_find(); dcid, 0 to 20 octets, from the client's
 *                    first Initial, or from its first after a Retry.
 * Gives:  0 and *out; -EIO if the library fails.
 * Source: RFC 9001, section 5.2; RFC 9369, section 3.3.
 */
int quic_keys_derive(struct quic_cipher *c, const struct quic_version *v, struct bytes dcid,
                     struct quic_keys *out);

/*
 * quic_header_mask - the five bytes that hide a packet's number. sample: 16 bytes. RFC 9001,
 * section 5.4.3.
 */
int quic_header_mask(struct quic_cipher *c, const struct quic_keys *keys, struct bytes sample,
                     uint8_t mask_out[5]);

/*
 * quic_keys_open - Takes: header, with the number in clear; sealed, content and tag.
 * Gives:  0 with the content written to out (room for sealed.len bytes); -EBADMSG if the tag does
 *         not hold.
 * Source: RFC 9001, section 5.3.
 */
int quic_keys_open(struct quic_cipher *c, const struct quic_keys *keys, uint64_t number,
                   struct bytes header, struct bytes sealed, struct writer *out);

/* The reverse: 0 with the sealed packet written to out; -EIO. */
int quic_keys_seal(struct quic_cipher *c, const struct quic_keys *keys, uint64_t number,
                   struct bytes header, struct bytes content, struct writer *out);

#endif

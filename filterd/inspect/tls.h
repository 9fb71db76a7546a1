/* SPDX-License-Identifier: MIT */
#ifndef FILTERD_INSPECT_TLS_H
#define FILTERD_INSPECT_TLS_H

/*
 * TLS: the server name in a ClientHello, from the first bytes of a stream.
 *
 * The hello may be cut into records at any byte, its own four-byte header included (RFC 8446,
 * section 5.1); one that lies in a single record is read where it stands, others are put together
 * in the caller's scratch memory.
 */

#include "inspect/hosts.h"

#define TLS_HELLO_MAX 16384     /* bytes of handshake message; post-quantum key shares take 4 KiB */
#define TLS_RECORDS_MAX 512     /* records one hello may be cut into */

struct tls_hello {
	struct hosts hosts;             /* of server_name; none if none is named */
	uint16_t     legacy_version;
	/* extension encrypted_client_hello, 0xfe0d, of type outer; GREASE looks alike */
	bool         has_ech;
	uint8_t      ech_config;        /* its config_id */
	unsigned     num_records;       /* it was cut into; 0 without records */
	size_t       len;               /* bytes up to the end of the record in which it ends */
	bool         supports_tls13;    /* supported_versions names 0x0304 */
};

/*
 * tls_read_hello - Takes: all bytes of the client's stream so far; scratch, memory of at least
 *         TLS_HELLO_MAX bytes, used only when the hello spans records (scratch->len is reset).
 * Gives:  PARSE_OK with *out; PARSE_MORE if this can still become a ClientHello, and always for one
 *         over the limits above: how long to wait is the caller's to say; PARSE_BAD if this stream
 *         does not begin with a ClientHello.
 * Keeps:  *out borrows from stream or scratch.
 * Source: RFC 8446 sections 4.1.2, 5.1; RFC 6066 section 3 (a second host_name or an empty one is
 *         PARSE_BAD); SSLv2-compatible hellos are not read (RFC 7568, RFC 6176).
 * A record of length 0 or over 2^14 + 256 bytes makes it bad; a single byte of a hello is
 * PARSE_MORE if it is 0x16.
 */
enum parse tls_read_hello(struct bytes stream, struct writer *scratch, struct tls_hello *out);

/*
 * tls_read_handshake - the same for a hello without records, as QUIC carries it (RFC 9001, section
 *                      4).
 * Takes:  the beginning of the handshake stream.
 */
enum parse tls_read_handshake(struct bytes handshake, struct tls_hello *out);

/*
 * tls_read_server_hello - does a server ask for another hello?
 * Takes:  the first bytes that a server sends.
 * Gives:  PARSE_OK with *asks_again_out: it is a HelloRetryRequest; PARSE_MORE; PARSE_BAD if it is
 *         no ServerHello.
 * Source: RFC 8446, sections 4.1.3 and 4.1.4.
 */
enum parse tls_read_server_hello(struct bytes stream, bool *asks_again_out);

#endif

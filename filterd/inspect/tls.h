/* SPDX-License-Identifier: MIT */
#ifndef FILTERD_INSPECT_TLS_H
#define FILTERD_INSPECT_TLS_H

/*
 * TLS: the server names in a ClientHello, from the first bytes of a stream, as servers read it:
 * what they skip before it is skipped (tls_records.h), and every name that one of them takes is
 * returned (server_name.h).
 */

#include "inspect/hosts.h"
#include "inspect/server_name.h"
#include "inspect/tls_records.h"

/*
 * Bytes of a stream that are looked at for one hello: the size of a gathering. Post-quantum key
 * shares take 4 KiB; Java accepts up to 32 KiB, Go 64 KiB, OpenSSL 128 KiB.
 */
#define TLS_HELLO_MAX 20480
/* extensions looked at; 60 exist, and browsers send some 20 */
#define TLS_EXTENSIONS_MAX 256

struct tls_hello {
	/*
	 * From server_name; empty if it names no host. is_unreadable: a server may read a name here
	 * that is not in the list.
	 */
	struct hosts hosts;
	uint16_t     legacy_version;
	/* extension encrypted_client_hello, 0xfe0d, of type outer; GREASE looks alike */
	bool         has_ech;
	uint8_t      ech_config;        /* the config_id of that extension */
	unsigned     num_records;       /* up to its end; 0 without records */
	bool         supports_tls13;    /* supported_versions names 0x0304 */
	/* early_data: records of application data may come before another hello */
	bool         offers_early_data;
	/*
	 * Bytes of the stream up to the end of the record that ends the hello, which may lie beyond
	 * the stream: tls_read_next reads on from there. For an incomplete hello, the smallest
	 * possible value.
	 */
	size_t       len;
	/* bytes of whole records before it, which need not be read again */
	size_t       passed;
	/*
	 * PARSE_MORE: the hello needs a stream of at least this length, and need not be read again
	 * before that. If it is too long, this is the most that is looked at; 0 if no further byte
	 * is looked at.
	 */
	size_t       need;
	/* it cannot be whole within TLS_HELLO_MAX bytes of stream or TLS_RECORDS_MAX records */
	bool         is_too_long;
	struct server_names names;      /* hosts may borrow from it */
};

/*
 * tls_read_hello - Takes: all bytes of the client's stream so far; scratch, memory of at least
 *         TLS_HELLO_MAX bytes, used only when the hello spans records (scratch->len is reset).
 * Gives:  PARSE_OK with *out. PARSE_MORE if this can still become a ClientHello; *out then has
 *         what whole extensions have shown so far, and is_too_long as soon as the lengths say so:
 *         the caller decides how long to wait. PARSE_BAD if no TLS server takes this for a
 *         beginning.
 * Keeps:  *out borrows from stream, from scratch and from itself: it must not be copied.
 * Source: RFC 8446 sections 4.1.2, 5.1; RFC 5246, appendix E.2 (a hello in SSLv2's form, which
 *         names no host); what servers accept: the table of tests/unit/test_tls.c.
 * A hello that no measured server accepts is read as far as possible, and unreadable. If a second
 * one lies in the same record, its names are in *out, too: GnuTLS reads it.
 */
enum parse tls_read_hello(struct bytes stream, struct writer *scratch, struct tls_hello *out);

/*
 * tls_read_next - the same for what follows a hello: another one if the server asked for it.
 *
 * Takes:  stream, from `len` of the hello before on; passes_data: records of application data may
 *         lie in between, as after a hello that offers_early_data.
 * Gives:  as tls_read_hello; PARSE_BAD if only a server that did not ask again reads this: any
 *         other handshake message, application data.
 */
enum parse tls_read_next(struct bytes stream, bool passes_data, struct writer *scratch,
                         struct tls_hello *out);

/*
 * tls_read_handshake - as tls_read_hello, for a hello without records, as QUIC carries it (RFC
 *                      9001, section 4).
 * Takes:  the handshake stream, from the beginning of the hello on.
 */
enum parse tls_read_handshake(struct bytes handshake, struct tls_hello *out);

/*
 * tls_read_server_hello - does a server ask for another hello?
 *
 * Takes:  all bytes of the server's stream so far.
 * Gives:  PARSE_OK with *asks_again_out; PARSE_MORE if its first 38 bytes are not there, in
 *         any number of records; PARSE_BAD if this is not a ServerHello: a fatal alert, another
 *         protocol.
 * Source: RFC 8446, section 4.1.3. Servers send a warning before it (unrecognized_name).
 */
enum parse tls_read_server_hello(struct bytes stream, bool *asks_again_out);

#endif

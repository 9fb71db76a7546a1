/* SPDX-License-Identifier: MIT */
#ifndef FILTERD_INSPECT_SOCKS_H
#define FILTERD_INSPECT_SOCKS_H

/* SOCKS: the host that a client asks a proxy for, read from the client's bytes alone. */

#include "base/bytes.h"

struct socks_request {
	struct bytes host;              /* as sent; empty if an address is asked for */
	/* SOCKS 5: bytes of the stream before the request, that is the greeting and a login */
	size_t       begin;
	/* bytes of the stream up to the end of the request, where the tunnel begins */
	size_t       len;
};

/*
 * socks_read_request - Takes: all bytes of the client's stream so far.
 * Gives:  PARSE_OK with *out; PARSE_MORE if this can still become a request to connect; PARSE_BAD
 *         if it cannot.
 * Source: RFC 1928 (greeting, request), RFC 1929 (name and password between them); SOCKS 4 and 4A
 *         as OpenSSH and curl send them. What proxies accept was measured with Dante 1.4,
 *         microsocks 1.0 and OpenSSH 9.2: any number of methods except zero, a name up to its
 *         first NUL. microsocks takes one segment for the greeting, whatever its content and its
 *         length: so a request for a name is read without a greeting, too. A client that
 *         negotiates GSSAPI (RFC 1961) is PARSE_BAD.
 */
enum parse socks_read_request(struct bytes stream, struct socks_request *out);

#endif

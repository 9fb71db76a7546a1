/* SPDX-License-Identifier: MIT */
#ifndef FILTERD_INSPECT_HTTP_H
#define FILTERD_INSPECT_HTTP_H

/*
 * HTTP/1: every host that a request names, from the first bytes of a stream. Servers and proxies
 * differ in which of several names they follow and in how much they tolerate, so all names are
 * read, and all spellings that some server takes.
 */

#include "inspect/hosts.h"

enum http_body {
	HTTP_BODY_NONE,
	HTTP_BODY_LENGTH,
	HTTP_BODY_CHUNKED,
	HTTP_BODY_FOREIGN,              /* no HTTP follows: CONNECT, Upgrade */
};

struct http_request {
	struct bytes   method, target, protocol, user_agent;
	/* of an absolute target or CONNECT, then of Host; without user and port */
	struct hosts   hosts;
	bool           is_connect;
	bool           is_absolute;             /* the target is a URI: a request to a proxy */
	enum http_body body;
	uint64_t       body_len;                /* HTTP_BODY_LENGTH */
	size_t         len;                     /* bytes up to and with the empty line */
};

/*
 * http_read_request - Takes: all bytes of a stream so far.
 * Gives:  PARSE_OK with all of *out; PARSE_MORE with what whole lines have given so far, if this
 *         can still become a request; PARSE_BAD if it cannot.
 * Keeps:  *out borrows from stream.
 * Source: RFC 9112, sections 2.2 (empty lines before a request, LF alone), 3.2 (forms of the
 *         target), 5.1 and 5.2 (white space before the colon, folded lines: forbidden, and taken by
 *         some); RFC 9110, section 4.2.4.
 */
enum parse http_read_request(struct bytes stream, struct http_request *out);

/*
 * http_skip_chunks - the end of a chunked body (RFC 9112, section 7.1).
 * Gives:  PARSE_OK, *len_out bytes up to and with the empty line at its end; PARSE_MORE if it ends
 *         later: *len_out bytes of whole chunks can be forgotten (this may be more than there are:
 *         the rest of a chunk); PARSE_BAD if it is none.
 */
enum parse http_skip_chunks(struct bytes stream, uint64_t *len_out);

#endif

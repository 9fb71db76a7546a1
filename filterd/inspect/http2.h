/* SPDX-License-Identifier: MIT */
#ifndef FILTERD_INSPECT_HTTP2_H
#define FILTERD_INSPECT_HTTP2_H

/*
 * HTTP/2 in the clear: every host that the requests of a connection name, from the client's first
 * bytes. With prior knowledge that is the beginning of the stream, otherwise what follows an
 * HTTP/1.1 request with Upgrade: h2c (RFC 7540, section 3.2).
 */

#include "inspect/http.h"

/* bytes of scratch; enough for a stream of the same length */
#define HTTP2_SCRATCH(stream_len) (3 * (stream_len))

/*
 * http2_read_request - Takes: all bytes so far; scratch, for texts that are not in the stream
 *         literally.
 * Gives:  PARSE_OK if a header block is whole: *out has the hosts (:authority, host, an absolute
 *         :path) of all blocks, the incomplete last one included; method, target and so on are
 *         those of the first. goes_on is set, and need, until the connection cannot go on. A
 *         longer part of the stream gives at least the same hosts.
 *         PARSE_MORE, with the hosts so far, if none is whole; PARSE_BAD if this is not a preface.
 *         hosts.is_unreadable after an error, a reference to a missing table entry, lack of room,
 *         or more work than a client's first requests are.
 * Keeps:  *out borrows from stream and scratch.
 * Source: RFC 9113, sections 3.4, 4.1, 4.3, 6.2, 6.10, 8.3; nginx accepts frames before SETTINGS,
 *         and Go frames of up to 1 MiB.
 */
enum parse http2_read_request(struct bytes stream, struct writer *scratch,
                              struct http_request *out);

#endif

/* SPDX-License-Identifier: MIT */
#ifndef FILTERD_INSPECT_HTTP2_H
#define FILTERD_INSPECT_HTTP2_H

/*
 * HTTP/2 in the clear: every host that the requests of a connection name, from the client's first
 * bytes on: with prior knowledge the beginning of the stream, else what follows a request of
 * HTTP/1.1 with Upgrade: h2c (RFC 7540, section 3.2).
 */

#include "inspect/http.h"

/* bytes of scratch for which nothing is left out of a stream of as many bytes */
#define HTTP2_SCRATCH(stream_len) (3 * (stream_len))

/*
 * http2_read_request - Takes: all bytes so far; scratch, for texts that are not in the stream as
 *         they are.
 * Gives:  PARSE_OK if a header block is whole: *out has the hosts (:authority, host, an absolute
 *         :path) of all blocks, and of what there is of the last; method, target and so on are
 *         those of the first. goes_on is set, and need, until the connection cannot go on. A
 *         longer part of the stream gives at least the same hosts.
 *         PARSE_MORE, with the hosts so far, if none is whole; PARSE_BAD if this is no preface.
 *         hosts.is_unreadable after an error, a reference to what is not in the table, without
 *         room, or if it is more work than a client's first requests are.
 * Keeps:  *out borrows from stream and scratch.
 * Source: RFC 9113, sections 3.4, 4.1, 4.3, 6.2, 6.10, 8.3; nginx takes frames before SETTINGS,
 *         and Go frames of up to 1 MiB.
 */
enum parse http2_read_request(struct bytes stream, struct writer *scratch,
                              struct http_request *out);

#endif

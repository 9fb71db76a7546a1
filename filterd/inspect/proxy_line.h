/* SPDX-License-Identifier: MIT */
#ifndef FILTERD_INSPECT_PROXY_LINE_H
#define FILTERD_INSPECT_PROXY_LINE_H

/*
 * PROXY protocol: the line or header in which a proxy tells a server whose connection it is
 * forwarding. Any client may send one to a server that is set up for it; what follows is a
 * beginning of its own.
 */

#include "base/bytes.h"

/*
 * proxy_line_read - Takes: all bytes of the client's stream so far that were not skipped.
 * Gives:  PARSE_OK: the line or header is *len_out bytes long; PARSE_MORE if this can still become
 *         one; PARSE_BAD if it cannot.
 * Source: proxy-protocol.txt of HAProxy, sections 2.1 and 2.2, as HAProxy 2.6 and nginx 1.22 read
 *         it. nginx skips anything between UNKNOWN and the next CR, LF included, of any length
 *         that it has room for, and accepts any family and command of version 2.
 */
enum parse proxy_line_read(struct bytes stream, size_t *len_out);

#endif

/* SPDX-License-Identifier: MIT */
#ifndef FILTERD_INSPECT_HTTP_H
#define FILTERD_INSPECT_HTTP_H

/*
 * HTTP/1: every host that a request names, from the first bytes of a stream. Servers and proxies
 * differ in which of several names they follow and in how much they tolerate, so all names are
 * read, in every spelling that some server accepts. "Some server" is one of nginx, Apache (also
 * with HttpProtocolOptions Unsafe), lighttpd (also without its strict options), HAProxy, Node (also
 * with insecureHTTPParser), and the ones built into Java, Go and Python: what each accepts was
 * measured.
 */

#include "inspect/hosts.h"

enum http_body {
	HTTP_BODY_NONE,
	HTTP_BODY_LENGTH,
	HTTP_BODY_CHUNKED,
	HTTP_BODY_FOREIGN,              /* no HTTP follows: CONNECT */
};

/* A server that does not know the protocol continues with HTTP/1. */
enum http_upgrade { HTTP_UPGRADE_NONE, HTTP_UPGRADE_OTHER, HTTP_UPGRADE_HTTP2 };

/*
 * Limits for one request. No browser sends as much; nginx and Apache accept lines of 8 KiB, HAProxy
 * and Apache some 100 fields.
 */
#define HTTP_LINE_MAX   8192    /* bytes of its first line */
/* bytes of a first line that could be another protocol's; only Java servers accept it */
#define HTTP_ODD_LINE_MAX 1024
#define HTTP_BLANKS_MAX 256     /* blanks and control bytes before the first line, and within it */
#define HTTP_FIELDS_MAX 100
#define HTTP_VALUES_MAX 1024    /* bytes of values that matter, and 32 for each */

struct http_request {
	struct bytes      method, target, protocol, user_agent;
	/* of an absolute target or CONNECT, then of Host; without user and port */
	struct hosts      hosts;
	bool              is_connect;
	bool              is_absolute;          /* the target is a URI: a request to a proxy */
	bool              to_proxy;             /* or CONNECT, or a field for proxies */
	/* the method has bytes that no real method has: another protocol may begin so */
	bool              is_odd;
	/* servers differ in where it ends: an encoding beside a length, an unusual one, HTTP/1.0 */
	bool              body_is_unclear;
	enum http_body    body;
	enum http_upgrade upgrade;
	uint64_t          body_len;             /* HTTP_BODY_LENGTH */
	size_t            len;                  /* bytes, with the empty line at the end */
	unsigned          num_fields;
	unsigned          values_len;           /* see HTTP_VALUES_MAX */
	unsigned          work;                 /* steps of some fifty instructions; always set */
	/* PARSE_MORE: the first line or the fields exceed the limits */
	bool              is_too_long;
	/*
	 * PARSE_OK: some server answers now, and some server reads names further on. A longer part
	 * of the stream from the same place gives all of *out again, and perhaps more hosts.
	 */
	bool              goes_on;
	/* HTTP/2: with fewer bytes of stream another call gives nothing new; 0 is not known */
	size_t            need;
};

/*
 * http_read_request - Takes: all bytes of a stream so far.
 * Gives:  PARSE_OK with all of *out; PARSE_MORE with what whole lines have given so far, if this
 *         can still become a request; PARSE_BAD if no server takes it for one. A method that begins
 *         with one of <{[", or has control or non-ASCII bytes, is read only once its line is
 *         complete: many other protocols begin so, and would have to be waited for.
 * Keeps:  *out borrows from stream.
 * Source: RFC 9112, sections 2.2 (empty lines before a request, LF alone), 3.2 (forms of the
 *         target), 5.1 and 5.2 (white space before the colon, folded lines: forbidden, but some
 *         servers accept them); RFC 9110, section 4.2.4; RFC 1945, section 4.1 (a request line
 *         without version: goes_on, as Node and Python read fields after it).
 */
enum parse http_read_request(struct bytes stream, struct http_request *out);

/* Does it begin with a word that is_odd? Otherwise http_read_request() never sets is_odd. */
bool http_begins_odd(struct bytes stream);

/* Could this be the beginning of a server's answer? RFC 9112, section 4. */
bool http_is_answer(struct bytes said);

/* How far http_has_news() has come in a stream; all zero at its beginning. */
struct http_scan {
	uint32_t at;
	uint8_t  state;
	uint8_t  num_fields;            /* counted up to one more than are looked at */
};

/*
 * http_has_news - may http_read_request() now return anything but PARSE_MORE? Looks at every byte
 *         once, in however many pieces a request comes.
 * Takes:  *scan as the last call for a shorter part of the same stream left it.
 * Gives:  true if a request line or a section is whole, cannot become one, or is too long.
 */
bool http_has_news(struct http_scan *scan, struct bytes stream);

/*
 * http_skip_chunks - the end of a chunked body (RFC 9112, section 7.1).
 * Gives:  PARSE_OK, *len_out bytes with the empty line at the end; PARSE_MORE if it ends later, or
 *         if there are many: *len_out bytes of whole chunks can be forgotten (this may be more than
 *         there are: the rest of a chunk); PARSE_BAD if it is not a chunked body.
 * A length is taken modulo 2^32, as by Java; other servers wait for all of it, or refuse it.
 */
enum parse http_skip_chunks(struct bytes stream, uint64_t *len_out);

#endif

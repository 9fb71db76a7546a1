/* SPDX-License-Identifier: MIT */
#ifndef FILTERD_INSPECT_PASTED_H
#define FILTERD_INSPECT_PASTED_H

/*
 * Pasted: a host as people copy it to the clipboard: a URL, "host:port", a line of a list, in
 * quotes or blanks, with a trailing dot, or defanged as in malware reports
 * ("hxxps://host[.]example").
 */

#include "base/bytes.h"

#define PASTED_MAX 2048         /* bytes; as long as a browser's address bar takes */

enum pasted_kind {
	PASTED_NAME,
	PASTED_ADDRESS,         /* IPv4 or IPv6, without brackets, zone or prefix length */
};

struct pasted {
	enum pasted_kind kind;
	struct bytes     host;          /* as written, not canonical: in any letters */
	bool             has_port;      /* given, or the scheme's */
	uint16_t         port;
	bool             is_udp;        /* the scheme uses QUIC alone; otherwise TCP is meant */
	bool             is_plain;      /* scheme http, or none: the path is in clear */
	struct bytes     path;          /* from its slash on, without a query; empty: none */
	char             text[PASTED_MAX];      /* the memory of the views above */
};

/*
 * pasted_read - takes a pasted text apart.
 *
 * Gives:  PARSE_OK; PARSE_BAD if there is no host in it, the port is not a number up to 65535, or
 *         it is longer than PASTED_MAX. host_from_text() decides whether host is a good name.
 * Keeps:  nothing of text.
 * Source: RFC 3986, section 3.2, as browsers read it (url.spec.whatwg.org): a backslash is a slash.
 */
enum parse pasted_read(struct bytes text, struct pasted *out);

#endif

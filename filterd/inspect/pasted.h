/* SPDX-License-Identifier: MIT */
#ifndef FILTERD_INSPECT_PASTED_H
#define FILTERD_INSPECT_PASTED_H

/*
 * Pasted: a host as people have it in the clipboard: a URL, "host:port", a line of a list, in
 * quotes or blanks, with a dot behind it, or defanged as in reports about malware
 * ("hxxps://host[.]example").
 */

#include "base/bytes.h"

#define PASTED_MAX 2048         /* bytes; what a browser's address bar is made to hold */

enum pasted_kind {
	PASTED_NAME,
	PASTED_ADDRESS,         /* IPv4 or IPv6, without brackets, zone or length of prefix */
};

struct pasted {
	enum pasted_kind kind;
	struct bytes     host;          /* as it was written, not canonical: letters of any kind */
	bool             has_port;      /* given, or the scheme's */
	uint16_t         port;
	bool             is_udp;        /* the scheme is one of QUIC alone; else TCP is meant */
	bool             is_plain;      /* scheme http, or none: others may see the path */
	struct bytes     path;          /* from its slash on, without a query; empty: none */
	char             text[PASTED_MAX];      /* what the views above are of */
};

/*
 * pasted_read - what a text means.
 *
 * Gives:  PARSE_OK; PARSE_BAD if there is no host in it, a port is no number up to 65535, or it is
 *         longer than PASTED_MAX. Whether host is a good name is for host_from_text() to say.
 * Keeps:  nothing of text.
 * Source: RFC 3986, section 3.2, as browsers read it (url.spec.whatwg.org): a backslash is a slash.
 */
enum parse pasted_read(struct bytes text, struct pasted *out);

#endif

/* SPDX-License-Identifier: MIT */
#ifndef FILTERD_INSPECT_SERVER_NAME_H
#define FILTERD_INSPECT_SERVER_NAME_H

/*
 * Server name: the extension of a ClientHello that names the host, with every name in it as some
 * server takes it. GnuTLS takes the first of two names, Java the last of two extensions, nginx and
 * lighttpd a name with a port, nginx one with a trailing dot, Java one in full-width letters.
 */

#include "inspect/hosts.h"

/* names looked at in one hello; a server takes one, and a client sends one */
#define SERVER_NAMES_MAX 8
/* bytes; OpenSSL and Java refuse a longer name, GnuTLS ignores it */
#define SERVER_NAME_MAX 255
/* bytes of names in one hello with anything but letters, digits, hyphens and dots between */
#define SERVER_NAMES_ROOM 256

/* The count for one hello; zero at its beginning. Hosts may borrow from it. */
struct server_names {
	unsigned num;
	size_t   len;                   /* of names that are not plain */
	uint8_t  folded[SERVER_NAMES_ROOM];     /* names converted to ASCII */
};

/*
 * server_name_read - the hosts of one extension.
 *
 * Takes:  extension, whole, without its type and length.
 * Gives:  every name is in *hosts_out; is_unreadable if one is missing, or if a server may take
 *         another one: a list with a wrong length, a name with a zero byte or an empty label, too
 *         many, too long, in letters that cannot be ASCII. An empty name does not count.
 * Keeps:  *hosts_out borrows from extension and from *names.
 * Source: RFC 6066, section 3; the table of tests/unit/test_tls.c.
 */
void server_name_read(struct bytes extension, struct server_names *names, struct hosts *hosts_out);

#endif

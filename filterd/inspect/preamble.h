/* SPDX-License-Identifier: MIT */
#ifndef FILTERD_INSPECT_PREAMBLE_H
#define FILTERD_INSPECT_PREAMBLE_H

/*
 * Preamble: what a client sends before its ClientHello where a server switches to TLS: SMTP, LMTP,
 * IMAP, POP3, FTP, NNTP, ManageSieve, IRC, XMPP, LDAP, PostgreSQL, MySQL, RDP and others. It is not
 * read protocol by protocol, because servers ignore anything before the hello that they do not
 * understand. It is skipped in pieces that end where a hello may begin. A client that goes on
 * without a hello uses up its allowance, so an ordinary session in the clear is soon left alone.
 */

#include "inspect/hosts.h"

/* bytes; RFC 5321, section 4.5.3.1.4: a command line */
#define PREAMBLE_PIECE_MAX 512
/*
 * Mail servers give up sooner: Postfix after 20 unknown commands of any bytes, Exim and Dovecot
 * after 3 to 10. FTP servers never do.
 */
#define PREAMBLE_PIECES 40

/* bytes that identify a hello: the headers of its record and of the message, and its version */
#define PREAMBLE_BEGINNING 10

/* Of one side of a connection; zero at its beginning. */
struct preamble {
	uint8_t  spent;
	/* steps of some fifty instructions, for free pieces: there may be many */
	unsigned work;
};

/*
 * preamble_read - the next piece, or several free ones.
 *
 * Takes:  all bytes of the client that were not skipped yet; no other reader recognises their
 *         beginning.
 * Gives:  PARSE_OK: *len_out bytes, at least 1 and no more than there are, can be skipped. What
 *         follows is a beginning of its own: no hello, and no request of SOCKS 5 for a name,
 *         begins inside the piece. *hosts_out: hosts that it names, the `to` of an XMPP stream or
 *         HOST of FTP. PARSE_MORE: the piece has no end yet. PARSE_BAD: there were so many pieces
 *         that this is not a preamble.
 * Keeps:  *hosts_out borrows from stream. A piece costs 1 of PREAMBLE_PIECES, 2 if it does not
 *         begin with text, nothing if it is white space or a command that servers accept any
 *         number of times.
 * Source: RFC 3207 (SMTP, LMTP), RFC 2595 (IMAP, POP3), RFC 4217 and RFC 7151 (FTP), RFC 4642
 *         (NNTP), RFC 5804 (ManageSieve), RFC 6120, sections 4.7.2 and 5.4 (XMPP), RFC 4511,
 *         section 4.14 (LDAP). What servers accept was measured with Postfix 3.7, Exim 4.96,
 *         Dovecot 2.3, vsftpd 3.0, ProFTPD 1.3.8, Pure-FTPd 1.0.50, InspIRCd 3, Prosody 0.12,
 *         ejabberd 23.01, OpenLDAP 2.5, PostgreSQL 15, MariaDB 10.11, xrdp 0.9.
 */
enum parse preamble_read(struct bytes stream, struct preamble *p, size_t *len_out,
                         struct hosts *hosts_out);

/*
 * preamble_find_hello     - the next place, at or after *at, where a ClientHello may begin.
 * preamble_find_beginning - or a request of SOCKS 5 for a name, without its greeting.
 * Gives:  true with *at, also if there are too few bytes to tell, or after so many false starts
 *         that they are no accident; false, *at untouched, if there is none.
 * Source: RFC 8446, sections 4 and 5.1; RFC 1928, section 4.
 */
bool preamble_find_hello(struct bytes stream, size_t *at);
bool preamble_find_beginning(struct bytes stream, size_t *at);

#endif

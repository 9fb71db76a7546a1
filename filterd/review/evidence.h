/* SPDX-License-Identifier: MIT */
#ifndef FILTERD_REVIEW_EVIDENCE_H
#define FILTERD_REVIEW_EVIDENCE_H

/* Evidence: how sure it is that a device tries, by what was seen of it. */

#include "log/entry.h"

enum sure {
	SURE_NONE,              /* nothing was seen */
	SURE_DOUBTFUL,          /* it showed names that it never asked for: perhaps a VPN's */
	SURE_UNKNOWN,           /* it showed names; nobody knows whether it asked for them */
	SURE_LIKELY,            /* it asked for names; so does a browser that guesses */
	/*
	 * it asked for a name and then showed it; or a program that is no browser, or a path of
	 * updates, was seen in HTTP
	 */
	SURE_YES,
};

enum {
	SIGN_QUESTION = 1,      /* in DNS */
	SIGN_HELLO    = 2,      /* in TLS, QUIC, or to a proxy */
	SIGN_REQUEST  = 4,      /* in HTTP */
	SIGN_PATH     = 8,      /* of updates, whatever the host */
	SIGN_AGENT    = 16,     /* the user agent of a program that is no browser */
};

/* Takes: an attempt. */
enum sure entry_sure(const struct entry *e);
unsigned  entry_signs(const struct entry *e);

/* "doubtful", "unsure", "likely", "sure"; "" of SURE_NONE. */
const char *sure_name(enum sure sure);

/* "questions, hellos, requests, update paths, user agent" */
void signs_write(struct writer *w, unsigned signs);

/* For people, of SURE_DOUBTFUL. */
#define EVIDENCE_DOUBT "showed the name, never asked for it: perhaps a VPN's borrowed name"

#endif

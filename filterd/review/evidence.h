/* SPDX-License-Identifier: MIT */
#ifndef FILTERD_REVIEW_EVIDENCE_H
#define FILTERD_REVIEW_EVIDENCE_H

/* Evidence: how certain it is that a device really tries. */

#include "log/entry.h"

enum sure {
	SURE_NONE,              /* nothing was seen */
	SURE_DOUBTFUL,          /* it showed names but never asked for them: perhaps a VPN's */
	SURE_UNKNOWN,           /* it showed names; whether it asked for them is unknown */
	SURE_LIKELY,            /* it asked for names; a browser that prefetches does so, too */
	/*
	 * it asked for a name and then showed it; or HTTP had a program other than a browser, or an
	 * update path
	 */
	SURE_YES,
};

enum {
	SIGN_QUESTION = 1,      /* in DNS */
	SIGN_HELLO    = 2,      /* in TLS, QUIC, or to a proxy */
	SIGN_REQUEST  = 4,      /* in HTTP */
	SIGN_PATH     = 8,      /* an update path, on any host */
	SIGN_AGENT    = 16,     /* the user agent of a program other than a browser */
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

/* SPDX-License-Identifier: MIT */
#ifndef FILTERD_CTL_AUDIT_GIVEN_H
#define FILTERD_CTL_AUDIT_GIVEN_H

/* Given: the keys and the notes for checking a log. */

#include "ctl/audit/keyring.h"
#include "ctl/audit/options.h"
#include "review/anchors.h"

struct given {
	bool            has_key;        /* of one log */
	struct note_key key;
	struct keyring  keys;           /* for collected logs */
	struct anchors  anchors;
};

/*
 * given_read - Takes: is_live: this machine's own log, whose key need not be given.
 * Gives:  0, or an exit status after a message; given_free() in either case.
 */
int  given_read(const struct audit_options *o, bool is_live, struct given *out);
void given_free(struct given *g);

/* Complains about lack of memory, and gives the exit status for it. */
int given_say_memory(const struct audit_options *o);

#endif

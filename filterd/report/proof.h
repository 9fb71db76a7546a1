/* SPDX-License-Identifier: MIT */
#ifndef FILTERD_REPORT_PROOF_H
#define FILTERD_REPORT_PROOF_H

/*
 * Proof: everything that a reader needs to check a log with independent tools: the newest signed
 * note of the log, the key that signed it in the forms that openssl and signify read, and the
 * commands.
 */

#include "review/verify.h"

struct proof {
	bool has_note;                          /* so all fields but root are set */
	char root[NOTE_MAX]; /* verifier key at the log's beginning; "" if unknown */
	char note[NOTE_MAX];                    /* the signed note, which is an anchor too */
	/* lines for a shell, ending in a newline. 1,300 bytes and three origins */
	char commands[4096];
};

/*
 * has_note stays false for a log whose origin is not plain: a stranger's text must not get into
 * shell commands.
 */
void proof_of(const struct verify *v, struct proof *out);

#endif

/* SPDX-License-Identifier: MIT */
#ifndef FILTERD_REPORT_PROOF_H
#define FILTERD_REPORT_PROOF_H

/*
 * Proof: what a reader needs to check a log with tools that are not ours. The newest signed note of
 * the log, the key that signed it in the forms that openssl and signify read, and the commands.
 */

#include "review/verify.h"

struct proof {
	bool has_note;                          /* and all below, but for root */
	char root[NOTE_MAX]; /* verifier key that the log began with; "" if none is known */
	char note[NOTE_MAX];                    /* the signed note, which is an anchor too */
	/* lines for a shell; ends in a newline. 1,300 bytes and three origins */
	char commands[4096];
};

/*
 * has_note stays false for a log whose origin is not plain: what stands in a shell's commands must
 * not be anybody's text.
 */
void proof_of(const struct verify *v, struct proof *out);

#endif

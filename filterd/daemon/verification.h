/* SPDX-License-Identifier: MIT */
#ifndef FILTERD_DAEMON_VERIFICATION_H
#define FILTERD_DAEMON_VERIFICATION_H

/*
 * Verification: what root's last filterctl audit verify found. It stands in a file beside the keys,
 * so that a restart makes nobody forget that a log was not sound. It is what root said, and no
 * evidence.
 */

#include "policy/settings.h"
#include "status/status.h"

struct verification {
	enum status_verified result;
	int64_t              us;                /* since 1970, UTC; of VERIFIED_NEVER nothing */
	bool                 is_of_now;         /* it was run since filterd started */
	char                 path[SETTINGS_TEXT_MAX + 16];
};

/*
 * What the last filterd was told; VERIFIED_NEVER if nothing, or, with a message, what cannot be
 * read.
 */
void verification_open(struct verification *v, const struct settings *s);

/* result: the word of an access record; another one than of a verification is passed over. */
void verification_take(struct verification *v, const char *result, int64_t now_us);

#endif

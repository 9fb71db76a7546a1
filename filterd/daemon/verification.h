/* SPDX-License-Identifier: MIT */
#ifndef FILTERD_DAEMON_VERIFICATION_H
#define FILTERD_DAEMON_VERIFICATION_H

/*
 * Verification: the result of root's last filterctl audit verify. It is stored in a file beside the
 * keys, so that an unsound log is remembered over a restart. It is root's statement, not evidence.
 */

#include "policy/settings.h"
#include "status/status.h"

struct verification {
	enum status_verified result;
	int64_t              us;                /* since 1970, UTC; unused with VERIFIED_NEVER */
	bool                 is_of_now;         /* run since filterd started */
	char                 path[SETTINGS_TEXT_MAX + 16];
};

/*
 * The last stored result; VERIFIED_NEVER if there is none, or, with a message, if it is unreadable.
 */
void verification_open(struct verification *v, const struct settings *s);

/* result: the word of an access record; words that are no result of verify are ignored. */
void verification_take(struct verification *v, const char *result, int64_t now_us);

#endif

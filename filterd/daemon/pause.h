/* SPDX-License-Identifier: MIT */
#ifndef FILTERD_DAEMON_PAUSE_H
#define FILTERD_DAEMON_PAUSE_H

/*
 * Pause: for a while nothing is blocked, and everything is recorded, because root asked for it and
 * said why. It ends by itself. It stands in a file beside the keys, so that a restart neither ends
 * nor lengthens it.
 */

#include "policy/settings.h"

#define PAUSE_REASON_MAX 100            /* bytes */

struct pause {
	bool     is_on;
	int64_t  until_us;              /* since 1970, UTC: for people, and for the next start */
	/* since the machine started: a wall clock that is set neither ends nor lengthens it */
	int64_t  ends_ms;
	char     reason[PAUSE_REASON_MAX + 1];
	char     path[SETTINGS_TEXT_MAX + 16];
};

/*
 * pause_open  - what the last filterd was told, if it is not over; no longer than it was to be,
 *               and no longer than pause-most.
 * pause_limit - the settings are others now. Gives: true if it ends sooner by them.
 */
void pause_open(struct pause *p, const struct settings *s);
bool pause_limit(struct pause *p, const struct settings *s);

/*
 * pause_read - Takes: what stands behind "pause ", as "900 a reason" or "off".
 * Gives:  PARSE_OK with *seconds_out, 0 to end it, and the reason; PARSE_BAD. A reason is 1 to
 *         PAUSE_REASON_MAX printable characters of ASCII.
 */
enum parse pause_read(struct bytes words, uint32_t *seconds_out,
                      char reason_out[PAUSE_REASON_MAX + 1]);

/* pause_begin - in the stead of the one before, if there is one. What cannot be kept is said. */
void pause_begin(struct pause *p, uint32_t seconds, const char *reason);
void pause_end(struct pause *p);
bool pause_is_over(const struct pause *p);      /* is on, and its time has come */

/* "paused until 2026-11-30T09:15:00Z: a reason" */
#define PAUSE_SAYS_MAX (PAUSE_REASON_MAX + 48)
void pause_say(const struct pause *p, char out[PAUSE_SAYS_MAX]);

#endif

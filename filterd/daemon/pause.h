/* SPDX-License-Identifier: MIT */
#ifndef FILTERD_DAEMON_PAUSE_H
#define FILTERD_DAEMON_PAUSE_H

/*
 * Pause: root may stop blocking for a while, with a reason; attempts are still recorded. It ends by
 * itself. It is stored in a file beside the keys, so that a restart neither ends nor prolongs it.
 */

#include "policy/settings.h"

#define PAUSE_REASON_MAX 100            /* bytes */

struct pause {
	bool     is_on;
	int64_t  until_us;              /* since 1970, UTC: for people, and for the next start */
	/* since boot: setting the wall clock neither ends nor prolongs it */
	int64_t  ends_ms;
	char     reason[PAUSE_REASON_MAX + 1];
	char     path[SETTINGS_TEXT_MAX + 16];
};

/*
 * pause_open  - the stored pause, if it is not over; at most its requested length, and at most
 *               pause-most.
 * pause_limit - applies new settings. Gives: true if it now ends sooner.
 */
void pause_open(struct pause *p, const struct settings *s);
bool pause_limit(struct pause *p, const struct settings *s);

/*
 * pause_read - Takes: the text after "pause ", "900 a reason" or "off".
 * Gives:  PARSE_OK with *seconds_out, 0 to end it, and the reason; PARSE_BAD. A reason is 1 to
 *         PAUSE_REASON_MAX printable ASCII characters.
 */
enum parse pause_read(struct bytes words, uint32_t *seconds_out,
                      char reason_out[PAUSE_REASON_MAX + 1]);

/* pause_begin - replaces the present one, if any. Logs a message if it cannot be stored. */
void pause_begin(struct pause *p, uint32_t seconds, const char *reason);
void pause_end(struct pause *p);
bool pause_is_over(const struct pause *p);      /* on, but expired */

/* "paused until 2026-11-30T09:15:00Z: a reason" */
#define PAUSE_SAYS_MAX (PAUSE_REASON_MAX + 48)
void pause_say(const struct pause *p, char out[PAUSE_SAYS_MAX]);

#endif

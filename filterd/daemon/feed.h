/* SPDX-License-Identifier: MIT */
#ifndef FILTERD_DAEMON_FEED_H
#define FILTERD_DAEMON_FEED_H

/*
 * Feed: what filterd-update found when it last looked for a new policy, as root's filterctl told
 * it. It stands in a file beside the keys, so that a restart makes nobody forget that a policy was
 * refused, or that nothing has come for long. It is what root said, and no evidence.
 */

#include "policy/settings.h"
#include "status/status.h"

struct feed {
	struct status_feed is;
	char               path[SETTINGS_TEXT_MAX + 16];
};

/*
 * What the last filterd was told; FEED_NEVER if nothing, or, with a message, what cannot be read.
 */
void feed_open(struct feed *f, const struct settings *s);

/*
 * feed_take - Takes: what stands behind "feed ": "off", or RESULT CAME TEXT, as
 *             "refused 2026-11-30T09:00:00Z it is not signed". RESULT is taken, same, refused,
 *             stale or unavailable; CAME, when what is in force came, may be "-"; TEXT is 1 to
 *             STATUS_FEED_TEXT printable characters of ASCII.
 * Gives:  PARSE_OK: f is so, and kept on disk; PARSE_BAD: f is as it was.
 */
enum parse feed_take(struct feed *f, struct bytes words, int64_t now_us);

#endif

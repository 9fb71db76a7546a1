/* SPDX-License-Identifier: MIT */
#ifndef FILTERD_DAEMON_FEED_H
#define FILTERD_DAEMON_FEED_H

/*
 * Feed: the result of filterd-update's last run, reported by root's filterctl. It is stored in a
 * file beside the keys, so that a refused policy, or a feed that is silent for long, is remembered
 * over a restart. It is root's statement, not evidence.
 */

#include "policy/settings.h"
#include "status/status.h"

struct feed {
	struct status_feed is;
	char               path[SETTINGS_TEXT_MAX + 16];
};

/*
 * The last stored report; FEED_NEVER if there is none, or, with a message, if it is unreadable.
 */
void feed_open(struct feed *f, const struct settings *s);

/*
 * feed_take - Takes: the text after "feed ": "off", or RESULT CAME TEXT, for example
 *             "refused 2026-11-30T09:00:00Z it is not signed". RESULT is taken, same, refused,
 *             stale or unavailable; CAME, the arrival of the policy in force, may be "-"; TEXT is 1
 *             to STATUS_FEED_TEXT printable ASCII characters.
 * Gives:  PARSE_OK: f is updated, and stored on disk; PARSE_BAD: f is unchanged.
 */
enum parse feed_take(struct feed *f, struct bytes words, int64_t now_us);

#endif

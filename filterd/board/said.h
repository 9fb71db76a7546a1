/* SPDX-License-Identifier: MIT */
#ifndef FILTERD_BOARD_SAID_H
#define FILTERD_BOARD_SAID_H

/*
 * Said: how filterd fares, as it says itself in JSON (status/status_json.c), as far as a board has
 * a place for it.
 */

#include "policy/words.h"
#include "status/status.h"

#define SAID_TROUBLES 10
#define SAID_ANSWER   320       /* bytes, NUL included, as of all texts here */
#define SAID_WORD     16
#define SAID_REASON   128
#define SAID_SENSOR   256

/* A waiver that filterd has loaded and that has not ended. */
struct said_waiver {
	char    id[WORDS_ID];
	int64_t until_us;
};

struct said {
	/* of status_level_names, or "unknown": filterd did not answer, or not what is known here */
	char    level[SAID_WORD];
	char    answer[SAID_ANSWER];
	char    mode[SAID_WORD];                /* "" */
	bool    is_paused;
	int64_t paused_until_us;                /* INSTANT_NEVER: not said, as all times here */
	char    paused_because[SAID_REASON];
	int64_t since_us;
	size_t  num_troubles;
	char    troubles[SAID_TROUBLES][STATUS_TROUBLE_MAX];
	char    sensor[SAID_SENSOR];
	/* "": no feed */
	char    feed[SAID_WORD], feed_text[STATUS_FEED_TEXT + 1];
	int64_t feed_us;
	/* has_waivers: it said all that it has, and they are here */
	bool               has_waivers;
	size_t             num_waivers;
	struct said_waiver waivers[STATUS_WAIVERS];
};

/*
 * said_read   - Takes: what filterd answered. Gives: PARSE_OK and *out, each text of it whole
 *               characters; PARSE_BAD, *out as said_nothing() has it: it is no JSON object with an
 *               answer and a level.
 * said_nothing - Takes: what to say of a filterd that says nothing.
 * said_is_loaded - has it loaded this waiver, with this end? Only if has_waivers.
 * said_trouble - one more, if there is room: behind those that there are.
 */
enum parse said_read(struct bytes json, struct said *out);
void       said_nothing(struct said *out, const char *answer);
bool       said_is_loaded(const struct said *s, const char *id, int64_t until_us);
void       said_trouble(struct said *s, const char *what);

#endif

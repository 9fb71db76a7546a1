/* SPDX-License-Identifier: MIT */
#ifndef FILTERD_BOARD_SAID_H
#define FILTERD_BOARD_SAID_H

/*
 * Said: the parts of filterd's JSON status (status/status_json.c) that a board shows.
 */

#include "policy/words.h"
#include "status/status.h"

#define SAID_TROUBLES 10
#define SAID_ANSWER   320       /* bytes, with NUL, like all texts here */
#define SAID_WORD     16
#define SAID_REASON   128
#define SAID_SENSOR   256

/* A waiver loaded by filterd that has not ended. */
struct said_waiver {
	char    id[WORDS_ID];
	int64_t until_us;
};

struct said {
	/* of status_level_names, or "unknown": no answer from filterd, or an unknown one */
	char    level[SAID_WORD];
	char    answer[SAID_ANSWER];
	char    mode[SAID_WORD];                /* "" */
	bool    is_paused;
	int64_t paused_until_us;                /* INSTANT_NEVER: missing, like all times here */
	char    paused_because[SAID_REASON];
	int64_t since_us;
	size_t  num_troubles;
	char    troubles[SAID_TROUBLES][STATUS_TROUBLE_MAX];
	char    sensor[SAID_SENSOR];
	/* "": no feed */
	char    feed[SAID_WORD], feed_text[STATUS_FEED_TEXT + 1];
	int64_t feed_us;
	/* has_waivers: it listed all, and they are here */
	bool               has_waivers;
	size_t             num_waivers;
	struct said_waiver waivers[STATUS_WAIVERS];
};

/*
 * said_read   - Takes: filterd's answer. Gives: PARSE_OK and *out, each text cut between
 *               characters; PARSE_BAD, *out from said_nothing(): it is not a JSON object with an
 *               answer and a level.
 * said_nothing - Takes: the text for a filterd that does not answer.
 * said_is_loaded - has it loaded this waiver, with this end? Only if has_waivers.
 * said_trouble - appends one more, if it fits.
 */
enum parse said_read(struct bytes json, struct said *out);
void       said_nothing(struct said *out, const char *answer);
bool       said_is_loaded(const struct said *s, const char *id, int64_t until_us);
void       said_trouble(struct said *s, const char *what);

#endif

/* SPDX-License-Identifier: MIT */
#ifndef FILTERD_CTL_BOARD_LOOK_H
#define FILTERD_CTL_BOARD_LOOK_H

/*
 * Look: a board, filled from this host: what filterd says of itself, the end of its log, the notes,
 * the waivers, the makers of devices.
 */

#include "board/board.h"
#include "ctl/board/tail.h"
#include "ctl/board/waived.h"
#include "policy/settings.h"

#include <sys/stat.h>

#define LOOK_COMPLAINTS 4

struct vendors;

struct look {
	const char     *conf;
	struct settings settings;
	struct board    board;
	struct acks     notes;
	struct waived   waived;
	struct vendors *vendors;        /* the register stays, for the next look */
	/* what is wrong with the configuration, the log, the notes, and no memory */
	size_t          num_complaints;
	char            complaints[LOOK_COMPLAINTS][STATUS_TROUBLE_MAX];
	struct stat     log;            /* the open file, as it was when it was read */
	int64_t         taken_ms;
	char            gateway[SETTINGS_TEXT_MAX];
};

/*
 * look_take - Takes: conf, kept, and an all-zero struct; time zones are taken already
 *             (ctl/timezone.h).
 * Gives:  0, and a whole board, whatever of this host is wrong or not there, which the board says;
 *         -ENOMEM.
 * look_again - the same of a look that was taken already; where the log is as it was a moment ago,
 *             only filterd is asked anew. After a failure there is nothing to free.
 * look_free - what belongs to it; look_take() may follow.
 */
int  look_take(struct look *l, const char *conf);
int  look_again(struct look *l, const char *conf);
void look_free(struct look *l);

/*
 * look_attempts - the last `most` attempts alone, as far back as TAIL_BYTES. 0; -ENOMEM; -errno:
 *                 the log cannot be read.
 */
int look_attempts(const struct settings *s, size_t most, struct attempts *out);

#endif

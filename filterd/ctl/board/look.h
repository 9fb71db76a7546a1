/* SPDX-License-Identifier: MIT */
#ifndef FILTERD_CTL_BOARD_LOOK_H
#define FILTERD_CTL_BOARD_LOOK_H

/*
 * Look: fills a board from this host: filterd's status, the end of its log, the notes, the waivers,
 * the makers of devices.
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
	struct vendors *vendors;        /* the register is kept for the next look */
	/* problems with the configuration, the log, the notes, or memory */
	size_t          num_complaints;
	char            complaints[LOOK_COMPLAINTS][STATUS_TROUBLE_MAX];
	struct stat     log;            /* the open file, at the time of reading */
	int64_t         taken_ms;
	char            gateway[SETTINGS_TEXT_MAX];
};

/*
 * look_take - Takes: conf, kept, and an all-zero struct; time zones are already set
 *             (ctl/timezone.h).
 * Gives:  0, and a complete board, which itself reports missing or faulty parts of this host;
 *         -ENOMEM.
 * look_again - renews an earlier look; if the log is unchanged and was read a moment ago, it only
 *              asks filterd again. After a failure there is nothing to free.
 * look_free - frees its contents; look_take() may follow.
 */
int  look_take(struct look *l, const char *conf);
int  look_again(struct look *l, const char *conf);
void look_free(struct look *l);

/*
 * look_attempts - only the last `most` attempts, within the last TAIL_BYTES. 0; -ENOMEM; -errno:
 *                 the log cannot be read.
 */
int look_attempts(const struct settings *s, size_t most, struct attempts *out);

#endif

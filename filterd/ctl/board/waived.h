/* SPDX-License-Identifier: MIT */
#ifndef FILTERD_CTL_BOARD_WAIVED_H
#define FILTERD_CTL_BOARD_WAIVED_H

/*
 * Waived: finds the devices with a waiver at this moment, from the policy's files on disk. It skips
 * their lists, which may have a million names.
 */

#include "board/devices.h"
#include "policy/settings.h"

struct waived_one;

/* Waivers in force for some device of the board. All zeros: none. */
struct waived {
	struct waived_one *first;
};

/*
 * waived_find - sets `waiver` of the first `most` devices, in their order: of several waivers the
 *               one that lasts longest.
 *
 * Takes: conf, which locates the policy's files. Unreadable ones are skipped: filterd itself
 *        reports that they do not load.
 */
void waived_find(struct waived *w, const struct settings *s, const char *conf,
                 struct board_devices *devices, size_t most);
void waived_free(struct waived *w);

#endif

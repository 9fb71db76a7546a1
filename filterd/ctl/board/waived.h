/* SPDX-License-Identifier: MIT */
#ifndef FILTERD_CTL_BOARD_WAIVED_H
#define FILTERD_CTL_BOARD_WAIVED_H

/*
 * Waived: which devices pass by a waiver at this moment, by the policy's files on disk. Their
 * lists, which may have a million names, are not read.
 */

#include "board/devices.h"
#include "policy/settings.h"

struct waived_one;

/* Those that hold for some device of the board. All zeros: none. */
struct waived {
	struct waived_one *first;
};

/*
 * waived_find - sets `waiver` of the first `most` devices, in their order: of several the one that
 *               holds longest.
 *
 * Takes: conf, beside which the policy's files are. What cannot be read is passed over: that it
 *        does not load filterd says itself.
 */
void waived_find(struct waived *w, const struct settings *s, const char *conf,
                 struct board_devices *devices, size_t most);
void waived_free(struct waived *w);

#endif

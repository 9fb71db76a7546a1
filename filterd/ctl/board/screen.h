/* SPDX-License-Identifier: MIT */
#ifndef FILTERD_CTL_BOARD_SCREEN_H
#define FILTERD_CTL_BOARD_SCREEN_H

/* Screen: where text goes, and how wide that is. */

#include "base/text.h"

/* screen_columns - of the terminal; SIZE_MAX where the output is none. screen_rows - 0 there. */
size_t screen_columns(void);
size_t screen_rows(void);

/* screen_begin - a text that goes to the standard output. */
void screen_begin(struct text *t);

#endif

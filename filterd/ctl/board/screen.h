/* SPDX-License-Identifier: MIT */
#ifndef FILTERD_CTL_BOARD_SCREEN_H
#define FILTERD_CTL_BOARD_SCREEN_H

/* Screen: how wide and how high it is. */

#include <stddef.h>

/* screen_columns - of the terminal; SIZE_MAX where the output is none. screen_rows - 0 there. */
size_t screen_columns(void);
size_t screen_rows(void);

#endif

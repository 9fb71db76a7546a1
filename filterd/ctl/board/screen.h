/* SPDX-License-Identifier: MIT */
#ifndef FILTERD_CTL_BOARD_SCREEN_H
#define FILTERD_CTL_BOARD_SCREEN_H

/* Screen: its width and height. */

#include <stddef.h>

/*
 * screen_columns - of the terminal; SIZE_MAX if the output is not one.
 * screen_rows    - 0 in that case.
 */
size_t screen_columns(void);
size_t screen_rows(void);

#endif

/* SPDX-License-Identifier: MIT */

#include "ctl/board/screen.h"

#include <stdbool.h>
#include <stdint.h>
#include <sys/ioctl.h>
#include <unistd.h>

static bool screen_size(struct winsize *out)
{
	return isatty(STDOUT_FILENO) && ioctl(STDOUT_FILENO, TIOCGWINSZ, out) == 0;
}

size_t screen_columns(void)
{
	struct winsize size;

	return !screen_size(&size) ? SIZE_MAX : size.ws_col > 0 ? size.ws_col : 80;
}

size_t screen_rows(void)
{
	struct winsize size;

	return !screen_size(&size) ? 0 : size.ws_row > 0 ? size.ws_row : 24;
}

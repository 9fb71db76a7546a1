/* SPDX-License-Identifier: MIT */

#include "ctl/board/screen.h"

#include <stdio.h>
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

static void screen_give(void *owner, struct bytes piece)
{
	(void)owner;
	fwrite(piece.at, 1, piece.len, stdout);
}

void screen_begin(struct text *t)
{
	text_begin(t, screen_give, NULL);
}

/* SPDX-License-Identifier: MIT */

#include "ctl/audit/show.h"

#include "base/plain.h"
#include "base/timezone.h"
#include "log/scan.h"
#include "review/people.h"

#include <sys/ioctl.h>
#include <unistd.h>

void show_text(struct text *t, struct bytes escaped, size_t width)
{
	uint8_t       room[2048];
	struct writer w = writer_over(room, sizeof(room));

	scan_text(&w, escaped);
	if (width == SHOW_ALL)
		plain_text(t, writer_written(&w), width);
	else
		plain_column(t, writer_written(&w), width);
}

size_t show_columns(void)
{
	struct winsize size;

	if (!isatty(STDOUT_FILENO) || ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) != 0 ||
	    size.ws_col == 0)
		return SHOW_ALL;
	return size.ws_col;
}

void show_zone(struct text *t, int64_t from_us, int64_t to_us)
{
	if (timezone_is_utc())
		return;
	text_put(t, "times are those of ");
	people_write_zone(text_room(t, 160), from_us, to_us);
	text_put(t, "\n");
}

/* SPDX-License-Identifier: MIT */

/*
 * filterctl board: an owner's daily questions in one answer. It reads the end of the log, so it
 * needs permission for that; it also asks filterd for its state, if it runs.
 */

#include "ctl/board/look.h"
#include "ctl/board/screen.h"
#include "ctl/complain.h"
#include "ctl/options.h"
#include "ctl/timezone.h"
#include "ctl/verbs.h"
#include "os/files.h"

#include <stdio.h>
#include <stdlib.h>

#define WHO "filterctl board"
#define DEVICES  20             /* in the text */
#define ATTEMPTS 10

static const char usage[] =
	"usage: filterctl board [-c FILE] [--json]\n"
	"\n"
	"Is the filter on, which devices asked for what in the last 24 hours, and 30 days in a\n"
	"line. It reads the end of the log, so you need permission for that, and verifies "
	"nothing;\n"
	"filterctl audit verify does.\n"
	"\n"
	"  -c, --config FILE   configuration, default " CONF_DEFAULT "\n"
	"      --json          for programs: 64 KiB at most; filterctl(8) lists the members\n"
	"\n"
	"Exit status: 0, even if filterd is not running; 64 wrong usage; 74 no\n"
	"memory.\n";

static int board_print_json(const struct board *b)
{
	uint8_t      *room = malloc(BOARD_BYTES);
	struct writer w    = writer_over(room, room != NULL ? BOARD_BYTES : 0);

	board_json(&w, b);
	if (room != NULL && !w.full)
		fwrite(room, 1, w.len, stdout);
	free(room);
	return room == NULL || w.full ? EXIT_IO : EXIT_SUCCESS;
}

int ctl_board(int argc, char **argv)
{
	bool                    json  = false;
	const struct own_option own[] = { { "json", .given = &json }, { 0 } };
	static struct look      look;
	struct text             text;
	const char             *conf;
	int                     status;

	if (!options_alone_read(WHO, argc, argv, usage, own, &conf, &status))
		return status;
	if (!timezone_take(WHO, NULL))
		return EXIT_USAGE;
	if (look_take(&look, conf) != 0)
		return complain(EXIT_IO, WHO, "not enough memory");
	if (json) {
		status = board_print_json(&look.board);
	} else {
		text_to(&text, stdout);
		board_text(&text, &look.board, screen_columns(), DEVICES, ATTEMPTS);
		text_end(&text);
		status = EXIT_SUCCESS;
	}
	look_free(&look);
	return status;
}

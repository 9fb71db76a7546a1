/* SPDX-License-Identifier: MIT */

/*
 * filterctl pause: makes filterd record without blocking for a while, on root's request, with a
 * reason.
 */

#include "ctl/verbs.h"

#include "ctl/complain.h"
#include "ctl/options.h"
#include "ctl/order.h"
#include "ctl/span.h"
#include "os/control_socket.h"
#include "os/files.h"

#include <getopt.h>
#include <string.h>

#define WHO "filterctl pause"

static const char usage[] =
	"usage: filterctl pause [-c FILE] TIME REASON\n"
	"       filterctl pause [-c FILE] off\n"
	"\n"
	"For TIME, such as 90s, 15m or 2h, filterd blocks nothing, and records what it would have\n"
	"blocked.\n"
	"It ends on its own, or with off; a restart changes nothing. The user and the reason are\n"
	"in the audit log. For root; [daemon] pause-most is the limit.\n"
	"\n"
	"  -c, --config FILE   configuration, default " CONF_DEFAULT "\n"
	"\n"
	"Exit status: 0; 1 it was refused; 64 wrong usage; 69 filterd could not be reached.\n";

/* The line for filterd; false: the words are not valid. */
static bool pause_line(struct writer *w, char **words, int num)
{
	unsigned long seconds = num == 2 ? span_seconds(words[0]) : 0;

	write_text(w, "pause ");
	if (num == 1 && strcmp(words[0], "off") == 0) {
		write_text(w, "off");
		return true;
	}
	if (seconds == 0 || seconds > 9999999)
		return false;
	write_decimal(w, seconds);
	write_text(w, " ");
	write_text(w, words[1]);
	return words[1][0] != '\0' && strchr(words[1], '\n') == NULL && !w->full;
}

int ctl_pause(int argc, char **argv)
{
	char                    line[CONTROL_LINE_MAX - 1];
	struct writer           w    = writer_over(line, sizeof(line));
	const char             *conf = CONF_DEFAULT;
	int                     status;

	if (!options_read(WHO, argc, argv, usage, NULL, &conf, &status))
		return status;
	if (!pause_line(&w, argv + optind, argc - optind))
		return complain_usage(usage);
	return order_give(WHO, conf, writer_written(&w));
}

/* SPDX-License-Identifier: MIT */

/*
 * filterctl feed: tells filterd the result of filterd-update's last run, for the audit log, the
 * metrics and status.
 */

#include "ctl/verbs.h"

#include "base/bytes.h"
#include "ctl/complain.h"
#include "ctl/options.h"
#include "ctl/order.h"
#include "os/control_socket.h"
#include "os/files.h"

#include <getopt.h>
#include <string.h>

#define WHO "filterctl feed"

static const char usage[] =
	"usage: filterctl feed [-c FILE] RESULT CAME TEXT\n"
	"       filterctl feed [-c FILE] off\n"
	"\n"
	"For filterd-update, as root: the result of its search for a new policy. RESULT is\n"
	"taken, same, refused, stale or unavailable; CAME is the arrival time of the policy in\n"
	"force, or -; TEXT describes the policy, or the reason for refusing it. off ends the "
	"feed.\n"
	"\n"
	"  -c, --config FILE   configuration, default " CONF_DEFAULT "\n"
	"\n"
	"Exit status: 0; 1 it was refused; 64 wrong usage; 69 filterd could not be reached.\n";

int ctl_feed(int argc, char **argv)
{
	char                    line[CONTROL_LINE_MAX - 1];
	struct writer           w    = writer_over(line, sizeof(line));
	const char             *conf = CONF_DEFAULT;
	bool                    is_good;
	int                     status, num;

	if (!options_read(WHO, argc, argv, usage, NULL, &conf, &status))
		return status;
	num     = argc - optind;
	is_good = num == 3 || (num == 1 && strcmp(argv[optind], "off") == 0);
	write_text(&w, "feed");
	for (int i = optind; i < argc; i++) {
		is_good = is_good && strchr(argv[i], '\n') == NULL;
		write_text(&w, " ");
		write_text(&w, argv[i]);
	}
	if (!is_good || w.full)
		return complain_usage(usage);
	return order_give(WHO, conf, writer_written(&w));
}

/* SPDX-License-Identifier: MIT */

/* filterctl reload: makes filterd reload its configuration and policy, and waits for the result. */

#include "ctl/verbs.h"

#include "ctl/complain.h"
#include "ctl/options.h"
#include "ctl/order.h"
#include "os/control_socket.h"
#include "os/files.h"

#include <getopt.h>
#include <string.h>

#define WHO "filterctl reload"

static const char usage[] = "usage: filterctl reload [-c FILE] [REASON]\n"
			    "\n"
			    "Makes filterd reload its configuration and policy, as SIGHUP does, "
			    "and waits for the result. If they are refused, the old ones stay\n"
			    "in force. For root, and the user of filterd. Root's REASON\n"
			    "for the change goes into the record.\n"
			    "\n"
			    "  -c, --config FILE   configuration, default " CONF_DEFAULT "\n"
			    "\n"
			    "Exit status: 0 they are in force; 1 they were refused; 64 wrong "
			    "usage; 69 filterd could not be reached.\n";

/* The configuration may be wrong: filterd itself reports that. */
int ctl_reload(int argc, char **argv)
{
	char                    line[CONTROL_LINE_MAX - 1];
	struct writer           w       = writer_over(line, sizeof(line));
	struct problem          problem = { "" };
	struct settings         s;
	const char             *conf;
	char                   *answer = NULL;
	int                     status, error;

	if (!options_read(WHO, argc, argv, usage, NULL, &conf, &status))
		return status;
	write_text(&w, "reload");
	if (optind < argc)
		write_text(&w, " ");
	if (optind < argc)
		write_text(&w, argv[optind]);
	if (argc - optind > 1 || w.full || (optind < argc && strchr(argv[optind], '\n') != NULL))
		return complain_usage(usage);
	if (files_load_settings(conf, &s, &problem) != 0)
		files_salvage_settings(conf, &s);
	error = control_socket_ask(s.control, writer_written(&w), &answer);
	if (error == 0)
		return order_answered(WHO, answer);
	if (s.control[0] == '\0')
		status = complain(EXIT_UNAVAILABLE, WHO,
		                  "[daemon] control is empty, so filterd cannot be asked for the "
		                  "result; send it SIGHUP, and read its messages");
	else
		status = complain(EXIT_UNAVAILABLE, WHO, "filterd does not answer at %s: %s",
		                  s.control, strerror(-error));
	return problem.text[0] != '\0' ? complain(status, WHO, "%s", problem.text) : status;
}

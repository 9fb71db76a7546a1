/* SPDX-License-Identifier: MIT */

#include "ctl/asking.h"

#include "ctl/verbs.h"
#include "os/files.h"

#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>

bool asking_read(int argc, char **argv, const char *usage, struct asking *out, int *status_out)
{
	static const struct option longs[] = { { "config", required_argument, NULL, 'c' },
	                                       { "json", no_argument, NULL, 'j' },
	                                       { "help", no_argument, NULL, 'h' }, { 0 } };
	int                        option;

	*out        = (struct asking){ .conf = CONF_DEFAULT };
	*status_out = EXIT_USAGE;
	while ((option = getopt_long(argc, argv, "c:h", longs, NULL)) != -1) {
		switch (option) {
		case 'c': out->conf = optarg; break;
		case 'j': out->json = true; break;
		case 'h':
			fputs(usage, stdout);
			*status_out = EXIT_SUCCESS;
			return false;
		default:
			fputs(usage, stderr);
			return false;
		}
	}
	if (optind == argc)
		return true;
	fprintf(stderr, "filterctl %s: '%s' is one word too many\n\n%s", argv[0], argv[optind],
	        usage);
	return false;
}

/* SPDX-License-Identifier: MIT */

#include "ctl/order.h"

#include "ctl/complain.h"
#include "ctl/verbs.h"
#include "os/control_socket.h"
#include "os/files.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int order_answered(const char *who, char *answer)
{
	int status = answer[0] == '0' ? EXIT_SUCCESS : EXIT_FAILURE;

	if (status != EXIT_SUCCESS)
		fprintf(stderr, "%s: ", who);
	fputs(answer[0] != '\0' && answer[1] == '\n' ? answer + 2 : answer,
	      status == EXIT_SUCCESS ? stdout : stderr);
	free(answer);
	return status;
}

int order_give(const char *who, const char *conf, struct bytes line)
{
	struct problem  problem = { "" };
	struct settings s;
	char           *answer = NULL;
	int             error;

	if (files_load_settings(conf, &s, &problem) != 0)
		files_salvage_settings(conf, &s);
	error = control_socket_ask(s.control, line, &answer);
	if (error != 0)
		return complain(EXIT_UNAVAILABLE, who, "filterd does not answer at '%s': %s",
		                s.control, strerror(-error));
	return order_answered(who, answer);
}

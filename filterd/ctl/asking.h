/* SPDX-License-Identifier: MIT */
#ifndef FILTERD_CTL_ASKING_H
#define FILTERD_CTL_ASKING_H

/* Asking: the options of verbs that only ask: -c, --json, --help, and no other word. */

#include <stdbool.h>

struct asking {
	const char *conf;
	bool        json;
};

/*
 * asking_read - Takes: usage, that --help prints. Gives: true: go on. False: *status_out is the
 * exit status, what is wrong has been said.
 */
bool asking_read(int argc, char **argv, const char *usage, struct asking *out, int *status_out);

#endif

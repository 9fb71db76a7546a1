/* SPDX-License-Identifier: MIT */
#ifndef FILTERD_CTL_OPTIONS_H
#define FILTERD_CTL_OPTIONS_H

/* Options: the command line of a verb of filterctl, from one table. */

#include "policy/settings.h"

#include <stdbool.h>

#define OPTIONS_OWN_MAX 24

/* All arguments of an option that may be given again, in order. */
struct option_list {
	const char **at;
	size_t       num, room;         /* num: also of those for which there is no room */
};

/* One of a verb's own. One of the pointers says what it takes; the others are NULL. */
struct own_option {
	const char         *name;       /* without its dashes; NULL ends the table */
	char                letter;     /* the same in short; 0: there is none */
	const char        **argument;   /* where the last one given is left; borrowed from argv */
	struct option_list *arguments;  /* where each of them is left */
	bool               *given;      /* no argument: set if it is there */
	const char        **which;      /* no argument: of several options, the last one's name */
};

/*
 * options_read - all options; what stands for any of them not given stays as it is. -c, --config
 *                FILE and -h, --help are every verb's.
 * Takes:  who, for messages: "filterctl key"; usage, that --help prints; own, at most
 *         OPTIONS_OWN_MAX; NULL: none.
 * Gives:  true: go on, with optind at the first word that is no option, and argv in order to the
 *         end. False: *status_out is the exit status, what is wrong has been said.
 */
bool options_read(const char *who, int argc, char **argv, const char *usage,
                  const struct own_option *own, const char **conf_out, int *status_out);

/* The same for a verb that takes no words. */
bool options_alone_read(const char *who, int argc, char **argv, const char *usage,
                        const struct own_option *own, const char **conf_out, int *status_out);

/*
 * options_settings - the settings of a configuration. False: they do not load, which has been said,
 *                    and *status_out is the exit status.
 */
bool options_settings(const char *who, const char *conf, struct settings *out, int *status_out);

#endif

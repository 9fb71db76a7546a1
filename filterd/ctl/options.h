/* SPDX-License-Identifier: MIT */
#ifndef FILTERD_CTL_OPTIONS_H
#define FILTERD_CTL_OPTIONS_H

/* Options: a filterctl verb's command line, from one table. */

#include "policy/settings.h"

#include <stdbool.h>

#define OPTIONS_OWN_MAX 24

/* All arguments of a repeatable option, in order. */
struct option_list {
	const char **at;
	size_t       num, room;         /* num: also counts those beyond room */
};

/* An option of one verb. One of the pointers gives its type; the others are NULL. */
struct own_option {
	const char         *name;       /* without dashes; NULL ends the table */
	char                letter;     /* the short form; 0: none */
	const char        **argument;   /* receives the last argument; borrowed from argv */
	struct option_list *arguments;  /* receives every argument */
	bool               *given;      /* no argument: set if it is present */
	const char        **which;      /* no argument: receives the name of the last such option */
};

/*
 * options_read - all options; variables of absent options are left alone. Every verb has -c,
 *                --config FILE and -h, --help.
 * Takes:  who, for messages: "filterctl key"; usage, the text of --help; own, at most
 *         OPTIONS_OWN_MAX; NULL: none.
 * Gives:  true: go on, with optind at the first word that is not an option, and argv in order to
 *         the end. False: *status_out is the exit status, and a message has been printed.
 */
bool options_read(const char *who, int argc, char **argv, const char *usage,
                  const struct own_option *own, const char **conf_out, int *status_out);

/* The same for a verb without words. */
bool options_alone_read(const char *who, int argc, char **argv, const char *usage,
                        const struct own_option *own, const char **conf_out, int *status_out);

/*
 * options_settings - the settings of a configuration. False: they do not load; a message has been
 *                    printed, and *status_out is the exit status.
 */
bool options_settings(const char *who, const char *conf, struct settings *out, int *status_out);

#endif

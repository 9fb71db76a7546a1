/* SPDX-License-Identifier: MIT */

#include "ctl/options.h"

#include "ctl/complain.h"
#include "ctl/verbs.h"
#include "os/files.h"

#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define COMMON 2
#define OWN    256              /* getopt_long()'s value for the first of a verb's own options */

static bool takes_argument(const struct own_option *own)
{
	return own->argument != NULL || own->arguments != NULL;
}

static void take_own(const struct own_option *own)
{
	struct option_list *all = own->arguments;

	if (own->argument != NULL)
		*own->argument = optarg;
	if (all != NULL && all->num++ < all->room)
		all->at[all->num - 1] = optarg;
	if (own->given != NULL)
		*own->given = true;
	if (own->which != NULL)
		*own->which = own->name;
}

static void options_add_letter(char *shorts, const struct own_option *own)
{
	size_t len = strlen(shorts);

	if (own->letter == 0)
		return;
	shorts[len]     = own->letter;
	shorts[len + 1] = takes_argument(own) ? ':' : '\0';
	shorts[len + 2] = '\0';
}

static const struct own_option *options_find_own(const struct own_option *own, int option)
{
	if (option >= OWN)
		return &own[option - OWN];
	while (own->letter != option)
		own++;
	return own;
}

bool options_read(const char *who, int argc, char **argv, const char *usage,
                  const struct own_option *own, const char **conf_out, int *status_out)
{
	struct option longs[COMMON + OPTIONS_OWN_MAX + 1] = {
		{ "config", required_argument, NULL, 'c' },
		{ "help",   no_argument,       NULL, 'h' },
	};
	char shorts[sizeof("c:h") + 2 * OPTIONS_OWN_MAX] = "c:h";
	int  option;

	for (int i = 0; own != NULL && i < OPTIONS_OWN_MAX && own[i].name != NULL; i++) {
		longs[COMMON + i] = (struct option){
			.name    = own[i].name,
			.has_arg = takes_argument(&own[i]) ? required_argument : no_argument,
			.val     = own[i].letter != 0 ? own[i].letter : OWN + i,
		};
		options_add_letter(shorts, &own[i]);
	}
	*conf_out   = CONF_DEFAULT;
	*status_out = EXIT_USAGE;
	while ((option = getopt_long(argc, argv, shorts, longs, NULL)) != -1) {
		switch (option) {
		case 'c': *conf_out = optarg; break;
		case 'h':
			fputs(usage, stdout);
			*status_out = EXIT_SUCCESS;
			return false;
		case '?':
			fprintf(stderr, "%s --help lists the options.\n", who);
			return false;
		default: take_own(options_find_own(own, option)); break;
		}
	}
	return true;
}

bool options_alone_read(const char *who, int argc, char **argv, const char *usage,
                        const struct own_option *own, const char **conf_out, int *status_out)
{
	if (!options_read(who, argc, argv, usage, own, conf_out, status_out))
		return false;
	if (optind < argc)
		*status_out = complain_words(usage, who, "'%s' is one argument too many",
		                             argv[optind]);
	return optind == argc;
}

bool options_settings(const char *who, const char *conf, struct settings *out, int *status_out)
{
	struct problem problem = { "" };

	if (files_load_settings(conf, out, &problem) == 0)
		return true;
	*status_out = complain(EXIT_CONFIG, who, "%s", problem.text);
	return false;
}

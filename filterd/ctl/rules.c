/* SPDX-License-Identifier: MIT */

/* filterctl rules: prints, installs or removes the kernel's rules. */

#include "ctl/verbs.h"

#include "ctl/complain.h"
#include "ctl/options.h"
#include "kernel/rules.h"
#include "os/files.h"
#include "os/last_good.h"

#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define WHO "filterctl rules"

static const char usage[] =
	"usage: filterctl rules print|install|remove [-c FILE] [--backend nft|iptables]\n"
	"\n"
	"The rules that send undecided packets to filterd, generated from the configuration, IPv4 "
        "and IPv6 together.\n"
	"Installing again renews them; removing leaves the host as it was.\n"
	"\n"
	"  -c, --config FILE       configuration, default " CONF_DEFAULT "\n"
	"      --backend BACKEND   nft or iptables; default as configured; auto: nft where the\n"
	"                          kernel has its queue expression, else iptables\n";

static int ctl_rules_run(const char *what, const struct settings *s, enum rules_backend backend,
                         struct problem *problem)
{
	if (strcmp(what, "print") == 0)
		return rules_print(s, backend, problem);
	if (strcmp(what, "install") == 0)
		return rules_install(s, backend, problem);
	return rules_remove(backend, problem);
}

static bool read_backend(const char *text, enum rules_backend *out)
{
	if (text == NULL)
		*out = BACKEND_AUTO;
	else if (strcmp(text, "nft") == 0)
		*out = BACKEND_NFT;
	else if (strcmp(text, "iptables") == 0)
		*out = BACKEND_IPTABLES;
	else
		return false;
	return true;
}

int ctl_rules(int argc, char **argv)
{
	const char             *conf, *what, *wanted = NULL;
	const struct own_option own[]   = { { "backend", .argument = &wanted }, { 0 } };
	struct problem          problem = { "" };
	enum rules_backend      backend;
	struct settings         settings;
	char                    who[40];
	int                     status;

	if (!options_read(WHO, argc, argv, usage, own, &conf, &status))
		return status;
	if (!read_backend(wanted, &backend))
		return complain_words(usage, WHO, "--backend '%s': expected nft or iptables",
		                      wanted);
	what = optind == argc - 1 ? argv[optind] : "";
	if (strcmp(what, "print") != 0 && strcmp(what, "install") != 0 &&
	    strcmp(what, "remove") != 0)
		return complain_words(usage, WHO, "expected print, install or remove");
	snprintf(who, sizeof(who), WHO " %s", what);
	if (files_load_settings(conf, &settings, &problem) != 0) {
		fprintf(stderr, "filterctl: %s\n", problem.text);
		/* filterd itself uses this copy, now and after its next start. */
		if (!last_good_settings(conf, &settings))
			return EXIT_CONFIG;
		fprintf(stderr, "%s: using the copy of the last good configuration\n", who);
		problem.text[0] = '\0';
	}
	if (backend == BACKEND_AUTO)
		backend = rules_backend_here(&settings);
	if (ctl_rules_run(what, &settings, backend, &problem) != 0)
		return complain(EXIT_FAILURE, who, "%s", problem.text);
	for (char *rest = problem.text, *line; (line = strsep(&rest, "\n")) != NULL;) {
		if (line[0] != '\0')
			fprintf(stderr, "%s: %s\n", who, line);
	}
	return EXIT_SUCCESS;
}

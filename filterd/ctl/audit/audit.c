/* SPDX-License-Identifier: MIT */

/* filterctl audit: finds the verb and hands over to it. */

#include "ctl/audit/verbs.h"
#include "ctl/verbs.h"

#include "base/bytes.h"

#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct audit_verb {
	const char *name;
	int (*run)(int argc, char **argv);
	const char *does;
} verbs[] = {
	{ "verify",     audit_verify,
	      "is the log complete and unaltered, and was the filter at work?" },
	{ "report",     audit_report,
	      "all of that and more about a month, for people, on one page" },
	{ "coverage",   audit_coverage,
	    "when was the filter at work, and what passed when it was not?" },
	{ "devices",    audit_devices,    "which devices still try?" },
	{ "hosts",      audit_hosts,      "which hosts do they try to reach?" },
	{ "categories", audit_categories, "what kinds of hosts?" },
	{ "timeline",   audit_timeline,   "how many a day, how many an hour?" },
	{ "list",       audit_list,       "the attempts themselves; -f follows" },
	{ "export",     audit_export,
	      "the same for other programs: csv, sqlite, postgresql" },
	{ "ack",        audit_ack,        "a note about a device, beside the log" },
	{ "checkpoint", audit_checkpoint,
	  "a few lines to store elsewhere, which fix the log up to now" },
};

static void audit_print_usage(FILE *to)
{
	fputs("usage: filterctl audit VERB [OPTION]... [LOG]...\n\n", to);
	for (size_t i = 0; i < COUNT(verbs); i++)
		fprintf(to, "  %-10s %s\n", verbs[i].name, verbs[i].does);
	fputs("\n"
	      "LOG is a file or a folder, compressed or not, on any machine; none: the log of "
	      "this machine's filterd.\n"
	      "filterctl audit VERB --help explains a verb; filterctl-audit(8) explains "
	      "everything.\n"
	      "\n"
	      "  filterctl audit verify --key gw1.vkey --anchors syslog gw1/\n"
	      "  filterctl audit devices --active 7d\n"
	      "  filterctl audit report --month \"last month\" -o filter.html\n"
	      "  filterctl audit list --device LAPTOP-7 --since yesterday\n",
	      to);
}

const bool ctl_has_audit = true;

int ctl_audit(int argc, char **argv)
{
	/* The characters that a terminal can show. */
	setlocale(LC_CTYPE, "");
	if (argc < 2 || strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0) {
		audit_print_usage(argc < 2 ? stderr : stdout);
		return argc < 2 ? EXIT_USAGE : EXIT_SUCCESS;
	}
	for (size_t i = 0; i < COUNT(verbs); i++) {
		if (strcmp(verbs[i].name, argv[1]) == 0)
			return verbs[i].run(argc - 1, argv + 1);
	}
	fprintf(stderr, "filterctl audit: there is no verb '%s'\n\n", argv[1]);
	audit_print_usage(stderr);
	return EXIT_USAGE;
}

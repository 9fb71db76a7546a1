/* SPDX-License-Identifier: MIT */

/* filterctl: finds the verb and hands over to it. */

#include "ctl/verbs.h"

#include "base/bytes.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct ctl_verb {
	const char *name;
	int (*run)(int argc, char **argv);
	const char *does;
} verbs[] = {
	{ "audit", ctl_audit, "read the audit log: is it whole, who still tries, reports" },
	{ "board", ctl_board, "is it on, who asked, what for: the last day at a glance" },
	{ "check", ctl_check, "what would happen to a host, and why" },
	{ "doctor", ctl_doctor, "what defeats the filter on this host, and the remedy" },
	{ "feed", ctl_feed, "for filterd-update: report its result to the log and status" },
	{ "key", ctl_key, "the public key of the audit log, for those who will check it" },
	{ "mode", ctl_mode, "does filterd block, or only record; and change that" },
	{ "note", ctl_note, "note something about a device, or remove the note" },
	{ "pause", ctl_pause, "for a while block nothing, with a reason that is recorded" },
	{ "probe", ctl_probe, "from a client: is the test name blocked on its way out?" },
	{ "recent", ctl_recent, "the last attempts that were recorded" },
	{ "reload", ctl_reload, "have filterd reload its configuration and policy" },
	{ "replay", ctl_replay, "judge the packets of captures" },
	{ "rotate", ctl_rotate, "close the open file of the audit log now" },
	{ "rules", ctl_rules, "print, install or remove the rules in the kernel" },
	{ "settings", ctl_settings, "all settings, with their current values" },
	{ "status", ctl_status, "does filterd run and block, does anything need attention" },
	{ "top", ctl_top, "the board on this terminal, updated every two seconds" },
	{ "waive", ctl_waive, "let a device pass for a time, with a reason that is recorded" },
};

static void ctl_main_print_usage(FILE *to)
{
	fputs("usage: filterctl VERB [OPTION]...\n\n", to);
	for (size_t i = 0; i < COUNT(verbs); i++)
		fprintf(to, "  %-9s %s\n", verbs[i].name, verbs[i].does);
	fputs("\n"
	      "filterctl VERB --help explains a verb; filterctl(8) explains everything.\n"
	      "\n"
	      "  filterctl check dnl-01.geo.kaspersky.com\n"
	      "  filterctl audit verify\n"
	      "  filterctl replay --summary capture.pcap\n"
	      "  filterctl rules print --backend nft\n", to);
}

int main(int argc, char **argv)
{
	if (argc < 2 || strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0) {
		ctl_main_print_usage(argc < 2 ? stderr : stdout);
		return argc < 2 ? EXIT_USAGE : EXIT_SUCCESS;
	}
	if (strcmp(argv[1], "--version") == 0) {
		puts("filterctl " FILTERD_VERSION);
		return EXIT_SUCCESS;
	}
	for (size_t i = 0; i < COUNT(verbs); i++) {
		if (strcmp(verbs[i].name, argv[1]) == 0)
			return verbs[i].run(argc - 1, argv + 1);
	}
	fprintf(stderr, "filterctl: there is no verb '%s'\n\n", argv[1]);
	ctl_main_print_usage(stderr);
	return EXIT_USAGE;
}

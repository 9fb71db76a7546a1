/* SPDX-License-Identifier: MIT */

/*
 * Prints the rules of some settings, for a host that is made up: nothing of this one is asked.
 *
 *     print_rules nft|iptables|ip6tables [UPLINK... -- [OFFLOADED... --]] <filterd.conf
 *
 * The settings come on standard input. UPLINK: interfaces of the way out; OFFLOADED: what a flow
 * table of ours would take. Where offload = hold says so undecided flows are held.
 */

#include "kernel/rules.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Names up to "--"; how many there are. */
static size_t take_names(char ***arguments, char (*out)[16], size_t most)
{
	size_t num = 0;

	while (**arguments != NULL && strcmp(**arguments, "--") != 0 && num < most)
		snprintf(out[num++], 16, "%s", *(*arguments)++);
	if (**arguments != NULL)
		(*arguments)++;
	return num;
}

int main(int argc, char **argv)
{
	static uint8_t    text[2 * RULES_TEXT_MAX];
	struct writer     w          = writer_over(text, sizeof(text));
	struct uplinks    uplinks    = { .num = 0 };
	struct offloading offloading = { .hold = false };
	struct settings   settings;
	struct problem    problem;
	char              conf[4096], **arguments = argv + 2;

	if (argc < 2)
		return 64;
	conf[fread(conf, 1, sizeof(conf) - 1, stdin)] = '\0';
	if (settings_parse(conf, "standard input", &settings, &problem) != 0) {
		fprintf(stderr, "%s\n", problem.text);
		return EXIT_FAILURE;
	}
	uplinks.num            = take_names(&arguments, uplinks.names, COUNT(uplinks.names));
	offloading.num_devices =
		take_names(&arguments, offloading.devices, COUNT(offloading.devices));
	offloading.hold        = settings.offload == OFFLOAD_HOLD;
	offloading.own         = settings.offload == OFFLOAD_OWN;
	if (strcmp(argv[1], "nft") == 0) {
		rules_write_nft(&w, &settings, &uplinks, &offloading);
		rules_write_unseen(&w, &settings);
		rules_write_connections(&w, &settings, &uplinks);
		rules_write_sources(&w, &settings, &uplinks);
	} else {
		rules_write_iptables(&w, &settings, &uplinks, &offloading,
		                     strcmp(argv[1], "iptables") == 0 ? 4 : 6);
	}
	fwrite(w.start, 1, w.len, stdout);
	return w.full ? EXIT_FAILURE : EXIT_SUCCESS;
}

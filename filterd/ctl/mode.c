/* SPDX-License-Identifier: MIT */

/*
 * filterctl mode: does filterd block, or only record? The mode is one line of the configuration; on
 * a router it is set in /etc/config/filterd, from which the configuration is generated.
 */

#include "ctl/verbs.h"

#include "ctl/apply.h"
#include "ctl/complain.h"
#include "ctl/notes.h"
#include "ctl/options.h"
#include "kernel/run.h"
#include "log/scan.h"
#include "os/control_socket.h"
#include "os/files.h"
#include "os/last_good.h"
#include "policy/settings_edit.h"

#include <errno.h>
#include <getopt.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define WHO  "filterctl mode"
#define MADE "# Made from "     /* first words of a configuration from write-conf (OpenWrt) */

static const char usage[] =
	"usage: filterctl mode [-c FILE]\n"
	"       filterctl mode enforce|observe [-c FILE] [REASON]\n"
	"\n"
	"Prints whether filterd blocks (enforce) or only records what it would block (observe),\n"
	"or sets it for good: in the configuration, whose other lines stay as they are, or, on a\n"
	"router, in /etc/config/filterd. filterd loads it at once. The REASON goes into the\n"
	"record. For root.\n"
	"\n"
	"  -c, --config FILE   configuration, default " CONF_DEFAULT "\n"
	"\n"
	"Exit status: 0; 1 it was refused; 64 wrong usage; 69 it is written, but filterd could\n"
	"not be reached; 74 it cannot be written; 78 the configuration is wrong.\n";

static const char *mode_word(enum mode mode)
{
	return mode == MODE_OBSERVE ? "observe" : "enforce";
}

static bool mode_is(struct bytes status, const char *path, const char *value)
{
	return bytes_is(scan_member(status, path), value);
}

/* Prints the effect: the categories that block, and the number of devices. */
static void mode_say_state(struct bytes status, enum mode mode)
{
	struct bytes count = scan_member(status, "attempts.devices");
	uint64_t     devices;

	if (!mode_is(status, "mode", mode == MODE_OBSERVE ? "\"observe\"" : "\"enforce\""))
		printf("filterd has not loaded this yet and goes on as before: filterctl reload\n");
	else if (!mode_is(status, "paused", "null"))
		printf("nothing is blocked, only recorded, while it is paused\n");
	else if (mode_is(status, "state", "\"enforcing\""))
		printf("what the policy prohibits is blocked\n");
	else if (mode_is(status, "state", "\"observing\""))
		printf("nothing is blocked; what would be is recorded\n");
	else if (mode_is(status, "state", "\"waiting\""))
		printf("nothing is blocked yet: no category of the policy blocks at this moment\n");
	else
		printf("filterctl status says what is wrong\n");
	/* A filterd of another version may not report this. */
	if (bytes_cut_number(&count, &devices))
		printf("in the last quarter of an hour %" PRIu64 " device%s tried prohibited "
		       "hosts\n", devices, devices == 1 ? "" : "s");
}

static void mode_say(const struct settings *s)
{
	char        *answer = NULL;
	int          error  = control_socket_ask(s->control, BYTES("status json"), &answer);
	struct bytes status = bytes_text(error == 0 ? answer : "");

	/* The first line is an exit status. */
	bytes_cut_line(&status);
	puts(mode_word(s->mode));
	if (error == 0)
		mode_say_state(status, s->mode);
	else
		puts("filterd does not answer: filterctl status says what happens to packets");
	free(answer);
}

/* The same check as filterd --check. */
static int mode_check(const char *conf, const char *text)
{
	struct problem  problem = { "" };
	struct settings s;
	struct policy  *policy  = NULL;
	int             error   = settings_parse(text, conf, &s, &problem);

	if (error == 0)
		error = last_good_policy(&s, conf, &policy, &problem);
	policy_free(policy);
	return error == 0 ? 0
	                  : complain(EXIT_FAILURE, WHO, "%s",
	                             problem.text[0] != '\0' ? problem.text : strerror(-error));
}

static int mode_set_in(const char *conf, struct bytes old, const char *word, const char *why)
{
	size_t          room    = old.len + SETTINGS_EDIT_MAX;
	struct problem  problem = { "" };
	struct settings s;
	char           *text    = malloc(room), reason[CONTROL_REASON_MAX + 1], what[32];
	struct writer   w       = writer_over(text, text != NULL ? room : 0);
	struct change   c       = { .who = WHO, .path = conf, .old = old, .settings = &s,
	                            .reason = reason };
	int             status;

	snprintf(what, sizeof(what), "mode = %s", word);
	apply_reason(reason, what, notes_by(), why);
	if (settings_edit((const char *)old.at, conf, settings_find("policy", "mode"), word, &w,
	                  &problem) != 0) {
		free(text);
		return complain(EXIT_CONFIG, WHO, "%s", problem.text);
	}
	status = mode_check(conf, text);
	c.new  = writer_written(&w);
	if (status == 0 && settings_parse(text, conf, &s, &problem) == 0)
		status = apply_change(&c);
	free(text);
	if (status == 0)
		mode_say(&s);
	return status;
}

/* Gives: the exit status, or -errno. output: RUN_OUTPUT_MAX, its first line of output. */
static int mode_run(char *output, const char *const *argv)
{
	int status = run_program(argv, (struct bytes){ 0 }, output);

	output[strcspn(output, "\n")] = '\0';
	return status;
}

#define RUN(output, ...) mode_run(output, (const char *const[]){ __VA_ARGS__, NULL })

#define UCI_MODE "filterd.@policy[0].mode"

/* value: "" removes the option, which restores the default. 0, or uci's message in said. */
static int mode_uci_set(const char *value, char said[RUN_OUTPUT_MAX])
{
	char set[64];
	int  status;

	snprintf(set, sizeof(set), UCI_MODE "=%.16s", value);
	if (value[0] != '\0' && RUN(said, "uci", "-q", "get", "filterd.@policy[0]") != 0)
		RUN(said, "uci", "set", "filterd.policy=policy");
	status = value[0] != '\0' ? RUN(said, "uci", "set", set)
	                          : RUN(said, "uci", "-q", "delete", UCI_MODE);
	return status == 0 ? RUN(said, "uci", "commit", "filterd") : status;
}

/* If the service refuses the new mode, it keeps the old one, and the option is restored. */
static int mode_set_by_uci(const char *conf, const char *word, const char *why)
{
	char            said[RUN_OUTPUT_MAX], old[RUN_OUTPUT_MAX], reason[CONTROL_REASON_MAX + 1];
	char            what[32];
	struct settings s;
	int             status;

	snprintf(what, sizeof(what), "mode = %s", word);
	apply_reason(reason, what, notes_by(), why);
	setenv("FILTERD_REASON", reason, 1);
	if (RUN(old, "uci", "-q", "get", UCI_MODE) != 0)
		old[0] = '\0';
	status = mode_uci_set(word, said);
	if (status != 0)
		return complain(EXIT_IO, WHO,
		                "uci: %s; by hand: uci set " UCI_MODE "=%s, uci commit filterd, "
		                "service filterd reload",
		                status < 0 ? strerror(-status) : said, word);
	status = RUN(said, "service", "filterd", "reload");
	if (status != 0) {
		complain(status, WHO, "service filterd reload: %s",
		         status < 0 ? strerror(-status) : said);
		mode_uci_set(old, said);
		RUN(said, "service", "filterd", "reload");
		return EXIT_FAILURE;
	}
	if (!options_settings(WHO, conf, &s, &status))
		return status;
	if (strcmp(mode_word(s.mode), word) != 0)
		return complain(EXIT_UNAVAILABLE, WHO,
		                "the mode is written, but the service did not load it: is filterd "
		                "enabled in /etc/config/filterd?");
	mode_say(&s);
	return EXIT_SUCCESS;
}

static int mode_set(const char *conf, const char *word, const char *why)
{
	struct bytes text;
	int          error, status;

	files_lock_folder_of(conf);
	error = files_read(conf, &text);
	if (error == 0 && strlen((const char *)text.at) != text.len)
		error = -EINVAL;
	if (error != 0)
		return complain(EXIT_CONFIG, WHO, "configuration '%s': %s", conf, strerror(-error));
	status = bytes_begin(text, MADE) ? mode_set_by_uci(conf, word, why)
	                                 : mode_set_in(conf, text, word, why);
	files_free(text);
	return status;
}

int ctl_mode(int argc, char **argv)
{
	struct settings s;
	const char     *conf;
	int             status, num;

	if (!options_read(WHO, argc, argv, usage, NULL, &conf, &status))
		return status;
	num = argc - optind;
	if (num == 0) {
		if (!options_settings(WHO, conf, &s, &status))
			return status;
		mode_say(&s);
		return EXIT_SUCCESS;
	}
	if (num > 2 || (strcmp(argv[optind], "enforce") != 0 &&
	                strcmp(argv[optind], "observe") != 0))
		return complain_usage(usage);
	return mode_set(conf, argv[optind], num == 2 ? argv[optind + 1] : "");
}

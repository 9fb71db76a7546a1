/* SPDX-License-Identifier: MIT */

/*
 * filterctl status: the state of filterd. filterd itself reports it; this file explains a missing
 * answer, which is when people need status most.
 */

#include "ctl/verbs.h"

#include "base/json.h"
#include "ctl/options.h"
#include "ctl/service.h"
#include "ctl/silence.h"
#include "kernel/foreign.h"
#include "kernel/readback.h"
#include "os/control_socket.h"
#include "os/files.h"
#include "os/last_good.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define WHO "filterctl status"
#define EXIT_NOT_RUNNING 3      /* the Linux Standard Base's status code */

static const char usage[] = "usage: filterctl status [-c FILE] [--json]\n"
			    "\n"
			    "The state of filterd; the first line sums it up. Any user may ask.\n"
			    "\n"
			    "  -c, --config FILE   configuration, default " CONF_DEFAULT "\n"
			    "      --json          for programs; filterctl(8) lists the members\n"
			    "\n"
			    "Exit status: 0 it runs and blocks, and nothing needs attention; 1 it "
                            "runs and something does; 3 it does not run;\n"
			    "64 wrong usage.\n";

/*
 * The answer's first line is the exit status. wrong: what is wrong with files on disk that filterd
 * has not loaded yet; "": none.
 */
static int print_answer(char *answer, const char *wrong, bool json)
{
	int status = answer[0] == '0' && wrong[0] == '\0' ? EXIT_SUCCESS : EXIT_FAILURE;

	if (wrong[0] != '\0')
		fprintf(json ? stderr : stdout,
		        "the configuration on disk is wrong: %s. filterd still runs on an older "
		        "one:\n"
		        "\n", wrong);
	fputs(answer[1] == '\n' ? answer + 2 : answer, stdout);
	free(answer);
	return status;
}

/*
 * Tells what the kernel does with packets meanwhile, by its own rules, which may differ from the
 * settings.
 */
struct kernel {
	enum hooks hooks;
	bool       lets_pass;
};

static struct kernel ask_kernel(const struct settings *s)
{
	static struct foreign_rules foreign;
	struct kernel               k = { .hooks = HOOKS_UNKNOWN,
	                                  .lets_pass = s->on_failure == ON_FAILURE_OPEN };
	struct readback            *r = NULL;

	if (readback_open(&r) == 0)
		k.hooks = readback_hooks(r);
	readback_close(r);
	if (k.hooks == HOOKS_MISSING)
		k.lets_pass = true;
	else if (foreign_now(s, &foreign) == 0 && foreign.has_queue)
		k.lets_pass = foreign.bypass;
	return k;
}

static const char *packets_meanwhile(const struct kernel *k)
{
	return k->hooks == HOOKS_UNKNOWN ? "unknown" : k->lets_pass ? "pass" : "dropped";
}

static void print_silence_json(bool runs, const char *why, const char *wrong,
                               const struct kernel *k)
{
	uint8_t       text[4096];
	struct writer w = writer_over(text, sizeof(text));
	struct json   j = json_over(&w);

	json_object(&j, NULL);
	json_bool(&j, "running", runs);
	json_bool(&j, "good", false);
	json_array(&j, "attention");
	json_text(&j, NULL, why);
	if (wrong[0] != '\0')
		json_text(&j, NULL, wrong);
	json_end(&j);
	json_object(&j, "kernel");
	json_text(&j, "rules", hooks_names[k->hooks]);
	json_text(&j, "packets", packets_meanwhile(k));
	json_end(&j);
	json_end(&j);
	write_text(&w, "\n");
	fwrite(text, 1, w.len, stdout);
}

static void print_silence(bool runs, const char *why, const char *wrong, const struct kernel *k)
{
	printf("%s\n", why);
	if (wrong[0] != '\0')
		printf("  - %s\n", wrong);
	puts("");
	if (k->hooks == HOOKS_UNKNOWN)
		puts("rules     unknown; run this as root");
	else if (k->hooks == HOOKS_MISSING)
		puts("rules     missing: no packet reaches filterd, all pass unseen");
	else if (k->hooks == HOOKS_CHANGED)
		puts("rules     changed by another program: packets may pass unseen");
	else if (runs)
		puts("rules     in place");
	else if (k->lets_pass)
		puts("rules     in place, and on-failure = open: packets pass unseen until filterd "
		     "runs");
	else
		puts("rules     in place, and on-failure = closed: new connections are DROPPED "
		     "until filterd runs");
	if (!runs)
		printf("start     %s; to let packets through: filterctl rules remove\n",
		       service_words()->start);
}

/* Finds faults that would stop filterd from starting, or make it use an older copy. */
static void find_wrong_policy(const struct settings *s, const char *conf, struct problem *wrong)
{
	struct policy *policy;

	if (wrong->text[0] == '\0' && last_good_policy(s, conf, &policy, wrong) == 0)
		policy_free(policy);
}

static int tell_of_silence(const struct settings *s, const char *conf, struct problem *wrong,
                           int error, bool json)
{
	char          why[SILENCE_MAX];
	bool          runs   = silence_say(s, error, why);
	struct kernel kernel = ask_kernel(s);

	find_wrong_policy(s, conf, wrong);
	if (json)
		print_silence_json(runs, why, wrong->text, &kernel);
	else
		print_silence(runs, why, wrong->text, &kernel);
	return runs ? EXIT_FAILURE : EXIT_NOT_RUNNING;
}

int ctl_status(int argc, char **argv)
{
	bool                    json  = false;
	const struct own_option own[] = { { "json", .given = &json }, { 0 } };
	struct problem          problem = { "" };
	struct settings         s;
	const char             *conf;
	char                   *answer = NULL;
	int                     status, error;

	if (!options_alone_read(WHO, argc, argv, usage, own, &conf, &status))
		return status;
	/* The socket's path is known even if the settings are wrong. */
	if (files_load_settings(conf, &s, &problem) != 0)
		files_salvage_settings(conf, &s);
	error = control_socket_ask(s.control, json ? BYTES("status json") : BYTES("status"),
	                           &answer);
	return error == 0 ? print_answer(answer, problem.text, json)
	                  : tell_of_silence(&s, conf, &problem, error, json);
}

/* SPDX-License-Identifier: MIT */

/*
 * filterctl doctor: every check, one line each. It needs root, because the kernel answers only
 * root, but filterd need not be running.
 */

#include "ctl/doctor/doctor.h"

#include "ctl/complain.h"
#include "ctl/options.h"
#include "ctl/verbs.h"
#include "os/files.h"
#include "os/last_good.h"
#include "os/log_writer.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define WHO "filterctl doctor"
#define WHAT_MAX 800    /* bytes; two file names and a sentence */

static const char usage[] = "usage: filterctl doctor [-c FILE] [--json]\n"
			    "\n"
			    "Looks for anything that silently defeats the filter on this host, "
			    "and says how to fix it. Changes nothing. Run it as root.\n"
			    "\n"
			    "  -c, --config FILE   configuration, default " CONF_DEFAULT "\n"
			    "      --json          for programs: what each check found\n"
			    "\n"
			    "Exit status: 0 all is well; 1 something needs attention or is "
			    "unknown; 2 something is broken; 64 wrong usage; 78 wrong "
			    "configuration.\n";

static const char *const health_names[] = { [HEALTH_OK] = "ok", [HEALTH_UNKNOWN] = "unknown",
                                            [HEALTH_ATTENTION] = "attention",
                                            [HEALTH_BROKEN] = "broken" };

static void print_json(struct json *j, enum health health, const char *check, const char *what,
                       const char *remedy)
{
	json_object(j, NULL);
	json_text(j, "check", check);
	json_text(j, "health", health_names[health]);
	json_text(j, "what", what);
	json_text(j, "remedy", remedy);
	json_end(j);
}

void doctor_say(struct doctor *d, enum health health, const char *check, const char *remedy,
                const char *format, ...)
{
	char    what[WHAT_MAX];
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(what, sizeof(what), format, arguments);
	va_end(arguments);
	if (d->json)
		print_json(&d->out, health, check, what, remedy);
	else
		printf("%-10s %-16s %s%s%s\n", health_names[health], check, what,
		       remedy != NULL ? ". Remedy: " : "", remedy != NULL ? remedy : "");
	if (health > d->worst)
		d->worst = health;
}

bool doctor_is_hidden(int error)
{
	return error == -EPERM || error == -EACCES;
}

void doctor_unknown(struct doctor *d, const char *check)
{
	doctor_say(d, HEALTH_UNKNOWN, check, "sudo filterctl doctor", "needs root");
}

bool doctor_read_number(const char *path, uint64_t *out)
{
	char         line[32];
	struct bytes text;

	if (!files_first_line(path, line, sizeof(line)))
		return false;
	text = bytes_text(line);
	return bytes_cut_number(&text, out);
}

static void doctor_look_around(struct doctor *d)
{
	struct problem ignored;

	if (geteuid() != 0)
		doctor_say(d, HEALTH_UNKNOWN, "root", "sudo filterctl doctor",
		           "the kernel does not answer every question from a user");
	d->readback_error = readback_open(&d->readback);
	d->filterd_error = log_writer_signal(d->settings.audit_file, 0, &d->filterd, &ignored);
	if (d->filterd_error != 0)
		d->filterd = 0;
	else
		doctor_ask_filterd(d);
	if (last_good_policy(&d->settings, d->conf, &d->policy, &d->policy_problem) != 0)
		d->policy = NULL;
}

/* The other checks then use the copy, as filterd does; without one, the readable part of it. */
static void check_configuration(struct doctor *d)
{
	if (d->conf_problem.text[0] == '\0')
		doctor_ok(d, "configuration", "%s is good", d->conf);
	else
		doctor_say(d, HEALTH_BROKEN, "configuration",
		           "fix it; filterd --check says when it is good", "%s; a start %s",
		           d->conf_problem.text,
		           d->has_copy ? "uses the copy of the last good one"
		                       : "fails, as there is no good copy");
}

static void examine(struct doctor *d)
{
	struct text text;

	text_to(&text, stdout);
	d->out = json_into(&text);
	json_object(&d->out, NULL);
	json_array(&d->out, "checks");
	doctor_look_around(d);
	check_configuration(d);
	doctor_kernel(d);
	doctor_filterd(d);
	doctor_rules(d);
	doctor_coverage(d);
	doctor_ways_around(d);
	doctor_dates(d);
	doctor_storage(d);
	json_end(&d->out);
	json_text(&d->out, "worst", health_names[d->worst]);
	json_end(&d->out);
	text_put(&text, "\n");
	if (d->json)
		text_end(&text);
}

int ctl_doctor(int argc, char **argv)
{
	static struct doctor    d;
	const struct own_option own[]   = { { "json", .given = &d.json }, { 0 } };
	int                     status;

	if (!options_alone_read(WHO, argc, argv, usage, own, &d.conf, &status))
		return status;
	if (files_load_settings(d.conf, &d.settings, &d.conf_problem) != 0)
		d.has_copy = last_good_settings(d.conf, &d.settings);
	if (foreign_now(&d.settings, &d.foreign) != 0)
		return complain(EXIT_FAILURE, WHO, "not enough memory to read the rules");
	examine(&d);
	policy_free(d.policy);
	readback_close(d.readback);
	free(d.says);
	return d.worst == HEALTH_OK ? 0 : d.worst == HEALTH_BROKEN ? 2 : 1;
}

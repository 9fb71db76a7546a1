/* SPDX-License-Identifier: MIT */

#include "ctl/audit/options.h"

#include "ctl/timezone.h"
#include "os/clock.h"
#include "os/files.h"
#include "review/people.h"

#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* The part of --help about options that all verbs share. */
static const char audit_options_help[] =
	"LOG is a file, a folder with all files of a log, or - ; none: the log of this machine's "
	"filterd.\n"
	"\n"
	"  -k, --key KEY       the key at the start of the log: a file such as audit.vkey, or the "
	"key itself; for many logs:\n"
	"                      a file with all keys, a folder of *.vkey, or repeated\n"
	"      --anchors FILE  notes of the log stored elsewhere, also within a syslog; "
	"repeatable\n"
	"      --since TIME    count from then on        --until TIME  and up to then\n"
	TIMEZONE_HELP
	"      --collected     the files are a collector's, of one gateway or of many: in any "
	"order, with duplicates;\n"
	"                      a folder includes all below it\n"
	"      --json, --csv   for programs instead of people\n"
	"      --color WHEN    auto (on a terminal), always, never\n"
	"  -c, --config FILE   configuration, default " CONF_DEFAULT "\n"
	"\n";

/* The arguments; NULL: not given. */
struct audit_given {
	const char *since, *until, *tz, *color, *format;
};

static bool read_color(struct audit_options *o, const char *when)
{
	if (when == NULL || strcmp(when, "auto") == 0)
		return true;
	o->color = strcmp(when, "always") == 0;
	return o->color || strcmp(when, "never") == 0 ||
	       complain(false, o->who, "--color '%s'; expected auto, always or never", when);
}

static bool read_format(struct audit_options *o, const struct audit_own *own, const char *format)
{
	if (format != NULL)
		o->format = strcmp(format, "json") == 0 ? FORMAT_JSON : FORMAT_CSV;
	if (o->format == FORMAT_JSON && own->no_json)
		return complain(false, o->who, "it has no JSON output");
	return o->format != FORMAT_CSV || !own->no_csv ||
	       complain(false, o->who, "it has no CSV output");
}

/* The zone applies to the times, even if --tz comes after them. */
static bool read_times(struct audit_options *o, const struct audit_given *g)
{
	return timezone_take(o->who, g->tz) &&
	       (g->since == NULL ||
	        timezone_read_time(o->who, "since", g->since, o->now_us, &o->since_us)) &&
	       (g->until == NULL ||
	        timezone_read_time(o->who, "until", g->until, o->now_us, &o->until_us)) &&
	       (o->since_us < o->until_us ||
	        complain(false, o->who, "--since is not before --until"));
}

static bool are_few_enough(const struct audit_options *o)
{
	if (o->num_anchors > AUDIT_ANCHORS_MAX)
		return complain(false, o->who, "--anchors: more than %d files; put them together",
		                AUDIT_ANCHORS_MAX);
	return o->num_keys <= AUDIT_KEYS_MAX ||
	       complain(false, o->who, "--key: more than %d; put them into one file, or a folder",
	                AUDIT_KEYS_MAX);
}

bool audit_options_read(int argc, char **argv, const struct audit_own *own,
                        struct audit_options *out, int *status_out)
{
	struct audit_options o = { .verb = argv[0], .since_us = INT64_MIN, .until_us = INT64_MAX,
	                           .now_us = clock_now_us() };
	struct audit_given   g = { .since = NULL };
	struct option_list   keys    = { .at = o.keys, .room = AUDIT_KEYS_MAX },
	                     anchors = { .at = o.anchors, .room = AUDIT_ANCHORS_MAX };
	struct own_option    all[OPTIONS_OWN_MAX + 1] = {
		{ "key",       .letter = 'k', .arguments = &keys },
		{ "anchors",   .arguments = &anchors },
		{ "since",     .argument = &g.since },
		{ "until",     .argument = &g.until },
		{ "json",      .which = &g.format },
		{ "csv",       .which = &g.format },
		{ "collected", .given = &o.collected },
		{ "color",     .argument = &g.color },
		{ "tz",        .argument = &g.tz },
	};
	size_t               num = 0;

	while (all[num].name != NULL)
		num++;
	for (const struct own_option *of = own->options; of != NULL && of->name != NULL; of++)
		all[num++] = *of;
	o.color = isatty(STDOUT_FILENO) && getenv("NO_COLOR") == NULL;
	snprintf(o.who, sizeof(o.who), "filterctl audit %s", o.verb);
	if (!options_read(o.who, argc, argv, own->usage, all, &o.conf, status_out)) {
		if (*status_out == EXIT_SUCCESS)
			printf("%s\n%s%s", own->usage_end != NULL ? own->usage_end : "",
			       audit_options_help, people_time_help);
		return false;
	}
	o.num_keys    = keys.num;
	o.num_anchors = anchors.num;
	*status_out   = EXIT_USAGE;
	if (!are_few_enough(&o) || !read_color(&o, g.color) || !read_format(&o, own, g.format) ||
	    !read_times(&o, &g))
		return false;
	o.paths     = (const char *const *)argv + optind;
	o.num_paths = (size_t)(argc - optind);
	*out        = o;
	return true;
}

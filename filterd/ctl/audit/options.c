/* SPDX-License-Identifier: MIT */

#include "ctl/audit/options.h"

#include "ctl/timezone.h"
#include "ctl/verbs.h"
#include "os/clock.h"
#include "os/files.h"
#include "review/people.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

const char audit_options_help[] =
	"LOG is a file, a folder with all files of a log, or - ; none: the log of this machine's "
        "filterd.\n"
	"\n"
	"  -k, --key KEY       the key the log began with: a file such as audit.vkey, or the key "
        "itself; of many logs:\n"
	"                      a file with all keys, a folder of *.vkey, or given again\n"
	"      --anchors FILE  notes of the log that were kept elsewhere, also within a syslog; "
        "may be given again\n"
	"      --since TIME    count from then on        --until TIME  and to before then\n"
	TIMEZONE_HELP
	"      --collected     the files are a collector's, of one gateway or of many: in "
        "disorder, with duplicates,\n"
	"                      a folder with all that is below it\n"
	"      --json, --csv   for programs instead of people\n"
	"      --color WHEN    auto (on a terminal), always, never\n"
	"  -c, --config FILE   configuration, default " CONF_DEFAULT "\n"
	"\n";

bool audit_read_time(const struct audit_options *o, const char *option, const char *text,
                     int64_t *us_out)
{
	if (people_read_time(bytes_text(text), o->now_us, us_out) == PARSE_OK)
		return true;
	fprintf(stderr, "filterctl audit %s: --%s '%s' is not a time.\n%s", o->verb, option, text,
	        people_time_help);
	return false;
}

static bool read_color(struct audit_options *o, const char *when)
{
	if (strcmp(when, "auto") == 0)
		return true;
	o->color = strcmp(when, "always") == 0;
	if (o->color || strcmp(when, "never") == 0)
		return true;
	fprintf(stderr, "filterctl audit %s: --color '%s'; expected auto, always or never\n",
	        o->verb, when);
	return false;
}

static bool add_anchors(struct audit_options *o, const char *file)
{
	if (o->num_anchors == AUDIT_ANCHORS_MAX) {
		fprintf(stderr,
		        "filterctl audit %s: --anchors: more than %d files; put them together\n",
		        o->verb, AUDIT_ANCHORS_MAX);
		return false;
	}
	o->anchors[o->num_anchors++] = file;
	return true;
}

static bool add_key(struct audit_options *o, const char *key)
{
	if (o->num_keys == AUDIT_KEYS_MAX) {
		fprintf(stderr,
		        "filterctl audit %s: --key: more than %d; put them into one file, or a "
		        "folder\n",
		        o->verb, AUDIT_KEYS_MAX);
		return false;
	}
	o->keys[o->num_keys++] = key;
	return true;
}

/* One of the options that all verbs have. */
static bool take_common(struct audit_options *o, int option, const char *argument)
{
	switch (option) {
	case 'c':                    o->conf = argument;         return true;
	case 'k':                    return add_key(o, argument);
	case AUDIT_OPTION_ANCHORS:   return add_anchors(o, argument);
	case AUDIT_OPTION_SINCE:     o->since = argument;        return true;
	case AUDIT_OPTION_UNTIL:     o->until = argument;        return true;
	case AUDIT_OPTION_TZ:        o->tz = argument;           return true;
	case AUDIT_OPTION_JSON:      o->format = FORMAT_JSON;    return true;
	case AUDIT_OPTION_CSV:       o->format = FORMAT_CSV;     return true;
	case AUDIT_OPTION_COLLECTED: o->collected = true;        return true;
	case AUDIT_OPTION_COLOR:     return read_color(o, argument);
	default:                     return false;
	}
}

static bool is_common(int option)
{
	return option == 'c' || option == 'k' ||
	       (option >= AUDIT_OPTION_ANCHORS && option < AUDIT_OPTION_OWN);
}

/* They mean what the zone says, wherever --tz stands. */
static bool read_times(struct audit_options *o)
{
	char verb[32];

	snprintf(verb, sizeof(verb), "audit %s", o->verb);
	if (!timezone_take(verb, o->tz))
		return false;
	if ((o->since != NULL && !audit_read_time(o, "since", o->since, &o->since_us)) ||
	    (o->until != NULL && !audit_read_time(o, "until", o->until, &o->until_us)))
		return false;
	if (o->since_us < o->until_us)
		return true;
	fprintf(stderr, "filterctl audit %s: --since is not before --until\n", o->verb);
	return false;
}

bool audit_options_read(int argc, char **argv, const struct audit_own *own,
                        struct audit_options *out, int *status_out)
{
	struct audit_options o = { .verb = argv[0], .conf = CONF_DEFAULT, .since_us = INT64_MIN,
	                           .until_us = INT64_MAX,
	                           .now_us = clock_now_us() };
	int                  option;

	o.color     = isatty(STDOUT_FILENO) && getenv("NO_COLOR") == NULL;
	*status_out = EXIT_USAGE;
	while ((option = getopt_long(argc, argv, own->shorts, own->longs, NULL)) != -1) {
		bool taken;

		if (option == 'h') {
			printf("%s\n%s%s", own->usage, audit_options_help, people_time_help);
			*status_out = EXIT_SUCCESS;
			return false;
		}
		if (option == '?') {
			fprintf(stderr, "filterctl audit %s --help lists the options.\n", o.verb);
			return false;
		}
		taken = is_common(option) ? take_common(&o, option, optarg) :
		        own->take != NULL && own->take(own->owner, option, optarg);
		if (!taken)
			return false;
	}
	if ((o.format == FORMAT_JSON && own->no_json) || (o.format == FORMAT_CSV && own->no_csv)) {
		fprintf(stderr, "filterctl audit %s: it gives no %s\n", o.verb,
		        o.format == FORMAT_JSON ? "JSON" : "CSV");
		return false;
	}
	if (!read_times(&o))
		return false;
	o.paths     = (const char *const *)argv + optind;
	o.num_paths = (size_t)(argc - optind);
	*out        = o;
	return true;
}

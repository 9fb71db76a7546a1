/* SPDX-License-Identifier: MIT */

/* filterctl recent: the last attempts, from the end of the log. */

#include "ctl/board/look.h"
#include "ctl/board/screen.h"
#include "ctl/complain.h"
#include "ctl/options.h"
#include "ctl/timezone.h"
#include "ctl/verbs.h"
#include "os/files.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define WHO "filterctl recent"
#define RECENT      20
#define RECENT_MOST 1000                /* 600 bytes of memory each */

static const char usage[] =
	"usage: filterctl recent [-c FILE] [--number N] [--json]\n"
	"\n"
	"The last recorded attempts, a line each, the newest last. Counted repeats appear when\n"
	"their period ends, after a minute or more.\n"
	"\n"
	"  -c, --config FILE   configuration, default " CONF_DEFAULT "\n"
	"  -n, --number N      number of attempts, 1 to 1000; default 20\n"
	"      --json          an object per line, as in the attempts of filterctl board --json\n"
	"\n"
	"Exit status: 0; 64 wrong usage; 74 the log cannot be read; 78 a wrong configuration.\n";

/* 0 if it is not a number within the limits. */
static size_t recent_number(const char *text)
{
	char         *end;
	unsigned long number = strtoul(text, &end, 10);

	return text[0] >= '0' && text[0] <= '9' && *end == '\0' && number <= RECENT_MOST ? number
	                                                                                  : 0;
}

static void recent_print(const struct attempts *a, bool json)
{
	struct text text;

	text_to(&text, stdout);
	if (json)
		attempts_json(&text, a);
	else
		attempts_text(&text, a, screen_columns(), a->num);
	text_end(&text);
}

int ctl_recent(int argc, char **argv)
{
	bool                    json  = false;
	const char             *words = NULL, *conf;
	const struct own_option own[] = { { "json", .given = &json },
		                          { "number", .argument = &words, .letter = 'n' }, { 0 } };
	struct settings         s;
	struct attempts         attempts;
	size_t                  number = RECENT;
	int                     status = EXIT_SUCCESS, error;

	if (!options_alone_read(WHO, argc, argv, usage, own, &conf, &status))
		return status;
	if (words != NULL && (number = recent_number(words)) == 0)
		return complain(EXIT_USAGE, WHO, "-n '%s': expected a number from 1 to %d", words,
		                RECENT_MOST);
	if (!timezone_take(WHO, NULL))
		return EXIT_USAGE;
	if (!options_settings(WHO, conf, &s, &status))
		return status;
	error = look_attempts(&s, number, &attempts);
	if (error != 0)
		return complain(EXIT_IO, WHO, "%s: %s", s.audit_file, strerror(-error));
	recent_print(&attempts, json);
	attempts_free(&attempts);
	return EXIT_SUCCESS;
}

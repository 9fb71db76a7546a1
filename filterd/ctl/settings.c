/* SPDX-License-Identifier: MIT */

/* filterctl settings: every setting of filterd.conf with its current value. */

#include "ctl/verbs.h"

#include "ctl/options.h"
#include "os/files.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define WHO "filterctl settings"

static const char usage[] =
	"usage: filterctl settings [-c FILE] [--at-start | --sorted]\n"
	"\n"
	"All settings, as a configuration: each with its value from FILE, or the default, and the "
	"possible values.\n"
	"\n"
	"  -c, --config FILE   configuration, default " CONF_DEFAULT "\n"
	"      --at-start      only those that need a restart; a reload leaves them unchanged\n"
	"      --sorted        a line each, sorted: records contain the SHA-256 of these lines\n";

static bool is_taken_at_start(const struct setting *row)
{
	return row->when == SETTING_AT_START || row->when == SETTING_WITH_RULES_AT_START;
}

static void print_setting(const struct setting *row, const struct settings *s)
{
	char        room[SETTING_NUMBER_MAX], expects[SETTING_EXPECTS_MAX];
	const char *value = setting_value(row, s, room);

	printf("# %s%s%s%s; default: %s%s\n%s = %s\n", setting_expects(row, expects),
	       row->unit[0] ? " (" : "", row->unit, row->unit[0] ? ")" : "",
	       row->fallback[0] ? row->fallback : "none",
	       is_taken_at_start(row) ? "; at the next start" : "", row->key,
	       value[0] ? value : "none");
}

static int print_sorted(const struct settings *s)
{
	static uint8_t room[SETTINGS_WRITTEN_MAX];
	struct writer  w = writer_over(room, sizeof(room));

	settings_write(&w, s);
	fwrite(room, 1, w.len, stdout);
	return EXIT_SUCCESS;
}

int ctl_settings(int argc, char **argv)
{
	bool                    at_start = false, sorted = false;
	const struct own_option own[]    = { { "at-start", .given = &at_start },
		                             { "sorted", .given = &sorted }, { 0 } };
	const char             *conf, *section = "";
	struct settings         settings;
	int                     status;

	if (!options_alone_read(WHO, argc, argv, usage, own, &conf, &status))
		return status;
	if (!options_settings("filterctl", conf, &settings, &status))
		return status;
	if (sorted)
		return print_sorted(&settings);
	for (size_t i = 0; i < settings_count; i++) {
		const struct setting *row = &settings_table[i];

		if (at_start && !is_taken_at_start(row))
			continue;
		if (strcmp(section, row->section) != 0)
			printf("%s[%s]\n", section[0] ? "\n" : "", row->section);
		section = row->section;
		print_setting(row, &settings);
	}
	return EXIT_SUCCESS;
}

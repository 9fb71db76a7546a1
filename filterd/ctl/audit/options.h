/* SPDX-License-Identifier: MIT */
#ifndef FILTERD_CTL_AUDIT_OPTIONS_H
#define FILTERD_CTL_AUDIT_OPTIONS_H

/* Options: what all verbs of filterctl audit understand. */

#include "base/instant.h"
#include "ctl/verbs.h"
#include "log/files.h"

#include <getopt.h>

#define AUDIT_ANCHORS_MAX 64    /* files */
#define AUDIT_KEYS_MAX    64    /* keys, files or folders */

enum format { FORMAT_TEXT, FORMAT_JSON, FORMAT_CSV };

struct audit_options {
	const char        *verb;
	const char        *conf;
	/* files, or verifier keys themselves; of collected logs also folders of them */
	const char        *keys[AUDIT_KEYS_MAX];
	size_t             num_keys;
	const char        *anchors[AUDIT_ANCHORS_MAX];  /* files */
	size_t             num_anchors;
	int64_t            since_us, until_us;  /* INT64_MIN, INT64_MAX: all */
	const char        *since, *until, *tz;  /* as they were given; NULL: not */
	int64_t            now_us;
	enum format        format;
	bool               collected, color;
	/* says of each line that is no record, and so is left out, where it stands */
	bool               names_lines;
	/* prints while it reads: no progress bar among the lines on a terminal */
	bool               streams;
	/* only files with these are read, and the log as a whole is not verified; NULL: all */
	const struct ranges *records;
	const char *const *paths;               /* of the log; none: this machine's own */
	size_t             num_paths;
};

/*
 * What getopt_long() gives for those without a letter; a verb's own have letters, or begin behind
 * them.
 */
enum {
	AUDIT_OPTION_ANCHORS = 256,
	AUDIT_OPTION_SINCE,
	AUDIT_OPTION_UNTIL,
	AUDIT_OPTION_JSON,
	AUDIT_OPTION_CSV,
	AUDIT_OPTION_COLLECTED,
	AUDIT_OPTION_COLOR,
	AUDIT_OPTION_TZ,
	AUDIT_OPTION_OWN,
};

/*
 * For the table of getopt_long(): AUDIT_LONG_OPTIONS, { own... }, { 0 }; and in front of own
 * letters: AUDIT_SHORT_OPTIONS "x:"
 */
#define AUDIT_SHORT_OPTIONS "c:k:h"
#define AUDIT_LONG_OPTIONS \
	{ "config",    required_argument, NULL, 'c' }, \
	{ "key",       required_argument, NULL, 'k' }, \
	{ "anchors",   required_argument, NULL, AUDIT_OPTION_ANCHORS }, \
	{ "since",     required_argument, NULL, AUDIT_OPTION_SINCE }, \
	{ "until",     required_argument, NULL, AUDIT_OPTION_UNTIL }, \
	{ "json",      no_argument,       NULL, AUDIT_OPTION_JSON }, \
	{ "csv",       no_argument,       NULL, AUDIT_OPTION_CSV }, \
	{ "collected", no_argument,       NULL, AUDIT_OPTION_COLLECTED }, \
	{ "color",     required_argument, NULL, AUDIT_OPTION_COLOR }, \
	{ "tz",        required_argument, NULL, AUDIT_OPTION_TZ }, \
	{ "help",      no_argument,       NULL, 'h' }

/* The part of --help about them. */
extern const char audit_options_help[];

/*
 * audit_options_read - all of the arguments; chooses the reader's zone (base/timezone.h). Takes:
 *                      longs, short ones, a function for the verb's own (NULL if it has none: true
 *                      if it took the option; what is wrong it says itself); usage, that --help
 *                      prints.
 * Gives:  true: go on. False: *status_out is the exit status; what is wrong has been said.
 */
struct audit_own {
	const struct option *longs;
	const char          *shorts;
	const char          *usage;
	bool               (*take)(void *owner, int option, const char *argument);
	void                *owner;
	bool                 no_json, no_csv;   /* what the verb gives has no such form */
};
bool audit_options_read(int argc, char **argv, const struct audit_own *own,
                        struct audit_options *out, int *status_out);

/* A time from the command line, once the zone is known; said to be wrong if it is. */
bool audit_read_time(const struct audit_options *o, const char *option, const char *text,
                     int64_t *us_out);

#endif

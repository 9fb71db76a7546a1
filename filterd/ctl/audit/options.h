/* SPDX-License-Identifier: MIT */
#ifndef FILTERD_CTL_AUDIT_OPTIONS_H
#define FILTERD_CTL_AUDIT_OPTIONS_H

/* Options: those that all verbs of filterctl audit share. */

#include "base/instant.h"
#include "ctl/complain.h"
#include "ctl/options.h"
#include "ctl/verbs.h"
#include "log/files.h"

#define AUDIT_ANCHORS_MAX 64    /* files */
#define AUDIT_KEYS_MAX    64    /* keys, files or folders */

enum format { FORMAT_TEXT, FORMAT_JSON, FORMAT_CSV };

struct audit_options {
	const char        *verb;
	char               who[32];             /* for messages: "filterctl audit verify" */
	const char        *conf;
	/* files, or verifier keys themselves; for collected logs also folders */
	const char        *keys[AUDIT_KEYS_MAX];
	size_t             num_keys;
	const char        *anchors[AUDIT_ANCHORS_MAX];  /* files */
	size_t             num_anchors;
	int64_t            since_us, until_us;  /* INT64_MIN, INT64_MAX: all */
	int64_t            now_us;
	enum format        format;
	bool               collected, color;
	/* names the position of each line that is not a record and is skipped */
	bool               names_lines;
	/* prints while reading: no progress bar between the lines on a terminal */
	bool               streams;
	/* reads only files with these, without verifying the log as a whole; NULL: all */
	const struct ranges *records;
	const char *const *paths;               /* of the log; none: this machine's own */
	size_t             num_paths;
};

/* A verb's own part. */
struct audit_own {
	const char              *usage;
	const char              *usage_end;     /* follows it in --help; NULL: nothing */
	const struct own_option *options;       /* NULL: none */
	bool                     no_json, no_csv;       /* the verb has no such output format */
};

/*
 * audit_options_read - all of the arguments; sets the reader's zone (base/timezone.h).
 * Gives:  true: go on. False: *status_out is the exit status; a message has been printed.
 */
bool audit_options_read(int argc, char **argv, const struct audit_own *own,
                        struct audit_options *out, int *status_out);

#endif

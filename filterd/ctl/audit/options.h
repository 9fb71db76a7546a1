/* SPDX-License-Identifier: MIT */
#ifndef FILTERD_CTL_AUDIT_OPTIONS_H
#define FILTERD_CTL_AUDIT_OPTIONS_H

/* Options: what all verbs of filterctl audit understand. */

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
	/* files, or verifier keys themselves; of collected logs also folders of them */
	const char        *keys[AUDIT_KEYS_MAX];
	size_t             num_keys;
	const char        *anchors[AUDIT_ANCHORS_MAX];  /* files */
	size_t             num_anchors;
	int64_t            since_us, until_us;  /* INT64_MIN, INT64_MAX: all */
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

/* What a verb has of its own. */
struct audit_own {
	const char              *usage;
	const char              *usage_end;     /* behind it, with --help; NULL: nothing */
	const struct own_option *options;       /* NULL: none */
	bool                     no_json, no_csv;       /* what it gives has no such form */
};

/*
 * audit_options_read - all of the arguments; chooses the reader's zone (base/timezone.h).
 * Gives:  true: go on. False: *status_out is the exit status; what is wrong has been said.
 */
bool audit_options_read(int argc, char **argv, const struct audit_own *own,
                        struct audit_options *out, int *status_out);

#endif

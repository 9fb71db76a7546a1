/* SPDX-License-Identifier: MIT */
#ifndef FILTERD_CTL_AUDIT_OUTPUT_H
#define FILTERD_CTL_AUDIT_OUTPUT_H

/*
 * Output: the file of -o FILE. A reader of FILE sees either all of the new content or all of the
 * old:
 * it is written beside FILE, synced, and renamed over it. A device or a pipe is written directly,
 * and so is standard output. It names devices, so it is not readable by everybody.
 */

#include <stdbool.h>
#include <stdio.h>

#define OUTPUT_PATH_MAX 4096

struct output {
	FILE *to;
	char  path[OUTPUT_PATH_MAX];    /* with links resolved; "": no rename */
	char  beside[OUTPUT_PATH_MAX];
};

/*
 * output_path  - the path for the argument of -o; NULL, which means standard output, for "-" and
 *                for no argument.
 * output_open  - Takes: path; NULL is standard output.
 *                Gives: 0 and out->to; or -errno, with out->to NULL.
 * output_close - Takes: keep; without it FILE is left unchanged.
 *                Gives: 0; or -errno, also for earlier write errors: then FILE is unchanged.
 *                       Does nothing if out->to is NULL.
 */
const char *output_path(const char *given);
int output_open(const char *path, struct output *out);
int output_close(struct output *out, bool keep);

#endif

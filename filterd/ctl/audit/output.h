/* SPDX-License-Identifier: MIT */
#ifndef FILTERD_CTL_AUDIT_OUTPUT_H
#define FILTERD_CTL_AUDIT_OUTPUT_H

/*
 * Output: what -o FILE names. Who reads FILE sees all of the new content or all of the one before:
 * it is written beside, synced, and renamed over it. A device or a pipe is written as it comes, and
 * so is the standard output. It names devices: not for everybody to read.
 */

#include <stdbool.h>
#include <stdio.h>

#define OUTPUT_PATH_MAX 4096

struct output {
	FILE *to;
	char  path[OUTPUT_PATH_MAX];    /* links followed; "": nothing is renamed */
	char  beside[OUTPUT_PATH_MAX];
};

/*
 * output_path  - of what -o says; NULL, the standard output, for "-" and for none.
 * output_open  - Takes: path; NULL is the standard output.
 *                Gives: 0 and out->to; or -errno, out->to being NULL.
 * output_close - Takes: keep; without it FILE stays as it was.
 *                Gives: 0; or -errno, also of what could not be written before: then FILE is as it
 *                       was. Nothing is done if out->to is NULL.
 */
const char *output_path(const char *given);
int output_open(const char *path, struct output *out);
int output_close(struct output *out, bool keep);

#endif

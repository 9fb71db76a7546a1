/* SPDX-License-Identifier: MIT */
#ifndef FILTERD_POLICY_INI_H
#define FILTERD_POLICY_INI_H

/*
 * Ini: the pairs of an INI text in order, read with inih; problems name file and line.
 */

#include "base/problem.h"

#include <stdbool.h>

/* bytes; inih splits longer lines unless built otherwise, so they are refused */
#define INI_LINE_MAX 198

/*
 * One `name = value` of [section]; goes_on: a continuation line of the value before, which begins
 * with a blank. False: wrong, and problem->text has the expected and the actual value. *at_out,
 * NULL before: the position within value, if not all of it is wrong.
 */
typedef bool ini_pair(void *context, const char *section, const char *name, const char *value,
                      bool goes_on, struct problem *problem, const char **at_out);

/*
 * ini_walk - 0; or -EINVAL with "FILE: line N: ..." in *problem_out, or "FILE: line N, column M:
 *            ...", for the first line that is wrong.
 */
int ini_walk(const char *text, const char *file, ini_pair *pair, void *context,
             struct problem *problem_out);

#endif

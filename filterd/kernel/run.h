/* SPDX-License-Identifier: MIT */
#ifndef FILTERD_KERNEL_RUN_H
#define FILTERD_KERNEL_RUN_H

/* Run: another program with a text on its standard input, without a shell. */

#include "base/bytes.h"

#define RUN_OUTPUT_MAX 1024     /* bytes kept of what it prints; the rest is read and left out */

/*
 * run_program - Takes: argv, NULL-terminated, argv[0] looked for in PATH; input, may be empty.
 * Gives:  its exit status (128 and the signal's number if one ended it), or -errno if it cannot be
 *         started. output_out, if not NULL, the beginning of what it printed on both outputs,
 *         NUL-terminated, of RUN_OUTPUT_MAX bytes.
 */
int run_program(const char *const *argv, struct bytes input, char *output_out);

/* The same, with room for more of what it prints. */
int run_program_into(const char *const *argv, struct bytes input, char *output_out,
                     size_t output_max);

#endif

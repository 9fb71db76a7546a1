/* SPDX-License-Identifier: MIT */
#ifndef FILTERD_KERNEL_RUN_H
#define FILTERD_KERNEL_RUN_H

/* Run: runs another program with a text on its standard input, without a shell. */

#include "base/bytes.h"

#define RUN_OUTPUT_MAX 1024     /* bytes kept of its output; the rest is read and dropped */

/*
 * run_program - Takes: argv, NULL-terminated, argv[0] searched in PATH; input, may be empty.
 * Gives:  its exit status (128 plus the number of a fatal signal), or -errno if it cannot be
 *         started. output_out, if not NULL, the beginning of its output and errors, NUL-terminated,
 *         of RUN_OUTPUT_MAX bytes.
 */
int run_program(const char *const *argv, struct bytes input, char *output_out);

/* The same, with room for more output. */
int run_program_into(const char *const *argv, struct bytes input, char *output_out,
                     size_t output_max);

#endif

/* SPDX-License-Identifier: MIT */
#ifndef FILTERD_CTL_COMPLAIN_H
#define FILTERD_CTL_COMPLAIN_H

/* Complain: prints an error message and gives its exit status. */

/*
 * complain       - "WHO: ..." on standard error. Takes: who, for example "filterctl waive"; the
 *                  sentence without its newline. Gives: status.
 * complain_words - the same, followed by the verb's usage. Gives: EXIT_USAGE.
 * complain_usage - only the usage. Gives: EXIT_USAGE.
 */
int complain(int status, const char *who, const char *format, ...)
	__attribute__((format(printf, 3, 4)));
int complain_words(const char *usage, const char *who, const char *format, ...)
	__attribute__((format(printf, 3, 4)));
int complain_usage(const char *usage);

#endif

/* SPDX-License-Identifier: MIT */
#ifndef FILTERD_CTL_COMPLAIN_H
#define FILTERD_CTL_COMPLAIN_H

/* Complain: a line about what is wrong, and the exit status for it. */

/*
 * complain       - "WHO: ..." on the standard error. Takes: who, "filterctl waive" for instance;
 *                  the sentence without its newline. Gives: status.
 * complain_words - the same, with the verb's usage behind it. Gives: EXIT_USAGE.
 * complain_usage - the usage alone. Gives: EXIT_USAGE.
 */
int complain(int status, const char *who, const char *format, ...)
	__attribute__((format(printf, 3, 4)));
int complain_words(const char *usage, const char *who, const char *format, ...)
	__attribute__((format(printf, 3, 4)));
int complain_usage(const char *usage);

#endif

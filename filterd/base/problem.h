/* SPDX-License-Identifier: MIT */
#ifndef FILTERD_BASE_PROBLEM_H
#define FILTERD_BASE_PROBLEM_H

/*
 * Problem: a sentence for people with the mistake, its place, and the expected value. The function
 * that finds the mistake fills it, and gives an error.
 */

#define PROBLEM_MAX 512

struct problem {
	char text[PROBLEM_MAX]; /* "file: line 12: 'a..com' is not a host name; expected ..." */
};

/* Fills it, like printf(3). Gives: error. */
int problem_say(struct problem *p, int error, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

#endif

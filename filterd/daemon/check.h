/* SPDX-License-Identifier: MIT */
#ifndef FILTERD_DAEMON_CHECK_H
#define FILTERD_DAEMON_CHECK_H

/*
 * Check: tests a configuration without starting. filterd --check, filterd(8).
 */

#define EXIT_CONFIG 78          /* sysexits.h: EX_CONFIG */

/*
 * check_configuration - prints the policy to standard output, and problems to standard error.
 * Gives:  the exit status: 0; EXIT_FAILURE: it filters nobody; EXIT_CONFIG: it does not load.
 */
int check_configuration(const char *conf);

#endif

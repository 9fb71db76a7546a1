/* SPDX-License-Identifier: MIT */
#ifndef FILTERD_CTL_VERBS_H
#define FILTERD_CTL_VERBS_H

/*
 * Verbs of filterctl, one file each. A verb gets argv, with its own name first, and gives the exit
 * status; it contains the usage that --help prints.
 */

#include <stdbool.h>

#define EXIT_USAGE 64           /* sysexits.h: EX_USAGE */
#define EXIT_UNAVAILABLE 69     /* EX_UNAVAILABLE */
#define EXIT_IO 74              /* EX_IOERR */
#define EXIT_CONFIG 78          /* EX_CONFIG */

int ctl_audit(int argc, char **argv);
int ctl_board(int argc, char **argv);
int ctl_check(int argc, char **argv);
int ctl_doctor(int argc, char **argv);
int ctl_feed(int argc, char **argv);
int ctl_key(int argc, char **argv);
int ctl_mode(int argc, char **argv);
int ctl_note(int argc, char **argv);
int ctl_pause(int argc, char **argv);
int ctl_probe(int argc, char **argv);
int ctl_recent(int argc, char **argv);
int ctl_reload(int argc, char **argv);
int ctl_replay(int argc, char **argv);
int ctl_rotate(int argc, char **argv);
int ctl_rules(int argc, char **argv);
int ctl_settings(int argc, char **argv);
int ctl_status(int argc, char **argv);
int ctl_top(int argc, char **argv);
int ctl_waive(int argc, char **argv);

/* Does this build have the verb `audit`? A router's build does not. */
extern const bool ctl_has_audit;

#endif

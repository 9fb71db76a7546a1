/* SPDX-License-Identifier: MIT */
#ifndef FILTERD_CTL_AUDIT_VERBS_H
#define FILTERD_CTL_AUDIT_VERBS_H

/*
 * Verbs of filterctl audit, one file each. A verb gets argv, with its own name first, and gives the
 * exit status; it contains its usage. None needs a running filterd, none writes to the log.
 */

int audit_ack(int argc, char **argv);
int audit_categories(int argc, char **argv);
int audit_checkpoint(int argc, char **argv);
int audit_coverage(int argc, char **argv);
int audit_devices(int argc, char **argv);
int audit_export(int argc, char **argv);
int audit_hosts(int argc, char **argv);
int audit_report(int argc, char **argv);
int audit_list(int argc, char **argv);
int audit_timeline(int argc, char **argv);
int audit_verify(int argc, char **argv);

#endif

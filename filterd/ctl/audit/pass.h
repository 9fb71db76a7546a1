/* SPDX-License-Identifier: MIT */
#ifndef FILTERD_CTL_AUDIT_PASS_H
#define FILTERD_CTL_AUDIT_PASS_H

/* Pass: once through the log, from the first record to the last, each line checked on the way. */

#include "ctl/audit/options.h"
#include "review/verify.h"

struct pass {
	struct log_files *files;
	struct anchors    anchors;
	struct verify    *verify;
	char              log[512];             /* what was read, for people: "/var/log/filterd", "a.jsonl and 3 more" */
	bool              is_live;              /* this machine's own log, which is expected to go on */
};

/* Each record whose fields may be used, in order; line: without its newline. May be NULL. */
typedef void pass_each(void *owner, const struct entry *e, struct bytes line);

/*
 * pass_run  - opens, reads, and ends the verification. A progress bar on a terminal.
 * pass_open, pass_read - the same in two steps, for who wants to look at the files in between.
 * Gives:  0; otherwise the exit status, what is wrong having been said.
 * pass_free - what pass_run() or pass_open() made, in either case.
 */
int  pass_open(const struct audit_options *o, struct pass *p);
int  pass_read(const struct audit_options *o, struct pass *p, pass_each *each, void *owner);
int  pass_run(const struct audit_options *o, struct pass *p, pass_each *each, void *owner);
void pass_free(struct pass *p);

/*
 * pass_say_unsound - if the log is not sound, says so in a line and gives SOUND_NOT; else 0. Of a part (options.records) only what is wrong
 *                    within it counts.
 */
int pass_say_unsound(const struct audit_options *o, const struct pass *p);

/* Where the log of this machine is: its folder. 0 or an exit status, said. */
int pass_own_log(const struct audit_options *o, char folder_out[512]);

#endif

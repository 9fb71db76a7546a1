/* SPDX-License-Identifier: MIT */
#ifndef FILTERD_CTL_AUDIT_PASS_H
#define FILTERD_CTL_AUDIT_PASS_H

/*
 * Pass: once through the log, from the first record to the last, each line checked on the way. Of
 * files that a collector has: through one log after the other, gateway by gateway.
 */

#include "ctl/audit/keyring.h"
#include "ctl/audit/options.h"
#include "os/log_collected.h"
#include "review/verify.h"

/* Who wants to hear of each log of many. Gives: 0, or an exit status, said; then it ends. */
struct pass_logs {
	void *owner;
	int (*begin)(void *owner, struct bytes sensor);
	int (*end)(void *owner, struct bytes sensor, const struct verify *v);
	/* a file, to its end */
	void (*unread)(void *owner, const char *file, const char *why);
};

struct pass {
	struct log_files        *files;
	/* kept: of `verify`, if there are many logs */
	struct anchors           anchors, anchors_kept;
	struct keyring           keys;          /* collected */
	struct log_collected    *collected;     /* NULL: one log, as filterd wrote it */
	const struct pass_logs  *logs;          /* may be set before pass_read() */
	uint64_t                 num_twice;     /* lines that were there already */
	size_t                   num_logs;      /* that were read */
	/* collected files that cannot be read to their end */
	uint64_t                 num_unread;
	const char *log_id; /* collected: of the log that is being read; "" if no record says it */
	struct verify           *verify;        /* of many logs: of the one that is least sound */
	char log[512]; /* what was read, for people: "/var/log/filterd", "a.jsonl and 3 more" */
	/* this machine's own log, which is expected to go on */
	bool                     is_live;
};

/* Each record whose fields may be used, in order; line: without its newline. May be NULL. */
typedef void pass_each(void *owner, const struct entry *e, struct bytes line);

/*
 * pass_run  - opens, reads, and ends the verification. A progress bar on a terminal.
 * pass_open, pass_read - the same in two steps, for who wants to look at the files in between.
 * Gives:  0; otherwise the exit status, what is wrong having been said.
 * pass_collect - what a collector has is sorted by gateway; pass_read() does it if nobody did. In
 *                between the times of gateways are known.
 * pass_free - what pass_run() or pass_open() made, in either case.
 */
int  pass_open(const struct audit_options *o, struct pass *p);
int  pass_collect(const struct audit_options *o, struct pass *p);
int  pass_read(const struct audit_options *o, struct pass *p, pass_each *each, void *owner);
int  pass_run(const struct audit_options *o, struct pass *p, pass_each *each, void *owner);
void pass_free(struct pass *p);

/*
 * pass_end_fleet - what is to be said of all logs together, those of which there is only a key
 * among them. 0 or an exit status, said.
 */
struct fleet;
int pass_end_fleet(const struct audit_options *o, const struct pass *p, struct fleet *f);

/* pass_is_one - if it was more than one log, says that the verb is about one, and gives false. */
bool pass_is_one(const struct audit_options *o, const struct pass *p);

/*
 * pass_say_unsound - if the log is not sound, says so in a line and gives SOUND_NOT; else 0. Of a
 *                    part (options.records) only what is wrong within it counts.
 */
int pass_say_unsound(const struct audit_options *o, const struct pass *p);

/* Where the log of this machine is: its folder. 0 or an exit status, said. */
int pass_own_log(const struct audit_options *o, char folder_out[512]);

#endif

/* SPDX-License-Identifier: MIT */
#ifndef FILTERD_CTL_AUDIT_PASS_H
#define FILTERD_CTL_AUDIT_PASS_H

/*
 * Pass: once through the log, from the first record to the last, each line checked on the way. Of
 * files that a collector has: through one log after the other, gateway by gateway.
 *
 *     pass_open(&o, &pass);
 *     while (pass_next(&pass, &e))
 *             ...
 *     status = pass.status;
 */

#include "ctl/audit/given.h"
#include "log/reader.h"
#include "policy/settings.h"
#include "review/verify.h"

struct fleet;

struct pass {
	const struct audit_options *options;
	/* 0; an exit status, and what is wrong has been said */
	int               status;
	struct log_reader reader;
	struct given      given;
	/* may be set before pass_next(): gets a row of each log that a collector has; NULL */
	struct fleet     *fleet;
	struct verify    *now;          /* of the log that is being read */
	/* at the end: of the log; of many, of the one that is least sound */
	struct verify    *verify;
	struct anchors    anchors, anchors_kept;        /* collected: of `now`, of `verify` */
	size_t            num_logs;     /* that were read */
	uint64_t          num_refused;  /* lines that are no records */
	/* collected files that cannot be read to their end */
	uint64_t          num_unread;
	/* what was read, for people: "/var/log/filterd", "a.jsonl and 3 more" */
	char              log[512];
	/* this machine's own log, which is expected to go on */
	bool              is_live, ended;
	/* a progress bar on a terminal on which nothing else is printed meanwhile: bytes shown */
	bool              bar;
	uint64_t          shown;
};

/*
 * pass_open    - finds the files, and what they are held against.
 * pass_collect - what a collector has is sorted by gateway; pass_next() does it if nobody did. In
 *                between the times of gateways are known.
 * pass_next    - Gives: true: a record whose fields may be used. False: the end, or pass.status.
 * pass_free    - of what pass_open() made, in either case.
 */
int  pass_open(const struct audit_options *o, struct pass *p);
int  pass_collect(struct pass *p);
bool pass_next(struct pass *p, struct entry *e);
void pass_free(struct pass *p);

/*
 * pass_end_fleet - what is to be said of all logs together, those of which there is only a key
 * among them. 0 or an exit status, said.
 */
int pass_end_fleet(const struct pass *p);

/* pass_is_one - if it was more than one log, says that the verb is about one, and gives false. */
bool pass_is_one(const struct pass *p);

/*
 * pass_say_unsound - if the log is not sound, says so in a line and gives SOUND_NOT; else 0. Of a
 *                    part (options.records) only what is wrong within it counts.
 */
int pass_say_unsound(const struct pass *p);

/* The settings of this machine. 0 or an exit status, said. */
int pass_settings(const struct audit_options *o, struct settings *out);

#endif

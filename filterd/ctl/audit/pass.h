/* SPDX-License-Identifier: MIT */
#ifndef FILTERD_CTL_AUDIT_PASS_H
#define FILTERD_CTL_AUDIT_PASS_H

/*
 * Pass: reads the log once, from the first record to the last, and checks each line. With a
 * collector's files: one log after the other, gateway by gateway.
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
	/* 0; an exit status, after a message */
	int               status;
	struct log_reader reader;
	struct given      given;
	/* may be set before pass_next(): receives a row for each of a collector's logs; NULL */
	struct fleet     *fleet;
	struct verify    *now;          /* of the current log */
	/* at the end: of the log; of the least sound one if there are several */
	struct verify    *verify;
	struct anchors    anchors, anchors_kept;        /* collected: of `now`, of `verify` */
	size_t            num_logs;     /* number read */
	uint64_t          num_refused;  /* lines that are not records */
	/* collected files that could not be read to the end */
	uint64_t          num_unread;
	/* the logs read, for people: "/var/log/filterd", "a.jsonl and 3 more" */
	char              log[512];
	/* this machine's own log, which is still being written */
	bool              is_live, ended;
	/* a progress bar, for a terminal without other output meanwhile: bytes shown */
	bool              bar;
	uint64_t          shown;
};

/*
 * pass_open    - finds the files, and the keys and notes to check them.
 * pass_collect - sorts a collector's files by gateway; pass_next() calls it if needed. Afterwards
 *                the times of the gateways are known.
 * pass_next    - Gives: true: a record with valid fields. False: the end, or pass.status.
 * pass_free    - frees everything from pass_open(), in either case.
 */
int  pass_open(const struct audit_options *o, struct pass *p);
int  pass_collect(struct pass *p);
bool pass_next(struct pass *p, struct entry *e);
void pass_free(struct pass *p);

/*
 * pass_end_fleet - reports on all logs together, including those with a key but no files. 0, or an
 *                  exit status after a message.
 */
int pass_end_fleet(const struct pass *p);

/* pass_is_one - if there was more than one log, says that the verb takes one, and gives false. */
bool pass_is_one(const struct pass *p);

/*
 * pass_say_unsound - if the log is not sound, prints a line and gives SOUND_NOT; else 0. For a part
 *                    (options.records) only faults within it count.
 */
int pass_say_unsound(const struct pass *p);

/* The settings of this machine. 0, or an exit status after a message. */
int pass_settings(const struct audit_options *o, struct settings *out);

#endif

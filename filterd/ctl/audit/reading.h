/* SPDX-License-Identifier: MIT */
#ifndef FILTERD_CTL_AUDIT_READING_H
#define FILTERD_CTL_AUDIT_READING_H

/*
 * Reading: what the ways through a log have in common: one log as filterd wrote it (pass.c), and
 * all that a collector has (collected.c).
 */

#include "ctl/audit/pass.h"

struct reading {
	struct pass                *pass;
	const struct audit_options *options;
	uint64_t                    num_refused;     /* lines that are no records */
	struct verify              *verify;          /* of the log that is being read */
	pass_each                  *each;
	void                       *owner;
	bool                        bar, bar_shown;
	uint64_t                    since_relaxed;   /* bytes */
};

struct reading reading_of(const struct audit_options *o, struct pass *p);
void           reading_end_bar(const struct reading *r);

/* How many lines were left out, if the verb wants to know (options.names_lines). */
void reading_say_refused(const struct reading *r);

/* For a sink whose owner is a reading. */
void reading_line(void *owner, struct bytes line, bool has_newline);
void reading_broken(void *owner, uint64_t bytes);
void reading_unread(void *owner, const char *file, const char *why);
void reading_progress(void *owner, uint64_t done, uint64_t all);

/*
 * The notes that were given. Takes: the log they are of; NULL: whichever. 0 or an exit status,
 * said.
 */
int reading_anchors(const struct audit_options *o, struct pass *p, const char *origin);

/* What is wrong, and the exit status for it. */
int reading_say_key(const struct audit_options *o, const char *given, int error);
int reading_say_memory(const struct audit_options *o);

/*
 * collected_open - keys and notes. collected_read - each log that pass_collect() found, one after
 * the other. 0 or an exit status, said.
 */
int collected_open(const struct audit_options *o, struct pass *p);
int collected_read(const struct audit_options *o, struct pass *p, pass_each *each, void *owner);

#endif

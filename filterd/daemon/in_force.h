/* SPDX-License-Identifier: MIT */
#ifndef FILTERD_DAEMON_IN_FORCE_H
#define FILTERD_DAEMON_IN_FORCE_H

#include "base/json.h"
#include "engine/engine.h"
#include "os/file_set.h"
#include "os/watch.h"
#include "policy/lists_seen.h"
#include "policy/settings.h"

/* In force: the state that a reload replaces as a whole. Immutable once workers have it. */
struct in_force {
	struct settings     settings;
	struct policy      *policy;
	struct engine_rules rules;      /* borrows from the two above */
	struct lists_seen   lists;      /* borrows from the policy */
	char               *conf;       /* the text of the settings */
};

/*
 * in_force_load - settings and policy from disk; if settings are given, only the policy, under
 *                 these. 0, or -errno with *problem_out. In both cases the policy's files are added
 *                 to watch, unless that is NULL. Takes: read, empty, for the files that were read;
 *                 with settings it may be closed, and then nothing is read from disk.
 */
int  in_force_load(const char *conf, const struct settings *settings, struct watch *watch,
                   struct file_set *read, struct in_force **out, struct problem *problem_out);
void in_force_free(struct in_force *r);

/*
 * Is this an older policy, by its serial, although signatures are required? Then it fills
 * *problem_out.
 */
bool in_force_is_older(const struct in_force *new, const struct in_force *old,
                       struct problem *problem_out);

/*
 * Has a list lost more names than the settings of r allow, or been truncated? Then it fills
 * *problem_out. Takes: old, the lists seen at the last load.
 */
bool in_force_has_lost(const struct in_force *r, const struct lists_seen *old,
                       struct problem *problem_out);

/* Remarks about a good configuration, one sentence each; their number. */
#define IN_FORCE_REMARKS 8
size_t in_force_remarks(const struct in_force *r, char out[IN_FORCE_REMARKS][PROBLEM_MAX]);

/*
 * in_force_write - members for records: the digest of all settings, and the settings that decide
 *                  what is filtered and how.
 */
void in_force_write(struct json *j, const struct in_force *r);

/* For the operator: what is in force now. */
void in_force_say(const char *what, const struct in_force *r);

/*
 * in_force_follow - adapts *new, which follows settings *old, to a running filterd: a setting that
 *                   waits for the next start keeps its old value. For each changed setting a
 *                   message reports the effect, or the necessary step.
 */
void in_force_follow(struct in_force *new, const struct settings *old);

#endif

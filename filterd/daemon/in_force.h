/* SPDX-License-Identifier: MIT */
#ifndef FILTERD_DAEMON_IN_FORCE_H
#define FILTERD_DAEMON_IN_FORCE_H

#include "base/json.h"
#include "engine/engine.h"
#include "os/file_set.h"
#include "os/watch.h"
#include "policy/lists_seen.h"
#include "policy/settings.h"

/* In force: what a reload replaces as a whole. Never changed once workers have it. */
struct in_force {
	struct settings     settings;
	struct policy      *policy;
	struct engine_rules rules;      /* borrows from the two above */
	struct lists_seen   lists;      /* borrows from the policy */
	char               *conf;       /* the text that the settings are from */
};

/*
 * in_force_load - settings and policy from disk; with other settings than NULL the policy alone,
 *                 under these. 0, or -errno with *problem_out. Either way the policy's files are
 *                 added to watch, unless that is NULL. Takes: read, empty, for the files that were
 *                 read; with settings it may be closed, and then nothing is read from disk.
 */
int  in_force_load(const char *conf, const struct settings *settings, struct watch *watch,
                   struct file_set *read, struct in_force **out, struct problem *problem_out);
void in_force_free(struct in_force *r);

/*
 * Would this go back to an older policy, by its serial, where signatures are demanded? Then
 * *problem_out says so.
 */
bool in_force_is_older(const struct in_force *new, const struct in_force *old,
                       struct problem *problem_out);

/*
 * Has a list lost more of its names than the settings of r allow, or been cut off? Then
 * *problem_out says so. Takes: old, what was seen of the lists that last loaded.
 */
bool in_force_has_lost(const struct in_force *r, const struct lists_seen *old,
                       struct problem *problem_out);

/* Remarks about a good configuration, a sentence each; how many. */
#define IN_FORCE_REMARKS 8
size_t in_force_remarks(const struct in_force *r, char out[IN_FORCE_REMARKS][PROBLEM_MAX]);

/*
 * in_force_write - for records, as members: the digest of all settings, and those that say what is
 *                  looked at and what becomes of it.
 */
void in_force_write(struct json *j, const struct in_force *r);

/* For the operator: what is in force now. */
void in_force_say(const char *what, const struct in_force *r);

/*
 * in_force_follow - makes *new, which comes after settings *old, one that a filterd that runs can
 *                   have: a setting that waits for the next start keeps its old value. Of each one
 *                   that has changed the operator is told what came of it, or what is needed.
 */
void in_force_follow(struct in_force *new, const struct settings *old);

#endif

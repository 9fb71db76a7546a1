/* SPDX-License-Identifier: MIT */
#ifndef FILTERD_POLICY_POLICY_LISTS_H
#define FILTERD_POLICY_POLICY_LISTS_H

/*
 * Policy lists: the files a policy consists of, fetched, held against the signature where one is
 * demanded, and put into the builder.
 */

#include "policy/policy_build.h"
#include "policy/policy_file.h"

struct lists {
	struct builder            *builder;
	policy_fetch              *fetch;
	void                      *context;
	const struct signify_keys *keys;        /* NULL: no signature is demanded */
	struct bytes               manifest;    /* of the policy file at hand */
	bool                       is_strict;   /* one wrong line refuses its list */
	struct problem            *problem;
};

/*
 * Each gives 0, or -errno with *problem: -EKEYREJECTED if what was read is not signed, and then
 * nothing of it was looked at further.
 */

/* lists_open - the policy file itself. *content_out: as policy_fetch gives it. */
int lists_open(struct lists *l, const char *policy_file, struct bytes *content_out);

/*
 * lists_add - a list beside the policy file, for the category added last; of whatever format.
 *             category: its id, for messages; is_allow: what it does. Wrong lines are left out,
 *             unless they are most of it, or lists are strict. Of a zone an allowing category takes
 *             the names that the zone lets pass, another those that it prohibits. is_kept: a
 *             zone that a name server keeps: it is a zone or nothing, and in no manifest.
 */
int lists_add(struct lists *l, const char *policy_file, const char *category, const char *name,
              bool is_allow, bool is_kept);

#endif

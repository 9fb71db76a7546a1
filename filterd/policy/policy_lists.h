/* SPDX-License-Identifier: MIT */
#ifndef FILTERD_POLICY_POLICY_LISTS_H
#define FILTERD_POLICY_POLICY_LISTS_H

/*
 * Policy lists: fetches the files of a policy, checks them against the signature if one is
 * required, and adds them to the builder.
 */

#include "policy/policy_build.h"
#include "policy/policy_file.h"

struct lists {
	struct builder            *builder;
	policy_fetch              *fetch;
	void                      *context;
	const struct signify_keys *keys;        /* NULL: no signature required */
	struct bytes               manifest;    /* of the current policy file */
	bool                       is_strict;   /* one wrong line makes its list fail */
	struct problem            *problem;
};

/*
 * Each gives 0, or -errno with *problem: -EKEYREJECTED if the file is not signed; then it was not
 * parsed.
 */

/* lists_open - the policy file itself. *content_out: from policy_fetch. */
int lists_open(struct lists *l, const char *policy_file, struct bytes *content_out);

/*
 * lists_add - adds a list beside the policy file to the category added last; in any format.
 *             category: its id, for messages; is_allow: its action. Wrong lines are left out,
 *             unless most are wrong, or lists are strict. From a zone an allowing category takes
 *             the names that the zone lets pass, another category those that it prohibits. is_kept:
 *             kept by a name server: it must be a zone, and is in no manifest.
 */
int lists_add(struct lists *l, const char *policy_file, const char *category, const char *name,
              bool is_allow, bool is_kept);

#endif

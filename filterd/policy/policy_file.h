/* SPDX-License-Identifier: MIT */
#ifndef FILTERD_POLICY_POLICY_FILE_H
#define FILTERD_POLICY_POLICY_FILE_H

/*
 * Policy file: from text to a policy. A policy file (INI, filterd-policy(5)) has a section [policy]
 * with id, title and authority, and one [category NAME] a category with action, title, effective,
 * until, signature-id and names: one or more list files, separated by spaces, looked for beside the
 * policy file; and zones, the same of zone files that a name server keeps. list.h and zone.h say
 * what a list may hold.
 */

#include "base/problem.h"
#include "policy/policy.h"
#include "policy/signify.h"

/*
 * How the builder gets at a file's content: 0 and *content_out (borrowed until policy_build()
 * returns; a terminating NUL follows the content), or -errno. `name` is a path: the policy file's
 * own folder is already joined to it.
 */
typedef int policy_fetch(void *context, const char *name, struct bytes *content_out);

/* policy_path_beside - `name` in the folder of the file `beside`; absolute names stay. */
#define POLICY_BESIDE_MAX 4096
void policy_path_beside(char out[POLICY_BESIDE_MAX], const char *beside, const char *name);

/*
 * policy_build - Takes: the names of one or more policy files; all their categories make one
 *                policy.
 * Gives:  0 and *policy_out, to be freed with policy_free(); -EINVAL (bad content), -ENOMEM, or
 *         what fetch returned, with *problem_out filled and *policy_out untouched.
 * A wrong line of a list is left out and told (policy.h), unless most of its lines are wrong.
 * A name twice in one category is no problem; the same pattern in two categories is decided by
 * action, then by order.
 */
int policy_build(const char *const *files, size_t num_files, policy_fetch *fetch, void *context,
                 struct policy **policy_out, struct problem *problem_out);

/* All that a policy is built from, and how strictly. */
struct policy_from {
	const char *const         *files;
	size_t                     num_files;
	/*
	 * a file with nothing but waivers, read behind these; it may be missing, and without a
	 * waiver in it the policy is as if it were. NULL: none
	 */
	const char                *waivers;
	const struct signify_keys *keys;        /* one of them must have signed it; NULL: whoever */
	bool                       is_strict;   /* one wrong line refuses its list */
	policy_fetch              *fetch;
	void                      *context;
};

/*
 * policy_build_from - the same of all that. What is signed is FILE.sha256, a manifest of the policy
 *                     file FILE and its lists (manifest.h), in FILE.sha256.sig (signify.h). Zones
 *                     are exempt: the signed file says which there are.
 * Gives:  also -EKEYREJECTED, before anything but the manifest, which is signed, was parsed.
 */
int policy_build_from(const struct policy_from *from, struct policy **policy_out,
                      struct problem *problem_out);

#endif

/* SPDX-License-Identifier: MIT */
#ifndef FILTERD_POLICY_POLICY_FILE_H
#define FILTERD_POLICY_POLICY_FILE_H

/*
 * Policy file: from text to a policy. A policy file (INI, filterd-policy(5)) has a section [policy]
 * with id, title and authority, and one [category NAME] per category with action, title, effective,
 * until, signature-id and names: one or more list files, separated by spaces, relative to the
 * policy file; and zones, likewise for zone files kept by a name server. list.h and zone.h describe
 * the formats.
 */

#include "base/problem.h"
#include "policy/policy.h"
#include "policy/signify.h"

/*
 * Gives the builder a file's content: 0 and *content_out (borrowed until policy_build_from()
 * returns; a terminating NUL follows the content), or -errno. `name` is a path that includes the
 * policy file's folder.
 */
typedef int policy_fetch(void *context, const char *name, struct bytes *content_out);

/* policy_path_beside - `name` in the folder of the file `beside`; absolute names are kept. */
#define POLICY_BESIDE_MAX 4096
void policy_path_beside(char out[POLICY_BESIDE_MAX], const char *beside, const char *name);

/* The input of a policy, and how strict to be. */
struct policy_from {
	const char *const         *files;       /* one or more policy files; all make one policy */
	size_t                     num_files;
	/*
	 * a file with only waivers, read after these; it may be missing, and a file without a
	 * waiver counts as missing. NULL: none
	 */
	const char                *waivers;
	const struct signify_keys *keys;        /* one must have signed it; NULL: none needed */
	bool                       is_strict;   /* a single wrong line makes its list fail */
	policy_fetch              *fetch;
	void                      *context;
};

/*
 * policy_build_from - A wrong line of a list is left out and reported (policy.h), unless most of
 *         its lines are wrong. A name may be twice in one category; for the same pattern in two
 *         categories the action decides, then the order. The signature, FILE.sha256.sig
 *         (signify.h), covers FILE.sha256, a manifest of the policy file FILE and its lists
 *         (manifest.h). Zones are exempt: the signed file names them.
 * Gives:  0 and *policy_out, to be freed with policy_free(); -EINVAL (bad content), -ENOMEM, or
 *         fetch's error, with *problem_out filled and *policy_out untouched; -EKEYREJECTED, before
 *         anything but the signed manifest was parsed.
 */
int policy_build_from(const struct policy_from *from, struct policy **policy_out,
                      struct problem *problem_out);

#endif

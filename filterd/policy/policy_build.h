/* SPDX-License-Identifier: MIT */
#ifndef FILTERD_POLICY_POLICY_BUILD_H
#define FILTERD_POLICY_POLICY_BUILD_H

/*
 * Builder: a policy in the making. Strings are copied; positions stand for them until
 * builder_finish().
 */

#include "base/problem.h"
#include "policy/policy.h"

struct builder;

struct builder *builder_new(void);
void            builder_free(struct builder *b);

/* The text that was read goes into the digest. */
void builder_digest(struct builder *b, struct bytes content);

/* Each gives false without memory. Of a source all is copied. */
bool builder_add_source(struct builder *b, const struct policy_source *s);
/* Of the source added last; c's id, title and devices are copied. */
bool builder_add_category(struct builder *b, const struct category *c);
/*
 * Of the source added last; w's id, reason and devices are copied. Its categories are those of
 * these ids, separated by blanks, in whichever policy file they stand.
 */
bool builder_add_waiver(struct builder *b, const struct waiver *w, const char *categories);
bool builder_add_file(struct builder *b, const char *name);
/* Of the category and file added last. An exception is one from the other rules of its file. */
bool builder_add_rule(struct builder *b, enum pattern_kind kind, struct host pattern,
                      uint32_t line);
bool builder_add_exception(struct builder *b, enum pattern_kind kind, struct host pattern,
                           uint32_t line);
/* Of the file added last: it is a zone that a name server keeps. */
void builder_mark_zone(struct builder *b);
/* Records of the file added last that are no rules. */
void builder_leave_out(struct builder *b, uint64_t num, uint32_t first_line);
/* Patterns of the file added last that stand for all below a name. */
void builder_note_below(struct builder *b, uint64_t num, uint32_t first_line);
/* Wrong lines of a list. Takes: first, all there is to say of the first; false without memory. */
bool builder_note_wrong(struct builder *b, uint64_t num, const char *first);

/*
 * builder_digest_rules - puts the rules of the file added last into the digest, in place of its
 *                        text: each as a line such as
 * "exact:example.com\n" or "below:example.com\n", an exception with "except " in front, sorted as
 * bytes, none twice. False without memory.
 */
bool builder_digest_rules(struct builder *b);

/*
 * builder_find_waived - the categories of all waivers, once all files were added. 0, -ENOMEM, or
 *                       -EINVAL with *problem_out: there is no such category, or it never blocks.
 */
int builder_find_waived(struct builder *b, struct problem *problem_out);

/*
 * builder_finish - the policy, and *b freed; NULL without memory, or with more than 65,535
 * categories or files.
 */
struct policy *builder_finish(struct builder *b);

#endif

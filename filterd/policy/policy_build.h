/* SPDX-License-Identifier: MIT */
#ifndef FILTERD_POLICY_POLICY_BUILD_H
#define FILTERD_POLICY_POLICY_BUILD_H

/*
 * Builder: a policy under construction. Strings are copied, and are offsets until builder_finish().
 */

#include "base/problem.h"
#include "policy/policy.h"

struct builder;

struct builder *builder_new(void);
void            builder_free(struct builder *b);

/* Adds the text to the digest. */
void builder_digest(struct builder *b, struct bytes content);

/* Each gives false without memory. A source is copied completely. */
bool builder_add_source(struct builder *b, const struct policy_source *s);
/* For the source added last; c's id, title and devices are copied. */
bool builder_add_category(struct builder *b, const struct category *c);
/*
 * For the source added last; w's id, reason and devices are copied. Its categories are those with
 * these ids, separated by blanks, in any policy file.
 */
bool builder_add_waiver(struct builder *b, const struct waiver *w, const char *categories);
bool builder_add_file(struct builder *b, const char *name);
/* For the category and file added last. An exception applies to the other rules of its file. */
bool builder_add_rule(struct builder *b, enum pattern_kind kind, struct host pattern,
                      uint32_t line, bool is_exception);
/* The file added last is a zone kept by a name server. */
void builder_mark_zone(struct builder *b);
/* Records of the file added last that are not rules. */
void builder_leave_out(struct builder *b, uint64_t num, uint32_t first_line);
/* Patterns of the file added last that match all names below one. */
void builder_note_below(struct builder *b, uint64_t num, uint32_t first_line);
/* Wrong lines of a list. Takes: first, the message about the first; false without memory. */
bool builder_note_wrong(struct builder *b, uint64_t num, const char *first);

/*
 * builder_digest_rules - adds the rules of the file added last to the digest, instead of its text:
 *                        each as a line such as
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

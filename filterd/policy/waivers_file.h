/* SPDX-License-Identifier: MIT */
#ifndef FILTERD_POLICY_WAIVERS_FILE_H
#define FILTERD_POLICY_WAIVERS_FILE_H

/*
 * Waivers file: filterctl waive edits the text of the policy file that has only waivers ([policy]
 * waivers), by whole sections. Everything else in it is kept.
 */

#include "base/problem.h"
#include "policy/clients.h"
#include "policy/words.h"

#define WAIVERS_REASON_MAX  150         /* bytes; it must fit into a line with its name */
/* bytes of a section written here, with the lines before it */
#define WAIVERS_SECTION_MAX 600

/* A waiver to be written: for one device and all blocking categories. */
struct waiver_new {
	char                 id[WORDS_ID];      /* waivers_file_name() */
	struct policy_device device;
	int64_t              until_us, now_us;
	const char          *reason, *by;       /* by: "" if unknown */
};

/*
 * waivers_file_is_reason - can it be written in a line and read back unchanged? 1 to
 *                          WAIVERS_REASON_MAX bytes of visible UTF-8, no blank at its ends, and no
 *                          semicolon that would begin a comment.
 */
bool waivers_file_is_reason(const char *text);

/* waivers_file_name - "3c5282112233-261130t172000"; false: all such names are taken. */
bool waivers_file_name(struct waiver_new *w, const char *text);

/*
 * waivers_file_section - its section, with newlines.
 * waivers_file_add     - the same, appended to the text, which may be empty; at most
 *                        WAIVERS_SECTION_MAX.
 */
void waivers_file_section(struct writer *to, const struct waiver_new *w);
void waivers_file_add(struct writer *to, const struct waiver_new *w);

/* The changes to a text, and their result. */
struct waivers_edit {
	const char *end;                /* in: remove this waiver; NULL: none */
	int64_t     now_us;             /* in: also remove those that have ended by then */
	size_t      num_ended;          /* out */
	bool        has_end;            /* out: there was such a waiver */
};

/*
 * waivers_file_edit - Takes: text, NUL-terminated; file, its name for messages; to, with room for
 *                     all of text.
 * Gives:  0; -EINVAL with *problem_out: it is not a policy file; -ENOMEM.
 */
int waivers_file_edit(const char *text, const char *file, struct waivers_edit *e,
                      struct writer *to, struct problem *problem_out);

#endif

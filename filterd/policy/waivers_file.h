/* SPDX-License-Identifier: MIT */
#ifndef FILTERD_POLICY_WAIVERS_FILE_H
#define FILTERD_POLICY_WAIVERS_FILE_H

/*
 * Waivers file: the text of the policy file with waivers alone ([policy] waivers), as filterctl
 * waive changes it: by whole sections. What a person wrote there besides stays as it is.
 */

#include "base/problem.h"
#include "policy/clients.h"
#include "policy/words.h"

#define WAIVERS_REASON_MAX  150         /* bytes; it has to fit into a line with its name */
/* bytes of a section that is written here, with what stands before it */
#define WAIVERS_SECTION_MAX 600

/* A waiver to be written: of one device, for all categories that block. */
struct waiver_new {
	char                 id[WORDS_ID];      /* waivers_file_name() */
	struct policy_device device;
	int64_t              until_us, now_us;
	const char          *reason, *by;       /* by: "" if nobody knows */
};

/*
 * waivers_file_is_reason - can it stand in a line, and be read again as it was? 1 to
 *                          WAIVERS_REASON_MAX bytes of UTF-8 that people see, no blank at its ends,
 *                          and no semicolon that would begin a comment.
 */
bool waivers_file_is_reason(const char *text);

/* waivers_file_name - "3c5282112233-261130t172000"; false: the text has all that there could be. */
bool waivers_file_name(struct waiver_new *w, const char *text);

/*
 * waivers_file_section - its section, with its newlines.
 * waivers_file_add     - the same behind the text that is there, or is not yet; at most
 *                        WAIVERS_SECTION_MAX.
 */
void waivers_file_section(struct writer *to, const struct waiver_new *w);
void waivers_file_add(struct writer *to, const struct waiver_new *w);

/* What is to become of a text, and what became of it. */
struct waivers_edit {
	const char *end;                /* in: this waiver is taken out; NULL: none */
	int64_t     now_us;             /* in: and so are those that have ended */
	size_t      num_ended;          /* out */
	bool        has_end;            /* out: there was such a waiver */
};

/*
 * waivers_file_edit - Takes: text, NUL-terminated; file, its name for messages; to, with room for
 *                     all of text.
 * Gives:  0; -EINVAL with *problem_out: it is no policy file; -ENOMEM.
 */
int waivers_file_edit(const char *text, const char *file, struct waivers_edit *e,
                      struct writer *to, struct problem *problem_out);

#endif

/* SPDX-License-Identifier: MIT */
#ifndef FILTERD_REVIEW_VERDICT_H
#define FILTERD_REVIEW_VERDICT_H

/*
 * Verdict: the result of a verification in words: in one sentence, for a terminal, for a program.
 */

#include "base/json.h"
#include "review/verify.h"

struct verdict_context {
	const char *log;                /* the log's name */
	size_t      num_files;
	int64_t     now_us;             /* INT64_MAX: the log is a copy, so its age means nothing */
	bool        color;
};

/*
 * "complete and unaltered"; "unaltered; 2 declared gaps of 9 m 24 s, nothing passed in them"; "NOT
 * sound: 1 record altered, 7 missing"
 */
void verdict_sentence(struct writer *w, const struct verify *v);

/* "1 record altered, 7 records missing" */
void verdict_write_damage(struct writer *w, const struct verify *v);

void verdict_write_text(struct text *t, const struct verify *v, const struct verdict_context *c);
/*
 * For a terminal: the line of a finding, and the end of a line with a result, green, amber or red.
 */
void verdict_write_finding(struct text *t, const struct finding *f, bool color);
void verdict_write_result(struct text *t, enum soundness soundness, const char *words, bool color);

void verdict_write_json(struct text *t, const struct verify *v, const struct verdict_context *c);

/*
 * verdict_write_findings_json - `"findings":[...],"findings_left_out":N`: members of the object
 * that is being written.
 */
void verdict_write_findings_json(struct json *j, const struct finding *list, size_t num,
                                 uint64_t left_out);

/*
 * verdict_write_policy_files - `"policy_files":[...]`, also members: the description of a policy's
 *                              files from coverage_said(); nothing for an empty one.
 */
void verdict_write_policy_files(struct json *j, struct bytes said, uint64_t left_out);

/* "0 packets passed unseen", "3 connections went around", "packets not counted" */
void verdict_write_passed(struct writer *w, const struct gap *g);

#endif

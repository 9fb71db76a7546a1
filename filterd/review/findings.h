/* SPDX-License-Identifier: MIT */
#ifndef FILTERD_REVIEW_FINDINGS_H
#define FILTERD_REVIEW_FINDINGS_H

/*
 * Findings: the problems of a log, a word and a sentence each, in the order of discovery.
 */

#include "base/bytes.h"

enum finding_kind {
	FINDING_FOREIGN,        /* no line is a record: this is not a log */
	FINDING_ALTERED,        /* a record was changed, or a line is not a record */
	FINDING_MISSING,        /* records are missing */
	FINDING_ORDER,          /* a record is in the wrong place */
	FINDING_SIGNATURE,      /* a signature is invalid */
	FINDING_KEY,            /* signed by a key that was not in use there */
	FINDING_UNSIGNED,       /* a record that must be signed is not */
	/* an anchor, or the copy of the keys, has a record beyond the end */
	FINDING_TRUNCATED,
	FINDING_REWRITTEN,      /* an anchor has another record with this number */
	FINDING_FORK,           /* the filter itself found a different log than it had written */
	FINDING_COUNT,          /* counted attempts are not in the records */
	FINDING_ENDS,           /* its lines end in CR LF: the copy is not byte-exact */
	FINDING_PARTIAL,        /* the last line is incomplete */
	FINDING_OPEN,           /* nothing confirms the end */
	FINDING_PRUNED,         /* the beginning was deleted, which is allowed */
	FINDING_OTHER,          /* files of another log are among the given ones */
	FINDING_LOST,           /* there was another log before it, which no key matched */
	/* the log itself says that the filter was down, or could not write */
	FINDING_GAP,
};

enum { FINDING_KINDS = FINDING_GAP + 1 };

struct finding {
	enum finding_kind kind;
	uint64_t          from, to;             /* records; GAP: those before and after it */
	char              text[200];            /* what it means, for a person */
};

#define FINDINGS_MAX 4096       /* kept; more are counted */

/* The result of all findings; also the exit status of filterctl audit verify. */
enum soundness {
	SOUND_COMPLETE = 0,     /* complete and unaltered */
	SOUND_DECLARED = 1,     /* unaltered, with gaps that it declares itself */
	SOUND_NOT      = 2,     /* altered, missing, cut or unsigned */
};

struct findings {
	struct finding list[FINDINGS_MAX];
	size_t         num;
	uint64_t       left_out, num_kinds[FINDING_KINDS];
	enum soundness soundness;
};

void findings_add(struct findings *f, enum finding_kind kind, uint64_t from, uint64_t to,
                  const char *format, ...) __attribute__((format(printf, 5, 6)));

/* Is the last finding of this kind, and does it end with this record? */
bool findings_last_is(const struct findings *f, enum finding_kind kind, uint64_t to);

const char *soundness_name(enum soundness soundness);           /* "not-sound" */
const char *finding_name(enum finding_kind kind);               /* "ALTERED" */
bool        finding_is_damage(enum finding_kind kind);          /* makes the log SOUND_NOT */

#endif

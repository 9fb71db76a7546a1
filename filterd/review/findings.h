/* SPDX-License-Identifier: MIT */
#ifndef FILTERD_REVIEW_FINDINGS_H
#define FILTERD_REVIEW_FINDINGS_H

/*
 * Findings: what is not as it should be in a log, a word and a sentence each, in the order in which
 * it was met.
 */

#include "base/bytes.h"

enum finding_kind {
	FINDING_FOREIGN,        /* not one line is a record: this is no log */
	FINDING_ALTERED,        /* a record is not as it was written, or is no record */
	FINDING_MISSING,        /* records are not there */
	FINDING_ORDER,          /* a record stands where it does not belong */
	FINDING_SIGNATURE,      /* a signature does not hold */
	FINDING_KEY,            /* signed by a key that was not in use there */
	FINDING_UNSIGNED,       /* a record that must be signed is not */
	/* an anchor, or the copy of the keys, knows a record beyond the end */
	FINDING_TRUNCATED,
	FINDING_REWRITTEN,      /* an anchor knows another record of this number */
	FINDING_FORK,           /* the filter itself found another log than it had written */
	FINDING_COUNT,          /* attempts that were counted are not in the records */
	FINDING_ENDS,           /* its lines end in CR LF: the copy is not to the byte */
	FINDING_PARTIAL,        /* the last line is not whole */
	FINDING_OPEN,           /* nothing shows that the end is the end */
	FINDING_PRUNED,         /* the beginning was deleted, as it may be */
	FINDING_OTHER,          /* files of another log are among those that were given */
	FINDING_LOST,           /* there was another log before it, which no key fitted */
	/* the log itself says that the filter was not at work, or could not write */
	FINDING_GAP,
};

enum { FINDING_KINDS = FINDING_GAP + 1 };

struct finding {
	enum finding_kind kind;
	uint64_t          from, to;             /* records; GAP: those it lies between */
	char              text[200];            /* what it means, for a person */
};

#define FINDINGS_MAX 4096       /* kept; more are counted */

/* What all findings together say; also the exit status of filterctl audit verify. */
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

/* Is the last one of this kind, and does it end with this record? */
bool findings_last_is(const struct findings *f, enum finding_kind kind, uint64_t to);

const char *soundness_name(enum soundness soundness);           /* "not-sound" */
const char *finding_name(enum finding_kind kind);               /* "ALTERED" */
bool        finding_is_damage(enum finding_kind kind);          /* makes the log SOUND_NOT */

#endif

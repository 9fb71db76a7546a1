/* SPDX-License-Identifier: MIT */
#ifndef FILTERD_BOARD_ATTEMPTS_H
#define FILTERD_BOARD_ATTEMPTS_H

/*
 * Attempts: the last ones of a log, by record number, from records in any order: a log is read from
 * its end, file by file, and each file from its beginning.
 */

#include "log/entry.h"

/* bytes, with NUL; a longer text ends in "…" */
#define ATTEMPT_DEVICE   64
#define ATTEMPT_NAME     80
#define ATTEMPT_ADDRESS  48
#define ATTEMPT_NETWORK  20
#define ATTEMPT_HOST     260
#define ATTEMPT_LAYER    12
#define ATTEMPT_CATEGORY 40

/* Text is unescaped, for people; "": unknown. It may contain any character but NUL. */
struct attempt {
	uint64_t        seq, count;
	int64_t         time_us;
	enum entry_type result;
	/* did the client also ask a resolver for the name? */
	bool            has_asked, asked;
	/* "": several, counted together by host or category */
	char            device[ATTEMPT_DEVICE];
	char            name[ATTEMPT_NAME], address[ATTEMPT_ADDRESS], network[ATTEMPT_NETWORK];
	char            host[ATTEMPT_HOST], layer[ATTEMPT_LAYER], category[ATTEMPT_CATEGORY];
};

struct attempts {
	struct attempt  *list;
	/* indices into `list`, by number, the newest first */
	uint32_t        *order;
	size_t           num, most;
};

/*
 * attempts_new  - room for `most`. False: no memory; then there is nothing to free.
 * attempts_keep - Takes: a record that is an attempt. It is kept if it is one of the last so far.
 * attempts_read  - the same for a line of the log; skips other records.
 * attempts_wants - would a record of this number be kept, if it is an attempt?
 * attempts_at   - by index, 0 is the newest.
 */
bool                  attempts_new(struct attempts *a, size_t most);
void                  attempts_free(struct attempts *a);
void                  attempts_keep(struct attempts *a, const struct entry *e);
void                  attempts_read(struct attempts *a, struct bytes line);
bool                  attempts_wants(const struct attempts *a, uint64_t seq);
const struct attempt *attempts_at(const struct attempts *a, size_t number);

/*
 * attempt_of      - from a record.
 * attempt_device  - the raw key of the attempt's device in the record; empty: several devices.
 * attempt_result  - "blocked", "would_block", "waived", "passed"
 */
void         attempt_of(struct attempt *a, const struct entry *e);
struct bytes attempt_device(const struct entry *e);
const char  *attempt_result(enum entry_type result);

/* Text of a line, unescaped, truncated to room bytes between characters. */
void attempt_take_text(char *to, size_t room, struct bytes escaped);

#endif

/* SPDX-License-Identifier: MIT */
#ifndef FILTERD_JOURNAL_JOURNAL_INSIDE_H
#define FILTERD_JOURNAL_JOURNAL_INSIDE_H

/*
 * Shared by journal.c (appending), journal_open.c (opening), journal_care.c (the main thread's work
 * each second) and journal_prune.c.
 */

#include "audit/firsts.h"
#include "audit/policies.h"
#include "audit/repeats.h"
#include "journal/journal.h"
#include "journal/keys.h"
#include "journal/mirror.h"
#include "journal/segments.h"

#include <pthread.h>

#define JOURNAL_PATH_MAX 640
#define REASON_MAX       160

struct journal {
	struct journal_options options;
	char                   path[JOURNAL_PATH_MAX], repeats_path[JOURNAL_PATH_MAX];
	struct segments        segments;
	bool                   has_mirror;              /* options.flush_to */
	struct mirror          mirror;

	/* Under the lock: */
	pthread_mutex_t lock;
	int             fd;
	/* of the open file: bytes; number of its first record */
	uint64_t        size, first_seq;
	struct chain    chain;
	struct repeats *repeats;
	struct firsts  *firsts;                 /* NULL: no memory for them */
	uint64_t        failed, since_signed;
	uint64_t        taken;                  /* like in status_log */
	int             gone, unmarked;
	int64_t         signed_ms;              /* monotonic time of the last one */
	bool            degraded;
	char            reason[REASON_MAX];     /* why it is degraded */
	uint64_t        degraded_attempts;      /* the number at its beginning */

	/* Under a separate lock, because the other one is held while waiting for the disk: */
	pthread_mutex_t leases_lock;
	struct leases  *leases;

	/* Only for the main thread: */
	struct keys     keys;
	bool            is_new_key;
	struct note_key first_key;
	enum state      state;
	bool            state_told;             /* the log has a record that it is degraded */
	int64_t         degraded_us;            /* since when */
	int32_t         day;                    /* of the open file's beginning, days since 1970 */
	bool            low_told, gzip_told;
	int64_t         age_until_us;           /* 0: now */
	const struct control_asker *asker;
	size_t          in_force_len;
	uint8_t         in_force[JOURNAL_IN_FORCE_MAX];
	bool            has_policy;
	uint8_t         policy_digest[CHAIN_HASH];
	size_t          policies_len;
	uint8_t         policies[POLICIES_ROOM];
	/* attempts of an earlier process, written by this one */
	uint64_t        carried;
	/* previous, torn and missing, until journal_start() */
	struct control_start found;
	void           *repeats_memory;
	size_t          repeats_len;
	struct repeats *old_repeats;            /* an earlier process's, until journal_start() */
	void           *old_memory;
	size_t          old_len;
};

/* Opens a regular file for appending, creates it if missing, and locks it: descriptor or -errno. */
int journal_open_file(const char *path);

/* From now on attempts are only counted. Under the lock. */
void journal_degrade(struct journal *j, int error);

/*
 * journal_sign - closes the record in w, whose object `filterd` is open, and appends it, under the
 *                lock;
 * journal_make_durable - without the lock: syncs, sets the mark, passes the anchor on, for the
 *                        record last written by journal_sign().
 */
struct signed_record {
	uint64_t        seq;
	struct note_key key;
	uint8_t         hash[CHAIN_HASH], sig[CHAIN_SIG];
	struct bytes    body;                   /* within the writer's memory */
};
int journal_sign(struct journal *j, struct writer *w, struct signed_record *out);
int journal_make_durable(struct journal *j, const struct signed_record *s);

/* Both, for a record that lacks only its end. */
int journal_write_signed(struct journal *j, struct writer *w);

/*
 * Writes lines for the ended windows of r, or all: 0, or -errno of the first failure.
 */
int journal_write_repeats(struct journal *j, struct repeats *r, int64_t now_us, bool all);

/*
 * Deletes the oldest closed files beyond the limits of bytes and days, each with a record.
 */
void journal_prune(struct journal *j, int64_t now_us);

/* Messages about devices that asked for the first time; bounded. */
void journal_say_firsts(struct journal *j);

/* Releases the space reserved for the record that the disk is full. */
void journal_release_reserve(const struct journal *j);

struct control journal_control(const struct journal *j, int64_t now_us);

#endif

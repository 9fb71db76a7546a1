/* SPDX-License-Identifier: MIT */
#ifndef FILTERD_JOURNAL_JOURNAL_H
#define FILTERD_JOURNAL_JOURNAL_H

/*
 * Journal: the audit log on disk. One writer per process, many threads.
 *
 * When journal_append() returns, the kernel has the record, so it survives a later death of the
 * daemon. Repeated attempts are counted in a shared-memory table that survives it, too. The calls
 * marked (main) below sign, sync, close segments and delete old ones; only one thread may make
 * them, and an append waits only for the change of files.
 *
 * While the log cannot be written, attempts are counted in the table and written later.
 */

#include "audit/control.h"
#include "audit/leases.h"
#include "audit/record.h"
#include "policy/settings.h"
#include "status/status.h"

/* The proof from a signed record, to be kept elsewhere. Borrowed for the call. */
struct anchor {
	const struct note_key *key;
	uint64_t               seq;
	struct bytes           body;
	const uint8_t         *sig;
};

typedef void journal_anchor(void *owner, const struct anchor *a);

struct journal_options {
	const char     *path;           /* of the open segment; its folder exists */
	const char     *keys;           /* folder, which exists */
	/* folder of a copy on flash, if the log itself is in memory; NULL: none */
	const char     *flush_to;
	const char     *repeats;        /* file of the shared table; NULL: process memory */
	const char     *sensor;         /* kept, not copied */
	uint64_t        segment_bytes;  /* a longer segment is closed */
	uint64_t        total_bytes;    /* the oldest segments are deleted beyond that; 0: never */
	uint32_t        days;           /* and those older, 0: never */
	size_t          num_repeats;
	/* length of the first window; 0: no repeats, a line for each attempt */
	int64_t         window_us;
	enum sync       sync;
	/* tests: 32 bytes for keys and log id; else NULL */
	const uint8_t  *seed;
	journal_anchor *anchor;         /* called after a signed record is on disk; may be NULL */
	void           *owner;
};

struct journal;

/*
 * journal_open - locks the log, finds its end, truncates a torn line, finds or makes the key.
 *                Writes no record yet.
 * Gives:  0; -EWOULDBLOCK if another filterd writes it; -errno; each with *problem_out.
 */
int  journal_open(const struct journal_options *options, struct journal **journal_out,
                  struct problem *problem_out);
void journal_close(struct journal *j);

/*
 * journal_start - (main) the start record, a new key, and the unwritten counts of an earlier
 *                 process. Takes: the values unknown to the journal: standing, version, boot, up,
 *                 rules, cutoff.
 * journal_stop  - (main) all windows, and the stop record.
 * Gives:  0 or -errno.
 */
int journal_start(struct journal *j, int64_t now_us, const struct control_start *start);
int journal_stop(struct journal *j, int64_t now_us, const char *reason);

/*
 * journal_use_leases - (main) records take device names from these; NULL: no names.
 * Keeps:  leases, until the next call or journal_close(), which does not free it.
 * Gives:  the previous ones, no longer in use: the caller frees them.
 */
struct leases *journal_use_leases(struct journal *j, struct leases *leases);

/*
 * journal_name_of - (any) a device's name in these leases, in room; empty if unknown. Takes: mac,
 *                   or NULL.
 */
struct bytes journal_name_of(struct journal *j, const uint8_t *mac, const struct address *client,
                             uint8_t room[LEASE_NAME_MAX]);

/*
 * journal_append - an attempt: a separate line in one write(2), or counted as a repeat. Takes: c,
 *                  without a name, which is looked up here.
 * Gives:  0; -errno if its line could not be written (disk full...): the file is unchanged, the
 *         attempt is counted as a repeat, and the failure is counted.
 */
int journal_append(struct journal *j, const struct event *e, const struct record_context *c);

/*
 * (main) Signed records about the filter. They fill in the heartbeat's attempts, pending, devices
 * and log_dropped.
 */
int journal_heartbeat(struct journal *j, int64_t now_us, const struct control_heartbeat *h);
int journal_policy(struct journal *j, int64_t now_us, const struct control_policy *p);
int journal_access(struct journal *j, int64_t now_us, const struct control_access *a);
/* nothing if unchanged */
int journal_state(struct journal *j, int64_t now_us, enum state to, const char *reason);
/* even if unchanged: the settings in force differ */
int journal_changed(struct journal *j, int64_t now_us, enum state to, const char *reason);
int journal_clock(struct journal *j, int64_t now_us, enum state to, enum trust clock,
                  const char *reason);

/*
 * journal_set_in_force - (main) start, policy and state have these members from now on (control.h).
 *                        Keeps: nothing. Beyond JOURNAL_IN_FORCE_MAX bytes they are left out.
 * journal_set_asker    - (main) and the user who asked for them, or for the stop, while it is set.
 *                        NULL: nobody. Keeps: asker.
 */
#define JOURNAL_IN_FORCE_MAX 6144
void journal_set_in_force(struct journal *j, struct bytes members);

/*
 * journal_set_policy - (main) start and policy name the files of this policy from now on, and so
 *                      does the last record of each segment: so one month of an older log shows on
 *                      its own which policy was in force. Keeps: nothing.
 */
void journal_set_policy(struct journal *j, const struct policy *p);
void journal_set_asker(struct journal *j, const struct control_asker *asker);

/*
 * journal_room_look - a disk's total and free bytes. False: see errno.
 * journal_room      - the resulting state: at ROOM_LOW filterd warns, at ROOM_NONE it only counts.
 */
enum room { ROOM_ENOUGH, ROOM_LOW, ROOM_NONE };
bool      journal_room_look(const char *folder, uint64_t *all_out, uint64_t *free_out);
enum room journal_room(uint64_t all, uint64_t free_bytes);

/*
 * journal_tick - (main) once a second: handles ended windows, a segment that is long or a day old,
 *                pruning, disk space, and messages about devices that asked for the first time.
 * journal_rotate - (main) closes the segment now.
 */
void journal_tick(struct journal *j, int64_t now_us);

/*
 * (main) Limits the time for the age of closed files, if the clock shows a later one, which may be
 * wrong.
 */
void journal_age_until(struct journal *j, int64_t known_us);
int  journal_rotate(struct journal *j, int64_t now_us);

/*
 * journal_flush - (main) updates the copy on flash, if there is one. Start, rotation and stop do
 *                 this themselves: a key is never replaced before the record of it is in the copy.
 * Gives:  0 or -errno, with a message.
 */
int journal_flush(struct journal *j);

/* the log cannot be written now */
bool        journal_is_degraded(struct journal *j);
enum state  journal_last_state(const struct journal *j);
uint64_t    journal_unsigned(struct journal *j);        /* records since the last signed one */

/* The state of the log; texts are borrowed. (main) */
void journal_standing(struct journal *j, struct status_log *out);

/* The log's first key, if this process made it: a person must keep it. NULL otherwise. */
const struct note_key *journal_new_key(const struct journal *j);

/* The state of the log at journal_open(). */
enum previous journal_previous(const struct journal *j);

#endif

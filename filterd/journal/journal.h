/* SPDX-License-Identifier: MIT */
#ifndef FILTERD_JOURNAL_JOURNAL_H
#define FILTERD_JOURNAL_JOURNAL_H

/*
 * Journal: the audit log on disk. One writer a process, many threads.
 *
 * A record is in the kernel's hands when journal_append() returns, so it survives the death of the
 * daemon at any moment after. Attempts that repeat are counted in a table in shared memory that
 * survives it too. Signing, syncing, closing of segments and deleting of old ones happen in the
 * calls meant for one thread alone, marked (main) below; an append waits for none of them but the
 * change of files.
 *
 * When the log cannot be written, attempts are counted in the table and written once it can be
 * again.
 */

#include "audit/control.h"
#include "audit/leases.h"
#include "audit/record.h"
#include "policy/settings.h"
#include "status/status.h"

/* The proof in a signed record, to be kept elsewhere. Borrowed for the call. */
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
	/* folder of a copy on flash, where the log itself lies in memory; NULL: none */
	const char     *flush_to;
	const char     *repeats;        /* file of the shared table; NULL: memory of this process */
	const char     *sensor;         /* kept, not copied */
	uint64_t        segment_bytes;  /* a segment is closed when it is longer */
	uint64_t        total_bytes;    /* old segments are deleted beyond that, 0: never */
	uint32_t        days;           /* and those older, 0: never */
	size_t          num_repeats;
	/* in which they are counted at first; 0: no repeats, a line for each attempt */
	int64_t         window_us;
	enum sync       sync;
	/* tests: keys and log id come from these 32 bytes; else NULL */
	const uint8_t  *seed;
	journal_anchor *anchor;         /* called after a signed record is on disk; may be NULL */
	void           *owner;
};

struct journal;

/*
 * journal_open - locks the log, finds its end, cuts off what is torn, finds or makes the key.
 *                Writes no record yet.
 * Gives:  0; -EWOULDBLOCK if another filterd writes it; -errno; each with *problem_out in words.
 */
int  journal_open(const struct journal_options *options, struct journal **journal_out,
                  struct problem *problem_out);
void journal_close(struct journal *j);

/*
 * journal_start - (main) the start record, a new key, and what a process before counted and could
 *                 not write. Takes: what the journal does not know itself: standing, version, boot,
 *                 up, rules, cutoff.
 * journal_stop  - (main) all windows, and the stop record.
 * Gives:  0 or -errno.
 */
int journal_start(struct journal *j, int64_t now_us, const struct control_start *start);
int journal_stop(struct journal *j, int64_t now_us, const char *reason);

/*
 * journal_use_leases - (main) from now on records name devices by these; NULL: none has a name.
 * Keeps:  leases, until the next call or journal_close(), which does not free it.
 * Gives:  those before, which no record reads any longer: the caller frees them.
 */
struct leases *journal_use_leases(struct journal *j, struct leases *leases);

/*
 * journal_name_of - (any) what these leases call a device, in room; empty if they do not know it.
 *                   Takes: mac, or NULL.
 */
struct bytes journal_name_of(struct journal *j, const uint8_t *mac, const struct address *client,
                             uint8_t room[LEASE_NAME_MAX]);

/*
 * journal_append - an attempt: a line of its own in one write(2), or counted as a repeat. Takes: c,
 *                  without a name, which is looked up here.
 * Gives:  0; -errno if it should have been a line and could not be (disk full...): nothing of it is
 *         in the file, it is counted as a repeat, and the failure is counted.
 */
int journal_append(struct journal *j, const struct event *e, const struct record_context *c);

/*
 * (main) Records about the filter, signed. The heartbeat's attempts, pending, devices and
 * log_dropped are filled in.
 */
int journal_heartbeat(struct journal *j, int64_t now_us, const struct control_heartbeat *h);
int journal_policy(struct journal *j, int64_t now_us, const struct control_policy *p);
int journal_access(struct journal *j, int64_t now_us, const struct control_access *a);
/* nothing if it is that already */
int journal_state(struct journal *j, int64_t now_us, enum state to, const char *reason);
/* even so: what is in force is another */
int journal_changed(struct journal *j, int64_t now_us, enum state to, const char *reason);
int journal_clock(struct journal *j, int64_t now_us, enum state to, enum trust clock,
                  const char *reason);

/*
 * journal_set_in_force - (main) start, policy and state say this from now on: members as control.h
 *                        has them. Keeps: nothing. Beyond JOURNAL_IN_FORCE_MAX bytes they say
 *                        nothing.
 * journal_set_asker    - (main) and who asked for them, or for the stop: as long as it is set.
 *                        NULL: nobody. Keeps: asker.
 */
#define JOURNAL_IN_FORCE_MAX 6144
void journal_set_in_force(struct journal *j, struct bytes members);

/*
 * journal_set_policy - (main) start and policy name the files of this policy from now on, and so
 *                      does the last record of each segment: a month of a log that began earlier
 *                      tells by itself which policy was in force. Keeps: nothing.
 */
void journal_set_policy(struct journal *j, const struct policy *p);
void journal_set_asker(struct journal *j, const struct control_asker *asker);

/*
 * journal_room_look - a disk's bytes, and those that are free. False: errno says why.
 * journal_room      - how records fare with that: at ROOM_LOW filterd warns, at ROOM_NONE it only
 *                     counts.
 */
enum room { ROOM_ENOUGH, ROOM_LOW, ROOM_NONE };
bool      journal_room_look(const char *folder, uint64_t *all_out, uint64_t *free_out);
enum room journal_room(uint64_t all, uint64_t free_bytes);

/*
 * journal_tick - (main) once a second: windows that are over, a segment that is long or a day old,
 *                old ones, the disk's room; and a message of who asked for the first time.
 * journal_rotate - (main) closes the segment now.
 */
void journal_tick(struct journal *j, int64_t now_us);

/*
 * (main) The age of closed files counts up to this time, where the clock shows a later one: nobody
 * knows yet whether it is right.
 */
void journal_age_until(struct journal *j, int64_t known_us);
int  journal_rotate(struct journal *j, int64_t now_us);

/*
 * journal_flush - (main) the copy on flash, if there is one, gets what is new. Start, rotation and
 *                 stop do so themselves: a key is never replaced before the record that says so is
 *                 in the copy.
 * Gives:  0 or -errno, which is said, too.
 */
int journal_flush(struct journal *j);

/* the log cannot be written at the moment */
bool        journal_is_degraded(struct journal *j);
enum state  journal_last_state(const struct journal *j);
uint64_t    journal_unsigned(struct journal *j);        /* records since the last signed one */

/* How the log stands; texts are borrowed. (main) */
void journal_standing(struct journal *j, struct status_log *out);

/* The key the log began with, if this process made it: a person has to keep it. NULL otherwise. */
const struct note_key *journal_new_key(const struct journal *j);

/* The state of the log at journal_open(). */
enum previous journal_previous(const struct journal *j);

#endif

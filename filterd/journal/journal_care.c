/* SPDX-License-Identifier: MIT */

/* The main thread's work on the log: heartbeats, closing of files, disk space. */

#include "journal/journal_inside.h"

#include "base/instant.h"
#include "os/messages.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

/* reserved for the record that the disk is full */
#define RESERVE_BYTES (UINT64_C(1) << 20)
#define RESERVE_SHARE 16                /* but at most this part of the disk */
#define LOW_PERCENT   10                /* of the disk, or LOW_BYTES if less: a warning */
#define LOW_BYTES     (UINT64_C(128) << 20)
#define FULL_PERCENT  5                 /* or FULL_BYTES: records stop, counting continues */
#define FULL_BYTES    (UINT64_C(64) << 20)

static struct message_limit flush_trouble = MESSAGE_LIMIT_INIT;
static struct message_limit away_trouble  = MESSAGE_LIMIT_INIT;

int journal_heartbeat(struct journal *j, int64_t now_us, const struct control_heartbeat *given)
{
	uint8_t                  line[RECORD_MAX];
	struct writer            w       = writer_over(line, sizeof(line));
	struct control           control = journal_control(j, now_us);
	struct control_heartbeat h       = *given;
	struct signed_record     done;
	int                      error;

	/*
	 * Counted and written under one lock: the counts match the lines before the record.
	 */
	pthread_mutex_lock(&j->lock);
	h.attempts    = j->carried + repeats_attempts(j->repeats);
	h.pending     = repeats_pending(j->repeats);
	h.devices     = repeats_devices(j->repeats);
	h.log_dropped = j->failed;
	control_heartbeat(&w, &control, &h);
	error = j->degraded ? -ENOSPC : journal_sign(j, &w, &done);
	if (error != 0)
		journal_degrade(j, error);
	pthread_mutex_unlock(&j->lock);
	return error != 0 ? error : journal_make_durable(j, &done);
}

int journal_policy(struct journal *j, int64_t now_us, const struct control_policy *p)
{
	uint8_t        line[RECORD_MAX];
	struct writer  w       = writer_over(line, sizeof(line));
	struct control control = journal_control(j, now_us);

	control_policy(&w, &control, p);
	return journal_write_signed(j, &w);
}

int journal_access(struct journal *j, int64_t now_us, const struct control_access *a)
{
	uint8_t        line[RECORD_MAX];
	struct writer  w       = writer_over(line, sizeof(line));
	struct control control = journal_control(j, now_us);

	control_access(&w, &control, a);
	return journal_write_signed(j, &w);
}

static int write_state(struct journal *j, int64_t now_us, enum state from, enum state to,
                       const char *reason)
{
	uint8_t        line[RECORD_MAX];
	struct writer  w       = writer_over(line, sizeof(line));
	struct control control = journal_control(j, now_us);

	control_state(&w, &control, from, to, reason);
	return journal_write_signed(j, &w);
}

int journal_state(struct journal *j, int64_t now_us, enum state to, const char *reason)
{
	return j->state == to ? 0 : journal_changed(j, now_us, to, reason);
}

int journal_changed(struct journal *j, int64_t now_us, enum state to, const char *reason)
{
	enum state from = j->state;

	j->state = to;
	/*
	 * While degraded, the log records no other state; on recovery it records the state at that
	 * moment.
	 */
	return journal_is_degraded(j) ? 0 : write_state(j, now_us, from, to, reason);
}

int journal_clock(struct journal *j, int64_t now_us, enum state to, enum trust clock,
                  const char *reason)
{
	uint8_t        line[RECORD_MAX];
	struct writer  w       = writer_over(line, sizeof(line));
	struct control control = journal_control(j, now_us);

	control_clock(&w, &control, j->state, to, clock, reason);
	j->state = to;
	return journal_is_degraded(j) ? 0 : journal_write_signed(j, &w);
}

int journal_stop(struct journal *j, int64_t now_us, const char *reason)
{
	uint8_t        line[RECORD_MAX];
	struct writer  w       = writer_over(line, sizeof(line));
	struct control control = journal_control(j, now_us);
	int            error   = journal_write_repeats(j, j->repeats, now_us, true);

	control_stop(&w, &control, reason, j->carried + repeats_attempts(j->repeats));
	if (error == 0)
		error = journal_write_signed(j, &w);
	/* Nothing is pending: nothing to carry over to the next start. */
	if (error == 0 && j->repeats_path[0] != '\0')
		unlink(j->repeats_path);
	journal_flush(j);
	return error;
}

int journal_flush(struct journal *j)
{
	uint64_t len;
	int      error;

	if (!j->has_mirror)
		return 0;
	/* Whole lines only. */
	pthread_mutex_lock(&j->lock);
	len = j->size;
	pthread_mutex_unlock(&j->lock);
	error = mirror_update(&j->mirror, len);
	if (error != 0)
		message_limited(&flush_trouble, MESSAGE_LEVEL_WARNING,
		                "audit log: its copy in %s cannot be written: %s; a reboot loses "
		                "what is new",
		                j->mirror.copy.folder, strerror(-error));
	return error;
}

/*
 * Renames the open file to a segment and replaces it, under the lock. 0 and the old descriptor;
 * -errno.
 */
static int change_files(struct journal *j, const char *name, int *old_out)
{
	char closed[1024], beside[JOURNAL_PATH_MAX + 8];
	int  fd;

	snprintf(closed, sizeof(closed), "%s/%s", j->segments.folder, name);
	snprintf(beside, sizeof(beside), "%s.new", j->path);
	unlink(beside);
	/* Create the new one first: without space even for that, keep the old one. */
	fd = journal_open_file(beside);
	if (fd < 0)
		return fd;
	fchmod(j->fd, 0440);
	if (rename(j->path, closed) != 0 || rename(beside, j->path) != 0) {
		int error = -errno;

		close(fd);
		return error;
	}
	*old_out     = j->fd;
	j->fd        = fd;
	j->size      = 0;
	j->first_seq = j->chain.seq;
	return 0;
}

/* The record that closes the segment, under the lock. */
static int sign_segment(struct journal *j, int64_t now_us, struct writer *w, char name[320],
                        struct signed_record *done)
{
	struct control         control = journal_control(j, now_us);
	struct control_segment s       = { .file = name, .first = j->first_seq,
	                                   .last = j->chain.seq,
	                                   .log_id = keys_log_id(&j->keys),
	                                   .key = j->keys.current.public,
	                                   .next_key = j->keys.next.public };

	if (j->has_policy)
		s.policy_digest = bytes_of(j->policy_digest, sizeof(j->policy_digest));
	segments_name(&j->segments, j->first_seq, j->chain.seq, name);
	control_segment(w, &control, &s);
	return journal_sign(j, w, done);
}

int journal_rotate(struct journal *j, int64_t now_us)
{
	uint8_t              line[RECORD_MAX], hash[CHAIN_HASH];
	struct writer        w = writer_over(line, sizeof(line));
	struct signed_record done;
	char                 name[320];
	int                  old = -1, moved = 0, error = keys_prepare(&j->keys);

	if (error != 0)
		return error;
	/* Sync most of the file now, so that the lock is held for the last record only. */
	fdatasync(j->fd);
	pthread_mutex_lock(&j->lock);
	error = sign_segment(j, now_us, &w, name, &done);
	if (error == 0 && fdatasync(j->fd) != 0)
		error = -errno;
	if (error == 0)
		moved = change_files(j, name, &old);
	pthread_mutex_unlock(&j->lock);
	if (old >= 0)
		close(old);
	/* Replace the key even if the file could not be renamed: the log already has the record. */
	if (error == 0)
		error = journal_make_durable(j, &done);
	if (error == 0)
		error = segments_key(&j->segments, writer_written(&w));
	if (error == 0)
		journal_flush(j);
	if (error == 0)
		error = keys_hand_over(&j->keys);
	j->day = instant_days(now_us);
	if (error == 0)
		error = moved;
	if (error == 0)
		error = segments_hash(&j->segments, name, hash);
	if (error == 0)
		error = segments_sum(&j->segments, name, hash);
	if (error == 0)
		journal_flush(j);
	return error;
}

/* Records written meanwhile are in a deleted file. Gives 0, or why there is no new one. */
static void journal_is_away(struct journal *j, int error)
{
	pthread_mutex_lock(&j->lock);
	j->gone = error;
	pthread_mutex_unlock(&j->lock);
}

/* Another program has removed or truncated the file. */
static void look_at_file(struct journal *j, int64_t now_us)
{
	struct stat    ours, there;
	uint8_t        line[RECORD_MAX];
	struct writer  w       = writer_over(line, sizeof(line));
	struct control control = journal_control(j, now_us);
	struct control_gap gap = { .from_us = now_us, .to_us = now_us,
	                           .reason = "the file was cut by another program" };
	int            fd;

	if (fstat(j->fd, &ours) != 0)
		return;
	if ((uint64_t)ours.st_size < j->size) {
		message_error("audit log: %s was cut by another program; exclude it from logrotate",
		              j->path);
		pthread_mutex_lock(&j->lock);
		j->size = (uint64_t)ours.st_size;
		j->taken++;
		pthread_mutex_unlock(&j->lock);
		control_gap(&w, &control, &gap);
		journal_write_signed(j, &w);
	}
	if (stat(j->path, &there) == 0 && there.st_dev == ours.st_dev &&
	    there.st_ino == ours.st_ino) {
		journal_is_away(j, 0);
		return;
	}
	fd = journal_open_file(j->path);
	journal_is_away(j, fd < 0 ? fd : 0);
	if (fd < 0) {
		message_limited(&away_trouble, MESSAGE_LEVEL_ERROR,
		                "audit log: %s was taken away and cannot be opened: %s; still "
		                "writing to the old file",
		                j->path, strerror(-fd));
		return;
	}
	message_warning("audit log: %s was taken away by another program; continuing in a new file",
	                j->path);
	pthread_mutex_lock(&j->lock);
	close(j->fd);
	j->fd        = fd;
	j->size      = 0;
	j->first_seq = j->chain.seq;
	j->taken++;
	pthread_mutex_unlock(&j->lock);
}

static void reserve_path(const struct journal *j, char out[JOURNAL_PATH_MAX + 16])
{
	snprintf(out, JOURNAL_PATH_MAX + 16, "%s.reserve", j->path);
}

static uint64_t least(uint64_t a, uint64_t b)
{
	return a < b ? a : b;
}

bool journal_room_look(const char *folder, uint64_t *all_out, uint64_t *free_out)
{
	struct statvfs st;

	if (statvfs(folder, &st) != 0)
		return false;
	*all_out  = (uint64_t)st.f_blocks * st.f_frsize;
	*free_out = (uint64_t)st.f_bavail * st.f_frsize;
	return true;
}

enum room journal_room(uint64_t all, uint64_t free_bytes)
{
	if (free_bytes < least(all / 100 * FULL_PERCENT, FULL_BYTES))
		return ROOM_NONE;
	return free_bytes < least(all / 100 * LOW_PERCENT, LOW_BYTES) ? ROOM_LOW : ROOM_ENOUGH;
}

static uint64_t reserve_of(uint64_t all)
{
	return least(RESERVE_BYTES, all / RESERVE_SHARE);
}

static void make_reserve(const struct journal *j)
{
	char     path[JOURNAL_PATH_MAX + 16];
	uint64_t all, free_bytes;
	int      fd;

	if (!journal_room_look(j->segments.folder, &all, &free_bytes))
		return;
	reserve_path(j, path);
	fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
	if (fd < 0)
		return;
	if (posix_fallocate(fd, 0, (off_t)reserve_of(all)) != 0)
		unlink(path);
	close(fd);
}

void journal_release_reserve(const struct journal *j)
{
	char path[JOURNAL_PATH_MAX + 16];

	reserve_path(j, path);
	unlink(path);
}

/* Space for a missing reserve does not count. */
static enum room room_of(const struct journal *j)
{
	char     path[JOURNAL_PATH_MAX + 16];
	uint64_t all, free_bytes;

	reserve_path(j, path);
	if (!journal_room_look(j->segments.folder, &all, &free_bytes))
		return ROOM_ENOUGH;
	if (access(path, F_OK) != 0)
		free_bytes -= least(free_bytes, reserve_of(all));
	return journal_room(all, free_bytes);
}

/* Records once, in the reserved space, that the log cannot continue. */
static void say_degraded(struct journal *j, int64_t now_us)
{
	char reason[REASON_MAX + 64];

	if (j->degraded_us == 0) {
		message_error(
			"audit log: %s; attempts are counted, and will be written later",
			j->reason);
		j->degraded_us = now_us;
		journal_release_reserve(j);
	}
	if (j->state_told)
		return;
	snprintf(reason, sizeof(reason), "the log cannot be written: %s", j->reason);
	j->state_told = write_state(j, now_us, j->state, STATE_DEGRADED, reason) == 0;
}

/* Recovers, if the disk accepts the record of it. */
static void try_again(struct journal *j, int64_t now_us)
{
	uint8_t            line[RECORD_MAX];
	struct writer      w       = writer_over(line, sizeof(line));
	struct control     control = journal_control(j, now_us);
	struct control_gap gap     = { .from_us = j->degraded_us, .to_us = now_us,
	                               .reason = j->reason };

	if (room_of(j) == ROOM_NONE)
		return;
	pthread_mutex_lock(&j->lock);
	gap.attempts = repeats_attempts(j->repeats) - j->degraded_attempts;
	pthread_mutex_unlock(&j->lock);
	control_gap(&w, &control, &gap);
	if (journal_write_signed(j, &w) != 0)
		return;
	if (write_state(j, now_us, STATE_DEGRADED, j->state, "the log can be written again") != 0)
		return;
	pthread_mutex_lock(&j->lock);
	j->degraded = false;
	pthread_mutex_unlock(&j->lock);
	j->degraded_us = 0;
	j->state_told  = false;
	make_reserve(j);
	message_notice("audit log: it can be written again; %llu attempts were counted meanwhile",
	               (unsigned long long)gap.attempts);
	journal_write_repeats(j, j->repeats, now_us, true);
}

static void look_at_disk(struct journal *j, int64_t now_us)
{
	enum room room = room_of(j);

	if (room == ROOM_NONE) {
		pthread_mutex_lock(&j->lock);
		journal_degrade(j, -ENOSPC);
		pthread_mutex_unlock(&j->lock);
	}
	if (room == ROOM_LOW && !j->low_told) {
		message_warning("audit log: the disk of %s is nearly full; at %d %% free records "
		                "stop and only counting goes on",
		                j->path, FULL_PERCENT);
		journal_prune(j, now_us);
	}
	j->low_told = room != ROOM_ENOUGH;
}

void journal_tick(struct journal *j, int64_t now_us)
{
	journal_say_firsts(j);
	if (!journal_is_degraded(j)) {
		make_reserve(j);
		look_at_disk(j, now_us);
	}
	if (journal_is_degraded(j)) {
		say_degraded(j, now_us);
		try_again(j, now_us);
		return;
	}
	look_at_file(j, now_us);
	journal_write_repeats(j, j->repeats, now_us, false);
	if (j->size > 0 &&
	    (j->size >= j->options.segment_bytes || instant_days(now_us) != j->day)) {
		int error = journal_rotate(j, now_us);

		if (error != 0)
			message_warning("audit log: the segment could not be closed: %s",
			                strerror(-error));
		journal_prune(j, now_us);
	}
}

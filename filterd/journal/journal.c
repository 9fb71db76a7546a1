/* SPDX-License-Identifier: MIT */

/*
 * A record is formatted outside the lock except for its place in the chain, and written in one
 * write(2) under it. O_APPEND always writes at the end; if the disk accepts only a part of a line,
 * that part is truncated again.
 */

#include "journal/journal_inside.h"

#include "os/clock.h"
#include "os/messages.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

static struct message_limit mark_trouble = MESSAGE_LIMIT_INIT;

int journal_open_file(const char *path)
{
	int fd = open(path, O_RDWR | O_APPEND | O_CREAT | O_CLOEXEC, 0640);

	if (fd < 0)
		return -errno;
	if (flock(fd, LOCK_EX | LOCK_NB) != 0) {
		int error = -errno;

		close(fd);
		return error;
	}
	return fd;
}

/* The complete line or nothing: 0 or -errno. */
static int append_line(int fd, struct bytes line)
{
	off_t   end = lseek(fd, 0, SEEK_END);
	ssize_t put;

	do
		put = write(fd, line.at, line.len);
	while (put < 0 && errno == EINTR);
	if (put < 0)
		return -errno;
	if ((size_t)put == line.len)
		return 0;
	return end >= 0 && ftruncate(fd, end) != 0 ? -errno : -ENOSPC;
}

/* Under the lock. The chain advances only if the line is in the file. */
static int journal_put(struct journal *j, struct bytes line)
{
	int error = append_line(j->fd, line);

	if (error == 0)
		error = chain_advance(&j->chain, line);
	if (error != 0)
		return error;
	j->size += line.len;
	j->since_signed++;
	return 0;
}

void journal_degrade(struct journal *j, int error)
{
	if (j->degraded)
		return;
	j->degraded          = true;
	j->degraded_attempts = j->repeats != NULL ? repeats_attempts(j->repeats) : 0;
	snprintf(j->reason, sizeof(j->reason), "%s", strerror(-error));
}

/* The event's own line, or its slot in the table. */
static int append_locked(struct journal *j, const struct event *e, bool is_known,
                         struct writer *w)
{
	struct bytes text = writer_written(w);
	uint32_t     slot;
	bool         first = repeats_add(j->repeats, e, is_known, &slot) == REPEAT_FIRST;
	int          error = 0;

	if (first && !j->degraded) {
		record_count(w, 1, e->time_us);
		record_close(w, &j->chain);
		error = w->full ? -EMSGSIZE : journal_put(j, writer_written(w));
		if (error == 0 && j->options.sync == SYNC_RECORD && fdatasync(j->fd) != 0)
			error = -errno;
		if (error == 0) {
			repeats_wrote(j->repeats);
			return 0;
		}
		journal_degrade(j, error);
	}
	j->failed += first;
	repeats_keep(j->repeats, slot, text, e->time_us);
	return error;
}

struct leases *journal_use_leases(struct journal *j, struct leases *leases)
{
	struct leases *before;

	pthread_mutex_lock(&j->leases_lock);
	before    = j->leases;
	j->leases = leases;
	pthread_mutex_unlock(&j->leases_lock);
	return before;
}

/* Copied, because the table may be replaced a moment later. */
struct bytes journal_name_of(struct journal *j, const uint8_t *mac, const struct address *client,
                             uint8_t room[LEASE_NAME_MAX])
{
	struct bytes name = { 0 };

	pthread_mutex_lock(&j->leases_lock);
	if (j->leases != NULL)
		name = leases_find(j->leases, mac, client);
	if (name.len > 0)
		memcpy(room, name.at, name.len);
	pthread_mutex_unlock(&j->leases_lock);
	return bytes_of(room, name.len);
}

static bool is_leased(struct journal *j, const uint8_t *mac, const struct address *client)
{
	bool is_known;

	pthread_mutex_lock(&j->leases_lock);
	is_known = j->leases != NULL && leases_know(j->leases, mac, client);
	pthread_mutex_unlock(&j->leases_lock);
	return is_known;
}

int journal_append(struct journal *j, const struct event *e, const struct record_context *c)
{
	uint8_t               line[RECORD_MAX], name[LEASE_NAME_MAX];
	struct writer         w    = writer_over(line, sizeof(line));
	struct record_context with = *c;
	const uint8_t        *mac  = e->has_mac ? e->mac : NULL;
	bool                  is_known;
	int                   error;

	with.name = journal_name_of(j, mac, &e->client, name);
	is_known  = e->is_known || is_leased(j, mac, &e->client);
	record_open(&w, e, &with);
	pthread_mutex_lock(&j->lock);
	firsts_add(j->firsts, e, is_known, with.name);
	error = append_locked(j, e, is_known, &w);
	pthread_mutex_unlock(&j->lock);
	return error;
}

int journal_sign(struct journal *j, struct writer *w, struct signed_record *out)
{
	struct line_end end;
	int             error;

	out->seq = j->chain.seq;
	out->key = j->keys.current;
	error    = control_close(w, &j->chain, &j->keys.current, j->keys.secret, out->sig);
	if (error == 0 && (w->full || line_end_read(bytes_first(writer_written(w), w->len - 1),
	                                            &end) != PARSE_OK))
		error = -EMSGSIZE;
	if (error == 0)
		error = journal_put(j, writer_written(w));
	if (error != 0)
		return error;
	memcpy(out->hash, j->chain.prev, CHAIN_HASH);
	out->body       = end.body;
	j->since_signed = 0;
	j->signed_ms    = clock_boot_ms();
	return 0;
}

/* In this order: lines, signature, disk, mark, anchor. */
int journal_make_durable(struct journal *j, const struct signed_record *s)
{
	struct mark   mark   = { .seq = s->seq };
	struct anchor anchor = { .key = &s->key, .seq = s->seq, .body = s->body, .sig = s->sig };
	int           error;

	if (j->options.sync != SYNC_NEVER && fdatasync(j->fd) != 0) {
		error = -errno;
		pthread_mutex_lock(&j->lock);
		journal_degrade(j, error);
		pthread_mutex_unlock(&j->lock);
		return error;
	}
	memcpy(mark.hash, s->hash, CHAIN_HASH);
	/*
	 * The record is still valid; the next start just knows the log's end less exactly.
	 */
	error = mark_write(&j->keys, &mark);
	pthread_mutex_lock(&j->lock);
	j->unmarked = error;
	pthread_mutex_unlock(&j->lock);
	if (error != 0)
		message_limited(&mark_trouble, MESSAGE_LEVEL_WARNING,
		                "audit log: the mark in %s cannot be set: %s", j->keys.folder,
		                strerror(-error));
	if (j->options.anchor != NULL)
		j->options.anchor(j->options.owner, &anchor);
	return 0;
}

int journal_write_signed(struct journal *j, struct writer *w)
{
	struct signed_record done;
	int                  error;

	pthread_mutex_lock(&j->lock);
	error = journal_sign(j, w, &done);
	if (error != 0)
		journal_degrade(j, error);
	pthread_mutex_unlock(&j->lock);
	return error != 0 ? error : journal_make_durable(j, &done);
}

struct control journal_control(const struct journal *j, int64_t now_us)
{
	return (struct control){ .time_us = now_us, .sensor = j->options.sensor,
	                         .in_force = bytes_of(j->in_force, j->in_force_len),
	                         .policies = bytes_of(j->policies, j->policies_len),
	                         .asker = j->asker };
}

void journal_set_in_force(struct journal *j, struct bytes members)
{
	j->in_force_len = members.len <= sizeof(j->in_force) ? members.len : 0;
	if (j->in_force_len > 0)
		memcpy(j->in_force, members.at, j->in_force_len);
}

void journal_set_policy(struct journal *j, const struct policy *p)
{
	struct writer               w    = writer_over(j->policies, sizeof(j->policies));
	struct json                 json = json_after(&w);
	size_t                      num;
	const struct policy_source *sources = policy_sources(p, &num);

	policies_write(&json, sources, num);
	j->policies_len = w.len;
	j->has_policy   = true;
	memcpy(j->policy_digest, policy_digest(p).at, sizeof(j->policy_digest));
}

void journal_set_asker(struct journal *j, const struct control_asker *asker)
{
	j->asker = asker;
}

/*
 * Writes at least the number and category of attempts whose text was lost or never kept. Signed,
 * like all records about filterd.
 */
static int write_lost(struct journal *j, const struct repeat_due *due, int64_t now_us)
{
	static const char    reason[] = "the details of these attempts could not be kept";
	uint8_t              line[RECORD_MAX];
	struct writer        w       = writer_over(line, sizeof(line));
	struct control       control = journal_control(j, now_us);
	struct control_gap   gap     = { .from_us = due->first_us, .to_us = now_us,
	                                 .reason = reason, .num_counts = 1,
	                                 .attempts = due->count,
	                                 .counts = { { due->category, due->count } } };
	struct signed_record done;

	control_gap(&w, &control, &gap);
	return journal_sign(j, &w, &done);
}

static int write_repeat(struct journal *j, const struct repeat_due *due, int64_t now_us)
{
	uint8_t       line[RECORD_MAX];
	struct writer w = writer_over(line, sizeof(line));

	if (due->text.len == 0)
		return write_lost(j, due, now_us);
	write_bytes(&w, due->text);
	record_count(&w, due->count, due->first_us);
	record_folded(&w, due->folded);
	record_close(&w, &j->chain);
	return w.full ? -EMSGSIZE : journal_put(j, writer_written(&w));
}

int journal_write_repeats(struct journal *j, struct repeats *r, int64_t now_us, bool all)
{
	struct repeat_due due;
	bool              more  = true;
	int               error = 0;

	/* Takes the lock for each line, so workers wait for one line at most. */
	while (more && error == 0) {
		pthread_mutex_lock(&j->lock);
		more = repeats_due(r, now_us, all, &due);
		if (more)
			error = write_repeat(j, &due, now_us);
		if (more && error == 0)
			repeats_written(r, due.slot, now_us);
		if (error != 0)
			journal_degrade(j, error);
		pthread_mutex_unlock(&j->lock);
	}
	return error;
}

bool journal_is_degraded(struct journal *j)
{
	bool degraded;

	pthread_mutex_lock(&j->lock);
	degraded = j->degraded;
	pthread_mutex_unlock(&j->lock);
	return degraded;
}

enum state journal_last_state(const struct journal *j)
{
	return j->state;
}

uint64_t journal_unsigned(struct journal *j)
{
	uint64_t num;

	pthread_mutex_lock(&j->lock);
	num = j->since_signed;
	pthread_mutex_unlock(&j->lock);
	return num;
}

/*
 * Does the folder give others one of these rights, or belong to a user other than this process's?
 */
static bool journal_is_open_to(const char *folder, mode_t others)
{
	struct stat st;

	return stat(folder, &st) == 0 && ((st.st_mode & others) != 0 || st.st_uid != geteuid());
}

void journal_standing(struct journal *j, struct status_log *out)
{
	pthread_mutex_lock(&j->lock);
	*out = (struct status_log){
		.path             = j->path,
		.degraded         = j->degraded ? j->reason : NULL,
		.next_seq         = j->chain.seq,
		.unsigned_records = j->since_signed,
		.signed_s         = (uint64_t)(clock_boot_ms() - j->signed_ms) / 1000,
		.attempts         = j->carried + repeats_attempts(j->repeats),
		.pending          = repeats_pending(j->repeats),
		.devices          = repeats_devices(j->repeats),
		.lost             = j->failed,
		.taken            = j->taken,
		.gone             = j->gone != 0 ? strerror(-j->gone) : NULL,
		.unmarked         = j->unmarked != 0 ? strerror(-j->unmarked) : NULL,
		.previous         = j->found.previous,
	};
	pthread_mutex_unlock(&j->lock);
	out->keys_open   = journal_is_open_to(j->keys.folder, S_IRWXG | S_IRWXO);
	out->folder_open = journal_is_open_to(j->segments.folder, S_IWGRP | S_IWOTH);
}

const struct note_key *journal_new_key(const struct journal *j)
{
	return j->is_new_key ? &j->first_key : NULL;
}

enum previous journal_previous(const struct journal *j)
{
	return j->found.previous;
}

/* SPDX-License-Identifier: MIT */

/*
 * The record of a deletion is signed, but anybody who may write in the log's folder can put a file
 * there with any name and time. So a file is read before it is deleted: the record names the
 * records in it, and only those confirmed by a signature with the key in use there. The keys follow
 * each other from the first one, in audit.keys. If that copy is damaged, the chain is followed from
 * the file to the record written last.
 *
 * An unconfirmed file is not deleted: otherwise filterd would remove the evidence that somebody
 * replaced records.
 */

#include "journal/journal_inside.h"

#include "log/log_walk.h"
#include "log/lines.h"
#include "os/messages.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define DAY_US     INT64_C(86400000000)
/* read from one; `segment` in filterd.conf is 4096 MiB at most */
#define FILE_BYTES (UINT64_C(5) << 30)
#define KEYS_BYTES (UINT64_C(64) << 20)         /* read from audit.keys; 70,000 new keys */

static struct message_limit unsound_trouble = MESSAGE_LIMIT_INIT;

/* A file in a folder where others may write: follows no link, and never blocks. */
static int prune_open(const char *path, uint64_t most, struct lines **out)
{
	struct stat st;
	int error = lines_open(open(path, O_RDONLY | O_NONBLOCK | O_NOFOLLOW | O_CLOEXEC), out);

	if (error != 0)
		return error == -ELOOP ? -EINVAL : error;
	(*out)->left = most;
	if (fstat((*out)->fd, &st) == 0 && S_ISREG(st.st_mode))
		return 0;
	lines_close(*out);
	return -EINVAL;
}

struct vouching {
	struct note_key  key;
	struct log_walk *walk;
	size_t           num_asked;
	bool             refuted;
};

/* Checks the runs whose signature is of this record or an earlier one: is it by this key? */
static void journal_prune_ask(struct vouching *v, const struct note_key *key, uint64_t until)
{
	for (; v->num_asked < v->walk->num_runs; v->num_asked++) {
		const struct log_run *run = &v->walk->runs[v->num_asked];

		if (run->has_signed && run->signed_seq > until)
			return;
		v->refuted |= run->has_signed &&
		              !note_verify_hashed(key, run->signed_seq, run->signed_hash, run->sig);
	}
}

static void take_key_line(struct vouching *v, struct bytes line)
{
	struct note_key before = v->key;
	uint64_t        seq;

	if (keys_follow(&v->key, line, &seq))
		journal_prune_ask(v, &before, seq);
}

/*
 * Does a signature by the key then in use confirm the file's last run, and none of its others
 * contradict?
 */
static bool keys_vouch(const struct journal *j, struct log_walk *walk)
{
	struct vouching v = { .walk = walk };
	struct lines   *lines;
	struct piece    piece;
	char            path[1024];

	if (!walk->runs[walk->num_runs - 1].has_signed || keys_root(&j->keys, &v.key) != 0)
		return false;
	segments_keys_path(&j->segments, path);
	/* The part that was read counts, even if it is not the whole file. */
	if (prune_open(path, KEYS_BYTES, &lines) == 0) {
		while (v.num_asked < walk->num_runs && lines_next(lines, &piece)) {
			if (piece.kind == PIECE_LINE)
				take_key_line(&v, piece.line);
		}
		lines_close(lines);
	}
	journal_prune_ask(&v, &v.key, UINT64_MAX);
	return !v.refuted;
}

struct prune_following {
	struct chain    due;
	struct log_walk walk;
};

static bool follow_line(struct prune_following *f, struct bytes line)
{
	bool first = f->walk.num_lines == 0;

	return log_walk_line(&f->walk, line) && f->walk.num_runs == 1 &&
	       (!first || (f->walk.runs[0].first == f->due.seq &&
	                   memcmp(f->walk.begin, f->due.prev, CHAIN_HASH) == 0));
}

/* Does this file continue the one before it? Advances to its end. */
static bool goes_on(struct prune_following *f, const char *path, uint64_t len)
{
	struct lines *lines;
	struct piece  piece;
	bool          good = prune_open(path, len, &lines) == 0;

	if (!good)
		return false;
	memset(&f->walk, 0, sizeof(f->walk));
	while (good && lines_next(lines, &piece))
		good = piece.kind == PIECE_LINE && follow_line(f, piece.line);
	lines_close(lines);
	if (good && f->walk.num_lines > 0)
		f->due = f->walk.next;
	return good;
}

/*
 * Is there an unbroken chain from `due` through these files and the open one to the record written
 * last?
 */
static bool leads_here(struct journal *j, const struct segment *list, size_t num,
                       const struct chain *due)
{
	struct prune_following *f = calloc(1, sizeof(*f));
	struct chain            end;
	char                    path[1024];
	uint64_t                len;
	bool                    leads = f != NULL;

	pthread_mutex_lock(&j->lock);
	len = j->size;
	end = j->chain;
	pthread_mutex_unlock(&j->lock);
	if (f != NULL)
		f->due = *due;
	for (size_t i = 0; i < num && leads; i++) {
		segments_path(&j->segments, list[i].name, path);
		leads = goes_on(f, path, FILE_BYTES);
	}
	leads = leads && goes_on(f, j->path, len) && f->due.seq == end.seq &&
	        memcmp(f->due.prev, end.prev, CHAIN_HASH) == 0;
	free(f);
	return leads;
}

static int write_prune(struct journal *j, int64_t now_us, const struct control_prune *p)
{
	uint8_t        line[RECORD_MAX];
	struct writer  w       = writer_over(line, sizeof(line));
	struct control control = journal_control(j, now_us);

	control_prune(&w, &control, p);
	return journal_write_signed(j, &w);
}

/*
 * One record per run: the records between runs were already missing when the file was written, and
 * must stay visible as missing.
 */
static int delete_file(struct journal *j, const struct segment *s, const struct log_walk *walk,
                       struct control_prune *p, int64_t now_us)
{
	char path[1024];
	int  error = 0;

	for (size_t i = 0; i < walk->num_runs && error == 0; i++) {
		p->first = walk->runs[i].first;
		p->last  = walk->runs[i].last;
		if (walk->runs[i].has_signed)
			error = write_prune(j, now_us, p);
	}
	segments_path(&j->segments, s->name, path);
	if (error == 0 && j->has_mirror)
		error = mirror_forget(&j->mirror, s->name);
	return error == 0 && unlink(path) != 0 ? -errno : error;
}

static int set_aside(struct journal *j, const struct segment *s, uint64_t line, const char *fault)
{
	int error = segments_set_aside(&j->segments, s->name);

	if (error == 0 && j->has_mirror)
		error = mirror_set_aside(&j->mirror, s->name);
	if (error == 0)
		message_limited(&unsound_trouble, MESSAGE_LEVEL_ERROR,
		                "audit log: %s/%s is not as filterd closed it, or not filterd's at "
		                "all: line %llu: %s; set aside as NAME.unsound, and not "
		                "signed for. See who may write there, and what filterctl audit "
		                "verify misses; delete it yourself when that is "
		                "cleared up",
		                j->segments.folder, s->name, (unsigned long long)line, fault);
	return error;
}

enum fate { FATE_KEPT, FATE_LEFT, FATE_DELETED, FATE_SET_ASIDE };

/* A compressed file, but no zlib: others are still pruned. */
static enum fate journal_prune_leave(struct journal *j, const struct segment *s)
{
	if (!j->gzip_told)
		message_warning("audit log: %s/%s is compressed, and this filterd was built "
		                "without zlib: it cannot see what is in it, and never "
		                "deletes it; that is for a person to do",
		                j->segments.folder, s->name);
	j->gzip_told = true;
	return FATE_LEFT;
}

/* Reads the whole file, and its hash; `fault` has the reason if it is not sound. 0 or -errno. */
static int prune_walk(const char *path, struct log_walk *walk, uint8_t hash_out[CHAIN_HASH])
{
	struct lines *lines;
	struct piece  piece;
	int           error = prune_open(path, FILE_BYTES, &lines);

	memset(walk, 0, sizeof(*walk));
	if (error != 0)
		return error;
	lines_want_hash(lines, false);
	while (walk->fault == NULL && error == 0 && lines_next(lines, &piece)) {
		if (piece.kind == PIECE_LINE)
			log_walk_line(walk, piece.line);
		else if (piece.kind == PIECE_LONG)
			walk->fault = "it is longer than any record";
		else
			error = lines->error;
		if (piece.kind == PIECE_LONG)
			walk->num_lines++;
		if (piece.kind == PIECE_PART || error == -EBADMSG || error == -ENODATA)
			walk->fault = "what follows it has no end, or is damaged";
	}
	if (walk->fault == NULL && error == 0 && !lines_hash(lines, hash_out))
		error = -EIO;
	lines_close(lines);
	return walk->fault != NULL ? 0 : error;
}

/*
 * Takes: the file and the following ones; old_us: its last record must be older; INT64_MAX: any
 * time.
 */
static int prune_one(struct journal *j, const struct segment *list, size_t num,
                     struct log_walk *walk, const char *reason, int64_t old_us, int64_t now_us,
                     enum fate *fate_out)
{
	struct control_prune p = { .file = list->name, .reason = reason };
	char                 path[1024];
	int                  error;

	segments_path(&j->segments, list->name, path);
	error     = prune_walk(path, walk, p.hash);
	*fate_out = FATE_LEFT;
	if (error == -ENOTSUP) {
		*fate_out = journal_prune_leave(j, list);
		return 0;
	}
	if (error != 0)
		return error == -ENOENT ? 0 : error;
	if (walk->num_lines == 0 && walk->fault == NULL)
		walk->fault = "it has none";
	else if (walk->fault == NULL && !keys_vouch(j, walk) &&
	         (walk->num_runs > 1 || !leads_here(j, list + 1, num - 1, &walk->next)))
		walk->fault = "no key of this log signed it, nor does the log go on behind it";
	if (walk->fault != NULL) {
		*fate_out = FATE_SET_ASIDE;
		return set_aside(j, list, walk->num_lines, walk->fault);
	}
	/* Anybody can set its time on disk. */
	if (old_us != INT64_MAX && (!walk->has_time || walk->last_us > old_us)) {
		*fate_out = FATE_KEPT;
		return 0;
	}
	*fate_out = FATE_DELETED;
	return delete_file(j, list, walk, &p, now_us);
}

void journal_age_until(struct journal *j, int64_t known_us)
{
	j->age_until_us = known_us;
}

void journal_prune(struct journal *j, int64_t now_us)
{
	const struct journal_options *o    = &j->options;
	struct log_walk              *walk = malloc(sizeof(*walk));
	struct segment               *list = NULL;
	size_t                        num  = 0;
	uint64_t                      sum  = j->size;
	int64_t                       until_us =
                j->age_until_us != 0 && j->age_until_us < now_us ? j->age_until_us : now_us;
	int64_t old_us = o->days > 0 ? until_us - o->days * DAY_US : INT64_MIN;
	int     first_error = walk != NULL ? segments_list(&j->segments, &list, &num) : -ENOMEM;

	for (size_t i = 0; i < num; i++)
		sum += list[i].bytes;
	/* A file that cannot be deleted does not protect the others. */
	for (size_t i = 0; i < num && !journal_is_degraded(j); i++) {
		bool      too_many = o->total_bytes > 0 && sum > o->total_bytes;
		enum fate fate     = FATE_KEPT;
		int       error    = 0;

		if (too_many)
			error = prune_one(j, list + i, num - i, walk, "more bytes than are kept",
			                  INT64_MAX, now_us, &fate);
		else if (list[i].changed_us < old_us)
			error = prune_one(j, list + i, num - i, walk, "older than is kept", old_us,
			                  now_us, &fate);
		if (fate != FATE_KEPT)
			sum -= list[i].bytes;
		first_error = first_error != 0 ? first_error : error;
	}
	free(list);
	free(walk);
	if (first_error != 0)
		message_warning("audit log: an old segment could not be deleted: %s",
		                strerror(-first_error));
}

/* SPDX-License-Identifier: MIT */

/*
 * The log may have been truncated by a crash, or by somebody. Its end is found by the chain and
 * compared with the mark set after the last signed record; the start record has the result.
 */

#include "journal/journal_inside.h"

#include "base/instant.h"
#include "os/files.h"
#include "os/messages.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

static int journal_open_complain(struct problem *problem, int error, const char *path,
                                 const char *more)
{
	if (problem->text[0] == '\0')
		snprintf(problem->text, PROBLEM_MAX, "[audit] file '%.300s': %s%s", path,
		         strerror(-error), more);
	return error;
}

/* Maps the whole open file; an empty file gives no bytes. 0 or -errno. */
static int map_file(int fd, struct bytes *content_out)
{
	struct stat st;
	void       *at;

	*content_out = (struct bytes){ 0 };
	if (fstat(fd, &st) != 0)
		return -errno;
	if (st.st_size == 0)
		return 0;
	at = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
	if (at == MAP_FAILED)
		return -errno;
	*content_out = bytes_of(at, (size_t)st.st_size);
	return 0;
}

static void unmap(struct bytes content)
{
	if (content.len > 0)
		munmap((void *)(uintptr_t)content.at, content.len);
}

static void note_torn(struct journal *j, struct bytes torn)
{
	struct control_torn *t = &j->found.torn;

	if (torn.len == 0)
		return;
	t->len      = torn.len;
	t->head_len = bytes_first(torn, CONTROL_TORN_HEAD).len;
	memcpy(t->head, torn.at, t->head_len);
	if (chain_hash(torn, t->hash) != 0)
		memset(t->hash, 0, CHAIN_HASH);
}

/*
 * Compares the end of the log with the mark. A short log continues after the known record: no
 * number is used twice, and the missing ones stay missing.
 */
static enum previous journal_open_judge(struct journal *j, const struct log_end *end,
                                        const struct mark *mark, bool is_new)
{
	if (is_new)
		return PREVIOUS_NEW;
	if (mark != NULL && j->chain.seq <= mark->seq) {
		j->found.missing_from = j->chain.seq;
		j->found.missing_to   = mark->seq;
		j->chain.seq          = mark->seq + 1;
		memcpy(j->chain.prev, mark->hash, CHAIN_HASH);
		return PREVIOUS_SHORT;
	}
	if (end->knew && !end->agreed)
		return PREVIOUS_FORK;
	if (j->found.torn.len > 0)
		return PREVIOUS_TORN;
	return end->is_stop ? PREVIOUS_CLEAN : PREVIOUS_UNCLEAN;
}

/* A segment was closed, but the daemon ended before renaming its file. */
static int finish_closing(struct journal *j, const struct log_end *end)
{
	char    name[320], path[1024];
	uint8_t hash[CHAIN_HASH];
	int     error;

	segments_name(&j->segments, end->first_seq, end->next.seq - 1, name);
	snprintf(path, sizeof(path), "%s/%s", j->segments.folder, name);
	fchmod(j->fd, 0440);
	if (rename(j->path, path) != 0)
		return -errno;
	close(j->fd);
	j->fd   = journal_open_file(j->path);
	j->size = 0;
	error   = j->fd < 0 ? j->fd : segments_hash(&j->segments, name, hash);
	return error != 0 ? error : segments_sum(&j->segments, name, hash);
}

/* The last key named in the log, in any file; NULL if none is named. */
static const uint8_t *named_last(struct journal *j, const struct log_end *end, bool segment_has,
                                 const uint8_t *of_segment, uint8_t room[NOTE_KEY])
{
	if (end->has_key) {
		if (keys_fit(&j->keys, end->next_key) &&
		    segments_key(&j->segments, end->key_line) != 0)
			message_warning("audit log: the copy of its keys cannot be written");
		return end->next_key;
	}
	if (segment_has)
		return of_segment;
	return segments_last_key(&j->segments, room) == 0 ? room : NULL;
}

/*
 * The log names a key that is not here. If our own key introduced another one, or never signed in
 * this log, then the log cannot be continued. Otherwise somebody without a key forged the line:
 * then the log is continued, because it is evidence against him.
 * Gives:  the last key named in the log without such lines; NULL if none.
 */
static const uint8_t *without_forged(const struct journal *j, const uint8_t *named, bool has_mark,
                                     struct bytes content)
{
	struct bytes copied = { 0 };
	enum passed  passed;

	if (named == NULL || !has_mark || keys_fit(&j->keys, named))
		return named;
	passed = keys_passed(&j->keys, content);
	if (passed == PASSED_NOT && segments_keys(&j->segments, &copied) == 0) {
		passed = keys_passed(&j->keys, copied);
		files_free(copied);
	}
	if (passed == PASSED_AWAY)
		return named;
	message_error("audit log: it hands over to a key that no key of this log signed: somebody "
	              "else wrote in %s",
	              j->path);
	return passed == PASSED_TO_NEXT ? j->keys.next.public : NULL;
}

/*
 * No secret matches the present log, so it cannot be continued: it is moved away completely, and a
 * new one begins.
 */
static int begin_anew(struct journal *j, struct problem *problem)
{
	const char *slash = strrchr(j->path, '/');
	int         error = segments_put_away(&j->segments, slash != NULL ? slash + 1 : j->path);

	if (error != 0)
		return error;
	message_error("audit log: no key matches the log at %s, so it was moved to a folder "
	              "lost-*, and a new log begins",
	              j->path);
	close(j->fd);
	j->fd = journal_open_file(j->path);
	if (j->fd < 0)
		return j->fd;
	j->chain      = (struct chain){ 0 };
	j->size       = 0;
	j->first_seq  = 0;
	j->is_new_key = true;
	j->found      = (struct control_start){ .previous = PREVIOUS_LOST };
	error = keys_make(j->options.keys, j->options.sensor, j->options.seed, &j->keys, problem);
	j->first_key  = j->keys.current;
	return error;
}

/* Begins with the file open and locked, and the keys loaded or made. */
static int find_end(struct journal *j, struct problem *problem)
{
	struct chain   before = { 0 };
	struct mark    mark;
	struct bytes   content;
	struct log_end end;
	uint8_t        of_segment[NOTE_KEY], of_keys[NOTE_KEY];
	const uint8_t *named;
	bool           segment_has = false, has_before, has_mark;
	int            error       = map_file(j->fd, &content);

	if (error != 0)
		return error;
	has_mark   = mark_read(&j->keys, &mark) == 0;
	has_before = segments_end(&j->segments, &before, &segment_has, of_segment) == 0;
	/* If somebody compressed the last segment, the mark also has its end. */
	if (!has_before && has_mark && segments_last(&j->segments) == mark.seq) {
		has_before = true;
		before.seq = mark.seq + 1;
		memcpy(before.prev, mark.hash, CHAIN_HASH);
	}
	error = log_end_find(content, has_before ? &before : NULL, has_mark ? &mark : NULL, &end);
	if (error == 0) {
		j->chain     = end.next;
		j->first_seq = end.has_lines ? end.first_seq : end.next.seq;
		j->size      = end.len;
		note_torn(j, bytes_from(content, end.len));
		named = named_last(j, &end, segment_has, of_segment, of_keys);
		error = keys_settle(&j->keys, without_forged(j, named, has_mark, content));
	}
	unmap(content);
	if (error == -ENOKEY)
		return begin_anew(j, problem);
	if (error == 0 && j->found.torn.len > 0 && ftruncate(j->fd, (off_t)end.len) != 0)
		error = -errno;
	if (error == 0)
		j->found.previous = journal_open_judge(j, &end, has_mark ? &mark : NULL,
		                                       !end.has_lines && !has_before && !has_mark);
	if (error == 0 && end.is_segment)
		error = finish_closing(j, &end);
	j->keys.num_made = 2 + j->chain.seq;    /* fixed keys: use none twice */
	if (error == 0 && (j->size == 0 || !end.has_lines))
		j->first_seq = j->chain.seq;
	return error;
}

static int journal_open_load_keys(struct journal *j, struct problem *problem)
{
	int error = keys_load(j->options.keys, &j->keys, problem);

	if (error == 0 && j->options.seed != NULL) {
		j->keys.is_fixed = true;
		memcpy(j->keys.seed, j->options.seed, NOTE_KEY);
	}
	if (error != -ENOENT)
		return error;
	error = keys_make(j->options.keys, j->options.sensor, j->options.seed, &j->keys, problem);
	j->is_new_key = error == 0;
	j->first_key  = j->keys.current;
	return error;
}

/* Maps a shared file of at least len bytes; NULL on failure. */
static void *map_shared(const char *path, size_t len, int flags)
{
	int   fd = open(path, O_RDWR | O_CLOEXEC | flags, 0600);
	void *at = MAP_FAILED;

	if (fd < 0)
		return NULL;
	if ((flags & O_CREAT) == 0 || ftruncate(fd, (off_t)len) == 0)
		at = mmap(NULL, len, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	close(fd);
	return at == MAP_FAILED ? NULL : at;
}

/* Counts that an earlier process could not write. */
static void find_old_repeats(struct journal *j)
{
	struct stat st;

	if (j->repeats_path[0] == '\0' || stat(j->repeats_path, &st) != 0 || st.st_size == 0)
		return;
	j->old_len    = (size_t)st.st_size;
	j->old_memory = map_shared(j->repeats_path, j->old_len, 0);
	if (j->old_memory != NULL)
		j->old_repeats = repeats_adopt(j->old_memory, j->old_len);
}

/* An empty table instead of an earlier process's. 0 or -errno. */
static int journal_new_repeats(struct journal *j)
{
	char     beside[JOURNAL_PATH_MAX + 8];
	uint64_t seed = 1;

	j->repeats_len = repeats_bytes(j->options.num_repeats);
	if (j->options.seed == NULL && getrandom(&seed, sizeof(seed), 0) < 0)
		return -errno;
	if (j->repeats_path[0] != '\0') {
		snprintf(beside, sizeof(beside), "%s.new", j->repeats_path);
		unlink(beside);
		j->repeats_memory = map_shared(beside, j->repeats_len, O_CREAT | O_EXCL);
		if (j->repeats_memory != NULL && rename(beside, j->repeats_path) != 0)
			return -errno;
		if (j->repeats_memory == NULL)
			message_warning("audit log: '%s': %s; counts of repeated attempts will not "
			                "survive a crash",
			                j->repeats_path, strerror(errno));
	}
	if (j->repeats_memory == NULL)
		j->repeats_memory = mmap(NULL, j->repeats_len, PROT_READ | PROT_WRITE,
		                         MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (j->repeats_memory == MAP_FAILED) {
		j->repeats_memory = NULL;
		return -ENOMEM;
	}
	j->repeats =
		repeats_new(j->repeats_memory, j->options.num_repeats, j->options.window_us, seed);
	/* The log works without it. */
	j->firsts = firsts_new(seed);
	return j->repeats != NULL ? 0 : -ENOMEM;
}

/* After a reboot: the log as last flushed. The mark shows the records lost since. */
static int restore(struct journal *j, struct problem *problem)
{
	int error;

	if (j->options.flush_to == NULL)
		return 0;
	j->has_mirror = true;
	error         = mirror_of(j->path, j->options.flush_to, &j->mirror);
	if (error == 0)
		error = mirror_restore(&j->mirror);
	if (error > 0)
		message_notice("audit log: continues from its copy in %s", j->mirror.copy.folder);
	if (error < 0)
		snprintf(problem->text, PROBLEM_MAX,
		         "[audit] flush-to '%.300s': the log cannot be restored from there: %s",
		         j->options.flush_to, strerror(-error));
	return error < 0 ? error : 0;
}

int journal_open(const struct journal_options *options, struct journal **journal_out,
                 struct problem *problem)
{
	struct journal *j = calloc(1, sizeof(*j));
	int             error;

	problem->text[0] = '\0';
	if (j == NULL)
		return journal_open_complain(problem, -ENOMEM, options->path, "");
	j->options = *options;
	j->state   = STATE_ENFORCING;
	snprintf(j->path, sizeof(j->path), "%s", options->path);
	if (options->repeats != NULL)
		snprintf(j->repeats_path, sizeof(j->repeats_path), "%s", options->repeats);
	pthread_mutex_init(&j->lock, NULL);
	pthread_mutex_init(&j->leases_lock, NULL);
	error = segments_of(options->path, &j->segments);
	if (error == 0)
		error = restore(j, problem);
	j->fd = error;
	if (error == 0)
		error = j->fd = journal_open_file(options->path);
	if (j->fd >= 0)
		error = journal_open_load_keys(j, problem);
	if (error == 0)
		error = find_end(j, problem);
	if (error != 0) {
		journal_close(j);
		return journal_open_complain(problem, error, options->path,
		                             error == -EWOULDBLOCK
		                                     ? "; another filterd is writing to it"
		                                     : "");
	}
	find_old_repeats(j);
	*journal_out = j;
	return 0;
}

void journal_close(struct journal *j)
{
	if (j->fd >= 0)
		close(j->fd);
	repeats_free(j->repeats);
	repeats_free(j->old_repeats);
	firsts_free(j->firsts);
	if (j->repeats_memory != NULL)
		munmap(j->repeats_memory, j->repeats_len);
	if (j->old_memory != NULL)
		munmap(j->old_memory, j->old_len);
	keys_forget(&j->keys);
	pthread_mutex_destroy(&j->lock);
	pthread_mutex_destroy(&j->leases_lock);
	free(j);
}

/* Once the record is on disk, the new key is in use. */
static int write_start(struct journal *j, struct control_start *s, int64_t now_us)
{
	uint8_t              line[RECORD_MAX];
	struct writer        w       = writer_over(line, sizeof(line));
	struct control       control = journal_control(j, now_us);
	struct signed_record done;
	int                  error = keys_prepare(&j->keys);

	if (error != 0)
		return error;
	s->log_id   = keys_log_id(&j->keys);
	s->key      = j->keys.current.public;
	s->next_key = j->keys.next.public;
	control_start(&w, &control, s);
	pthread_mutex_lock(&j->lock);
	error = journal_sign(j, &w, &done);
	pthread_mutex_unlock(&j->lock);
	if (error == 0)
		error = journal_make_durable(j, &done);
	if (error == 0)
		error = segments_key(&j->segments, writer_written(&w));
	if (error == 0)
		journal_flush(j);
	return error != 0 ? error : keys_hand_over(&j->keys);
}

int journal_start(struct journal *j, int64_t now_us, const struct control_start *start)
{
	struct control_start s = *start;
	int                  error;

	s.previous     = j->found.previous;
	s.torn         = j->found.torn;
	s.missing_from = j->found.missing_from;
	s.missing_to   = j->found.missing_to;
	s.carried      = j->old_repeats != NULL ? repeats_pending(j->old_repeats) : 0;
	j->carried     = s.carried;
	j->state       = s.standing.state;
	j->day         = instant_days(now_us);
	/*
	 * On a full disk the start record uses the reserve; the first check of the disk restores
	 * it, or reports why not.
	 */
	journal_release_reserve(j);
	error = write_start(j, &s, now_us);
	if (error == 0 && j->old_repeats != NULL)
		error = journal_write_repeats(j, j->old_repeats, now_us, true);
	/* The old table is removed only now, after all its counts are written. */
	return error != 0 ? error : journal_new_repeats(j);
}

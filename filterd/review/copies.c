/* SPDX-License-Identifier: MIT */

/*
 * Sorted by number, with what is there twice taken out, a log is mostly one line a number; then there is nothing to do. Only where two
 * different records claim a number, or a gateway has more than one log, every line is hashed and threads are followed.
 */

#include "review/copies.h"

#include "audit/log_end.h"
#include "review/entry.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define NONE      UINT32_MAX
#define AT_ONCE   64            /* different records of one number that are looked at; more of them are never taken for the log's */
#define KEYS_MAX  65536         /* keys by which logs of one gateway are told apart */

struct bytes copies_sensor(struct bytes line)
{
	static const char ours[] = ",\"filterd\":{", title[] = ",\"host\":\"";
	const uint8_t *behind = line.len > 0 ? memmem(line.at, line.len, ours, strlen(ours)) : NULL, *at, *end;
	struct bytes   before = bytes_first(line, behind != NULL ? (size_t)(behind - line.at) : 0);

	if (before.len == 0 || (at = memmem(before.at, before.len, title, strlen(title))) == NULL)
		return (struct bytes){ 0 };
	at += strlen(title);
	for (end = at; end < behind && *end != '"'; end++)
		end += *end == '\\' && end + 1 < behind;
	return end < behind ? bytes_of(at, (size_t)(end - at)) : (struct bytes){ 0 };
}

static int grow(void **list, size_t *room, size_t num, size_t bytes)
{
	size_t more = *room > 0 ? 2 * *room : 256;
	void  *new;

	if (num < *room)
		return 0;
	new = reallocarray(*list, more, bytes);
	if (new == NULL)
		return -ENOMEM;
	*list = new;
	*room = more;
	return 0;
}

int copies_add(struct copies *c, const struct copy *line)
{
	void  *list  = line->is_key ? c->keys : c->list;
	int    error = line->is_key ? grow(&list, &c->room_keys, c->num_keys, sizeof(*line)) :
	                              grow(&list, &c->room, c->num, sizeof(*line));

	*(line->is_key ? &c->keys : &c->list) = list;
	if (error == 0)
		((struct copy *)list)[line->is_key ? c->num_keys++ : c->num++] = *line;
	return error;
}

void copies_free(struct copies *c)
{
	free(c->list);
	free(c->keys);
	free(c->threads);
	*c = (struct copies){ .sensor = c->sensor };
}

static struct bytes line_of(struct bytes text, const struct copy *c)
{
	return c->is_broken ? (struct bytes){ 0 } : bytes_first(bytes_from(text, c->at), c->len);
}

static struct bytes whole_line_of(struct bytes text, const struct copy *c)
{
	return bytes_first(bytes_from(text, c->at), (size_t)c->len + 1);
}

/* By number, then as they came. */
static int compare(const void *left, const void *right)
{
	const struct copy *a = left, *b = right;

	if (a->seq != b->seq)
		return a->seq > b->seq ? 1 : -1;
	return (a->at > b->at) - (a->at < b->at);
}

static void sort(struct copy *list, size_t num)
{
	size_t i = 1;

	while (i < num && compare(&list[i - 1], &list[i]) <= 0)
		i++;
	if (i < num)
		qsort(list, num, sizeof(*list), compare);
}

/* Those of the same number. */
static size_t group_end(const struct copies *c, size_t begin)
{
	size_t end = begin;

	while (end < c->num && c->list[end].seq == c->list[begin].seq)
		end++;
	return end;
}

/* Is the same line among those from..to, the last AT_ONCE of them? */
static bool is_there(const struct copies *c, size_t from, size_t to, struct bytes text, const struct copy *line)
{
	for (size_t i = to; i > from && to - i < AT_ONCE; i--) {
		const struct copy *other = &c->list[i - 1];

		if (!other->is_broken && other->len == line->len && other->has_newline == line->has_newline &&
		    bytes_equal(line_of(text, other), line_of(text, line)))
			return true;
	}
	return false;
}

/* Half a line, as a copy has it that was made while filterd wrote it: is it there whole, among those of the next number? */
static bool is_half(const struct copies *c, size_t next, struct bytes text, const struct copy *line)
{
	size_t end = group_end(c, next);

	for (size_t i = next; i < end && i - next < AT_ONCE; i++) {
		if (c->list[i].len >= line->len && bytes_equal(line_of(text, line), bytes_first(line_of(text, &c->list[i]), line->len)))
			return true;
	}
	return false;
}

/* Gives: do two different records claim a number? */
static bool take_out_twins(struct copies *c, struct bytes text)
{
	size_t kept  = 0;
	bool   claim = false;

	for (size_t i = 0; i < c->num;) {
		size_t end = group_end(c, i), begin = kept, records = 0;

		for (; i < end; i++) {
			struct copy line = c->list[i];

			if (!line.is_broken && (is_there(c, begin, kept, text, &line) || (!line.has_newline && is_half(c, end, text, &line)))) {
				c->num_twice++;
				continue;
			}
			records += line.is_record;
			c->list[kept++] = line;
		}
		claim |= records > 1;
	}
	c->num = kept;
	return claim;
}

/* --- which logs there are --- */

struct known_key {
	uint8_t  id[CHAIN_KEYID];
	uint32_t log;
};

struct telling {
	struct copies    *copies;
	struct bytes      text;
	struct known_key *keys;         /* sorted by id, once all are there */
	size_t            num_keys, room_keys;
	uint32_t          candidates[AT_ONCE], now[AT_ONCE];    /* threads that end with the number before, and with this one */
	size_t            num_candidates, num_now;
	uint32_t          last_known;   /* the log of the last thread whose log is known */
};

static uint32_t log_number(struct copies *c, struct bytes id)
{
	size_t log = 0;

	while (log < c->num_logs && !bytes_equal(id, bytes_text(c->logs[log])))
		log++;
	if (log == COPIES_LOGS)
		return COPIES_LOGS - 1;
	if (log == c->num_logs) {
		memcpy(c->logs[log], id.at, id.len);
		c->logs[log][id.len] = '\0';
		c->num_logs++;
	}
	return (uint32_t)log;
}

/* The id that a start or a segment names; empty for any other line. */
static struct bytes named_log(struct bytes line, uint8_t next_key[NOTE_KEY])
{
	struct entry e;

	if (!log_line_next_key(line, next_key) || entry_read(line, &e) != PARSE_OK || e.log.len != COPIES_LOG ||
	    memchr(e.log.at, '\\', e.log.len) != NULL)
		return (struct bytes){ 0 };
	return e.log;
}

static int know_key(struct telling *t, uint32_t log, const uint8_t public[NOTE_KEY])
{
	struct note_key key;
	struct writer   w    = writer_over(key.origin, ORIGIN_MAX);
	void           *list = t->keys;

	write_bytes(&w, t->copies->sensor);
	write_text(&w, "/filterd/");
	write_text(&w, t->copies->logs[log]);
	if (w.full || t->num_keys >= KEYS_MAX)
		return 0;
	key.origin[w.len] = '\0';
	memcpy(key.public, public, NOTE_KEY);
	if (grow(&list, &t->room_keys, t->num_keys, sizeof(*t->keys)) != 0)
		return -ENOMEM;
	t->keys = list;
	t->keys[t->num_keys].log = log;
	return note_key_id(&key, t->keys[t->num_keys++].id);
}

/* Takes: a line that may be a start or a segment. */
static int learn(struct telling *t, struct bytes line)
{
	uint8_t      key[NOTE_KEY], next_key[NOTE_KEY];
	struct bytes id = named_log(line, next_key);
	uint32_t     log;
	int          error;

	if (id.len == 0)
		return 0;
	log   = log_number(t->copies, id);
	error = know_key(t, log, next_key);
	if (error == 0 && log_line_key(line, key))
		error = know_key(t, log, key);
	return error;
}

static int by_id(const void *left, const void *right)
{
	const struct known_key *a = left, *b = right;

	return memcmp(a->id, b->id, CHAIN_KEYID);
}

static int learn_all(struct telling *t)
{
	int error = 0;

	for (size_t i = 0; i < t->copies->num_keys && error == 0; i++)
		error = learn(t, line_of(t->text, &t->copies->keys[i]));
	for (size_t i = 0; i < t->copies->num && error == 0; i++) {
		if (t->copies->list[i].is_signed)
			error = learn(t, line_of(t->text, &t->copies->list[i]));
	}
	if (t->num_keys > 0)
		qsort(t->keys, t->num_keys, sizeof(*t->keys), by_id);
	return error;
}

/* --- threads --- */

static uint32_t log_of_record(const struct telling *t, struct bytes line, const struct line_end *end)
{
	struct known_key        wanted;
	const struct known_key *found;
	uint8_t                 next_key[NOTE_KEY];
	struct bytes            id;

	if (!end->is_signed)
		return NONE;
	id = named_log(line, next_key);
	if (id.len > 0)
		return log_number(t->copies, id);
	memcpy(wanted.id, end->key_id, CHAIN_KEYID);
	found = t->num_keys > 0 ? bsearch(&wanted, t->keys, t->num_keys, sizeof(wanted), by_id) : NULL;
	return found != NULL ? found->log : NONE;
}

/* Which of the threads that end with the number before does this record hang on? */
static uint32_t thread_before(const struct telling *t, const struct line_end *end)
{
	for (size_t i = 0; i < t->num_candidates; i++) {
		if (memcmp(t->copies->threads[t->candidates[i]].head, end->prev, CHAIN_HASH) == 0)
			return t->candidates[i];
	}
	return NONE;
}

static int begin_thread(struct telling *t, uint64_t seq, uint32_t from, uint32_t *out)
{
	struct copies *c     = t->copies;
	void          *list  = c->threads;
	int            error = c->num_threads < NONE - 1 ? grow(&list, &c->room_threads, c->num_threads, sizeof(*c->threads)) : -ENOMEM;

	if (error != 0)
		return error;
	c->threads = list;
	*out       = (uint32_t)c->num_threads++;
	c->threads[*out] = (struct copies_thread){ .first = seq, .last = seq, .log = NONE, .from = from };
	return 0;
}

/* A record goes to the thread it hangs on, or begins one. */
static int take_record(struct telling *t, struct copy *r, const struct line_end *end, const uint8_t hash[CHAIN_HASH])
{
	struct copies        *c      = t->copies;
	uint32_t              before = thread_before(t, end), log = log_of_record(t, line_of(t->text, r), end);
	struct copies_thread *thread;
	int                   error  = 0;

	r->thread = before;
	if (before == NONE || c->threads[before].last == r->seq)
		error = begin_thread(t, r->seq, before, &r->thread);
	if (error != 0)
		return error;
	thread       = &c->threads[r->thread];
	thread->last = r->seq;
	thread->num++;
	memcpy(thread->head, hash, CHAIN_HASH);
	if (thread->log == NONE)
		thread->log = log;
	if (t->num_now < AT_ONCE)
		t->now[t->num_now++] = r->thread;
	return 0;
}

static bool has_next(const struct copies *c, struct bytes text, size_t next, const uint8_t hash[CHAIN_HASH])
{
	for (size_t i = next; i < c->num && c->list[i].seq == c->list[next].seq && i - next < AT_ONCE; i++) {
		struct line_end end;

		if (c->list[i].is_record && line_end_read(line_of(text, &c->list[i]), &end) == PARSE_OK &&
		    memcmp(end.prev, hash, CHAIN_HASH) == 0)
			return true;
	}
	return false;
}

/* Those of one number: first the ones that another hangs on, so that a thread goes on with them. */
static int take_group(struct telling *t, size_t begin, size_t end)
{
	struct copies *c = t->copies;
	size_t         records = 0;

	for (size_t i = begin; i < end; i++)
		records += c->list[i].is_record;
	for (int round = 0; round < 2; round++) {
		for (size_t i = begin; i < end; i++) {
			struct copy    *r = &c->list[i];
			struct line_end line_end;
			uint8_t         hash[CHAIN_HASH];
			bool            late;
			int             error;

			if (!r->is_record || line_end_read(line_of(t->text, r), &line_end) != PARSE_OK)
				continue;
			if (chain_hash(whole_line_of(t->text, r), hash) != 0)
				return -EIO;
			late = records > 1 && !has_next(c, t->text, end, hash);
			if (late != (round == 1))
				continue;
			error = take_record(t, r, &line_end, hash);
			if (error != 0)
				return error;
		}
		if (records <= 1 && round == 0)
			break;
	}
	return 0;
}

static int follow(struct telling *t)
{
	struct copies *c     = t->copies;
	int            error = 0;

	for (size_t i = 0; i < c->num && error == 0;) {
		size_t end = group_end(c, i);

		if (i > 0 && c->list[i].seq != c->list[i - 1].seq + 1)
			t->num_candidates = 0;
		t->num_now = 0;
		error      = take_group(t, i, end);
		memcpy(t->candidates, t->now, sizeof(t->now));
		t->num_candidates = t->num_now;
		i = end;
	}
	return error;
}

/* Threads that nothing signed says it of are of the log that they branch off, or of the one that was last written to. */
static void name_threads(struct telling *t)
{
	struct copies *c = t->copies;

	for (size_t i = 0; i < c->num_threads; i++) {
		struct copies_thread *thread = &c->threads[i];

		if (thread->log == NONE && thread->from != NONE)
			thread->log = c->threads[thread->from].log;
		if (thread->log == NONE)
			thread->log = t->last_known;
		t->last_known = thread->log;
	}
}

/* What is no record goes with the record before it. */
static void place_others(struct copies *c)
{
	uint32_t thread = 0;

	for (size_t i = 0; i < c->num; i++) {
		if (c->list[i].is_record)
			thread = c->list[i].thread;
		else
			c->list[i].thread = thread;
	}
}

static bool is_better(const struct copies *c, const struct copy *a, const struct copy *b)
{
	return c->threads[a->thread].num > c->threads[b->thread].num;
}

/* The record of this log that stands for its number: that of the longest thread. */
static const struct copy *chosen(const struct copies *c, size_t begin, size_t end, uint32_t log)
{
	const struct copy *best = NULL;

	for (size_t i = begin; i < end && i - begin < AT_ONCE; i++) {
		const struct copy *r = &c->list[i];

		if (r->is_record && c->threads[r->thread].log == log && (best == NULL || is_better(c, r, best)))
			best = r;
	}
	return best;
}

static void count_lost(struct copies *c)
{
	for (size_t i = 0; i < c->num;) {
		size_t end = group_end(c, i), begin = i;

		for (; i < end; i++) {
			struct copy          *r      = &c->list[i];
			struct copies_thread *thread = &c->threads[r->thread];

			if (!r->is_record || end - begin == 1 || chosen(c, begin, end, thread->log) == r)
				continue;
			thread->lost_from = thread->num_lost == 0 ? r->seq : thread->lost_from;
			thread->lost_to   = r->seq;
			thread->num_lost++;
		}
	}
}

int copies_sort(struct copies *c, struct bytes text)
{
	struct telling t = { .copies = c, .text = text };
	bool           claim;
	int            error;

	sort(c->keys, c->num_keys);
	sort(c->list, c->num);
	claim = take_out_twins(c, text);
	error = learn_all(&t);
	if (error == 0 && (claim || c->num_logs > 1)) {
		error = follow(&t);
		if (error == 0 && c->num_threads > 0) {
			name_threads(&t);
			place_others(c);
			count_lost(c);
		}
	}
	free(t.keys);
	return error;
}

size_t copies_num_logs(const struct copies *c)
{
	return c->num_logs > 0 ? c->num_logs : 1;
}

const char *copies_log(const struct copies *c, size_t log)
{
	return log < c->num_logs ? c->logs[log] : "";
}

static void give_keys(const struct copies *c, size_t log, struct bytes text, const struct copies_sink *sink)
{
	for (size_t i = 0; i < c->num_keys; i++) {
		uint8_t      next_key[NOTE_KEY];
		struct bytes line = line_of(text, &c->keys[i]), id = named_log(line, next_key);

		if (id.len > 0 && bytes_equal(id, bytes_text(copies_log(c, log))))
			sink->key(sink->owner, line);
	}
}

static void give_one(const struct copy *r, struct bytes text, const struct copies_sink *sink)
{
	if (r->is_broken)
		sink->broken(sink->owner, r->at);
	else
		sink->line(sink->owner, line_of(text, r), r->has_newline);
}

static void give_lines(const struct copies *c, uint32_t log, struct bytes text, const struct copies_sink *sink)
{
	for (size_t i = 0; i < c->num;) {
		size_t             end  = group_end(c, i), begin = i;
		const struct copy *best = c->threads != NULL ? chosen(c, begin, end, log) : NULL;

		for (; i < end; i++) {
			const struct copy *r = &c->list[i];

			if (c->threads == NULL || best == r || (!r->is_record && c->threads[r->thread].log == log))
				give_one(r, text, sink);
		}
	}
}

void copies_give(const struct copies *c, size_t log, struct bytes text, const struct copies_sink *sink)
{
	give_keys(c, log, text, sink);
	give_lines(c, (uint32_t)log, text, sink);
	for (size_t i = 0; i < c->num_threads; i++) {
		const struct copies_thread *thread = &c->threads[i];

		if (thread->log == log && thread->num_lost > 0)
			sink->rival(sink->owner, thread->lost_from, thread->lost_to, thread->num_lost, thread->num_lost > 1);
	}
}


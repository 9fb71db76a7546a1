/* SPDX-License-Identifier: MIT */

/* Hashes every line and follows the threads, number by number. */

#include "log/chains.h"

#include "base/list.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define NONE UINT32_MAX

/* Threads that end with the number before, and with this one. */
struct follow {
	struct chains *chains;
	uint32_t       before[COPIES_AT_ONCE], now[COPIES_AT_ONCE];
	uint8_t        heads[COPIES_AT_ONCE][CHAIN_HASH];      /* of those before */
	size_t         num_before, num_now;
};

static int learn_ids(struct chains *ch)
{
	const struct copies *c     = ch->copies;
	int                  error = 0;

	for (size_t i = 0; i < c->num_keys && error == 0; i++)
		error = log_ids_learn(&ch->ids, copies_line(c, &c->keys[i]));
	for (size_t i = 0; i < c->num && error == 0; i++) {
		if (c->list[i].is_signed)
			error = log_ids_learn(&ch->ids, copies_line(c, &c->list[i]));
	}
	log_ids_sort(&ch->ids);
	return error;
}

/* --- which record follows which --- */

/* Which of the threads that end with the previous number does this record continue? */
static uint32_t thread_before(const struct follow *f, const struct line_end *end)
{
	for (size_t i = 0; i < f->num_before; i++) {
		if (memcmp(f->heads[i], end->prev, CHAIN_HASH) == 0)
			return f->before[i];
	}
	return NONE;
}

static int begin_thread(struct chains *ch, uint32_t from, uint32_t *out)
{
	if (ch->num_threads == NONE || !list_has_room(&ch->threads, ch->num_threads,
	                                              &ch->room_threads, sizeof(*ch->threads)))
		return -ENOMEM;
	*out = (uint32_t)ch->num_threads++;
	ch->threads[*out] = (struct chains_thread){ .log = LOG_UNKNOWN, .from = from };
	return 0;
}

/* A record either continues a thread or begins one. */
static int chains_take_record(struct follow *f, size_t at, const struct line_end *end,
                              const uint8_t hash[CHAIN_HASH])
{
	struct chains        *ch     = f->chains;
	const struct copy    *r      = &ch->copies->list[at];
	uint32_t              before = thread_before(f, end), number = before;
	struct chains_thread *thread;

	if (before == NONE || ch->threads[before].last == r->seq) {
		int error = begin_thread(ch, before, &number);

		if (error != 0)
			return error;
	}
	ch->thread_of[at] = number;
	thread            = &ch->threads[number];
	thread->last      = r->seq;
	thread->num++;
	memcpy(thread->head, hash, CHAIN_HASH);
	if (thread->log == LOG_UNKNOWN)
		thread->log = log_ids_of(&ch->ids, copies_line(ch->copies, r), end);
	if (f->num_now < COPIES_AT_ONCE)
		f->now[f->num_now++] = number;
	return 0;
}

static bool has_next(const struct copies *c, size_t next, const uint8_t hash[CHAIN_HASH])
{
	for (size_t i = next;
	     i < c->num && c->list[i].seq == c->list[next].seq && i - next < COPIES_AT_ONCE; i++) {
		struct line_end end;

		if (c->list[i].is_record &&
		    line_end_read(copies_line(c, &c->list[i]), &end) == PARSE_OK &&
		    memcmp(end.prev, hash, CHAIN_HASH) == 0)
			return true;
	}
	return false;
}

static struct bytes with_newline(const struct copies *c, const struct copy *r)
{
	return bytes_first(bytes_from(c->text, r->at), (size_t)r->len + 1);
}

/*
 * Records of one number: first those that continue a thread, and of these first the ones that
 * another record follows. So threads continue with those, however many other records claim the
 * place.
 */
static int take_group(struct follow *f, size_t begin, size_t end)
{
	const struct copies *c       = f->chains->copies;
	size_t               records = 0;

	for (size_t i = begin; i < end; i++)
		records += c->list[i].is_record;
	for (int round = 0; round < (records > 1 ? 4 : 1); round++) {
		for (size_t i = begin; i < end; i++) {
			const struct copy *r = &c->list[i];
			struct line_end    line_end;
			uint8_t            hash[CHAIN_HASH];
			int                rank = 0, error;

			if (!r->is_record ||
			    line_end_read(copies_line(c, r), &line_end) != PARSE_OK)
				continue;
			if (records > 1 && thread_before(f, &line_end) == NONE)
				rank = 2;
			if (rank > round)
				continue;
			if (chain_hash(with_newline(c, r), hash) != 0)
				return -EIO;
			rank += records > 1 && !has_next(c, end, hash);
			if (rank != round)
				continue;
			error = chains_take_record(f, i, &line_end, hash);
			if (error != 0)
				return error;
		}
	}
	return 0;
}

static int follow_all(struct chains *ch)
{
	const struct copies *c     = ch->copies;
	struct follow        f     = { .chains = ch };
	int                  error = 0;

	for (size_t i = 0; i < c->num && error == 0;) {
		size_t end = copies_group_end(c, i);

		if (i > 0 && c->list[i].seq != c->list[i - 1].seq + 1)
			f.num_before = 0;
		f.num_now = 0;
		error     = take_group(&f, i, end);
		memcpy(f.before, f.now, sizeof(f.now));
		f.num_before = f.num_now;
		for (size_t k = 0; k < f.num_before; k++)
			memcpy(f.heads[k], ch->threads[f.before[k]].head, CHAIN_HASH);
		i = end;
	}
	return error;
}

/* --- the log of each thread, and the record chosen for each number --- */

/*
 * Threads without a signed record belong to the log that they branch off, or to the one last
 * written.
 */
static void name_threads(struct chains *ch)
{
	uint32_t last = 0;

	for (size_t i = 0; i < ch->num_threads; i++) {
		struct chains_thread *thread = &ch->threads[i];

		if (thread->log == LOG_UNKNOWN && thread->from != NONE)
			thread->log = ch->threads[thread->from].log;
		if (thread->log == LOG_UNKNOWN)
			thread->log = last;
		last = thread->log;
	}
}

/* A line that is not a record belongs to the record before it. */
static void place_others(struct chains *ch)
{
	uint32_t thread = 0;

	for (size_t i = 0; i < ch->copies->num; i++) {
		if (ch->copies->list[i].is_record)
			thread = ch->thread_of[i];
		else
			ch->thread_of[i] = thread;
	}
}

static struct chains_thread *thread_at(const struct chains *ch, size_t at)
{
	return &ch->threads[ch->thread_of[at]];
}

/*
 * The place of the record chosen for this number in the log: that of the longest thread. SIZE_MAX:
 * the log has none.
 */
static size_t chosen(const struct chains *ch, size_t begin, size_t end, uint32_t log)
{
	size_t best = SIZE_MAX;

	for (size_t i = begin; i < end; i++) {
		if (ch->copies->list[i].is_record && thread_at(ch, i)->log == log &&
		    !thread_at(ch, i)->is_noise &&
		    (best == SIZE_MAX || thread_at(ch, i)->num > thread_at(ch, best)->num))
			best = i;
	}
	return best;
}

static void count_lost(struct chains *ch)
{
	const struct copies *c = ch->copies;

	for (size_t i = 0; i < c->num;) {
		size_t   end = copies_group_end(c, i), begin = i, best = SIZE_MAX;
		uint32_t log = LOG_UNKNOWN;

		for (; i < end; i++) {
			struct chains_thread *thread = thread_at(ch, i);

			if (!c->list[i].is_record || end - begin == 1 || thread->is_noise)
				continue;
			if (thread->log != log) {
				log  = thread->log;
				best = chosen(ch, begin, end, log);
			}
			if (best == i)
				continue;
			thread->lost_from =
				thread->num_lost == 0 ? c->list[i].seq : thread->lost_from;
			thread->lost_to   = c->list[i].seq;
			thread->num_lost++;
		}
	}
}

static int tell_apart(struct chains *ch)
{
	int error;

	ch->thread_of = calloc(ch->copies->num, sizeof(*ch->thread_of));
	if (ch->thread_of == NULL)
		return -ENOMEM;
	error = follow_all(ch);
	if (error != 0 || ch->num_threads == 0)
		return error;
	name_threads(ch);
	place_others(ch);
	count_lost(ch);
	return 0;
}

int chains_tell(struct chains *ch, const struct copies *copies)
{
	int error;

	*ch   = (struct chains){ .copies = copies, .ids = { .sensor = copies->sensor } };
	error = learn_ids(ch);
	if (error == 0 && copies->num > 0)
		error = tell_apart(ch);
	if (error != 0)
		chains_free(ch);
	return error;
}

void chains_free(struct chains *ch)
{
	log_ids_free(&ch->ids);
	free(ch->threads);
	free(ch->thread_of);
	*ch = (struct chains){ .copies = ch->copies };
}

/* --- output to the reader --- */

size_t chains_num_logs(const struct chains *ch)
{
	return ch->ids.num > 0 ? ch->ids.num : 1;
}

const char *chains_log(const struct chains *ch, size_t log)
{
	return log < ch->ids.num ? ch->ids.list[log] : "";
}

/* Half a line at the very end: it was copied while filterd was writing it. */
static bool is_noise(const struct chains *ch, size_t at)
{
	const struct copy *line = &ch->copies->list[at];

	if (line->is_record)
		return thread_at(ch, at)->is_noise;
	return line->is_broken || line->has_newline || at + 1 < ch->copies->num;
}

void chains_sifted(struct chains *ch, size_t log)
{
	for (size_t i = 0; i < ch->num_threads; i++)
		ch->threads[i].num_lost = 0;
	count_lost(ch);
	ch->is_sifted = true;
	ch->num_noise = 0;
	for (size_t i = 0; i < ch->copies->num; i++)
		ch->num_noise += thread_at(ch, i)->log == log && is_noise(ch, i);
}

void chains_begin(struct chains *ch, size_t log)
{
	ch->log = (uint32_t)log;
	ch->key = ch->line = ch->thread = ch->group_end = 0;
}

static bool next_key(struct chains *ch, struct piece *out)
{
	while (ch->key < ch->copies->num_keys) {
		struct bytes line = copies_line(ch->copies, &ch->copies->keys[ch->key++]);

		*out = (struct piece){ .kind = PIECE_KEY, .line = line };
		if (log_ids_is_named(&ch->ids, ch->log, line))
			return true;
	}
	return false;
}

static bool chains_next_line(struct chains *ch, struct piece *out)
{
	const struct copies *c = ch->copies;

	while (ch->line < c->num) {
		size_t             at = ch->line++;
		const struct copy *r  = &c->list[at];

		if (at == ch->group_end) {
			ch->group_end = copies_group_end(c, at);
			ch->best      = ch->threads != NULL
			                        ? chosen(ch, at, ch->group_end, ch->log)
			                        : SIZE_MAX;
		}
		if ((ch->is_sifted && is_noise(ch, at)) ||
		    (ch->threads != NULL && ch->best != at &&
		     (r->is_record || thread_at(ch, at)->log != ch->log)))
			continue;
		*out = (struct piece){ .kind = r->is_broken     ? PIECE_LONG
		                               : r->has_newline ? PIECE_LINE
		                                                : PIECE_PART,
		                       .line = copies_line(c, r) };
		if (r->is_broken)
			memcpy(&out->num, c->text.at + r->at, sizeof(out->num));
		return true;
	}
	return false;
}

bool chains_next(struct chains *ch, struct piece *out)
{
	if (next_key(ch, out) || chains_next_line(ch, out))
		return true;
	while (ch->thread < ch->num_threads) {
		const struct chains_thread *t = &ch->threads[ch->thread++];

		*out = (struct piece){ .kind = PIECE_RIVAL, .from = t->lost_from,
		                       .to = t->lost_to, .num = t->num_lost };
		if (t->log == ch->log && t->num_lost > 0)
			return true;
	}
	return false;
}

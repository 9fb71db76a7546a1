/* SPDX-License-Identifier: MIT */

/*
 * A gathering is a buffer, the length of its gapless beginning, and a bitmap of the bytes known
 * beyond that. In order, the usual case, a segment is one memcpy and the bitmap is never touched.
 * Beyond a gap the bitmap is read and written 64 bits at a time: browsers send the hello of QUIC in
 * pieces of any order. A bitmap has no limit on the number of gaps, so a stream in one-byte
 * segments in random order costs no more than any other.
 */

#include "flow/gather.h"

#include "base/table.h"

#include <endian.h>
#include <stdlib.h>
#include <string.h>

#define COPIED_AT_ONCE 1024             /* bytes */

#define WORD 64                         /* bits of known[] handled together */

struct body {
	uint8_t  bytes[GATHER_MAX];
	/* bits, valid only from prefix on; all 0 when free */
	uint64_t known[GATHER_MAX / WORD];
};

/* Apart from its bytes: the headers of all gatherings lie together, and stay in the cache. */
struct gather {
	struct gather **owner;          /* first: the table's key; one gathering each */
	struct body    *body;
	uint32_t        first_seq;      /* of bytes[0] */
	uint32_t        prefix;         /* bytes known without a gap */
	uint32_t        highest;        /* one after the last byte known */
	uint32_t        num_early;      /* segments that came before earlier bytes */
	bool            anchored;
};

struct gather_pool {
	struct table *gathers;
	struct body  *bodies;           /* one for each */
};

/* Only bits at and beyond prefix can be set. */
static void forget_known(struct gather *g)
{
	if (g->highest > g->prefix)
		memset(g->body->known + g->prefix / WORD, 0,
		       ((g->highest + WORD - 1) / WORD - g->prefix / WORD) *
		               sizeof(*g->body->known));
}

static void gather_leave(void *owner, void *item)
{
	struct gather *g = item;

	(void)owner;
	forget_known(g);
	*g->owner = NULL;
}

struct gather_pool *gather_pool_new(size_t num_gathers)
{
	struct gather_pool *pool = calloc(1, sizeof(*pool));

	if (pool == NULL)
		return NULL;
	num_gathers   = num_gathers > 0 ? num_gathers : 1;
	pool->gathers = table_new(num_gathers, sizeof(struct gather), sizeof(struct gather **), 0,
	                          gather_leave, NULL);
	pool->bodies  = calloc(num_gathers, sizeof(*pool->bodies));
	if (pool->gathers == NULL || pool->bodies == NULL) {
		gather_pool_free(pool);
		return NULL;
	}
	return pool;
}

void gather_pool_free(struct gather_pool *pool)
{
	if (pool == NULL)
		return;
	table_free(pool->gathers);
	free(pool->bodies);
	free(pool);
}

uint64_t gather_pool_evicted(const struct gather_pool *pool)
{
	return table_evicted(pool->gathers);
}

struct gather *gather_take(struct gather_pool *pool, struct gather **owner, uint64_t share,
                           uint32_t first_seq, bool anchored)
{
	struct gather *g = table_add_of(pool->gathers, &owner, share);

	g->body      = &pool->bodies[table_place(pool->gathers, g)];
	g->first_seq = first_seq;
	g->anchored  = anchored;
	*owner       = g;
	return g;
}

void gather_put(struct gather_pool *pool, struct gather **owner)
{
	if (*owner != NULL)
		table_remove(pool->gathers, *owner);
}

static bool is_known(const struct gather *g, uint32_t at)
{
	return at < g->prefix || (g->body->known[at / WORD] >> at % WORD & 1);
}

static void clear_known(struct gather *g, uint32_t at)
{
	g->body->known[at / WORD] &= ~(UINT64_C(1) << at % WORD);
}

/* The bits in known[at] for bytes `from` to before `to`. */
static uint64_t bits_at(uint32_t at, uint32_t from, uint32_t to)
{
	uint64_t bits = UINT64_MAX;

	if (at == from / WORD)
		bits &= UINT64_MAX << from % WORD;
	if (at == to / WORD)
		bits &= ~(UINT64_MAX << to % WORD);
	return bits;
}

static bool any_known(const struct gather *g, uint32_t from, uint32_t to)
{
	if (from >= g->highest)
		return false;
	for (uint32_t at = from / WORD; at * WORD < to; at++) {
		if (g->body->known[at] & bits_at(at, from, to))
			return true;
	}
	return false;
}

static void set_all_known(struct gather *g, uint32_t from, uint32_t to)
{
	for (uint32_t at = from / WORD; at * WORD < to; at++)
		g->body->known[at] |= bits_at(at, from, to);
}

/* Bits of bytes that have joined the gapless beginning are cleared. */
static void extend_prefix(struct gather *g)
{
	while (g->prefix < g->highest && is_known(g, g->prefix)) {
		uint64_t *bits = &g->body->known[g->prefix / WORD];

		if (g->prefix % WORD == 0 && *bits == UINT64_MAX) {
			*bits = 0;
			g->prefix += WORD;
		} else {
			clear_known(g, g->prefix++);
		}
	}
}

/* Moves the beginning back by `back` bytes, which are not known yet. */
static void move_beginning_back(struct gather *g, uint32_t back)
{
	uint64_t *known = g->body->known;
	uint32_t  words = back / WORD, bits = back % WORD;

	memmove(g->body->bytes + back, g->body->bytes, g->highest);
	set_all_known(g, 0, g->prefix);
	g->first_seq -= back;
	g->highest += back;
	g->prefix = 0;
	for (uint32_t at = (g->highest + WORD - 1) / WORD; at-- > 0;) {
		uint64_t low  = at > words ? known[at - words - 1] : 0;
		uint64_t high = at >= words ? known[at - words] : 0;

		known[at] = bits == 0 ? high : high << bits | low >> (WORD - bits);
	}
}

/* One bit for each of eight bytes that differ. */
static uint64_t differing(const uint8_t *a, const uint8_t *b)
{
	const uint64_t low = UINT64_C(0x7f7f7f7f7f7f7f7f);
	uint64_t       x, y, bytes;

	memcpy(&x, a, sizeof(x));
	memcpy(&y, b, sizeof(y));
	x = le64toh(x ^ y);
	/* bit 7 of each byte that is not 0, then all of those side by side, the first one lowest */
	bytes = ((x & low) + low) | x;
	return ((bytes & ~low) >> 7) * UINT64_C(0x0102040810204080) >> 56;
}

/* Does the segment contradict a byte already known? */
static bool contradicts(const struct gather *g, uint32_t at, struct bytes data)
{
	uint32_t settled = at < g->prefix ? g->prefix - at : 0, end;

	if (settled > data.len)
		settled = (uint32_t)data.len;
	if (settled > 0 && memcmp(g->body->bytes + at, data.at, settled) != 0)
		return true;
	if (!any_known(g, at + settled, at + (uint32_t)data.len))
		return false;
	end = at + (uint32_t)data.len < g->highest ? at + (uint32_t)data.len : g->highest;
	for (uint32_t i = at + settled; i < end;) {
		const uint8_t *mine = g->body->bytes + i, *other = data.at + (i - at);

		if (i % 8 == 0 && end - i >= 8) {
			if (differing(mine, other) & g->body->known[i / WORD] >> i % WORD & 0xff)
				return true;
			i += 8;
		} else {
			if (is_known(g, i) && *mine != *other)
				return true;
			i++;
		}
	}
	return false;
}

static bool any_unknown(const struct gather *g, uint32_t from, uint32_t to)
{
	for (uint32_t at = from / WORD; at * WORD < to; at++) {
		if (~g->body->known[at] & bits_at(at, from, to))
			return true;
	}
	return false;
}

/* Copies in parts that memcpy() moves by vectors, not byte by byte; counted, and just as fast. */
static void copy(uint8_t *to, struct bytes data)
{
	for (; data.len > COPIED_AT_ONCE; to += COPIED_AT_ONCE) {
		memcpy(to, data.at, COPIED_AT_ONCE);
		data = bytes_from(data, COPIED_AT_ONCE);
	}
	memcpy(to, data.at, data.len);
}

/* Stores a segment that contradicts nothing and lies within the budget. */
static enum gathered store(struct gather *g, uint32_t at, struct bytes data)
{
	uint32_t end     = at + (uint32_t)data.len;
	uint32_t settled = at < g->prefix ? g->prefix : at;
	bool     new     = end > g->highest;

	if (at <= g->prefix && g->highest == g->prefix) {
		if (end <= g->prefix)
			return GATHERED_OLD;
		copy(g->body->bytes + at, data);
		g->prefix = g->highest = end;
		return GATHERED_NEW;
	}
	g->num_early += at > g->prefix;
	new |= settled < end && any_unknown(g, settled, end);
	copy(g->body->bytes + at, data);
	if (end > settled)
		set_all_known(g, settled, end);
	if (end > g->highest)
		g->highest = end;
	extend_prefix(g);
	return new ? GATHERED_NEW : GATHERED_OLD;
}

enum gathered gather_add(struct gather_pool *pool, struct gather *g, uint32_t seq,
                         struct bytes data)
{
	int32_t offset = (int32_t)(seq - g->first_seq);

	table_touch(pool->gathers, g);
	if (data.len == 0)
		return GATHERED_OLD;
	if (offset < 0 && !g->anchored && offset >= -(int32_t)(GATHER_MAX - g->highest)) {
		move_beginning_back(g, (uint32_t)-offset);
		offset = 0;
	}
	if (offset < 0) {
		data   = bytes_from(data, (size_t)-(int64_t)offset);
		offset = 0;
		if (data.len == 0)
			return GATHERED_OUTSIDE;
	}
	if (offset >= GATHER_MAX)
		return GATHERED_OUTSIDE;
	data = bytes_first(data, GATHER_MAX - (size_t)offset);
	if (contradicts(g, (uint32_t)offset, data))
		return GATHERED_CONFLICT;
	return store(g, (uint32_t)offset, data);
}

uint32_t gather_first_seq(const struct gather *g)
{
	return g->first_seq;
}

struct bytes gather_prefix(const struct gather *g)
{
	return bytes_of(g->body->bytes, g->prefix);
}

struct bytes gather_overlay(const struct gather *g, uint32_t seq, struct bytes data, uint8_t *room)
{
	int32_t  offset = (int32_t)(seq - g->first_seq);
	uint32_t at, len = g->prefix;

	if (offset < 0)
		data = bytes_from(data, (size_t)-(int64_t)offset);
	at   = offset < 0 ? 0 : (uint32_t)offset;
	data = bytes_first(data, at < GATHER_MAX ? GATHER_MAX - at : 0);
	memcpy(room, g->body->bytes, g->highest);
	if (data.len > 0)
		memcpy(room + at, data.at, data.len);
	if (at <= len && at + data.len > len)
		len = at + (uint32_t)data.len;
	while (len < g->highest && is_known(g, len))
		len++;
	return bytes_of(room, len);
}

uint32_t gather_num_early(const struct gather *g)
{
	return g->num_early;
}

bool gather_is_full(const struct gather *g)
{
	return g->prefix == GATHER_MAX;
}

/* The bits of the bytes after the first len move down to their place. */
static void move_known_forward(struct gather *g, uint32_t len)
{
	uint64_t *known = g->body->known;
	uint32_t  words = len / WORD, bits = len % WORD, num = (g->highest + WORD - 1) / WORD;

	for (uint32_t at = 0; at < num; at++) {
		uint64_t low  = at + words < num ? known[at + words] : 0;
		uint64_t high = at + words + 1 < num ? known[at + words + 1] : 0;

		known[at] = bits == 0 ? low : low >> bits | high << (WORD - bits);
	}
}

void gather_skip(struct gather *g, uint32_t len)
{
	g->first_seq += len;
	g->anchored = true;
	if (len >= g->highest) {
		forget_known(g);
		g->prefix = g->highest = 0;
		return;
	}

	/* Bytes beyond a gap within the skipped part are kept, with their bits. */
	uint32_t rest = g->highest - len;

	memmove(g->body->bytes, g->body->bytes + len, rest);
	if (g->highest == g->prefix) {
		g->prefix = g->highest = rest;
		return;
	}
	set_all_known(g, 0, g->prefix);
	move_known_forward(g, len);
	g->prefix  = 0;
	g->highest = rest;
	extend_prefix(g);
}

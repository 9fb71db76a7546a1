/* SPDX-License-Identifier: MIT */
#ifndef FILTERD_POLICY_INDEX_H
#define FILTERD_POLICY_INDEX_H

/*
 * Index: the memory layout of a policy; shared by policy.c, which searches it, and policy_build.c,
 * which makes it.
 *
 * An entry is found by its kind and the hash of its key: the whole name for exact and suffix
 * patterns, the part after the first label for label patterns. Names are hashed from their end,
 * label by label, so one pass over a host gives the hash of every suffix.
 *
 * With a million names each cache miss takes longer than all other steps together. So a look-up
 * checks the sieve first (a Bloom filter), which is small and rejects nearly all suffixes without
 * an entry; then an open-addressed table of places, whose spare bits reject nearly all others; and
 * the text is stored inside the entry.
 */

#include "policy/policy.h"

#include <stddef.h>

struct index_entry {
	uint32_t line;
	uint16_t file;
	uint16_t category;
	uint16_t len;           /* of the text */
	uint8_t  kind;
	bool     is_exception;  /* excepts its names from the other entries of its file */
	char     text[];
};

#define INDEX_UNIT 4            /* bytes; alignment of entries; an entry's place counts in it */

/* Lines to report: their number, and the position of the first. */
struct index_lines {
	uint64_t num;
	uint32_t line;
	uint16_t file;
};

struct policy {
	struct policy_source *sources;
	struct category      *categories;
	struct policy_device *devices;          /* of categories, then waivers */
	/* the same, sorted; owners are the categories by their number, then the waivers */
	struct policy_owned  *owned;
	struct waiver        *waivers;
	const struct category **waived;         /* their categories, consecutively */
	const char          **files;
	uint8_t              *entries;          /* contiguous */
	/* 0: free; else place + 1 in place_mask, and a part of the hash */
	uint32_t             *slots;
	/* two bits for each entry, in the word of its hash */
	uint64_t             *sieve;
	char                 *strings;          /* titles, file names ...: NUL-terminated */
	size_t                num_sources, num_categories, num_files, num_entries;
	size_t                num_devices, num_waivers, num_waived;
	size_t                entries_len, strings_len;
	uint32_t              slot_mask, place_mask, sieve_mask;
	bool                  has_kind[PATTERN_BUILTIN];
	bool                  has_by_address, has_exceptions, has_zones;
	struct index_lines    left_out, below;
	uint64_t              num_wrong;
	const char           *first_wrong;      /* within strings */
	uint8_t               digest[32];
};

static inline size_t index_entry_len(size_t text_len)
{
	return (offsetof(struct index_entry, text) + text_len + INDEX_UNIT - 1) / INDEX_UNIT *
	       INDEX_UNIT;
}

static inline const struct index_entry *index_entry(const struct policy *p, uint32_t place)
{
	return (const struct index_entry *)(const void *)(p->entries + (size_t)place * INDEX_UNIT);
}

#define INDEX_START UINT64_C(0xcbf29ce484222325)        /* FNV-1a, 64 bit, for each label */
#define INDEX_STEP  UINT64_C(0x100000001b3)
#define INDEX_JOIN  UINT64_C(0x9e3779b97f4a7c15)

/*
 * Extends a hash by the label before `end`. Takes: hash, of the labels after it, or INDEX_START.
 * *begin_out: the beginning of the label. Each label is hashed separately, so the processor
 * overlaps several.
 */
static inline uint64_t index_longer(uint64_t hash, struct host text, size_t end, size_t *begin_out)
{
	uint64_t label = INDEX_START;
	size_t   at    = end;

	for (; at > 0 && text.text[at - 1] != '.'; at--)
		label = (label ^ (uint8_t)text.text[at - 1]) * INDEX_STEP;
	*begin_out = at;
	hash = (hash ^ label) * INDEX_JOIN;
	return hash ^ hash >> 32;
}

static inline uint64_t index_hash(struct host key)
{
	uint64_t hash  = INDEX_START;
	size_t   begin = key.len + 1;

	while (begin > 0)
		hash = index_longer(hash, key, begin - 1, &begin);
	return hash;
}

/* The key of an entry. */
static inline struct host index_key(enum pattern_kind kind, struct host pattern)
{
	size_t skip = 0;

	if (kind != PATTERN_LABEL)
		return pattern;
	while (skip < pattern.len && pattern.text[skip] != '.')
		skip++;
	skip += skip < pattern.len;
	return (struct host){ .text = pattern.text + skip, .len = pattern.len - skip };
}

/* All kinds of a suffix have the same word, each its own bits in it. */
static inline uint64_t *index_sieve_word(const struct policy *p, uint64_t hash)
{
	return &p->sieve[hash & p->sieve_mask];
}

static inline uint64_t index_sieve_bits(uint64_t hash, enum pattern_kind kind)
{
	uint64_t first = (hash >> 58) + (uint64_t)kind, second = (hash >> 52) + (uint64_t)kind;

	return UINT64_C(1) << (first & 63) | UINT64_C(1) << (second & 63);
}

/*
 * The first slot of a look-up, and the hash bits that a matching slot holds besides the place.
 */
struct index_aim {
	uint32_t slot, tag;
};

static inline struct index_aim index_aim(const struct policy *p, uint64_t hash,
                                         enum pattern_kind kind)
{
	uint64_t mixed = (hash + (uint64_t)kind) * INDEX_JOIN;

	return (struct index_aim){ (uint32_t)(mixed >> 32) & p->slot_mask,
	                           (uint32_t)mixed & ~p->place_mask };
}

#endif

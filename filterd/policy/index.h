/* SPDX-License-Identifier: MIT */
#ifndef FILTERD_POLICY_INDEX_H
#define FILTERD_POLICY_INDEX_H

/*
 * Index: how a policy lies in memory; shared by policy.c, which asks it, and policy_build.c, which makes it.
 *
 * One open-addressed hash table of entry numbers. An entry is found by its kind and the hash of its key: the whole name for
 * exact and suffix patterns, what follows the first label for label patterns. Names are hashed from their
 * end, so one pass over a host gives the hash of every suffix.
 */

#include "policy/policy.h"

/* 16 bytes; with its text and two slots of 4 bytes a name of 25 characters takes 49. */
struct entry {
	uint32_t text;          /* offset in texts */
	uint32_t line;
	uint16_t text_len;
	uint16_t file;
	uint16_t category;
	uint8_t  kind;
	bool     is_exception;  /* from the other entries of its file */
};

struct policy {
	struct policy_source *sources;
	struct category      *categories;
	const char          **files;
	struct entry         *entries;
	uint32_t             *slots;            /* entry number + 1; 0 is free */
	char                 *texts;
	char                 *strings;          /* titles, file names ...: NUL-terminated */
	size_t                num_sources, num_categories, num_files, num_entries;
	size_t                texts_len, strings_len;
	uint32_t              slot_mask;
	bool                  has_kind[PATTERN_BUILTIN];
	bool                  has_by_address, has_exceptions, has_zones;
	uint64_t              num_left_out;
	uint32_t              left_out_line;
	uint16_t              left_out_file;
	uint8_t               digest[32];
};

/* One step of the hash, from the last character to the first. */
static inline uint64_t index_step(uint64_t hash, char c)
{
	return (hash ^ (uint8_t)c) * UINT64_C(0x100000001b3);
}

#define INDEX_START UINT64_C(0xcbf29ce484222325)        /* FNV-1a, 64 bit */

static inline uint32_t index_slot(uint64_t hash, enum pattern_kind kind)
{
	uint64_t mixed = (hash + (uint64_t)kind) * UINT64_C(0x9e3779b97f4a7c15);

	return (uint32_t)(mixed >> 32);
}

static inline uint64_t index_hash(struct host key)
{
	uint64_t hash = INDEX_START;

	for (size_t i = key.len; i > 0; i--)
		hash = index_step(hash, key.text[i - 1]);
	return hash;
}

/* What an entry is found by. */
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

#endif

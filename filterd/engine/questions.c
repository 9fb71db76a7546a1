/* SPDX-License-Identifier: MIT */

/*
 * Hashes from the last byte to the first, so the hash of each parent domain comes up on the way to
 * that of the whole name.
 */

#include "engine/questions.h"

#include "base/instant.h"
#include "engine/seen.h"

#include <stdlib.h>

/* parent domains noted with a name: by RFC 9156, section 2.3, resolvers ask for 10 parts at most */
#define LABELS_MOST 10

struct questions {
	struct seen *seen;
	uint64_t     seed;
};

struct questions *questions_new(size_t num, uint64_t seed)
{
	struct questions *q = calloc(1, sizeof(*q));

	if (q == NULL)
		return NULL;
	q->seed = seed;
	q->seen = seen_new(num, QUESTIONS_LIFE_S, seed);
	if (q->seen == NULL) {
		free(q);
		return NULL;
	}
	return q;
}

void questions_free(struct questions *q)
{
	if (q == NULL)
		return;
	seen_free(q->seen);
	free(q);
}

static inline uint64_t questions_add(uint64_t hash, char c)
{
	return (hash ^ (uint8_t)c) * SEEN_MIX;
}

void questions_note(struct questions *q, const struct address *client, struct host name,
                    int64_t now_us)
{
	size_t      share  = seen_share(q->seen, client);
	uint32_t    now_s  = (uint32_t)instant_seconds(now_us);
	uint64_t    hash   = q->seed;
	unsigned    labels = 0;
	const char *at     = name.text + name.len;

	while (at > name.text) {
		char c = *--at;

		if (c == '.' && ++labels > 1 && labels <= LABELS_MOST)
			seen_note(q->seen, share, hash, now_s);
		hash = questions_add(hash, c);
	}
	seen_note(q->seen, share, hash, now_s);
}

bool questions_has(const struct questions *q, struct host name, int64_t now_us)
{
	uint64_t hash = q->seed;

	for (size_t at = name.len; at > 0; at--)
		hash = questions_add(hash, name.text[at - 1]);
	return seen_has(q->seen, hash, (uint32_t)instant_seconds(now_us));
}

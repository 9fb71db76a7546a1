/* SPDX-License-Identifier: MIT */
#ifndef FILTERD_ENGINE_SEEN_H
#define FILTERD_ENGINE_SEEN_H

/*
 * Seen: hashes of what clients lately said, over all engines of a host, and where some were evicted
 * before their time. Safe for threads, without a lock.
 */

#include "wire/packet.h"

struct seen;

#define SEEN_MIX UINT64_C(0xd6e8feb86659fd93) /* odd, with bits set throughout; as in table.c */

/*
 * seen_new - room for about num hashes, 10 bytes each, that live for life_s seconds; NULL without
 * memory. seed makes the choice of places unguessable.
 */
struct seen *seen_new(size_t num, uint32_t life_s, uint64_t seed);
void         seen_free(struct seen *s);

/*
 * seen_share - the places that this client may use: a quarter of all, whatever it says. An IPv6
 *              client is its /64: within it a client has as many addresses as it likes.
 */
size_t seen_share(const struct seen *s, const struct address *client);

/*
 * seen_note - a client of this share has said what this hash stands for.
 * seen_has  - was it said within life_s? The chance of a false match is one in 500 million.
 * seen_lost - was a hash of this share and bucket evicted within life_s? If not, a hash that is not
 *             found was never noted.
 * Takes: now_s, seconds since 1970.
 */
void seen_note(struct seen *s, size_t share, uint64_t hash, uint32_t now_s);
bool seen_has(const struct seen *s, uint64_t hash, uint32_t now_s);
bool seen_lost(const struct seen *s, size_t share, uint64_t hash, uint32_t now_s);

#endif

/* SPDX-License-Identifier: MIT */
#ifndef FILTERD_ENGINE_QUESTIONS_H
#define FILTERD_ENGINE_QUESTIONS_H

/*
 * Questions: the names that clients lately asked resolvers for, over all engines of a host;
 * forwarder.c says why. Safe for threads, without a lock.
 */

#include "base/host.h"
#include "wire/packet.h"

/* seconds; BIND and Unbound give up on a question after 10 to 20, and so do most clients */
#define QUESTIONS_LIFE_S 30

struct questions;

/*
 * questions_new - room for about num names, 10 bytes each; NULL without memory. seed makes the
 * choice of places unguessable.
 */
struct questions *questions_new(size_t num, uint64_t seed);
void              questions_free(struct questions *q);

/*
 * questions_note - this client asked for this name. All parent domains but the top one count as
 *                  asked, too: a resolver with QNAME minimisation asks for those first (RFC 9156).
 *
 * No client, whatever it asks, takes more than a quarter of the places; an IPv6 client is its /64.
 */
void questions_note(struct questions *q, const struct address *client, struct host name,
                    int64_t now_us);

/*
 * questions_has - has any client asked for it within QUESTIONS_LIFE_S? A name can be forgotten
 * early; the chance of a false match is one in 500 million.
 */
bool questions_has(const struct questions *q, struct host name, int64_t now_us);

#endif

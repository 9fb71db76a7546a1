/* SPDX-License-Identifier: MIT */
#ifndef FILTERD_ENGINE_ASKERS_H
#define FILTERD_ENGINE_ASKERS_H

/*
 * Askers: which client asked any resolver for which name of the policy, within a day, over all
 * engines of a host; askers.c says why. Safe for threads, without a lock.
 */

#include <stddef.h>
#include <stdint.h>

#define ASKERS_LIFE_S 86400     /* a client's resolver keeps no answer for longer */

struct askers;

/*
 * askers_new - room for about num names of clients, 10 bytes each; two for a client whose link
 *              address is known. NULL without memory. Takes: as askers_begin(); seed makes the
 *              choice of places unguessable.
 */
struct askers *askers_new(size_t num, uint64_t seed, int64_t now_us);
void           askers_free(struct askers *a);

/*
 * askers_begin - questions are seen from now on; some earlier ones may have been missed: the policy
 *                has other names, the clock was set, packets passed unseen. Entries are kept, but
 *                "did not ask" is known only a day later.
 */
void askers_begin(struct askers *a, int64_t now_us);

#endif

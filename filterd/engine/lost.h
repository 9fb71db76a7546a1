/* SPDX-License-Identifier: MIT */
#ifndef FILTERD_ENGINE_LOST_H
#define FILTERD_ENGINE_LOST_H

/*
 * Lost: streams whose beginning was given up before it could be judged: flows expire after some
 * silence, and are evicted when there are too many. The next bytes of such a stream must not be
 * taken for its beginning.
 */

#include "flow/flow.h"

struct lost;

/* lost_new - remembers num of them. NULL without memory. */
struct lost *lost_new(size_t num, uint64_t seed);
void         lost_free(struct lost *l);

/* lost_note - this flow is being given up, with unjudged bytes of its client. */
void lost_note(struct lost *l, const struct flow *flow);

/* lost_has - is this one known? */
bool lost_has(struct lost *l, const struct flow_key *key);

/*
 * lost_take - was the beginning of this flow, which is new to the table, given up? The call
 *             forgets it. Takes: flow, with its time; goes_on: the kernel knew the connection
 *             before.
 *             If more were lost than are remembered: true for an hour for any flow that goes on,
 *             of any client.
 */
bool lost_take(struct lost *l, const struct flow *flow, bool goes_on);

#endif

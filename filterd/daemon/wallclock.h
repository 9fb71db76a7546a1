/* SPDX-License-Identifier: MIT */
#ifndef FILTERD_DAEMON_WALLCLOCK_H
#define FILTERD_DAEMON_WALLCLOCK_H

/*
 * Wallclock: whether the wall clock is believed, which workers ask for each batch, and what the log
 * is to say about it. The floor is kept in the folder of the keys, in clock.floor, and rewritten
 * once an hour at most and at the end: flash wears. A person who removes it sets the floor back.
 */

#include "audit/trust.h"
#include "policy/settings.h"

#include <stdatomic.h>

struct wallclock;

struct clock_news {
	enum trust trust;
	char       reason[192];         /* for the record, and for people */
};

/* wallclock_open - as the user who writes in that folder. NULL: no memory. */
struct wallclock *wallclock_open(const struct settings *s);
void              wallclock_close(struct wallclock *w);

/*
 * wallclock_look - (main) once a second.
 * Gives:  true with *news_out: it was set, or is believed no longer, or again.
 */
bool wallclock_look(struct wallclock *w, const struct settings *s, struct clock_news *news_out);

/* (main) As of the last look. */
enum trust wallclock_trust(const struct wallclock *w);

/* The time that the policy is asked about: now_us, or INSTANT_UNKNOWN. (main) */
int64_t wallclock_policy_time(const struct wallclock *w, int64_t now_us);

/* (main) What the kernel says of the clock: clock_kept(), as of the last look. */
enum trust wallclock_kept(const struct wallclock *w);

/*
 * (main) The floor; and whether it had no file at the start, so that it is when filterd was built.
 */
int64_t wallclock_known(const struct wallclock *w);
bool    wallclock_is_new(const struct wallclock *w);

/* For the workers: seconds since 1970; a clock that shows less is not believed. */
const atomic_uint *wallclock_oldest(const struct wallclock *w);

#endif

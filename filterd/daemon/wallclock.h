/* SPDX-License-Identifier: MIT */
#ifndef FILTERD_DAEMON_WALLCLOCK_H
#define FILTERD_DAEMON_WALLCLOCK_H

/*
 * Wallclock: is the wall clock trusted? Workers check that for each batch; changes go to the log.
 * The floor is stored in clock.floor in the folder of the keys, and written at most once an hour
 * and at the end, because flash wears. Removing the file resets the floor.
 */

#include "audit/trust.h"
#include "policy/settings.h"

#include <stdatomic.h>

struct wallclock;

struct clock_news {
	enum trust trust;
	char       reason[192];         /* for the record, and for people */
};

/* wallclock_open - as the user who may write in that folder. NULL: no memory. */
struct wallclock *wallclock_open(const struct settings *s);
void              wallclock_close(struct wallclock *w);

/*
 * wallclock_look - (main) once a second.
 * Gives:  true with *news_out if it was set, or is no longer trusted, or trusted again.
 */
bool wallclock_look(struct wallclock *w, const struct settings *s, struct clock_news *news_out);

/* (main) The result of the last look. */
enum trust wallclock_trust(const struct wallclock *w);

/* (main) The time for the policy: now_us, or INSTANT_UNKNOWN. */
int64_t wallclock_policy_time(const struct wallclock *w, int64_t now_us);

/* (main) The kernel's opinion of the clock: clock_kept() at the last look. */
enum trust wallclock_kept(const struct wallclock *w);

/*
 * (main) The floor; and whether its file was missing at start, so that it began at filterd's build
 * date.
 */
int64_t wallclock_known(const struct wallclock *w);
bool    wallclock_is_new(const struct wallclock *w);

/* For the workers: seconds since 1970; an earlier clock is not trusted. */
const atomic_uint *wallclock_oldest(const struct wallclock *w);

#endif

/* SPDX-License-Identifier: MIT */
#ifndef FILTERD_AUDIT_TRUST_H
#define FILTERD_AUDIT_TRUST_H

/*
 * Trust: is the wall clock to be believed? A router without a clock of its own boots in 1970, or
 * when it was built. The floor is the newest time that is known to have been; a clock that shows an
 * older one is not believed.
 *
 * The floor follows the clock only once it has run for an hour without being set, by the machine's
 * own clock: one that leaps to 2099 and is put right a minute later leaves no trace, whoever
 * vouches for it. A server of time can be wrong, too.
 */

#include "audit/control.h"

#include <stdint.h>

/* of a clock that is set little by little; as coverage.c takes for a step */
#define TRUST_SLACK_US INT64_C(5000000)

struct trust_floor {
	int64_t us;                     /* the floor */
	int64_t last_us, last_ms;       /* both clocks when they were last looked at */
	int64_t steady_ms;              /* machine's clock: since when nobody set the wall clock */
};

/*
 * trust_begin - Takes: known_us, the floor of before; now_us, the wall clock; boot_ms, the
 * machine's, which nobody can set.
 */
void trust_begin(struct trust_floor *f, int64_t known_us, int64_t now_us, int64_t boot_ms);

/*
 * trust_look - Gives: by how many microseconds the wall clock was set since the last look; 0 if it
 *                     was not, or by TRUST_SLACK_US at most.
 */
int64_t trust_look(struct trust_floor *f, int64_t now_us, int64_t boot_ms);

/* The oldest time that is believed. */
int64_t trust_oldest(const struct trust_floor *f);

#endif

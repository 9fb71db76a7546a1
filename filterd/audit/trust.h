/* SPDX-License-Identifier: MIT */
#ifndef FILTERD_AUDIT_TRUST_H
#define FILTERD_AUDIT_TRUST_H

/*
 * Trust: is the wall clock right? A router without a battery-backed clock boots in 1970, or at its
 * build date. The floor is the newest time known to have passed; a clock that shows an earlier time
 * is not trusted.
 *
 * The floor follows the clock only after it has run for an hour without being set, measured by the
 * monotonic clock: a clock that jumps to 2099 and is corrected a minute later leaves no trace, even
 * if the kernel calls it synchronised. A time server can be wrong, too.
 */

#include "audit/control.h"

#include <stdint.h>

/* of a clock that is slewed; coverage.c uses the same for a step */
#define TRUST_SLACK_US INT64_C(5000000)

struct trust_floor {
	int64_t us;                     /* the floor */
	int64_t last_us, last_ms;       /* both clocks when last read */
	int64_t steady_ms;              /* monotonic: since when nobody set the wall clock */
};

/*
 * trust_begin - Takes: known_us, the previous floor; now_us, the wall clock; boot_ms, the monotonic
 * clock, which nobody can set.
 */
void trust_begin(struct trust_floor *f, int64_t known_us, int64_t now_us, int64_t boot_ms);

/*
 * trust_look - Gives: the microseconds by which the wall clock was set since the last call; 0 if it
 *                     was not set, or by TRUST_SLACK_US at most.
 */
int64_t trust_look(struct trust_floor *f, int64_t now_us, int64_t boot_ms);

/* The earliest time that is trusted. */
int64_t trust_oldest(const struct trust_floor *f);

#endif

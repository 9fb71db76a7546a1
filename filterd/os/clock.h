/* SPDX-License-Identifier: MIT */
#ifndef FILTERD_OS_CLOCK_H
#define FILTERD_OS_CLOCK_H

#include "audit/control.h"

/* Microseconds since 1970, UTC, by the wall clock. */
int64_t clock_now_us(void);

/* Milliseconds since boot, including sleep; never steps. */
int64_t clock_boot_ms(void);

/*
 * clock_kept - the kernel's state of the wall clock: TRUST_SYNCED, TRUST_UNSYNCED; TRUST_UNKNOWN if
 *              it gives no answer, for example to a process that may not ask.
 */
enum trust clock_kept(void);

#endif

/* SPDX-License-Identifier: MIT */
#ifndef FILTERD_OS_CLOCK_H
#define FILTERD_OS_CLOCK_H

#include <stdbool.h>
#include <stdint.h>

/* Microseconds since 1970, UTC, by the wall clock. */
int64_t clock_now_us(void);

/* Milliseconds since the machine started, sleep included; never steps. */
int64_t clock_boot_ms(void);

/* Does the kernel say that the wall clock is synchronised? */
bool clock_is_synced(void);

#endif

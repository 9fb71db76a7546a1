/* SPDX-License-Identifier: MIT */
#ifndef FILTERD_OS_CLOCK_H
#define FILTERD_OS_CLOCK_H

#include <stdint.h>

/* Microseconds since 1970, UTC, by the wall clock. */
int64_t clock_now_us(void);

#endif

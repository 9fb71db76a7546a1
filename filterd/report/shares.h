/* SPDX-License-Identifier: MIT */
#ifndef FILTERD_REPORT_SHARES_H
#define FILTERD_REPORT_SHARES_H

/* Shares: parts of a whole in tenths of a percent, which add up to 100 as printed. */

#include <stddef.h>
#include <stdint.h>

#define SHARES_ALL 1000

/*
 * shares_of - Gives: tenths of a percent for each value, SHARES_ALL together, or all 0 if the sum
 *             is 0. The rest after rounding down goes to the largest remainders (Hare's
 *             method), the first among equals.
 */
void shares_of(const uint64_t *values, size_t num, uint32_t *tenths_out);

#endif

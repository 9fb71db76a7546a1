/* SPDX-License-Identifier: MIT */

#include "report/shares.h"

/* The remainder of a value after its whole tenths of a percent, in parts of the sum. */
static long double shares_remainder(uint64_t value, long double sum, uint32_t tenths)
{
	return (long double)value * SHARES_ALL / sum - (long double)tenths;
}

void shares_of(const uint64_t *values, size_t num, uint32_t *tenths_out)
{
	long double sum  = 0;
	uint32_t    left = SHARES_ALL;

	for (size_t i = 0; i < num; i++)
		sum += (long double)values[i];
	for (size_t i = 0; i < num; i++) {
		tenths_out[i] = sum > 0 ? (uint32_t)((long double)values[i] * SHARES_ALL / sum) : 0;
		left -= tenths_out[i] < left ? tenths_out[i] : left;
	}
	/* At most one for each value, because each remainder is below one. */
	for (; left > 0 && sum > 0; left--) {
		size_t      best = 0;
		long double most = -1;

		for (size_t i = 0; i < num; i++) {
			long double rest = shares_remainder(values[i], sum, tenths_out[i]);

			if (rest > most) {
				most = rest;
				best = i;
			}
		}
		tenths_out[best]++;
	}
}

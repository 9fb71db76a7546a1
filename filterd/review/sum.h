/* SPDX-License-Identifier: MIT */
#ifndef FILTERD_REVIEW_SUM_H
#define FILTERD_REVIEW_SUM_H

#include <stdint.h>

/* Counts come from a log: a count of 2^64 - 1 must not make a sum overflow. */
static inline void sum_add(uint64_t *sum, uint64_t more)
{
	*sum = more > UINT64_MAX - *sum ? UINT64_MAX : *sum + more;
}

#endif

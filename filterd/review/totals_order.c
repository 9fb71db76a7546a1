/* SPDX-License-Identifier: MIT */

#include "review/totals.h"

static int totals_compare(const struct totals_tally *a, const struct row *a_row,
                          const struct totals_tally *b, const struct row *b_row)
{
	uint64_t of_a = tally_prohibited(a), of_b = tally_prohibited(b);

	for (enum result next = RESULT_WAIVED; of_a == of_b && next <= RESULT_WATCHED; next++) {
		of_a = a->attempts[next];
		of_b = b->attempts[next];
	}
	return of_a != of_b ? (of_a < of_b ? 1 : -1) : bytes_compare(a_row->name, b_row->name);
}

#define BY_ATTEMPTS(type) \
	int totals_by_attempts_##type(const void *a, const void *b) \
	{ \
		const struct type##_total *left = a, *right = b; \
\
		return totals_compare(&left->tally, &left->row, &right->tally, &right->row); \
	}

BY_ATTEMPTS(device)
BY_ATTEMPTS(host)
BY_ATTEMPTS(category)

int totals_by_name(const void *a, const void *b)
{
	const struct row *left = a, *right = b;

	return bytes_compare(left->name, right->name);
}

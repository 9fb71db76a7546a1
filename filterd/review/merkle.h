/* SPDX-License-Identifier: MIT */
#ifndef FILTERD_REVIEW_MERKLE_H
#define FILTERD_REVIEW_MERKLE_H

/*
 * Merkle: the root of the hash tree over a list of leaves, added one by one. It stores one hash for
 * each bit of their number.
 *
 * Source: RFC 6962, section 2.1: the hash of a leaf is SHA-256(0x00, leaf), of a node SHA-256(0x01,
 *         left, right).
 */

#include "audit/chain.h"

struct merkle {
	uint64_t num;                           /* leaves */
	/* of the full subtree of 2^n leaves, for each bit n of num that is set */
	uint8_t  full[64][CHAIN_HASH];
	bool     failed;                        /* the library failed: there is no root */
};

/* Begins as all zeros. */
void merkle_add(struct merkle *m, struct bytes leaf);

/* The root; without leaves it is the SHA-256 of nothing. 0 or -EIO. */
int merkle_root(const struct merkle *m, uint8_t root_out[CHAIN_HASH]);

#endif

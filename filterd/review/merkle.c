/* SPDX-License-Identifier: MIT */

/*
 * Adding a leaf works like adding 1 to a binary number: for each bit that is already set, two
 * subtrees of one size become one of the next. The root joins the remaining subtrees, from the
 * smallest, which is the rightmost, to the largest.
 */

#include "review/merkle.h"

#include "crypto/crypto.h"

#include <errno.h>
#include <string.h>

/* SHA-256 of a byte and two byte strings. */
static bool hash(uint8_t prefix, struct bytes first, struct bytes second, uint8_t out[CHAIN_HASH])
{
	struct sha256 *s = sha256_new();
	bool           good;

	sha256_add(s, bytes_of(&prefix, 1));
	sha256_add(s, first);
	sha256_add(s, second);
	good = sha256_end(s, out) == 0;
	sha256_free(s);
	return good;
}

static bool join(const uint8_t left[CHAIN_HASH], uint8_t right[CHAIN_HASH])
{
	return hash(0x01, bytes_of(left, CHAIN_HASH), bytes_of(right, CHAIN_HASH), right);
}

void merkle_add(struct merkle *m, struct bytes leaf)
{
	uint8_t  node[CHAIN_HASH];
	unsigned bit = 0;

	m->failed |= !hash(0x00, leaf, (struct bytes){ 0 }, node);
	for (; m->num >> bit & 1; bit++)
		m->failed |= !join(m->full[bit], node);
	memcpy(m->full[bit], node, CHAIN_HASH);
	m->num++;
}

int merkle_root(const struct merkle *m, uint8_t root_out[CHAIN_HASH])
{
	uint8_t  node[CHAIN_HASH];
	bool     begun = false, failed = m->failed;

	if (m->num == 0)
		return chain_hash(BYTES(""), root_out);
	for (unsigned bit = 0; bit < 64; bit++) {
		if ((m->num >> bit & 1) == 0)
			continue;
		if (begun)
			failed |= !join(m->full[bit], node);
		else
			memcpy(node, m->full[bit], CHAIN_HASH);
		begun = true;
	}
	if (failed)
		return -EIO;
	memcpy(root_out, node, CHAIN_HASH);
	return 0;
}

/* SPDX-License-Identifier: MIT */
#ifndef FILTERD_CRYPTO_CRYPTO_INSIDE_H
#define FILTERD_CRYPTO_CRYPTO_INSIDE_H

#include "crypto/crypto.h"

/*
 * sha256_begin - starts again: forgets everything added so far.
 * sha256_go_on - continues from the state of another digest, which is left unchanged.
 */
void sha256_begin(struct sha256 *s);
void sha256_go_on(struct sha256 *s, const struct sha256 *from);

#endif

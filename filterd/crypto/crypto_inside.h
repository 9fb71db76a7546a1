/* SPDX-License-Identifier: MIT */
#ifndef FILTERD_CRYPTO_CRYPTO_INSIDE_H
#define FILTERD_CRYPTO_CRYPTO_INSIDE_H

#include "crypto/crypto.h"

/*
 * sha256_begin - anew: what was added is forgotten.
 * sha256_go_on - with what was added to another, which stays as it is.
 */
void sha256_begin(struct sha256 *s);
void sha256_go_on(struct sha256 *s, const struct sha256 *from);

#endif

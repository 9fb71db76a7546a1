/* SPDX-License-Identifier: MIT */
#ifndef FILTERD_POLICY_ED25519_H
#define FILTERD_POLICY_ED25519_H

/* Ed25519: the one place that asks the library about a signature. Source: RFC 8032, section 5.1. */

#include "base/bytes.h"

#define ED25519_KEY 32          /* bytes of a public key, and of a secret one */
#define ED25519_SIG 64

bool ed25519_verify(const uint8_t public[ED25519_KEY], struct bytes message,
                    const uint8_t sig[ED25519_SIG]);

#endif

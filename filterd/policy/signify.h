/* SPDX-License-Identifier: MIT */
#ifndef FILTERD_POLICY_SIGNIFY_H
#define FILTERD_POLICY_SIGNIFY_H

/*
 * Signify: public keys and detached signatures in the format of signify(1) and usign. Two lines: an
 * untrusted comment, and base64 of "Ed", the key's number, and the key or the signature of a whole
 * file.
 */

#include "crypto/crypto.h"

#define SIGNIFY_NUMBER   8      /* bytes; a key and its signatures have the same number */
#define SIGNIFY_KEYS_MAX 8

struct signify_key {
	uint8_t number[SIGNIFY_NUMBER], public[ED25519_KEY];
};

struct signify_keys {
	size_t             num;
	struct signify_key list[SIGNIFY_KEYS_MAX];
};

/* signify_key_read - PARSE_OK and *out; PARSE_BAD if this file is not a public key. */
enum parse signify_key_read(struct bytes file, struct signify_key *out);

/*
 * Is this content of a signature file a signature of message by one of these keys? If not, the
 * reason for people: "is no signature ...".
 */
bool signify_verify(const struct signify_keys *keys, struct bytes sig_file, struct bytes message,
                    const char **why_out);

#endif

/* SPDX-License-Identifier: MIT */

#include "policy/ed25519.h"

#include <openssl/evp.h>

bool ed25519_verify(const uint8_t public[ED25519_KEY], struct bytes message,
                    const uint8_t sig[ED25519_SIG])
{
	EVP_PKEY   *key = EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, NULL, public, ED25519_KEY);
	EVP_MD_CTX *context = EVP_MD_CTX_new();
	bool        ok      = key != NULL && context != NULL &&
	          EVP_DigestVerifyInit(context, NULL, NULL, NULL, key) == 1 &&
	          EVP_DigestVerify(context, sig, ED25519_SIG, message.at, message.len) == 1;

	EVP_MD_CTX_free(context);
	EVP_PKEY_free(key);
	return ok;
}

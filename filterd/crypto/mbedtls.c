/* SPDX-License-Identifier: MIT */

/*
 * Mbed TLS 2.28 or 3.6, and libsodium for Ed25519, which neither version has. Digests go through
 * md.h, and AES through aes.h and gcm.h: the functions used from these are the same in both
 * versions, while those for a single hash have different names, and HKDF may be missing.
 */

#include "crypto/crypto_inside.h"

#include <errno.h>
#include <mbedtls/aes.h>
#include <mbedtls/gcm.h>
#include <mbedtls/md.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>

static const mbedtls_md_info_t *sha256_info(void)
{
	return mbedtls_md_info_from_type(MBEDTLS_MD_SHA256);
}

int sha256_of(struct bytes what, uint8_t hash_out[SHA256_LEN])
{
	return mbedtls_md(sha256_info(), what.at, what.len, hash_out) == 0 ? 0 : -EIO;
}

int sha1_of(struct bytes what, uint8_t hash_out[SHA1_LEN])
{
	const mbedtls_md_info_t *sha1 = mbedtls_md_info_from_type(MBEDTLS_MD_SHA1);

	return sha1 != NULL && mbedtls_md(sha1, what.at, what.len, hash_out) == 0 ? 0 : -ENOSYS;
}

struct sha256 {
	mbedtls_md_context_t context;
	bool                 failed;
};

struct sha256 *sha256_new(void)
{
	struct sha256 *s = malloc(sizeof(*s));

	if (s == NULL)
		return NULL;
	mbedtls_md_init(&s->context);
	s->failed = mbedtls_md_setup(&s->context, sha256_info(), 0) != 0 ||
	            mbedtls_md_starts(&s->context) != 0;
	return s;
}

void sha256_add(struct sha256 *s, struct bytes piece)
{
	if (s != NULL && !s->failed)
		s->failed = mbedtls_md_update(&s->context, piece.at, piece.len) != 0;
}

int sha256_end(struct sha256 *s, uint8_t hash_out[SHA256_LEN])
{
	if (s == NULL || s->failed || mbedtls_md_finish(&s->context, hash_out) != 0)
		return -EIO;
	return 0;
}

void sha256_begin(struct sha256 *s)
{
	s->failed = mbedtls_md_starts(&s->context) != 0;
}

void sha256_go_on(struct sha256 *s, const struct sha256 *from)
{
	s->failed = from->failed || mbedtls_md_clone(&s->context, &from->context) != 0;
}

void sha256_free(struct sha256 *s)
{
	if (s == NULL)
		return;
	mbedtls_md_free(&s->context);
	free(s);
}

struct aes128 {
	mbedtls_aes_context aes;
	mbedtls_gcm_context gcm;
};

/*
 * Setting the first key creates tables that all threads share: so one is set here, before threads
 * exist.
 */
struct aes128 *aes128_new(void)
{
	static const uint8_t key[AES128_LEN];
	struct aes128       *a = malloc(sizeof(*a));

	if (a == NULL)
		return NULL;
	mbedtls_aes_init(&a->aes);
	mbedtls_gcm_init(&a->gcm);
	if (mbedtls_aes_setkey_enc(&a->aes, key, 8 * AES128_LEN) != 0 ||
	    mbedtls_gcm_setkey(&a->gcm, MBEDTLS_CIPHER_ID_AES, key, 8 * AES128_LEN) != 0) {
		aes128_free(a);
		return NULL;
	}
	return a;
}

void aes128_free(struct aes128 *a)
{
	if (a == NULL)
		return;
	mbedtls_aes_free(&a->aes);
	mbedtls_gcm_free(&a->gcm);
	free(a);
}

int aes128_block(struct aes128 *a, const uint8_t key[AES128_LEN], const uint8_t block[AES128_LEN],
                 uint8_t out[AES128_LEN])
{
	if (mbedtls_aes_setkey_enc(&a->aes, key, 8 * AES128_LEN) != 0 ||
	    mbedtls_aes_crypt_ecb(&a->aes, MBEDTLS_AES_ENCRYPT, block, out) != 0)
		return -EIO;
	return 0;
}

int aes128_gcm_open(struct aes128 *a, const uint8_t key[AES128_LEN],
                    const uint8_t nonce[GCM_NONCE], struct bytes header, struct bytes sealed,
                    uint8_t *content_out)
{
	size_t content = sealed.len - GCM_TAG;

	if (sealed.len < GCM_TAG ||
	    mbedtls_gcm_setkey(&a->gcm, MBEDTLS_CIPHER_ID_AES, key, 8 * AES128_LEN) != 0 ||
	    mbedtls_gcm_auth_decrypt(&a->gcm, content, nonce, GCM_NONCE, header.at, header.len,
	                             sealed.at + content, GCM_TAG, sealed.at, content_out) != 0)
		return -EBADMSG;
	return 0;
}

int aes128_gcm_seal(struct aes128 *a, const uint8_t key[AES128_LEN],
                    const uint8_t nonce[GCM_NONCE], struct bytes header, struct bytes content,
                    uint8_t *sealed_out)
{
	if (mbedtls_gcm_setkey(&a->gcm, MBEDTLS_CIPHER_ID_AES, key, 8 * AES128_LEN) != 0 ||
	    mbedtls_gcm_crypt_and_tag(&a->gcm, MBEDTLS_GCM_ENCRYPT, content.len, nonce, GCM_NONCE,
	                              header.at, header.len, content.at, sealed_out, GCM_TAG,
	                              sealed_out + content.len) != 0)
		return -EIO;
	return 0;
}

/* libsodium's secret key is our secret key, which it calls a seed, followed by the public key. */
static bool ed25519_pair(const uint8_t secret[ED25519_KEY], uint8_t public_out[ED25519_KEY],
                         uint8_t pair_out[2 * ED25519_KEY])
{
	return sodium_init() >= 0 &&
	       crypto_sign_ed25519_seed_keypair(public_out, pair_out, secret) == 0;
}

int ed25519_public(const uint8_t secret[ED25519_KEY], uint8_t public_out[ED25519_KEY])
{
	uint8_t pair[2 * ED25519_KEY];
	bool    ok = ed25519_pair(secret, public_out, pair);

	explicit_bzero(pair, sizeof(pair));
	return ok ? 0 : -EIO;
}

int ed25519_sign(const uint8_t secret[ED25519_KEY], struct bytes message,
                 uint8_t sig_out[ED25519_SIG])
{
	uint8_t public[ED25519_KEY], pair[2 * ED25519_KEY];
	bool    ok = ed25519_pair(secret, public, pair) &&
	          crypto_sign_ed25519_detached(sig_out, NULL, message.at, message.len, pair) == 0;

	explicit_bzero(pair, sizeof(pair));
	return ok ? 0 : -EIO;
}

bool ed25519_verify(const uint8_t public[ED25519_KEY], struct bytes message,
                    const uint8_t sig[ED25519_SIG])
{
	return sodium_init() >= 0 &&
	       crypto_sign_ed25519_verify_detached(sig, message.at, message.len, public) == 0;
}

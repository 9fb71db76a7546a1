/* SPDX-License-Identifier: MIT */

/*
 * OpenSSL 3. Looking up an algorithm and making a context take longer than processing a short
 * message, so anything used for each packet keeps both.
 */

#include "crypto/crypto_inside.h"

#include <errno.h>
#include <openssl/evp.h>
#include <stdlib.h>
#include <string.h>

int sha256_of(struct bytes what, uint8_t hash_out[SHA256_LEN])
{
	return EVP_Digest(what.at, what.len, hash_out, NULL, EVP_sha256(), NULL) == 1 ? 0 : -EIO;
}

int sha1_of(struct bytes what, uint8_t hash_out[SHA1_LEN])
{
	return EVP_Digest(what.at, what.len, hash_out, NULL, EVP_sha1(), NULL) == 1 ? 0 : -ENOSYS;
}

struct sha256 {
	EVP_MD_CTX *context;
	bool        failed;
};

struct sha256 *sha256_new(void)
{
	struct sha256 *s = malloc(sizeof(*s));

	if (s == NULL)
		return NULL;
	s->context = EVP_MD_CTX_new();
	s->failed  = s->context == NULL || EVP_DigestInit_ex(s->context, EVP_sha256(), NULL) != 1;
	return s;
}

void sha256_add(struct sha256 *s, struct bytes piece)
{
	if (s != NULL && !s->failed)
		s->failed = EVP_DigestUpdate(s->context, piece.at, piece.len) != 1;
}

int sha256_end(struct sha256 *s, uint8_t hash_out[SHA256_LEN])
{
	if (s == NULL || s->failed || EVP_DigestFinal_ex(s->context, hash_out, NULL) != 1)
		return -EIO;
	return 0;
}

void sha256_begin(struct sha256 *s)
{
	s->failed = s->context == NULL || EVP_DigestInit_ex2(s->context, NULL, NULL) != 1;
}

void sha256_go_on(struct sha256 *s, const struct sha256 *from)
{
	s->failed = from->failed || s->context == NULL ||
	            EVP_MD_CTX_copy_ex(s->context, from->context) != 1;
}

void sha256_free(struct sha256 *s)
{
	if (s == NULL)
		return;
	EVP_MD_CTX_free(s->context);
	free(s);
}

struct aes128 {
	EVP_CIPHER     *ecb, *gcm;
	EVP_CIPHER_CTX *ecb_context, *gcm_context;
};

struct aes128 *aes128_new(void)
{
	struct aes128 *a = malloc(sizeof(*a));

	if (a == NULL)
		return NULL;
	a->ecb         = EVP_CIPHER_fetch(NULL, "AES-128-ECB", NULL);
	a->gcm         = EVP_CIPHER_fetch(NULL, "AES-128-GCM", NULL);
	a->ecb_context = EVP_CIPHER_CTX_new();
	a->gcm_context = EVP_CIPHER_CTX_new();
	if (a->ecb_context == NULL || a->gcm_context == NULL ||
	    EVP_EncryptInit_ex2(a->ecb_context, a->ecb, NULL, NULL, NULL) != 1 ||
	    EVP_DecryptInit_ex2(a->gcm_context, a->gcm, NULL, NULL, NULL) != 1) {
		aes128_free(a);
		return NULL;
	}
	return a;
}

void aes128_free(struct aes128 *a)
{
	if (a == NULL)
		return;
	EVP_CIPHER_CTX_free(a->ecb_context);
	EVP_CIPHER_CTX_free(a->gcm_context);
	EVP_CIPHER_free(a->ecb);
	EVP_CIPHER_free(a->gcm);
	free(a);
}

int aes128_block(struct aes128 *a, const uint8_t key[AES128_LEN], const uint8_t block[AES128_LEN],
                 uint8_t out[AES128_LEN])
{
	int len = 0;

	if (EVP_EncryptInit_ex2(a->ecb_context, NULL, key, NULL, NULL) != 1 ||
	    EVP_EncryptUpdate(a->ecb_context, out, &len, block, AES128_LEN) != 1 ||
	    len != AES128_LEN)
		return -EIO;
	return 0;
}

int aes128_gcm_open(struct aes128 *a, const uint8_t key[AES128_LEN],
                    const uint8_t nonce[GCM_NONCE], struct bytes header, struct bytes sealed,
                    uint8_t *content_out)
{
	EVP_CIPHER_CTX *context = a->gcm_context;
	size_t          content = sealed.len - GCM_TAG;
	uint8_t         tag[GCM_TAG];
	int             len = 0;

	if (sealed.len < GCM_TAG)
		return -EBADMSG;
	memcpy(tag, sealed.at + content, sizeof(tag));
	if (EVP_DecryptInit_ex2(context, NULL, key, nonce, NULL) != 1 ||
	    EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_AEAD_SET_TAG, sizeof(tag), tag) != 1 ||
	    EVP_DecryptUpdate(context, NULL, &len, header.at, (int)header.len) != 1 ||
	    EVP_DecryptUpdate(context, content_out, &len, sealed.at, (int)content) != 1 ||
	    EVP_DecryptFinal_ex(context, content_out + len, &len) != 1)
		return -EBADMSG;
	return 0;
}

int aes128_gcm_seal(struct aes128 *a, const uint8_t key[AES128_LEN],
                    const uint8_t nonce[GCM_NONCE], struct bytes header, struct bytes content,
                    uint8_t *sealed_out)
{
	EVP_CIPHER_CTX *context = a->gcm_context;
	uint8_t        *tag     = sealed_out + content.len;
	int             len     = 0;

	if (EVP_EncryptInit_ex2(context, NULL, key, nonce, NULL) != 1 ||
	    EVP_EncryptUpdate(context, NULL, &len, header.at, (int)header.len) != 1 ||
	    EVP_EncryptUpdate(context, sealed_out, &len, content.at, (int)content.len) != 1 ||
	    EVP_EncryptFinal_ex(context, sealed_out + len, &len) != 1 ||
	    EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_AEAD_GET_TAG, GCM_TAG, tag) != 1)
		return -EIO;
	return 0;
}

int ed25519_public(const uint8_t secret[ED25519_KEY], uint8_t public_out[ED25519_KEY])
{
	EVP_PKEY *key = EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, NULL, secret, ED25519_KEY);
	size_t    len = ED25519_KEY;
	bool      ok  = key != NULL && EVP_PKEY_get_raw_public_key(key, public_out, &len) == 1 &&
	          len == ED25519_KEY;

	EVP_PKEY_free(key);
	return ok ? 0 : -EIO;
}

int ed25519_sign(const uint8_t secret[ED25519_KEY], struct bytes message,
                 uint8_t sig_out[ED25519_SIG])
{
	EVP_PKEY *key = EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, NULL, secret, ED25519_KEY);
	EVP_MD_CTX *context = EVP_MD_CTX_new();
	size_t      len     = ED25519_SIG;
	bool        ok      = key != NULL && context != NULL &&
	          EVP_DigestSignInit(context, NULL, NULL, NULL, key) == 1 &&
	          EVP_DigestSign(context, sig_out, &len, message.at, message.len) == 1;

	EVP_MD_CTX_free(context);
	EVP_PKEY_free(key);
	return ok ? 0 : -EIO;
}

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

/* SPDX-License-Identifier: MIT */
#ifndef FILTERD_CRYPTO_CRYPTO_H
#define FILTERD_CRYPTO_CRYPTO_H

/*
 * Crypto: the hashes, the cipher and the signatures that filterd uses. The only room that includes
 * a library for them.
 *
 * Where a function gives 0 or -EIO, the latter means that the library failed, or had no memory.
 * An object from a *_new() has one owner at a time.
 */

#include "base/bytes.h"

#define SHA1_LEN     20         /* bytes */
#define SHA256_LEN   32
#define HMAC_KEY_MAX 64         /* bytes; a block of SHA-256 */
#define AES128_LEN   16         /* bytes of a key, and of a block */
#define GCM_NONCE    12
#define GCM_TAG      16         /* bytes of the tag after the encrypted content */
#define ED25519_KEY  32         /* bytes of a public key, and of a secret one */
#define ED25519_SIG  64

/* sha256_of - 0 or -EIO. Source: FIPS 180-4. */
int sha256_of(struct bytes what, uint8_t hash_out[SHA256_LEN]);

/* sha1_of - for labels, not for security. 0; -ENOSYS if the library refuses SHA-1. */
int sha1_of(struct bytes what, uint8_t hash_out[SHA1_LEN]);

/* A hash of many pieces. */
struct sha256;

/*
 * sha256_new - NULL without memory. The other calls accept NULL: then sha256_end() gives -EIO, as
 *              after any failure.
 */
struct sha256 *sha256_new(void);
void           sha256_add(struct sha256 *s, struct bytes piece);
int            sha256_end(struct sha256 *s, uint8_t hash_out[SHA256_LEN]);     /* once */
void           sha256_free(struct sha256 *s);

/*
 * HMAC-SHA256 with a key that is kept: absorbing the key is half of the work. After
 * hmac_take_key(), hmac_of() may be called for any number of messages; message and out may overlap.
 *
 * Source: RFC 2104.
 */
struct hmac;

struct hmac *hmac_new(void);    /* NULL without memory */
void         hmac_free(struct hmac *h);
int          hmac_take_key(struct hmac *h, struct bytes key);   /* up to HMAC_KEY_MAX bytes */
int          hmac_of(struct hmac *h, struct bytes message, uint8_t out[SHA256_LEN]);

/* AES-128, looked up in the library once, with working memory. */
struct aes128;

struct aes128 *aes128_new(void);        /* NULL without memory, or if the library has no AES-128 */
void           aes128_free(struct aes128 *a);

/* Encrypts one block on its own (ECB). 0 or -EIO. */
int aes128_block(struct aes128 *a, const uint8_t key[AES128_LEN], const uint8_t block[AES128_LEN],
                 uint8_t out[AES128_LEN]);

/*
 * aes128_gcm_open - Takes: header, which is only authenticated; sealed, content and tag.
 * Gives:  0 and the content, GCM_TAG bytes shorter; -EBADMSG if the tag is wrong or missing: do not
 *         use content_out then.
 * Source: NIST SP 800-38D.
 */
int aes128_gcm_open(struct aes128 *a, const uint8_t key[AES128_LEN],
                    const uint8_t nonce[GCM_NONCE], struct bytes header, struct bytes sealed,
                    uint8_t *content_out);

/* The reverse: sealed_out needs room for GCM_TAG more bytes than content has. 0 or -EIO. */
int aes128_gcm_seal(struct aes128 *a, const uint8_t key[AES128_LEN],
                    const uint8_t nonce[GCM_NONCE], struct bytes header, struct bytes content,
                    uint8_t *sealed_out);

/* Ed25519: RFC 8032, section 5.1. 0 or -EIO; false if it is not this key's signature. */
int  ed25519_public(const uint8_t secret[ED25519_KEY], uint8_t public_out[ED25519_KEY]);
int  ed25519_sign(const uint8_t secret[ED25519_KEY], struct bytes message,
                  uint8_t sig_out[ED25519_SIG]);
bool ed25519_verify(const uint8_t public[ED25519_KEY], struct bytes message,
                    const uint8_t sig[ED25519_SIG]);

#endif

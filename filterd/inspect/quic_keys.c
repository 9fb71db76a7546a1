/* SPDX-License-Identifier: MIT */

/*
 * HKDF (RFC 5869) is five HMACs here, and an HMAC (RFC 2104) two digests: keys come from contexts
 * that are kept, where the library's own HKDF and HMAC make theirs anew (four and 1.3 times the
 * time of the same five). Half of an HMAC is taking its key in, so a key that has been taken in is
 * kept: that of a version, its salt, for good, and a client's secret for all that follows from it.
 * Only AES-128-GCM and SHA-256 occur: an Initial has no other.
 */

#include "inspect/quic_keys.h"

#include <errno.h>
#include <openssl/evp.h>
#include <stdlib.h>
#include <string.h>

#define SECRET 32               /* bytes; SHA-256 */
#define BLOCK  64               /* bytes it works on at once */

static const struct quic_version versions[] = {
	/* RFC 9001, section 5.2 */
	{ 0x00000001,
	  "1",
	  { 0x38, 0x76, 0x2c, 0xf7, 0xf5, 0x59, 0x34, 0xb3, 0x4d, 0x17,
	    0x9a, 0xe6, 0xa4, 0xc8, 0x0c, 0xad, 0xcc, 0xbb, 0x7f, 0x0a },
	  "quic key",
	  "quic iv",
	  "quic hp",
	  .initial   = 0,
	  .zero_rtt  = 1,
	  .handshake = 2,
	  .retry     = 3 },
	/* RFC 9369, section 3 */
	{ 0x6b3343cf,
	  "2",
	  { 0x0d, 0xed, 0xe3, 0xde, 0xf7, 0x00, 0xa6, 0xdb, 0x81, 0x93,
	    0x81, 0xbe, 0x6e, 0x26, 0x9d, 0xcb, 0xf9, 0xbd, 0x2e, 0xd9 },
	  "quicv2 key",
	  "quicv2 iv",
	  "quicv2 hp",
	  .initial   = 1,
	  .zero_rtt  = 2,
	  .handshake = 3,
	  .retry     = 0 },
	/* draft-ietf-quic-tls-29, section 5.2 */
	{ 0xff00001d,
	  "draft-29",
	  { 0xaf, 0xbf, 0xec, 0x28, 0x99, 0x93, 0xd2, 0x4c, 0x9e, 0x97,
	    0x86, 0xf1, 0x9c, 0x61, 0x11, 0xe0, 0x43, 0x90, 0xa8, 0x99 },
	  "quic key",
	  "quic iv",
	  "quic hp",
	  .initial   = 0,
	  .zero_rtt  = 1,
	  .handshake = 2,
	  .retry     = 3 },
};

/* A key that has been taken in: both digests go on from here. */
struct hmac_key {
	EVP_MD_CTX *inner, *outer;
};

struct quic_cipher {
	EVP_MD         *sha256;
	EVP_MD_CTX     *digest;
	struct hmac_key salts[COUNT(versions)], secret;
	EVP_CIPHER     *ecb, *gcm;
	EVP_CIPHER_CTX *ecb_context, *gcm_context;
};

const struct quic_version *quic_version_find(uint32_t number)
{
	for (size_t i = 0; i < COUNT(versions); i++) {
		if (versions[i].number == number)
			return &versions[i];
	}
	return NULL;
}

static void hmac_key_free(struct hmac_key *k)
{
	EVP_MD_CTX_free(k->inner);
	EVP_MD_CTX_free(k->outer);
}

void quic_cipher_free(struct quic_cipher *c)
{
	if (c == NULL)
		return;
	for (size_t i = 0; i < COUNT(versions); i++)
		hmac_key_free(&c->salts[i]);
	hmac_key_free(&c->secret);
	EVP_MD_CTX_free(c->digest);
	EVP_MD_free(c->sha256);
	EVP_CIPHER_CTX_free(c->ecb_context);
	EVP_CIPHER_CTX_free(c->gcm_context);
	EVP_CIPHER_free(c->ecb);
	EVP_CIPHER_free(c->gcm);
	free(c);
}

static bool begin_digest(EVP_MD_CTX *digest, const EVP_MD *sha256, struct bytes key, uint8_t pad)
{
	uint8_t block[BLOCK];

	memset(block, pad, sizeof(block));
	for (size_t i = 0; i < key.len; i++)
		block[i] ^= key.at[i];
	return EVP_DigestInit_ex2(digest, sha256, NULL) == 1 &&
	       EVP_DigestUpdate(digest, block, sizeof(block)) == 1;
}

/* key: of at most BLOCK bytes. */
static bool hmac_take_key(struct hmac_key *k, const EVP_MD *sha256, struct bytes key)
{
	return begin_digest(k->inner, sha256, key, 0x36) &&
	       begin_digest(k->outer, sha256, key, 0x5c);
}

static bool end_digest(EVP_MD_CTX *digest, const EVP_MD_CTX *begun, struct bytes message,
                       uint8_t out[SECRET])
{
	return EVP_MD_CTX_copy_ex(digest, begun) == 1 &&
	       EVP_DigestUpdate(digest, message.at, message.len) == 1 &&
	       EVP_DigestFinal_ex(digest, out, NULL) == 1;
}

static bool hmac(struct quic_cipher *c, const struct hmac_key *k, struct bytes message,
                 uint8_t out[SECRET])
{
	return end_digest(c->digest, k->inner, message, out) &&
	       end_digest(c->digest, k->outer, bytes_of(out, SECRET), out);
}

static bool hmac_key_new(struct hmac_key *k)
{
	k->inner = EVP_MD_CTX_new();
	k->outer = EVP_MD_CTX_new();
	return k->inner != NULL && k->outer != NULL;
}

struct quic_cipher *quic_cipher_new(void)
{
	struct quic_cipher *c = calloc(1, sizeof(*c));
	bool                has_all;

	if (c == NULL)
		return NULL;
	c->sha256      = EVP_MD_fetch(NULL, "SHA256", NULL);
	c->digest      = EVP_MD_CTX_new();
	c->ecb         = EVP_CIPHER_fetch(NULL, "AES-128-ECB", NULL);
	c->gcm         = EVP_CIPHER_fetch(NULL, "AES-128-GCM", NULL);
	c->ecb_context = EVP_CIPHER_CTX_new();
	c->gcm_context = EVP_CIPHER_CTX_new();
	has_all        = c->sha256 != NULL && c->digest != NULL && c->ecb_context != NULL &&
	          c->gcm_context != NULL && hmac_key_new(&c->secret);
	for (size_t i = 0; has_all && i < COUNT(versions); i++)
		has_all = hmac_key_new(&c->salts[i]) &&
		          hmac_take_key(&c->salts[i], c->sha256,
		                        bytes_of(versions[i].salt, sizeof(versions[i].salt)));
	if (!has_all || EVP_EncryptInit_ex2(c->ecb_context, c->ecb, NULL, NULL, NULL) != 1 ||
	    EVP_DecryptInit_ex2(c->gcm_context, c->gcm, NULL, NULL, NULL) != 1) {
		quic_cipher_free(c);
		return NULL;
	}
	return c;
}

/* HKDF-Expand-Label of c->secret with no context, of at most one block. RFC 8446, section 7.1. */
static bool expand_label(struct quic_cipher *c, const char *label, uint8_t *out, size_t len)
{
	uint8_t       room[64], block[SECRET];
	struct writer info = writer_over(room, sizeof(room));

	write_u16(&info, (uint16_t)len);
	write_u8(&info, (uint8_t)(strlen("tls13 ") + strlen(label)));
	write_text(&info, "tls13 ");
	write_text(&info, label);
	write_u8(&info, 0);
	write_u8(&info, 1);             /* the number of the block */
	if (!hmac(c, &c->secret, writer_written(&info), block))
		return false;
	memcpy(out, block, len);
	return true;
}

int quic_keys_derive(struct quic_cipher *c, const struct quic_version *v, struct bytes dcid,
                     struct quic_keys *out)
{
	uint8_t          initial[SECRET], client[SECRET];
	struct quic_keys keys;

	if (!hmac(c, &c->salts[v - versions], dcid, initial) ||
	    !hmac_take_key(&c->secret, c->sha256, bytes_of(initial, sizeof(initial))) ||
	    !expand_label(c, "client in", client, sizeof(client)) ||
	    !hmac_take_key(&c->secret, c->sha256, bytes_of(client, sizeof(client))) ||
	    !expand_label(c, v->key_label, keys.key, sizeof(keys.key)) ||
	    !expand_label(c, v->iv_label, keys.iv, sizeof(keys.iv)) ||
	    !expand_label(c, v->hp_label, keys.hp, sizeof(keys.hp)))
		return -EIO;
	*out = keys;
	return 0;
}

int quic_header_mask(struct quic_cipher *c, const struct quic_keys *keys, struct bytes sample,
                     uint8_t mask_out[5])
{
	uint8_t block[16];
	int     len = 0;

	if (sample.len < sizeof(block) ||
	    EVP_EncryptInit_ex2(c->ecb_context, NULL, keys->hp, NULL, NULL) != 1 ||
	    EVP_EncryptUpdate(c->ecb_context, block, &len, sample.at, sizeof(block)) != 1 ||
	    len != sizeof(block))
		return -EIO;
	memcpy(mask_out, block, 5);
	return 0;
}

int quic_keys_open(struct quic_cipher *c, const struct quic_keys *keys, uint64_t number,
                   struct bytes header, struct bytes sealed, struct writer *out)
{
	uint8_t nonce[sizeof(keys->iv)], tag[QUIC_TAG];
	size_t  content = sealed.len - QUIC_TAG;
	int     len     = 0;

	if (sealed.len < QUIC_TAG || out->cap - out->len < content)
		return -EBADMSG;
	memcpy(nonce, keys->iv, sizeof(nonce));
	for (size_t i = 0; i < 8; i++)
		nonce[sizeof(nonce) - 1 - i] ^= (uint8_t)(number >> 8 * i);
	memcpy(tag, bytes_from(sealed, content).at, sizeof(tag));
	if (EVP_DecryptInit_ex2(c->gcm_context, NULL, keys->key, nonce, NULL) != 1 ||
	    EVP_CIPHER_CTX_ctrl(c->gcm_context, EVP_CTRL_AEAD_SET_TAG, sizeof(tag), tag) != 1 ||
	    EVP_DecryptUpdate(c->gcm_context, NULL, &len, header.at, (int)header.len) != 1 ||
	    EVP_DecryptUpdate(c->gcm_context, out->start + out->len, &len, sealed.at,
	                      (int)content) != 1 ||
	    EVP_DecryptFinal_ex(c->gcm_context, out->start + out->len + len, &len) != 1)
		return -EBADMSG;
	out->len += content;
	return 0;
}

/* SPDX-License-Identifier: MIT */

/*
 * HKDF (RFC 5869) is five HMACs here. Half the work of an HMAC is absorbing its key, so keys are
 * kept in that state: a version's salt for good, and a client's secret for everything derived from
 * it. A library's own HKDF keeps nothing, and OpenSSL's takes four times as long. Only AES-128-GCM
 * and SHA-256 occur: an Initial has no others.
 */

#include "inspect/quic_keys.h"

#include "crypto/crypto.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define VERSION_1(number, name, ...)                                                               \
	{ number, name, { __VA_ARGS__ }, "quic key", "quic iv", "quic hp",                         \
	  .initial = 0, .zero_rtt = 1, .handshake = 2, .retry = 3 }
#define VERSION_2(number, name, ...)                                                               \
	{ number, name, { __VA_ARGS__ }, "quicv2 key", "quicv2 iv", "quicv2 hp",                   \
	  .initial = 1, .zero_rtt = 2, .handshake = 3, .retry = 0 }
#define DRAFT(number, name)                                                                        \
	VERSION_1(number, name,                                                                    \
	          0xaf, 0xbf, 0xec, 0x28, 0x99, 0x93, 0xd2, 0x4c, 0x9e, 0x97,                      \
	          0x86, 0xf1, 0x9c, 0x61, 0x11, 0xe0, 0x43, 0x90, 0xa8, 0x99)

static const struct quic_version versions[] = {
	/* RFC 9001, section 5.2 */
	VERSION_1(0x00000001, "1",
	          0x38, 0x76, 0x2c, 0xf7, 0xf5, 0x59, 0x34, 0xb3, 0x4d, 0x17,
	          0x9a, 0xe6, 0xa4, 0xc8, 0x0c, 0xad, 0xcc, 0xbb, 0x7f, 0x0a),
	/* RFC 9369, section 3 */
	VERSION_2(0x6b3343cf, "2",
	          0x0d, 0xed, 0xe3, 0xde, 0xf7, 0x00, 0xa6, 0xdb, 0x81, 0x93,
	          0x81, 0xbe, 0x6e, 0x26, 0x9d, 0xcb, 0xf9, 0xbd, 0x2e, 0xd9),
	/* a draft of version 2: ngtcp2 0.12 and quic-go 0.29 accept it, but not the final one */
	VERSION_2(0x709a50c4, "2-draft",
	          0xa7, 0x07, 0xc2, 0x03, 0xa5, 0x9b, 0x47, 0x18, 0x4a, 0x1d,
	          0x62, 0xca, 0x57, 0x04, 0x06, 0xea, 0x7a, 0xe3, 0xe5, 0xd3),
	/* draft-ietf-quic-tls-29 to -32, section 5.2: ngtcp2 accepts them all */
	DRAFT(0xff00001d, "draft-29"),
	DRAFT(0xff00001e, "draft-30"),
	DRAFT(0xff00001f, "draft-31"),
	DRAFT(0xff000020, "draft-32"),
};

struct quic_cipher {
	struct hmac   *salts[COUNT(versions)], *secret;
	struct aes128 *aes;
};

const struct quic_version *quic_version_find(uint32_t number)
{
	for (size_t i = 0; i < COUNT(versions); i++) {
		if (versions[i].number == number)
			return &versions[i];
	}
	return NULL;
}

const struct quic_version *quic_version_at(size_t number)
{
	return number < COUNT(versions) ? &versions[number] : NULL;
}

void quic_cipher_free(struct quic_cipher *c)
{
	if (c == NULL)
		return;
	for (size_t i = 0; i < COUNT(versions); i++)
		hmac_free(c->salts[i]);
	hmac_free(c->secret);
	aes128_free(c->aes);
	free(c);
}

struct quic_cipher *quic_cipher_new(void)
{
	struct quic_cipher *c = calloc(1, sizeof(*c));
	bool                has_all;

	if (c == NULL)
		return NULL;
	c->aes    = aes128_new();
	c->secret = hmac_new();
	has_all   = c->aes != NULL && c->secret != NULL;
	for (size_t i = 0; has_all && i < COUNT(versions); i++) {
		struct bytes salt = bytes_of(versions[i].salt, sizeof(versions[i].salt));

		c->salts[i] = hmac_new();
		has_all     = c->salts[i] != NULL && hmac_take_key(c->salts[i], salt) == 0;
	}
	if (!has_all) {
		quic_cipher_free(c);
		return NULL;
	}
	return c;
}

/* HKDF-Expand-Label of c->secret with no context, of at most one block. RFC 8446, section 7.1. */
static bool expand_label(struct quic_cipher *c, const char *label, uint8_t *out, size_t len)
{
	uint8_t       room[64], block[SHA256_LEN];
	struct writer info = writer_over(room, sizeof(room));

	write_u16(&info, (uint16_t)len);
	write_u8(&info, (uint8_t)(strlen("tls13 ") + strlen(label)));
	write_text(&info, "tls13 ");
	write_text(&info, label);
	write_u8(&info, 0);
	write_u8(&info, 1);             /* the number of the block */
	if (hmac_of(c->secret, writer_written(&info), block) != 0)
		return false;
	memcpy(out, block, len);
	return true;
}

int quic_keys_derive(struct quic_cipher *c, const struct quic_version *v, struct bytes dcid,
                     struct quic_keys *out)
{
	uint8_t          initial[SHA256_LEN], client[SHA256_LEN];
	struct quic_keys keys;

	if (hmac_of(c->salts[v - versions], dcid, initial) != 0 ||
	    hmac_take_key(c->secret, bytes_of(initial, sizeof(initial))) != 0 ||
	    !expand_label(c, "client in", client, sizeof(client)) ||
	    hmac_take_key(c->secret, bytes_of(client, sizeof(client))) != 0 ||
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
	uint8_t block[AES128_LEN];

	if (sample.len < sizeof(block) || aes128_block(c->aes, keys->hp, sample.at, block) != 0)
		return -EIO;
	memcpy(mask_out, block, 5);
	return 0;
}

static void quic_keys_nonce(const struct quic_keys *keys, uint64_t number,
                            uint8_t nonce[GCM_NONCE])
{
	memcpy(nonce, keys->iv, GCM_NONCE);
	for (size_t i = 0; i < 8; i++)
		nonce[GCM_NONCE - 1 - i] ^= (uint8_t)(number >> 8 * i);
}

int quic_keys_open(struct quic_cipher *c, const struct quic_keys *keys, uint64_t number,
                   struct bytes header, struct bytes sealed, struct writer *out)
{
	uint8_t nonce[GCM_NONCE];
	size_t  content = sealed.len - QUIC_TAG;
	int     error;

	if (sealed.len < QUIC_TAG || out->cap - out->len < content)
		return -EBADMSG;
	quic_keys_nonce(keys, number, nonce);
	error = aes128_gcm_open(c->aes, keys->key, nonce, header, sealed, out->start + out->len);
	if (error == 0)
		out->len += content;
	return error;
}

int quic_keys_seal(struct quic_cipher *c, const struct quic_keys *keys, uint64_t number,
                   struct bytes header, struct bytes content, struct writer *out)
{
	uint8_t nonce[GCM_NONCE];
	int     error;

	if (out->cap - out->len < content.len + QUIC_TAG)
		return -EIO;
	quic_keys_nonce(keys, number, nonce);
	error = aes128_gcm_seal(c->aes, keys->key, nonce, header, content, out->start + out->len);
	if (error == 0)
		out->len += content.len + QUIC_TAG;
	return error;
}

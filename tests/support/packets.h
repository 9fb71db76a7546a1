/* SPDX-License-Identifier: MIT */
#ifndef TESTS_SUPPORT_PACKETS_H
#define TESTS_SUPPORT_PACKETS_H

/*
 * Packets: what clients send first, put together byte by byte: a DNS query, a TLS hello, an HTTP
 * request, a QUIC Initial, and the IP packet around it. Checksums are left 0: give them to the
 * engine with sums_settled.
 */

#include "inspect/quic_keys.h"
#include "wire/packet.h"

#include <openssl/evp.h>
#include <stdlib.h>
#include <string.h>

/* Both of one family. */
struct packet_path {
	struct address from, to;
	uint16_t       from_port, to_port;
};

static inline void packet_ip(struct writer *w, const struct packet_path *p, uint8_t protocol,
                             size_t len)
{
	size_t of_address = p->from.family == 4 ? 4 : 16;

	if (p->from.family == 4) {
		write_bytes(w, BYTES("\x45\0"));
		write_u16(w, (uint16_t)(20 + len));
		write_bytes(w, BYTES("\0\1\x40\0\x40"));        /* not fragmented, 64 hops */
		write_u8(w, protocol);
		write_u16(w, 0);
	} else {
		write_bytes(w, BYTES("\x60\0\0\0"));
		write_u16(w, (uint16_t)len);
		write_u8(w, protocol);
		write_u8(w, 64);
	}
	write_bytes(w, bytes_of(p->from.at, of_address));
	write_bytes(w, bytes_of(p->to.at, of_address));
}

static inline void packet_udp(struct writer *w, const struct packet_path *p, struct bytes payload)
{
	packet_ip(w, p, 17, 8 + payload.len);
	write_u16(w, p->from_port);
	write_u16(w, p->to_port);
	write_u16(w, (uint16_t)(8 + payload.len));
	write_u16(w, 0);
	write_bytes(w, payload);
}

static inline void packet_tcp(struct writer *w, const struct packet_path *p, uint32_t seq,
                              uint8_t flags, struct bytes payload)
{
	packet_ip(w, p, 6, 20 + payload.len);
	write_u16(w, p->from_port);
	write_u16(w, p->to_port);
	write_u32(w, seq);
	write_u32(w, 1);
	write_u8(w, 0x50);
	write_u8(w, flags);
	write_u32(w, 0xffff0000);
	write_u16(w, 0);
	write_bytes(w, payload);
}

/* A question with recursion desired. RFC 1035, section 4. */
static inline void packet_query(struct writer *w, uint16_t id, const char *host, uint16_t type)
{
	write_u16(w, id);
	write_bytes(w, BYTES("\1\0\0\1\0\0\0\0\0\0"));
	while (*host != '\0') {
		size_t len = strcspn(host, ".");

		write_u8(w, (uint8_t)len);
		write_bytes(w, bytes_of(host, len));
		host += len + (host[len] == '.');
	}
	write_u8(w, 0);
	write_u16(w, type);
	write_u16(w, 1);
}

/* A ClientHello: RFC 8446, section 4.1.2, with the server's name and nothing else of interest. */
static inline void packet_hello(struct writer *w, const char *host, uint64_t random)
{
	size_t name = strlen(host), extensions = 9 + name + 7,
	       body = 2 + 32 + 1 + 4 + 2 + 2 + extensions;

	write_u8(w, 1);
	write_u8(w, 0);
	write_u16(w, (uint16_t)body);
	write_u16(w, 0x0303);
	for (unsigned i = 0; i < 32; i++)
		write_u8(w, (uint8_t)(random >> (i * 8 % 64)));
	write_u8(w, 0);                                 /* no session */
	write_bytes(w, BYTES("\0\2\x13\1"));            /* TLS_AES_128_GCM_SHA256 */
	write_bytes(w, BYTES("\1\0"));                  /* no compression */
	write_u16(w, (uint16_t)extensions);
	write_u16(w, 0);                                /* server_name: RFC 6066, section 3 */
	write_u16(w, (uint16_t)(5 + name));
	write_u16(w, (uint16_t)(3 + name));
	write_u8(w, 0);
	write_u16(w, (uint16_t)name);
	write_text(w, host);
	write_bytes(w, BYTES("\0\x2b\0\3\2\3\4"));      /* supported_versions: TLS 1.3 */
}

static inline void packet_record(struct writer *w, struct bytes hello)
{
	write_bytes(w, BYTES("\x16\3\1"));
	write_u16(w, (uint16_t)hello.len);
	write_bytes(w, hello);
}

static inline void packet_request(struct writer *w, const char *host, const char *path,
                                  const char *agent)
{
	write_text(w, "GET ");
	write_text(w, path);
	write_text(w, " HTTP/1.1\r\nHost: ");
	write_text(w, host);
	write_text(w, "\r\nUser-Agent: ");
	write_text(w, agent);
	write_text(w, "\r\n\r\n");
}

/* bytes: with header, number and tag a datagram of 1,200, as a client must send */
#define PACKET_INITIAL_CONTENT 1158

/*
 * An Initial with these frames: RFC 9000, section 17.2.2; RFC 9001, section 5. Takes: dcid, its
 * connection id, and keys_of, the one that its keys follow from, both of 8 bytes. Aborts if the
 * library fails.
 */
static inline void packet_initial_in(struct writer *w, struct quic_cipher *cipher,
                                     uint32_t version, struct bytes frames, struct bytes dcid,
                                     struct bytes keys_of)
{
	const struct quic_version *v = quic_version_find(version);

	uint8_t content[PACKET_INITIAL_CONTENT] = { 0 }, sealed[PACKET_INITIAL_CONTENT + QUIC_TAG],
		mask[5];
	EVP_CIPHER_CTX  *context = EVP_CIPHER_CTX_new();
	struct quic_keys keys;
	size_t           start = w->len;
	int              num, more, ok;

	if (frames.len > sizeof(content))
		abort();
	memcpy(content, frames.at, frames.len);         /* padding behind them */
	write_u8(w, 0xc1 | v->initial << 4);            /* a number of two bytes follows at last */
	write_u32(w, version);
	write_u8(w, (uint8_t)dcid.len);
	write_bytes(w, dcid);
	write_bytes(w, BYTES("\0\0"));                  /* no connection id of its own, no token */
	write_u16(w, (uint16_t)(0x4000 | (2 + sizeof(sealed))));
	write_u16(w, 0);
	ok = context != NULL &&
	     quic_keys_derive(cipher, v, keys_of, &keys) == 0 &&
	     EVP_EncryptInit_ex2(context, EVP_aes_128_gcm(), keys.key, keys.iv, NULL) == 1 &&
	     EVP_EncryptUpdate(context, NULL, &num, w->start + start, (int)(w->len - start)) == 1 &&
	     EVP_EncryptUpdate(context, sealed, &num, content, sizeof(content)) == 1 &&
	     EVP_EncryptFinal_ex(context, sealed + num, &more) == 1 &&
	     EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_AEAD_GET_TAG, QUIC_TAG,
	                         sealed + sizeof(content)) == 1 &&
	     quic_header_mask(cipher, &keys, bytes_of(sealed + 2, 16), mask) == 0;
	EVP_CIPHER_CTX_free(context);
	if (!ok || w->full)
		abort();
	write_bytes(w, bytes_of(sealed, sizeof(sealed)));
	w->start[start]                 ^= mask[0] & 0x0f;
	w->start[start + dcid.len + 10] ^= mask[1];
	w->start[start + dcid.len + 11] ^= mask[2];
}

static inline void packet_initial_frames(struct writer *w, struct quic_cipher *cipher,
                                         struct bytes frames, struct bytes dcid,
                                         struct bytes keys_of)
{
	packet_initial_in(w, cipher, 1, frames, dcid, keys_of);
}

/* With the bytes of a hello that stand at `offset`. */
static inline void packet_initial_of(struct writer *w, struct quic_cipher *cipher,
                                     struct bytes piece, uint16_t offset, struct bytes dcid,
                                     struct bytes keys_of)
{
	uint8_t       room[PACKET_INITIAL_CONTENT];
	struct writer frames = writer_over(room, sizeof(room));

	write_u8(&frames, 6);                           /* CRYPTO */
	write_u32(&frames, 0x80000000 | offset);
	write_u16(&frames, (uint16_t)(0x4000 | piece.len));
	write_bytes(&frames, piece);
	if (frames.full)
		abort();
	packet_initial_frames(w, cipher, writer_written(&frames), dcid, keys_of);
}

static inline void packet_initial_piece(struct writer *w, struct quic_cipher *cipher,
                                        struct bytes piece, uint16_t offset, uint64_t connection)
{
	struct bytes dcid = bytes_of((const uint8_t *)&connection, sizeof(connection));

	packet_initial_of(w, cipher, piece, offset, dcid, dcid);
}

/* A client's first one, with a whole hello. */
static inline void packet_initial(struct writer *w, struct quic_cipher *cipher, struct bytes hello,
                                  uint64_t connection)
{
	packet_initial_piece(w, cipher, hello, 0, connection);
}

#endif

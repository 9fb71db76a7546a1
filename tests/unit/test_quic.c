/* SPDX-License-Identifier: MIT */

/*
 * The examples of RFC 9001, appendix A, and RFC 9369, appendix A, are the second opinion on keys;
 * packets are made here with the library directly, and the captures of tests/replay by another
 * program.
 */

#include "inspect/quic.h"
#include "support/suite.h"

#include <openssl/evp.h>
#include <string.h>

static struct quic_cipher *cipher;

static void open_cipher(void)
{
	cipher = quic_cipher_new();
	ck_assert_ptr_nonnull(cipher);
}

static void close_cipher(void)
{
	quic_cipher_free(cipher);
}

static const struct {
	const char  *what;
	uint32_t     version;
	struct bytes key, iv, hp;
} examples[] = {
	{ "RFC 9001, A.1", 0x00000001,
	  BYTES("\x1f\x36\x96\x13\xdd\x76\xd5\x46\x77\x30\xef\xcb\xe3\xb1\xa2\x2d"),
	  BYTES("\xfa\x04\x4b\x2f\x42\xa3\xfd\x3b\x46\xfb\x25\x5c"),
	  BYTES("\x9f\x50\x44\x9e\x04\xa0\xe8\x10\x28\x3a\x1e\x99\x33\xad\xed\xd2") },
	{ "RFC 9369, A.1", 0x6b3343cf,
	  BYTES("\x8b\x1a\x0b\xc1\x21\x28\x42\x90\xa2\x9e\x09\x71\xb5\xcd\x04\x5d"),
	  BYTES("\x91\xf7\x3e\x23\x51\xd8\xfa\x91\x66\x0e\x90\x9f"),
	  BYTES("\x45\xb9\x5e\x15\x23\x5d\x6f\x45\xa6\xb1\x9c\xbc\xb0\x29\x4b\xa9") },
	{ "its draft, by tests/replay/make_stories.py", 0x709a50c4,
	  BYTES("\x95\xdf\x2b\xe2\xe8\xd5\x49\xc8\x2e\x99\x6f\xc9\x33\x9f\x45\x63"),
	  BYTES("\xea\x5e\x3c\x95\xf9\x33\xdb\x14\xb7\x02\x0a\xd8"),
	  BYTES("\x09\x1e\xfb\x73\x57\x02\x44\x7d\x07\x90\x8f\x65\x01\x84\x57\x94") },
};

START_TEST(keys_are_those_of_the_rfc)
{
	struct bytes     dcid = BYTES("\x83\x94\xc8\xf0\x3e\x51\x57\x08");
	struct quic_keys keys;

	ck_assert_int_eq(
		quic_keys_derive(cipher, quic_version_find(examples[_i].version), dcid, &keys), 0);
	ck_assert_mem_eq(keys.key, examples[_i].key.at, sizeof(keys.key));
	ck_assert_mem_eq(keys.iv, examples[_i].iv.at, sizeof(keys.iv));
	ck_assert_mem_eq(keys.hp, examples[_i].hp.at, sizeof(keys.hp));
}
END_TEST

START_TEST(header_mask_is_that_of_the_rfc)
{
	struct quic_keys keys;
	uint8_t          mask[5];

	quic_keys_derive(cipher, quic_version_find(1), BYTES("\x83\x94\xc8\xf0\x3e\x51\x57\x08"),
	                 &keys);
	ck_assert_int_eq(quic_header_mask(cipher, &keys,
	                                  BYTES("\xd1\xb1\xc9\x8d\xd7\x68\x9f\xb8"
	                                        "\xec\x11\xd2\x42\xb1\x23\xdc\x9b"),
	                                  mask),
	                 0);
	ck_assert_mem_eq(mask, "\x43\x7b\x9a\xec\x36", 5);
	ck_assert_int_ne(quic_header_mask(cipher, &keys, BYTES("short"), mask), 0);
}
END_TEST

static const struct {
	const char    *what;
	struct bytes   datagram;
	enum parse     want;
	enum quic_type type;
	size_t         len;             /* of the packet */
} first_packets[] = {
	{ "nothing", BYTES(""), PARSE_MORE, 0, 0 },
	{ "a short header", BYTES("\x40rest"), PARSE_MORE, 0, 0 },
	{ "a version cut short", BYTES("\xc0\0\0\0"), PARSE_BAD, 0, 0 },
	{ "a connection id beyond the end", BYTES("\xc0\0\0\0\1\x08" "1234"), PARSE_BAD, 0, 0 },
	{ "a token beyond the end", BYTES("\xc0\0\0\0\1\0\0\x44\0x"), PARSE_BAD, 0, 0 },
	{ "a length beyond the end", BYTES("\xc0\0\0\0\1\0\0\0\x05" "1234"), PARSE_BAD, 0, 0 },
	{ "a length of 2^62 - 1", BYTES("\xc0\0\0\0\1\0\0\0\xff\xff\xff\xff\xff\xff\xff\xff"),
	  PARSE_BAD, 0, 0 },
	{ "a connection id of 21 octets", BYTES("\xc0\0\0\0\1\x15" "123456789012345678901\0\0\0"),
	  PARSE_BAD, 0, 0 },
	{ "Initial of version 1", BYTES("\xc0\0\0\0\1\1d\1s\1t\4" "1234" "next"), PARSE_OK,
	  QUIC_INITIAL, 16 },
	{ "0-RTT of version 1", BYTES("\xd0\0\0\0\1\1d\1s\4" "1234" "next"), PARSE_OK,
	  QUIC_ZERO_RTT, 14 },
	{ "Handshake of version 1", BYTES("\xe0\0\0\0\1\1d\1s\4" "1234" "next"), PARSE_OK,
	  QUIC_HANDSHAKE, 14 },
	{ "Retry of version 1", BYTES("\xf0\0\0\0\1\1d\1s" "token"), PARSE_OK, QUIC_RETRY, 14 },
	{ "Initial of version 2", BYTES("\xd0\x6b\x33\x43\xcf\0\0\0\4" "1234" "next"), PARSE_OK,
	  QUIC_INITIAL, 13 },
	{ "Retry of version 2", BYTES("\xc0\x6b\x33\x43\xcf\0\0" "token"), PARSE_OK, QUIC_RETRY,
	  12 },
	{ "Initial of draft 29", BYTES("\xc0\xff\0\0\x1d\0\0\0\4" "1234"), PARSE_OK, QUIC_INITIAL,
	  13 },
	{ "another version", BYTES("\xc0\x1a\x2a\x3a\x4a\0\0rest"), PARSE_OK, QUIC_UNKNOWN_VERSION,
	  11 },
};

START_TEST(first_packet)
{
	struct reader      r = reader_over(first_packets[_i].datagram, PARSE_BAD);
	struct quic_packet p;

	ck_assert_int_eq(quic_next_packet(&r, &p), first_packets[_i].want);
	if (first_packets[_i].want != PARSE_OK)
		return;
	ck_assert_int_eq(p.type, first_packets[_i].type);
	ck_assert_uint_eq(p.whole.len, first_packets[_i].len);
}
END_TEST

START_TEST(packets_that_share_a_datagram_are_all_found)
{
	struct reader      r = reader_over(BYTES("\xd0\0\0\0\1\1d\1s\4"
	                                              "1234"
	                                              "\xe0\0\0\0\1\1d\1s\2"
	                                              "12"
	                                              "\xc0\0\0\0\1\1d\1s\0\3"
	                                              "123"
	                                              "\x40rest"),
	                                   PARSE_BAD);
	struct quic_packet p;

	ck_assert_int_eq(quic_next_packet(&r, &p), PARSE_OK);
	ck_assert_int_eq(p.type, QUIC_ZERO_RTT);
	ck_assert_int_eq(quic_next_packet(&r, &p), PARSE_OK);
	ck_assert_int_eq(p.type, QUIC_HANDSHAKE);
	ck_assert_int_eq(quic_next_packet(&r, &p), PARSE_OK);
	ck_assert_int_eq(p.type, QUIC_INITIAL);
	ck_assert_bytes(bytes_from(p.whole, p.number_at), "123");
	ck_assert_int_eq(quic_next_packet(&r, &p), PARSE_MORE);
}
END_TEST

static const struct {
	const char  *what;
	struct bytes frames;
	enum parse   want;
	uint64_t     offset;
	struct bytes data;
} frame_lists[] = {
	{ "nothing", BYTES(""), PARSE_MORE, 0, { 0 } },
	{ "padding alone", BYTES("\0\0\0"), PARSE_MORE, 0, { 0 } },
	{ "a STREAM frame", BYTES("\x08\0x"), PARSE_BAD, 0, { 0 } },
	{ "a NEW_CONNECTION_ID frame", BYTES("\x18\0"), PARSE_BAD, 0, { 0 } },
	{ "CRYPTO beyond the end", BYTES("\6\0\5abcd"), PARSE_BAD, 0, { 0 } },
	{ "ACK with 2^62 - 1 ranges", BYTES("\2\0\0\xff\xff\xff\xff\xff\xff\xff\xff\0"), PARSE_BAD,
	  0, { 0 } },
	{ "CONNECTION_CLOSE alone", BYTES("\x1c\0\0\2no"), PARSE_MORE, 0, { 0 } },
	{ "CRYPTO", BYTES("\6\x40\x41\3abc"), PARSE_OK, 65, BYTES("abc") },
	{ "CRYPTO of no bytes", BYTES("\6\7\0"), PARSE_OK, 7, BYTES("") },
	{ "CRYPTO with a type of two bytes", BYTES("\x40\6\0\1a"), PARSE_OK, 0, BYTES("a") },
	{ "all others before it", BYTES("\0\1\2\5\0\1\0\0\0\3\5\0\0\0\1\2\3\x1c\0\0\2no\6\0\1a"),
	  PARSE_OK, 0, BYTES("a") },
};

START_TEST(first_crypto_frame)
{
	struct reader      r     = reader_over(frame_lists[_i].frames, PARSE_BAD);
	struct quic_crypto piece = { 0 };

	ck_assert_int_eq(quic_next_crypto(&r, &piece), frame_lists[_i].want);
	if (frame_lists[_i].want != PARSE_OK)
		return;
	ck_assert_uint_eq(piece.offset, frame_lists[_i].offset);
	ck_assert(bytes_equal(piece.data, frame_lists[_i].data));
}
END_TEST

START_TEST(no_number_of_padding_bytes_hides_the_frame_behind_it)
{
	static const uint8_t crypto[] = { 6, 0, 1, 'a' };

	for (size_t num = 0; num <= 40; num++) {
		uint8_t            frames[64] = { 0 };
		struct reader r = reader_over(bytes_of(frames, num + sizeof(crypto)), PARSE_BAD);
		struct quic_crypto piece      = { 0 };

		memcpy(frames + num, crypto, sizeof(crypto));
		ck_assert_int_eq(quic_next_crypto(&r, &piece), PARSE_OK);
		ck_assert(bytes_equal(piece.data, BYTES("a")));
		ck_assert_int_eq(quic_next_crypto(&r, &piece), PARSE_MORE);
	}
}
END_TEST

/*
 * Seals with the library directly, as a client would: header with a number of two bytes, content,
 * tag.
 */
static size_t seal(const char *header, size_t header_len, uint16_t number, const char *frames,
                   size_t len, uint8_t *out)
{
	struct bytes     dcid = BYTES("\x83\x94\xc8\xf0\x3e\x51\x57\x08");
	EVP_CIPHER_CTX  *context = EVP_CIPHER_CTX_new();
	struct quic_keys keys;
	uint8_t          mask[5], *content = out + header_len + 2;
	int              num = 0;

	quic_keys_derive(cipher, quic_version_find(1), dcid, &keys);
	memcpy(out, header, header_len);
	out[header_len]     = (uint8_t)(number >> 8);
	out[header_len + 1] = (uint8_t)number;
	keys.iv[10] ^= (uint8_t)(number >> 8);
	keys.iv[11] ^= (uint8_t)number;
	EVP_EncryptInit_ex2(context, EVP_aes_128_gcm(), keys.key, keys.iv, NULL);
	EVP_EncryptUpdate(context, NULL, &num, out, (int)header_len + 2);
	EVP_EncryptUpdate(context, content, &num, (const uint8_t *)frames, (int)len);
	EVP_EncryptFinal_ex(context, content + len, &num);
	EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_AEAD_GET_TAG, 16, content + len);
	EVP_CIPHER_CTX_free(context);
	quic_header_mask(cipher, &keys, bytes_of(content + 2, 16), mask);
	out[0] ^= mask[0] & 0x0f;
	out[header_len] ^= mask[1];
	out[header_len + 1] ^= mask[2];
	return header_len + 2 + len + 16;
}

/* 2 + 20 + 16 bytes follow */
#define HEADER "\xc1\0\0\0\1\x08\x83\x94\xc8\xf0\x3e\x51\x57\x08\0\0\x40\x26"
#define FRAMES "\6\0\4hell" "\0\0\0\0\0\0\0\0\0\0\0\0\0"

static enum parse open_sealed(uint8_t *packet, size_t len, uint64_t *largest,
                              struct bytes *frames_out)
{
	static uint8_t     room[4096];
	struct writer      scratch = writer_over(room, len);
	struct reader      r = reader_over(bytes_of(packet, len), PARSE_BAD);
	struct quic_packet p;
	struct quic_keys   keys;

	ck_assert_int_eq(quic_next_packet(&r, &p), PARSE_OK);
	quic_keys_derive(cipher, p.version, p.dcid, &keys);
	return quic_open_initial(cipher, &keys, &p, largest, &scratch, frames_out);
}

START_TEST(sealed_packet_opens)
{
	uint8_t      packet[128];
	size_t len = seal(HEADER, sizeof(HEADER) - 1, 300, FRAMES, sizeof(FRAMES) - 1, packet);
	uint64_t     largest = 0;
	struct bytes frames  = { 0 };

	ck_assert_int_eq(open_sealed(packet, len, &largest, &frames), PARSE_OK);
	ck_assert_uint_eq(largest, 300);
	ck_assert(bytes_equal(frames, bytes_of(FRAMES, sizeof(FRAMES) - 1)));
}
END_TEST

/* longer than a frame of Ethernet: fragments carry it, and servers take it */
START_TEST(packet_behind_a_long_token_opens)
{
	uint8_t       header[2100], packet[2200];
	struct writer w       = writer_over(header, sizeof(header));
	uint64_t      largest = 0;
	struct bytes  frames  = { 0 };
	size_t        len;

	/* a token of 2,000 bytes */
	write_bytes(&w, BYTES("\xc1\0\0\0\1\x08\x83\x94\xc8\xf0\x3e\x51\x57\x08\0\x47\xd0"));
	while (w.len < 2017)
		write_u8(&w, 't');
	write_bytes(&w, BYTES("\x40\x26"));
	len = seal((const char *)header, w.len, 300, FRAMES, sizeof(FRAMES) - 1, packet);
	ck_assert_int_eq(open_sealed(packet, len, &largest, &frames), PARSE_OK);
	ck_assert(bytes_equal(frames, bytes_of(FRAMES, sizeof(FRAMES) - 1)));
}
END_TEST

START_TEST(number_is_the_one_nearest_to_the_next_expected)
{
	uint8_t      packet[128];
	size_t len = seal(HEADER, sizeof(HEADER) - 1, 0xfff0, FRAMES, sizeof(FRAMES) - 1, packet);
	/* 0x1fff0 would be nearest, and the nonce was made with 0xfff0 */
	uint64_t     largest = 0x1fffe;
	struct bytes frames;

	ck_assert_int_eq(open_sealed(packet, len, &largest, &frames), PARSE_BAD);
	largest = 0xfffe;
	ck_assert_int_eq(open_sealed(packet, len, &largest, &frames), PARSE_OK);
	ck_assert_uint_eq(largest, 0xfffe);
}
END_TEST

/* but of the version and the lengths, which are other packets then */
START_TEST(any_changed_byte_is_refused)
{
	uint8_t      packet[128];
	size_t       len = seal(HEADER, sizeof(HEADER) - 1, 1, FRAMES, sizeof(FRAMES) - 1, packet);
	uint64_t     largest = 0;
	struct bytes frames;

	for (size_t at = sizeof(HEADER) - 1; at < len; at++) {
		packet[at] ^= 0x10;
		ck_assert_int_eq(open_sealed(packet, len, &largest, &frames), PARSE_BAD);
		packet[at] ^= 0x10;
	}
	ck_assert_uint_eq(largest, 0);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("quic");
	TCase *t = tcase_create("quic");

	tcase_add_checked_fixture(t, open_cipher, close_cipher);
	tcase_add_loop_test(t, keys_are_those_of_the_rfc, 0, COUNT(examples));
	tcase_add_test(t, header_mask_is_that_of_the_rfc);
	tcase_add_loop_test(t, first_packet, 0, COUNT(first_packets));
	tcase_add_test(t, packets_that_share_a_datagram_are_all_found);
	tcase_add_loop_test(t, first_crypto_frame, 0, COUNT(frame_lists));
	tcase_add_test(t, no_number_of_padding_bytes_hides_the_frame_behind_it);
	tcase_add_test(t, sealed_packet_opens);
	tcase_add_test(t, packet_behind_a_long_token_opens);
	tcase_add_test(t, number_is_the_one_nearest_to_the_next_expected);
	tcase_add_test(t, any_changed_byte_is_refused);
	suite_add_tcase(s, t);
	return suite_run(s);
}

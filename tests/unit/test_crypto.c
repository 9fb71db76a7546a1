/* SPDX-License-Identifier: MIT */

/* What the libraries are held to, whichever filterd was built with: the vectors of the standards. */

#include "crypto/crypto.h"
#include "support/suite.h"

#include <errno.h>
#include <string.h>

/* From digits, as the standards print it. */
struct octets {
	uint8_t at[256];
	size_t  len;
};

static struct octets octets(const char *digits)
{
	struct octets o = { .len = strlen(digits) / 2 };

	ck_assert_uint_le(o.len, sizeof(o.at));
	ck_assert_int_eq(bytes_from_hex(bytes_text(digits), o.at, o.len), PARSE_OK);
	return o;
}

static struct bytes view(const struct octets *o)
{
	return bytes_of(o->at, o->len);
}

static void is(const uint8_t *got, size_t len, const char *digits)
{
	struct octets want = octets(digits);

	ck_assert_uint_eq(want.len, len);
	ck_assert_msg(memcmp(got, want.at, len) == 0, "not %s", digits);
}

/* FIPS 180-4: NIST's examples, and nothing at all. */
static const struct { struct bytes what; const char *sha256, *sha1; } hashes[] = {
	{ { 0 }, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
	  "da39a3ee5e6b4b0d3255bfef95601890afd80709" },
	{ BYTES("abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
	  "a9993e364706816aba3e25717850c26c9cd0d89d" },
	{ BYTES("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq"),
	  "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1",
	  "84983e441c3bd26ebaae4aa1f95129e5e54670f1" },
};

START_TEST(a_hash)
{
	uint8_t hash[SHA256_LEN];

	ck_assert_int_eq(sha256_of(hashes[_i].what, hash), 0);
	is(hash, SHA256_LEN, hashes[_i].sha256);
	ck_assert_int_eq(sha1_of(hashes[_i].what, hash), 0);
	is(hash, SHA1_LEN, hashes[_i].sha1);
}

START_TEST(a_hash_of_pieces_is_that_of_the_whole)
{
	struct bytes what = hashes[_i].what;

	for (size_t first = 0; first <= what.len; first++) {
		struct sha256 *s = sha256_new();
		uint8_t        hash[SHA256_LEN];

		sha256_add(s, bytes_first(what, first));
		sha256_add(s, bytes_from(what, first));
		ck_assert_int_eq(sha256_end(s, hash), 0);
		is(hash, SHA256_LEN, hashes[_i].sha256);
		sha256_free(s);
	}
}

START_TEST(without_memory_there_is_no_hash)
{
	uint8_t hash[SHA256_LEN];

	sha256_add(NULL, BYTES("abc"));
	ck_assert_int_eq(sha256_end(NULL, hash), -EIO);
	sha256_free(NULL);
	hmac_free(NULL);
	aes128_free(NULL);
}

/* RFC 4231, section 4, but for keys longer than a block, and one of exactly a block. */
#define TEN(digits) digits digits digits digits digits digits digits digits digits digits
static const struct { const char *key, *message, *mac; } macs[] = {
	{ TEN("0b") TEN("0b"), "4869205468657265",
	  "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7" },
	{ "4a656665", "7768617420646f2079612077616e7420666f72206e6f7468696e673f",
	  "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843" },
	{ TEN("aa") TEN("aa"), TEN("dddddddddd"),
	  "773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe" },
	{ "0102030405060708090a0b0c0d0e0f10111213141516171819", TEN("cdcdcdcdcd"),
	  "82558a389a443c0ea4cc819899f2083a85f0faa3e578f8077a2e3ff46729665b" },
	{ "", "", "b613679a0814d9ec772f95d778c35fc5ff1697c493715653c6c712144292c5ad" },
};

START_TEST(an_hmac)
{
	struct octets key = octets(macs[_i].key), message = octets(macs[_i].message);
	struct hmac  *h = hmac_new();
	uint8_t       mac[SHA256_LEN];

	ck_assert_int_eq(hmac_take_key(h, view(&key)), 0);
	for (int times = 0; times < 3; times++) {
		ck_assert_int_eq(hmac_of(h, view(&message), mac), 0);
		is(mac, sizeof(mac), macs[_i].mac);
	}
	hmac_free(h);
}

START_TEST(another_key_takes_the_place_of_the_first)
{
	struct octets key = octets(macs[0].key), message = octets(macs[0].message);
	struct hmac  *h = hmac_new();
	uint8_t       mac[SHA256_LEN];

	ck_assert_int_eq(hmac_take_key(h, BYTES("Jefe")), 0);
	ck_assert_int_eq(hmac_of(h, view(&message), mac), 0);
	ck_assert_int_eq(hmac_take_key(h, view(&key)), 0);
	ck_assert_int_eq(hmac_of(h, view(&message), mac), 0);
	is(mac, sizeof(mac), macs[0].mac);
	hmac_free(h);
}

START_TEST(a_key_longer_than_a_block_is_refused)
{
	uint8_t      key[HMAC_KEY_MAX + 1] = { 0 };
	struct hmac *h                     = hmac_new();

	ck_assert_int_eq(hmac_take_key(h, bytes_of(key, HMAC_KEY_MAX)), 0);
	ck_assert_int_eq(hmac_take_key(h, bytes_of(key, HMAC_KEY_MAX + 1)), -EIO);
	hmac_free(h);
}

/* RFC 5869, A.1: HKDF is made of it. */
START_TEST(keys_follow_from_a_secret)
{
	struct octets secret = octets(TEN("0b") TEN("0b") "0b0b"),
		      salt   = octets("000102030405060708090a0b0c"),
		      first  = octets("f0f1f2f3f4f5f6f7f8f901");
	struct hmac  *h      = hmac_new();
	uint8_t       key[SHA256_LEN], second[SHA256_LEN + 11];

	ck_assert_int_eq(hmac_take_key(h, view(&salt)), 0);
	ck_assert_int_eq(hmac_of(h, view(&secret), key), 0);
	is(key, sizeof(key), "077709362c2e32df0ddc3f0dc47bba6390b6c73bb50f9c3122ec844ad7c2b3e5");
	ck_assert_int_eq(hmac_take_key(h, bytes_of(key, sizeof(key))), 0);
	ck_assert_int_eq(hmac_of(h, view(&first), second), 0);
	is(second, SHA256_LEN, "3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf");
	memcpy(second + SHA256_LEN, first.at, first.len);
	second[sizeof(second) - 1] = 2;
	ck_assert_int_eq(hmac_of(h, bytes_of(second, sizeof(second)), key), 0);
	is(key, 10, "34007208d5b887185865");
	hmac_free(h);
}

/* FIPS 197, C.1; RFC 9001, A.2 and A.3: of a mask the first five bytes count. */
static const struct { const char *key, *block, *out; } blocks[] = {
	{ "000102030405060708090a0b0c0d0e0f", "00112233445566778899aabbccddeeff",
	  "69c4e0d86a7b0430d8cdb78070b4c55a" },
	{ "9f50449e04a0e810283a1e9933adedd2", "d1b1c98dd7689fb8ec11d242b123dc9b", "437b9aec36" },
	{ "c206b8d9b9f0f37644430b490eeaa314", "2cd0991cd25b0aac406a5816b6394100", "2ec0d8356a" },
};

START_TEST(a_block)
{
	struct octets  key = octets(blocks[_i].key), block = octets(blocks[_i].block);
	struct aes128 *a = aes128_new();
	uint8_t        out[AES128_LEN];

	ck_assert_int_eq(aes128_block(a, key.at, block.at, out), 0);
	is(out, strlen(blocks[_i].out) / 2, blocks[_i].out);
	aes128_free(a);
}

/* McGrew and Viega's cases 1, 2 and 4; RFC 9001, A.3. */
static const struct { const char *key, *nonce, *header, *sealed, *content; } seals[] = {
	{ "00000000000000000000000000000000", "000000000000000000000000", "",
	  "58e2fccefa7e3061367f1d57a4e7455a", "" },
	{ "00000000000000000000000000000000", "000000000000000000000000", "",
	  "0388dace60b6a392f328c2b971b2fe78ab6e47d42cec13bdf53a67b21257bddf",
	  "00000000000000000000000000000000" },
	{ "feffe9928665731c6d6a8f9467308308", "cafebabefacedbaddecaf888",
	  "feedfacedeadbeeffeedfacedeadbeefabaddad2",
	  "42831ec2217774244b7221b784d0d49ce3aa212f2c02a4e035c17e2329aca12e"
	  "21d514b25466931c7d8f6a5aac84aa051ba30b396a0aac973d58e091"
	  "5bc94fbc3221a5db94fae95ae7121a47",
	  "d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a72"
	  "1c3c0c95956809532fcf0e2449a6b525b16aedf5aa0de657ba637b39" },
	{ "cf3a5331653c364c88f0f379b6067e37", "0ac1493ca1905853b0bba03f",
	  "c1000000010008f067a5502a4262b50040750001",
	  "5a482cd0991cd25b0aac406a5816b6394100f37a1c69797554780bb38cc5a99f"
	  "5ede4cf73c3ec2493a1839b3dbcba3f6ea46c5b7684df3548e7ddeb9c3bf9c73"
	  "cc3f3bded74b562bfb19fb84022f8ef4cdd93795d77d06edbb7aaf2f58891850"
	  "abbdca3d20398c276456cbc42158407dd074ee",
	  "02000000000600405a020000560303eefce7f7b37ba1d1632e96677825ddf739"
	  "88cfc79825df566dc5430b9a045a1200130100002e00330024001d00209d3c94"
	  "0d89690b84d08a60993c144eca684d1081287c834d5311bcf32bb9da1a002b00"
	  "020304" },
};

static int seal_open(struct aes128 *a, struct octets header, struct octets sealed,
                     uint8_t content[256], int i)
{
	struct octets key = octets(seals[i].key), nonce = octets(seals[i].nonce);

	return aes128_gcm_open(a, key.at, nonce.at, view(&header), view(&sealed), content);
}

START_TEST(what_was_sealed)
{
	struct octets  header = octets(seals[_i].header), sealed = octets(seals[_i].sealed);
	struct aes128 *a = aes128_new();
	uint8_t        content[256];

	ck_assert_int_eq(seal_open(a, header, sealed, content, _i), 0);
	is(content, sealed.len - GCM_TAG, seals[_i].content);
	aes128_free(a);
}

START_TEST(what_is_sealed_is_what_was)
{
	struct octets  key = octets(seals[_i].key), nonce = octets(seals[_i].nonce),
		       header = octets(seals[_i].header), sealed = octets(seals[_i].sealed),
		       content = octets(seals[_i].content);
	struct aes128 *a = aes128_new();
	uint8_t        out[256 + GCM_TAG];

	/* and what was opened in between changes nothing */
	for (int i = 0; i < 2; i++) {
		ck_assert_int_eq(aes128_gcm_seal(a, key.at, nonce.at, view(&header),
		                                 view(&content), out),
		                 0);
		is(out, sealed.len, seals[_i].sealed);
		ck_assert_int_eq(seal_open(a, header, sealed, out, _i), 0);
	}
	aes128_free(a);
}

START_TEST(a_seal_with_any_bit_altered_does_not_hold)
{
	struct octets  header = octets(seals[_i].header), sealed = octets(seals[_i].sealed);
	struct aes128 *a = aes128_new();
	uint8_t        content[256];

	for (size_t bit = 0; bit < 8 * sealed.len; bit++) {
		sealed.at[bit / 8] ^= (uint8_t)(1 << bit % 8);
		ck_assert_int_eq(seal_open(a, header, sealed, content, _i), -EBADMSG);
		sealed.at[bit / 8] ^= (uint8_t)(1 << bit % 8);
	}
	for (size_t bit = 0; bit < 8 * header.len; bit++) {
		header.at[bit / 8] ^= (uint8_t)(1 << bit % 8);
		ck_assert_int_eq(seal_open(a, header, sealed, content, _i), -EBADMSG);
		header.at[bit / 8] ^= (uint8_t)(1 << bit % 8);
	}
	/* and it still opens what is whole */
	ck_assert_int_eq(seal_open(a, header, sealed, content, _i), 0);
	aes128_free(a);
}

START_TEST(a_seal_cut_at_any_byte_does_not_hold)
{
	struct octets  header = octets(seals[_i].header), sealed = octets(seals[_i].sealed);
	struct aes128 *a = aes128_new();
	uint8_t        content[256];

	while (sealed.len-- > 0)
		ck_assert_int_eq(seal_open(a, header, sealed, content, _i), -EBADMSG);
	aes128_free(a);
}

/* RFC 8032, section 7.1. */
static const struct { const char *secret, *public, *message, *sig; } signatures[] = {
	{ "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
	  "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a", "",
	  "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e06522490155"
	  "5fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b" },
	{ "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
	  "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c", "72",
	  "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da"
	  "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00" },
	{ "c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7",
	  "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025", "af82",
	  "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac"
	  "18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a" },
	{ "833fe62409237b9d62ec77587520911e9a759cec1d19755b7da901b96dca3d42",
	  "ec172b93ad5e563bf4932c70e1245034c35467ef2efd4d64ebf819683467e2bf",
	  "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a"
	  "2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f",
	  "dc2a4459e7369633a52b1bf277839a00201009a3efbf3ecb69bea2186c26b589"
	  "09351fc9ac90b3ecfdfbc7c66431e0303dca179c138ac17ad9bef1177331a704" },
};

START_TEST(a_signature)
{
	struct octets secret  = octets(signatures[_i].secret),
		      message = octets(signatures[_i].message);
	uint8_t       public[ED25519_KEY], sig[ED25519_SIG];

	ck_assert_int_eq(ed25519_public(secret.at, public), 0);
	is(public, sizeof(public), signatures[_i].public);
	ck_assert_int_eq(ed25519_sign(secret.at, view(&message), sig), 0);
	is(sig, sizeof(sig), signatures[_i].sig);
	ck_assert(ed25519_verify(public, view(&message), sig));
}

START_TEST(a_signature_with_any_bit_altered_is_none)
{
	struct octets public  = octets(signatures[_i].public),
		      message = octets(signatures[_i].message), sig = octets(signatures[_i].sig);

	for (size_t bit = 0; bit < 8 * sig.len; bit++) {
		sig.at[bit / 8] ^= (uint8_t)(1 << bit % 8);
		ck_assert(!ed25519_verify(public.at, view(&message), sig.at));
		sig.at[bit / 8] ^= (uint8_t)(1 << bit % 8);
	}
	for (size_t bit = 0; bit < 8 * message.len; bit++) {
		message.at[bit / 8] ^= (uint8_t)(1 << bit % 8);
		ck_assert(!ed25519_verify(public.at, view(&message), sig.at));
		message.at[bit / 8] ^= (uint8_t)(1 << bit % 8);
	}
	message.len++;
	ck_assert(!ed25519_verify(public.at, view(&message), sig.at));
}

START_TEST(a_signature_is_of_one_key)
{
	struct octets public  = octets(signatures[0].public),
		      message = octets(signatures[1].message), sig = octets(signatures[1].sig);

	ck_assert(!ed25519_verify(public.at, view(&message), sig.at));
}

/* RFC 8032, section 5.1.7: S of the first one, and the order of the group more. */
START_TEST(a_signature_has_one_spelling)
{
	struct octets public = octets(signatures[0].public),
		      sig    = octets("e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e06522490155"
		                      "4c8c7872aa064e049dbb3013fbf29380d25bf5f0595bbe24655141438e7a101b");

	ck_assert(!ed25519_verify(public.at, BYTES(""), sig.at));
}

int main(void)
{
	Suite *s = suite_create("crypto");
	TCase *t = tcase_create("crypto");

	tcase_add_loop_test(t, a_hash, 0, COUNT(hashes));
	tcase_add_loop_test(t, a_hash_of_pieces_is_that_of_the_whole, 0, COUNT(hashes));
	tcase_add_test(t, without_memory_there_is_no_hash);
	tcase_add_test(t, a_key_longer_than_a_block_is_refused);
	tcase_add_loop_test(t, an_hmac, 0, COUNT(macs));
	tcase_add_test(t, another_key_takes_the_place_of_the_first);
	tcase_add_test(t, keys_follow_from_a_secret);
	tcase_add_loop_test(t, a_block, 0, COUNT(blocks));
	tcase_add_loop_test(t, a_seal_with_any_bit_altered_does_not_hold, 0, COUNT(seals));
	tcase_add_loop_test(t, a_seal_cut_at_any_byte_does_not_hold, 0, COUNT(seals));
	tcase_add_loop_test(t, what_was_sealed, 0, COUNT(seals));
	tcase_add_loop_test(t, what_is_sealed_is_what_was, 0, COUNT(seals));
	tcase_add_loop_test(t, a_signature_with_any_bit_altered_is_none, 0, COUNT(signatures));
	tcase_add_test(t, a_signature_is_of_one_key);
	tcase_add_test(t, a_signature_has_one_spelling);
	tcase_add_loop_test(t, a_signature, 0, COUNT(signatures));
	suite_add_tcase(s, t);
	return suite_run(s);
}

/* SPDX-License-Identifier: MIT */

#include "audit/note.h"

#include "base/base64.h"
#include "crypto/crypto.h"

#include <inttypes.h>
#include <string.h>

#define ALGORITHM_ED25519 1     /* C2SP signed-note: before the key */
#define KEY_BASE64        BASE64_LEN(1 + NOTE_KEY)
/* RFC 8410, section 4: the 12 bytes before the key's 32 */
#define PEM_HEAD          "MCowBQYDK2VwAyEA"

int note_key_id(const struct note_key *key, uint8_t id_out[CHAIN_KEYID])
{
	uint8_t       room[ORIGIN_MAX + 2 + NOTE_KEY], hash[CHAIN_HASH];
	struct writer w = writer_over(room, sizeof(room));
	int           error;

	write_text(&w, key->origin);
	write_text(&w, "\n");
	write_u8(&w, ALGORITHM_ED25519);
	write_bytes(&w, bytes_of(key->public, NOTE_KEY));
	error = chain_hash(writer_written(&w), hash);
	if (error == 0)
		memcpy(id_out, hash, CHAIN_KEYID);
	return error;
}

int note_public(const uint8_t secret[NOTE_KEY], uint8_t public_out[NOTE_KEY])
{
	return ed25519_public(secret, public_out);
}

void note_write_text(struct writer *w, const char *origin, uint64_t seq,
                     const uint8_t hash[CHAIN_HASH])
{
	write_format(w, "%s\n%" PRIu64 "\n", origin, seq);
	base64_write(w, bytes_of(hash, CHAIN_HASH));
	write_text(w, "\n");
}

static int write_text_of(struct writer *w, const char *origin, uint64_t seq, struct bytes body)
{
	uint8_t hash[CHAIN_HASH];
	int     error = chain_hash(body, hash);

	if (error == 0)
		note_write_text(w, origin, seq, hash);
	return error;
}

int note_sign(const struct note_key *key, const uint8_t secret[NOTE_KEY], uint64_t seq,
              struct bytes body, uint8_t sig_out[CHAIN_SIG])
{
	uint8_t       room[NOTE_MAX];
	struct writer text  = writer_over(room, sizeof(room));
	int           error = write_text_of(&text, key->origin, seq, body);

	return error != 0 ? error : ed25519_sign(secret, writer_written(&text), sig_out);
}

bool note_verify_hashed(const struct note_key *key, uint64_t seq, const uint8_t hash[CHAIN_HASH],
                        const uint8_t sig[CHAIN_SIG])
{
	uint8_t       room[NOTE_MAX];
	struct writer text = writer_over(room, sizeof(room));

	note_write_text(&text, key->origin, seq, hash);
	return ed25519_verify(key->public, writer_written(&text), sig);
}

bool note_verify(const struct note_key *key, uint64_t seq, struct bytes body,
                 const uint8_t sig[CHAIN_SIG])
{
	uint8_t hash[CHAIN_HASH];

	return chain_hash(body, hash) == 0 && note_verify_hashed(key, seq, hash, sig);
}

int note_write_sig(struct writer *w, const struct note_key *key, const uint8_t sig[CHAIN_SIG])
{
	uint8_t both[CHAIN_KEYID + CHAIN_SIG];
	int     error = note_key_id(key, both);

	if (error != 0)
		return error;
	memcpy(both + CHAIN_KEYID, sig, CHAIN_SIG);
	base64_write(w, bytes_of(both, sizeof(both)));
	return 0;
}

int note_write_hashed(struct writer *w, const struct note_key *key, uint64_t seq,
                      const uint8_t hash[CHAIN_HASH], const uint8_t sig[CHAIN_SIG])
{
	int error;

	note_write_text(w, key->origin, seq, hash);
	write_format(w, "\n\xe2\x80\x94 %s ", key->origin);
	error = note_write_sig(w, key, sig);
	write_text(w, "\n");
	return error;
}

int note_write(struct writer *w, const struct note_key *key, uint64_t seq, struct bytes body,
               const uint8_t sig[CHAIN_SIG])
{
	uint8_t hash[CHAIN_HASH];
	int     error = chain_hash(body, hash);

	return error != 0 ? error : note_write_hashed(w, key, seq, hash, sig);
}

int note_write_line(struct writer *w, const struct note_key *key, uint64_t seq, struct bytes body,
                    const uint8_t sig[CHAIN_SIG])
{
	uint8_t hash[CHAIN_HASH];
	int     error = chain_hash(body, hash);

	write_format(w, NOTE_LINE_TITLE "%s %" PRIu64 " ", key->origin, seq);
	if (error == 0)
		base64_write(w, bytes_of(hash, sizeof(hash)));
	write_text(w, " ");
	return error != 0 ? error : note_write_sig(w, key, sig);
}

int note_key_write(struct writer *w, const struct note_key *key)
{
	uint8_t id[CHAIN_KEYID], typed[1 + NOTE_KEY] = { ALGORITHM_ED25519 };
	int     error = note_key_id(key, id);

	if (error != 0)
		return error;
	memcpy(typed + 1, key->public, NOTE_KEY);
	write_format(w, "%s+", key->origin);
	write_hex(w, bytes_of(id, sizeof(id)));
	write_text(w, "+");
	base64_write(w, bytes_of(typed, sizeof(typed)));
	return 0;
}

/* The origin has no '+'; base64 may have, so split the text at the first two. */
enum parse note_key_parse(struct bytes text, struct note_key *out)
{
	const uint8_t  *plus = text.len > 0 ? memchr(text.at, '+', text.len) : NULL;
	size_t          len  = plus != NULL ? (size_t)(plus - text.at) : 0;
	struct bytes    rest = bytes_from(text, len + 1);
	struct note_key key  = { .origin = "" };
	uint8_t         typed[1 + NOTE_KEY], again[ORIGIN_MAX + 80];
	struct writer   w = writer_over(again, sizeof(again));

	if (len == 0 || len > ORIGIN_MAX || memchr(text.at, '\n', text.len) != NULL ||
	    memchr(text.at, '\0', len) != NULL || rest.len != 2 * CHAIN_KEYID + 1 + KEY_BASE64)
		return PARSE_BAD;
	memcpy(key.origin, text.at, len);
	rest = bytes_from(rest, 2 * CHAIN_KEYID + 1);
	if (base64_read(rest, typed, sizeof(typed)) != PARSE_OK)
		return PARSE_BAD;
	memcpy(key.public, typed + 1, NOTE_KEY);
	/* Writing it again must give the same text: this checks type, key id and spelling. */
	if (note_key_write(&w, &key) != 0 || !bytes_equal(writer_written(&w), text))
		return PARSE_BAD;
	*out = key;
	return PARSE_OK;
}

/*
 * "Ed", eight bytes that are equal in key and signature (we fill four), then the key or the
 * signature.
 */
static int write_signify(struct writer *w, const struct note_key *key, const uint8_t *what,
                         size_t len)
{
	uint8_t       id[CHAIN_KEYID], room[2 + 8 + CHAIN_SIG];
	struct writer raw   = writer_over(room, sizeof(room));
	int           error = note_key_id(key, id);

	if (error != 0)
		return error;
	write_text(&raw, "Ed");
	write_bytes(&raw, bytes_of(id, sizeof(id)));
	write_u32(&raw, 0);
	write_bytes(&raw, bytes_of(what, len));
	write_format(w, "untrusted comment: %s\n", key->origin);
	base64_write(w, writer_written(&raw));
	write_text(w, "\n");
	return 0;
}

int note_key_write_signify(struct writer *w, const struct note_key *key)
{
	return write_signify(w, key, key->public, NOTE_KEY);
}

int note_write_signify(struct writer *w, const struct note_key *key, const uint8_t sig[CHAIN_SIG])
{
	return write_signify(w, key, sig, CHAIN_SIG);
}

int note_key_write_pem(struct writer *w, const struct note_key *key)
{
	write_text(w, "-----BEGIN PUBLIC KEY-----\n" PEM_HEAD);
	base64_write(w, bytes_of(key->public, NOTE_KEY));
	write_text(w, "\n-----END PUBLIC KEY-----\n");
	return 0;
}

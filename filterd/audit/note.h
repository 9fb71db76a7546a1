/* SPDX-License-Identifier: MIT */
#ifndef FILTERD_AUDIT_NOTE_H
#define FILTERD_AUDIT_NOTE_H

/*
 * Note: the signature of a record. Three lines give the log, the record number, and the SHA-256 of
 * the record up to its signature; an Ed25519 key signs them. The three lines, an empty one and the
 * signature are a C2SP signed note, so other programs can check it. It is also an anchor: it
 * contains nothing private.
 *
 *     gw1.example.net/filterd/2f9c01d4a7b3e655        the origin: gateway, "filterd", id of the log
 *     5
 *     <base64 of a SHA-256>
 *
 *     -- gw1.example.net/filterd/2f9c01d4a7b3e655 <base64 of key id and signature>    (with an em
 *     dash)
 *
 * Source: C2SP signed-note; RFC 8032, section 5.1.
 */

#include "audit/chain.h"

#define NOTE_KEY    32          /* bytes of a public key, and of a secret one */
/* bytes of a note with its signature, for an origin of up to ORIGIN_MAX */
#define NOTE_MAX    1024
#define ORIGIN_MAX  320         /* bytes; a host name, "/filterd/" and 16 digits */

struct note_key {
	char    origin[ORIGIN_MAX + 1];
	uint8_t public[NOTE_KEY];
};

/*
 * The four bytes that name a signature's key: of SHA-256(origin, newline, 1, key). 0 or -EIO.
 */
int note_key_id(const struct note_key *key, uint8_t id_out[CHAIN_KEYID]);

/* The public key for a secret one. 0 or -EIO. */
int note_public(const uint8_t secret[NOTE_KEY], uint8_t public_out[NOTE_KEY]);

/*
 * note_sign - Takes: body, the record up to ,"sig".
 * Gives:  0 and the signature of record seq; -EIO if the library fails.
 */
int note_sign(const struct note_key *key, const uint8_t secret[NOTE_KEY], uint64_t seq,
              struct bytes body, uint8_t sig_out[CHAIN_SIG]);

/*
 * note_verify - is this the signature of that record by that key? The record, or its hash.
 */
bool note_verify(const struct note_key *key, uint64_t seq, struct bytes body,
                 const uint8_t sig[CHAIN_SIG]);
bool note_verify_hashed(const struct note_key *key, uint64_t seq, const uint8_t hash[CHAIN_HASH],
                        const uint8_t sig[CHAIN_SIG]);

/* The three lines, from the hash of the record's body. */
void note_write_text(struct writer *w, const char *origin, uint64_t seq,
                     const uint8_t hash[CHAIN_HASH]);

/* The whole note: the three lines, and the signature. */
int  note_write(struct writer *w, const struct note_key *key, uint64_t seq, struct bytes body,
                const uint8_t sig[CHAIN_SIG]);

/* The whole note, from the hash of the record's body. */
int note_write_hashed(struct writer *w, const struct note_key *key, uint64_t seq,
                      const uint8_t hash[CHAIN_HASH], const uint8_t sig[CHAIN_SIG]);

/*
 * The same in one line, for a syslog: "filterd-anchor ORIGIN SEQ HASH SIGNATURE", without a
 * newline.
 */
#define NOTE_LINE_TITLE "filterd-anchor "
int  note_write_line(struct writer *w, const struct note_key *key, uint64_t seq, struct bytes body,
                     const uint8_t sig[CHAIN_SIG]);

/* Key id and signature in the form used in records: 92 characters of base64. 0 or -EIO. */
int note_write_sig(struct writer *w, const struct note_key *key, const uint8_t sig[CHAIN_SIG]);

/*
 * A verifier key, the one line that an auditor keeps: origin+key id+base64 of 1 and the public key.
 *
 * note_key_parse - PARSE_OK and *out; PARSE_BAD if it is not one, or its key id is wrong.
 */
int        note_key_write(struct writer *w, const struct note_key *key);
enum parse note_key_parse(struct bytes text, struct note_key *out);

/*
 * The public key, and a signature by it, in the formats of other programs: signify's files of two
 * lines, with the key id and four zeros as key number; and PEM, for openssl. 0 or -EIO.
 */
int note_key_write_signify(struct writer *w, const struct note_key *key);
int note_key_write_pem(struct writer *w, const struct note_key *key);
int note_write_signify(struct writer *w, const struct note_key *key, const uint8_t sig[CHAIN_SIG]);

#endif

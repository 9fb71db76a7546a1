/* SPDX-License-Identifier: MIT */
#ifndef FILTERD_AUDIT_CHAIN_H
#define FILTERD_AUDIT_CHAIN_H

/*
 * Chain: how each line of the audit log hangs on the one before. `seq` counts from 0 for the life
 * of a log, `prev` is the SHA-256 of the line before, its newline included; 64 zeros in the first.
 * They are the last members of a line, so a reader needs no JSON to check them:
 *
 *     ..."seq":N,"prev":"<64 hex>"}}\n
 *     ..."seq":N,"prev":"<64 hex>","sig":"<92 base64>"}}\n
 */

#include "base/bytes.h"

#define CHAIN_HASH  32          /* bytes; SHA-256 */
#define CHAIN_SIG   64          /* bytes; Ed25519 */
#define CHAIN_KEYID 4           /* bytes in front of a signature that say by which key */

/* Where a log stands: what the next line has to say. All 0 for an empty log. */
struct chain {
	uint64_t seq;
	uint8_t  prev[CHAIN_HASH];
};

/* chain_write - ,"seq":N,"prev":"..." behind the other members of the object `filterd`. */
void chain_write(struct writer *w, const struct chain *c);

/*
 * chain_advance - Takes: the whole line that was written, its newline included. 0, or -EIO if the
 * library fails.
 */
int chain_advance(struct chain *c, struct bytes line);

/* SHA-256 of some bytes; 0 or -EIO. */
int chain_hash(struct bytes what, uint8_t hash_out[CHAIN_HASH]);

struct line_end {
	uint64_t     seq;
	uint8_t      prev[CHAIN_HASH];
	bool         is_signed;
	uint8_t      key_id[CHAIN_KEYID];
	uint8_t      sig[CHAIN_SIG];
	struct bytes body;              /* what a signature is about: the line up to ,"sig" */
};

/*
 * line_end_read - Takes: a line without its newline.
 * Gives:  PARSE_OK and *out; PARSE_BAD if it does not end in one of the two forms, digit for digit:
 *         no leading zeros, hex in lower case, base64 with no stray bits.
 */
enum parse line_end_read(struct bytes line, struct line_end *out);

/* Is this the line that is due? */
bool chain_is_due(const struct chain *c, const struct line_end *end);

/*
 * chain_behind - what the line behind this one has to say, whatever was due. Takes: a line without
 *                its newline, which stands behind it. 0; -EIO, and no line hangs on
 *                it.
 */
int chain_behind(struct chain *c, uint64_t seq, struct bytes line);

#endif

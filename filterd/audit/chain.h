/* SPDX-License-Identifier: MIT */
#ifndef FILTERD_AUDIT_CHAIN_H
#define FILTERD_AUDIT_CHAIN_H

/*
 * Chain: links each line of the audit log to the one before. `seq` counts from 0 for the life of a
 * log; `prev` is the SHA-256 of the previous line with its newline, 64 zeros in the first line.
 * They are the last members of a line, so checking them takes no JSON parser:
 *
 *     ..."seq":N,"prev":"<64 hex>"}}\n
 *     ..."seq":N,"prev":"<64 hex>","sig":"<92 base64>"}}\n
 */

#include "base/bytes.h"

#define CHAIN_HASH  32          /* bytes; SHA-256 */
#define CHAIN_SIG   64          /* bytes; Ed25519 */
#define CHAIN_KEYID 4           /* bytes before a signature that name its key */

/* The end of a log: the values for the next line. All 0 for an empty log. */
struct chain {
	uint64_t seq;
	uint8_t  prev[CHAIN_HASH];
};

/* chain_write - ,"seq":N,"prev":"..." after the other members of the object `filterd`. */
void chain_write(struct writer *w, const struct chain *c);

/*
 * chain_advance - Takes: the whole line as written, with its newline. 0, or -EIO if the library
 * fails.
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
	struct bytes body;              /* the signed part: the line up to ,"sig" */
};

/*
 * line_end_read - Takes: a line without its newline.
 * Gives:  PARSE_OK and *out; PARSE_BAD if it does not end in one of the two forms, digit for digit:
 *         no leading zeros, hex in lower case, base64 with no stray bits.
 */
enum parse line_end_read(struct bytes line, struct line_end *out);

/* Is this the expected next line? */
bool chain_is_due(const struct chain *c, const struct line_end *end);

/*
 * chain_behind - the values for the line after this one, whatever was expected. Takes: a line
 *                without its newline, which follows it in memory. 0; -EIO: no line can follow.
 */
int chain_behind(struct chain *c, uint64_t seq, struct bytes line);

#endif

/* SPDX-License-Identifier: MIT */

/* A line is parsed from its end, because its beginning contains text from strangers. */

#include "audit/chain.h"

#include "base/base64.h"
#include "base/json.h"
#include "crypto/crypto.h"

#include <string.h>

#define HEX_LEN    (2 * CHAIN_HASH)
#define SEQ_DIGITS 20           /* of UINT64_MAX */

void chain_write(struct writer *w, const struct chain *c)
{
	struct json j = json_after(w);

	json_number(&j, "seq", c->seq);
	json_hex(&j, "prev", bytes_of(c->prev, sizeof(c->prev)));
}

int chain_hash(struct bytes what, uint8_t hash_out[CHAIN_HASH])
{
	return sha256_of(what, hash_out);
}

int chain_advance(struct chain *c, struct bytes line)
{
	int error = chain_hash(line, c->prev);

	if (error == 0)
		c->seq++;
	return error;
}

bool chain_is_due(const struct chain *c, const struct line_end *end)
{
	return end->seq == c->seq && memcmp(end->prev, c->prev, CHAIN_HASH) == 0;
}

int chain_behind(struct chain *c, uint64_t seq, struct bytes line)
{
	int error;

	*c    = (struct chain){ .seq = seq };
	error = chain_advance(c, bytes_of(line.at, line.len + 1));
	if (error != 0)
		*c = (struct chain){ .seq = seq + 1 };
	return error;
}

/* Removes `text` from the end; false if it is not there. */
static bool cut_end(struct bytes *line, const char *text)
{
	size_t len = strlen(text);

	if (line->len < len || memcmp(line->at + line->len - len, text, len) != 0)
		return false;
	line->len -= len;
	return true;
}

static struct bytes cut_last(struct bytes *line, size_t len)
{
	struct bytes last = { 0 };

	if (line->len < len)
		return last;
	line->len -= len;
	return bytes_of(line->at + line->len, len);
}

static int hex_value(uint8_t c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

static bool read_hash(struct bytes hex, uint8_t out[CHAIN_HASH])
{
	if (hex.len != HEX_LEN)
		return false;
	for (size_t i = 0; i < CHAIN_HASH; i++) {
		int high = hex_value(hex.at[2 * i]), low = hex_value(hex.at[2 * i + 1]);

		if (high < 0 || low < 0)
			return false;
		out[i] = (uint8_t)(high << 4 | low);
	}
	return true;
}

static bool read_signature(struct bytes text, struct line_end *out)
{
	uint8_t raw[CHAIN_KEYID + CHAIN_SIG];

	if (base64_read(text, raw, sizeof(raw)) != PARSE_OK)
		return false;
	memcpy(out->key_id, raw, CHAIN_KEYID);
	memcpy(out->sig, raw + CHAIN_KEYID, CHAIN_SIG);
	return true;
}

/* The digits at the end; false for no digit, a leading zero, more than 64 bits. */
static bool chain_cut_number(struct bytes *line, uint64_t *out)
{
	size_t   len   = 0;
	uint64_t value = 0;

	while (len < line->len && len <= SEQ_DIGITS && line->at[line->len - len - 1] >= '0' &&
	       line->at[line->len - len - 1] <= '9')
		len++;
	if (len == 0 || len > SEQ_DIGITS || (len > 1 && line->at[line->len - len] == '0'))
		return false;
	for (size_t i = line->len - len; i < line->len; i++) {
		uint8_t digit = (uint8_t)(line->at[i] - '0');

		if (value > (UINT64_MAX - digit) / 10)
			return false;
		value = value * 10 + digit;
	}
	line->len -= len;
	*out = value;
	return true;
}

enum parse line_end_read(struct bytes line, struct line_end *out)
{
	struct line_end end  = { 0 };
	struct bytes    left = line, sig = { 0 };

	if (!cut_end(&left, "\"}}"))
		return PARSE_BAD;
	/* A hash has no '='; a signature always ends with one. */
	if (left.len > 0 && left.at[left.len - 1] == '=') {
		sig = cut_last(&left, BASE64_LEN(CHAIN_KEYID + CHAIN_SIG));
		if (!read_signature(sig, &end) || !cut_end(&left, "\",\"sig\":\""))
			return PARSE_BAD;
		end.is_signed = true;
		end.body      = bytes_first(line, left.len + 1);
	}
	if (!read_hash(cut_last(&left, HEX_LEN), end.prev) || !cut_end(&left, ",\"prev\":\"") ||
	    !chain_cut_number(&left, &end.seq) || !cut_end(&left, "\"seq\":"))
		return PARSE_BAD;
	*out = end;
	return PARSE_OK;
}

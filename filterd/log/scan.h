/* SPDX-License-Identifier: MIT */
#ifndef FILTERD_LOG_SCAN_H
#define FILTERD_LOG_SCAN_H

/*
 * Scan: the tokens of a JSON text, from a line that may come from anywhere. Strict: RFC 8259, and
 * UTF-8 according to RFC 3629. A mistake sets `bad`; ignore all results after that.
 */

#include "base/bytes.h"

struct scan {
	const uint8_t *at, *end;
	bool           bad;
};

struct scan scan_over(struct bytes text);

/* Inline, because it is called for every character. */

/* Always false: `return scan_refuse(s)`. */
static inline bool scan_refuse(struct scan *s)
{
	s->bad = true;
	return false;
}

/* Is this the next character? Then skip it. */
static inline bool scan_take(struct scan *s, uint8_t c)
{
	if (s->at == s->end || *s->at != c)
		return false;
	s->at++;
	return true;
}

static inline void scan_skip_space(struct scan *s)
{
	while (s->at < s->end && bytes_is_blank(*s->at))
		s->at++;
}

static inline bool scan_is_digit(const struct scan *s)
{
	return s->at < s->end && *s->at >= '0' && *s->at <= '9';
}

/*
 * scan_string - *out is the raw text between the quotes, with escapes. False if it is not a string.
 */
bool scan_string(struct scan *s, struct bytes *out);

/*
 * scan_number - *is_whole_out: it has no sign, fraction or exponent, and fits into 64 bits: *out.
 * False if it is not a number.
 */
bool scan_number(struct scan *s, uint64_t *out, bool *is_whole_out);

/* true, false, null */
bool scan_word(struct scan *s, const char *word);

/*
 * scan_name - the name of a member, its colon, and the blanks around both.
 * scan_pass - any value. Takes: depth, of the arrays and objects around it; beyond SCAN_DEPTH it is
 *             refused.
 */
#define SCAN_DEPTH 8
bool scan_name(struct scan *s, struct bytes *out);
bool scan_pass(struct scan *s, unsigned depth);

/*
 * scan_member - Takes: an object; path, the names of a member and of those around it: "log.wrong".
 * Gives:  its value as it stands there; empty: the member is missing, or the text before it is not
 *         JSON.
 */
struct bytes scan_member(struct bytes json, const char *path);

/*
 * scan_text - the characters of a string from scan_string(), unescaped, as UTF-8. An escape for
 *             half a surrogate pair becomes U+FFFD.
 */
void scan_text(struct writer *w, struct bytes escaped);

#endif

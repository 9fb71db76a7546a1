/* SPDX-License-Identifier: MIT */
#ifndef FILTERD_LOG_SCAN_H
#define FILTERD_LOG_SCAN_H

/*
 * Scan: the pieces of a JSON text, one after the other, from a line that may come from anywhere.
 * Strict: RFC 8259, and UTF-8 as RFC 3629 has it. What is refused sets `bad`; then nothing that
 * follows is to be looked at.
 */

#include "base/bytes.h"

struct scan {
	const uint8_t *at, *end;
	bool           bad;
};

struct scan scan_over(struct bytes text);

/* Inline, because it is asked of every character. */

/* Always false: `return scan_refuse(s)`. */
static inline bool scan_refuse(struct scan *s)
{
	s->bad = true;
	return false;
}

/* Is this character next? Then it is passed over. */
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
 * scan_string - *out is what stands between the quotes, escapes as they are. False if it is no
 * string.
 */
bool scan_string(struct scan *s, struct bytes *out);

/*
 * scan_number - *is_whole_out: it has no sign, fraction or exponent, and 64 bits hold it: *out.
 * False if it is no number.
 */
bool scan_number(struct scan *s, uint64_t *out, bool *is_whole_out);

/* true, false, null */
bool scan_word(struct scan *s, const char *word);

/*
 * scan_text - the characters of a string that scan_string() gave, escapes undone, as UTF-8. An
 *             escape that names half a surrogate pair becomes U+FFFD.
 */
void scan_text(struct writer *w, struct bytes escaped);

#endif

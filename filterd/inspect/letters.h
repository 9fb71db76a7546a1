/* SPDX-License-Identifier: MIT */
#ifndef FILTERD_INSPECT_LETTERS_H
#define FILTERD_INSPECT_LETTERS_H

/*
 * Letters: characters that a reader of internationalised names takes for ASCII letters, digits,
 * hyphens and dots: full-width, circled and mathematical ones, ligatures, and ignored ones such as
 * the soft hyphen.
 */

#include "base/bytes.h"

/*
 * letters_to_ascii - writes text, UTF-8, with such characters replaced.
 *
 * Gives:  true if all that was written is ASCII; other characters, and bytes that are not UTF-8,
 *         are copied. At most 4/3 of the length of text.
 * Source: RFC 3491, on which ToASCII of RFC 3490 rests, with Unicode 3.2: what Java does with the
 *         server names of TLS. Holes between mathematical letters count as letters.
 */
bool letters_to_ascii(struct bytes text, struct writer *out);

#endif

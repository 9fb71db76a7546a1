/* SPDX-License-Identifier: MIT */
#ifndef FILTERD_BASE_BASE64_H
#define FILTERD_BASE_BASE64_H

/* Base64: bytes as text, padded. Source: RFC 4648, section 4. */

#include "base/bytes.h"

#define BASE64_LEN(num) (((num) + 2) / 3 * 4)      /* characters of num bytes */

void base64_write(struct writer *w, struct bytes what);

/*
 * base64_read - num bytes from their canonical text: no blanks, no stray bits.
 * PARSE_BAD, out untouched, if text is anything else.
 */
enum parse base64_read(struct bytes text, uint8_t *out, size_t num);

#endif

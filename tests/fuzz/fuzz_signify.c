/* SPDX-License-Identifier: MIT */

/*
 * Keys, signatures and manifests: a key that is read is one that is written so; nothing is signed
 * by a key that nobody has; what a manifest has is named in it. A text is all three, one after the
 * other.
 */

#include "policy/manifest.h"
#include "policy/signify.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct bytes        text = bytes_of(data, len);
	struct signify_keys keys = { .num = 1 };
	const char         *why;
	struct problem      reason = { "" };

	if (signify_key_read(text, &keys.list[0]) == PARSE_OK && len < 75)
		abort();
	/* The number of a signature, so that the library is asked; the key is its own. */
	memcpy(keys.list[0].number, "\x31\x86\x68\xd0\x42\x73\x67\x14", SIGNIFY_NUMBER);
	memset(keys.list[0].public, 7, ED25519_KEY);
	if (signify_verify(&keys, text, text, &why) || why == NULL)
		abort();
	if (manifest_has(text, "a.list", BYTES("a.com\n"), &reason) != (reason.text[0] == '\0'))
		abort();
	if (reason.text[0] == '\0' && memmem(data, len, "a.list", 6) == NULL)
		abort();
	return 0;
}

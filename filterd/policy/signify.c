/* SPDX-License-Identifier: MIT */

#include "policy/signify.h"

#include "base/base64.h"

#include <string.h>

#define COMMENT     "untrusted comment: "
#define PAYLOAD_MAX (2 + SIGNIFY_NUMBER + ED25519_SIG)

/* Both lines, and nothing else; len bytes after "Ed" and the number. */
static enum parse signify_read_file(struct bytes file, size_t len,
                                    uint8_t number_out[SIGNIFY_NUMBER], uint8_t *out)
{
	struct bytes comment = bytes_cut_line(&file), text = bytes_cut_line(&file);
	size_t       raw_len = 2 + SIGNIFY_NUMBER + len;
	uint8_t      raw[PAYLOAD_MAX];

	if (!bytes_equal(bytes_first(comment, sizeof(COMMENT) - 1), BYTES(COMMENT)) ||
	    file.len > 0 || base64_read(text, raw, raw_len) != PARSE_OK || raw[0] != 'E' ||
	    raw[1] != 'd')
		return PARSE_BAD;
	memcpy(number_out, raw + 2, SIGNIFY_NUMBER);
	memcpy(out, raw + 2 + SIGNIFY_NUMBER, len);
	return PARSE_OK;
}

enum parse signify_key_read(struct bytes file, struct signify_key *out)
{
	struct signify_key key;
	enum parse         status = signify_read_file(file, ED25519_KEY, key.number, key.public);

	if (status == PARSE_OK)
		*out = key;
	return status;
}

bool signify_verify(const struct signify_keys *keys, struct bytes sig_file, struct bytes message,
                    const char **why_out)
{
	uint8_t number[SIGNIFY_NUMBER], sig[ED25519_SIG];

	*why_out = "is not a signature of signify(1) or usign";
	if (signify_read_file(sig_file, ED25519_SIG, number, sig) != PARSE_OK)
		return false;
	*why_out = "is of a key that signed-by does not name";
	for (size_t i = 0; i < keys->num; i++) {
		if (memcmp(keys->list[i].number, number, SIGNIFY_NUMBER) != 0)
			continue;
		*why_out = "does not match: one of the two was altered";
		if (ed25519_verify(keys->list[i].public, message, sig))
			return true;
	}
	return false;
}

/* SPDX-License-Identifier: MIT */

#include "policy/manifest.h"

#include "crypto/crypto.h"

#include <string.h>

/* Digits, two characters, name. */
static bool manifest_read_line(struct bytes line, uint8_t hash_out[SHA256_LEN],
                               struct bytes *name_out)
{
	if (line.len < 2 * SHA256_LEN + 3 ||
	    bytes_from_hex(bytes_first(line, 2 * SHA256_LEN), hash_out, SHA256_LEN) != PARSE_OK ||
	    line.at[2 * SHA256_LEN] != ' ' ||
	    (line.at[2 * SHA256_LEN + 1] != ' ' && line.at[2 * SHA256_LEN + 1] != '*'))
		return false;
	*name_out = bytes_from(line, 2 * SHA256_LEN + 2);
	return true;
}

bool manifest_has(struct bytes manifest, const char *name, struct bytes content,
                  struct problem *why)
{
	uint8_t  listed[SHA256_LEN], hash[SHA256_LEN], is[SHA256_LEN];
	bool     found = false;
	unsigned line  = 0;

	while (manifest.len > 0) {
		struct bytes text = bytes_cut_line(&manifest), of;

		line++;
		if (text.len == 0 || text.at[0] == '#')
			continue;
		if (!manifest_read_line(text, hash, &of))
			return problem_say(why, false,
			                   "has a line %u that sha256sum does not print", line);
		if (!bytes_is(of, name))
			continue;
		if (found && memcmp(hash, listed, SHA256_LEN) != 0)
			return problem_say(why, false, "lists it twice, with different hashes");
		found = true;
		memcpy(listed, hash, SHA256_LEN);
	}
	if (!found)
		return problem_say(why, false, "does not list it");
	if (sha256_of(content, is) != 0 || memcmp(is, listed, sizeof(is)) != 0)
		return problem_say(why, false,
		                   "lists it with another hash: it is not what was signed");
	return true;
}

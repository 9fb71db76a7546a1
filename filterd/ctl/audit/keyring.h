/* SPDX-License-Identifier: MIT */
#ifndef FILTERD_CTL_AUDIT_KEYRING_H
#define FILTERD_CTL_AUDIT_KEYRING_H

/* Keyring: an auditor's verifier keys for many logs. Each key names its log. */

#include "audit/note.h"

struct keyring {
	/* sorted by origin; is_used: by some log */
	struct keyring_key { struct note_key is; bool is_used; } *list;
	size_t num, room;
};

/*
 * keyring_read - Takes: a key itself; a file with one or more keys among any other text; a folder
 *                with *.vkey files.
 * Gives:  0; -EINVAL: it contains no key; -ENOMEM, -errno.
 * keyring_sort - after all were read.
 * keyring_find - a log's key, which it marks as used. Takes: origin of the log; without the log's
 *                id, "gw1/filterd/", the only key of that gateway. NULL: there is none.
 */
int                    keyring_read(struct keyring *k, const char *given);
void                   keyring_sort(struct keyring *k);
const struct note_key *keyring_find(struct keyring *k, const char *origin);
void                   keyring_free(struct keyring *k);

#endif

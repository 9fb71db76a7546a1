/* SPDX-License-Identifier: MIT */
#ifndef FILTERD_CTL_AUDIT_KEYRING_H
#define FILTERD_CTL_AUDIT_KEYRING_H

/* Keyring: the verifier keys that an auditor keeps, of many logs. Each says of which log it is. */

#include "audit/note.h"

struct keyring {
	/* by origin, once it is sorted; is_used: of some log */
	struct keyring_key { struct note_key is; bool is_used; } *list;
	size_t num, room;
};

/*
 * keyring_read - Takes: a key itself; a file with a key or with many, whatever stands between them;
 *                a folder with *.vkey files.
 * Gives:  0; -EINVAL: there is no key in it; -ENOMEM, -errno.
 * keyring_sort - when all were read.
 * keyring_find - the key of a log, which is then used. Takes: origin of the log; without the log's
 *                id, "gw1/filterd/", the only key of that gateway. NULL: there is none.
 */
int                    keyring_read(struct keyring *k, const char *given);
void                   keyring_sort(struct keyring *k);
const struct note_key *keyring_find(struct keyring *k, const char *origin);
void                   keyring_free(struct keyring *k);

#endif

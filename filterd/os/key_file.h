/* SPDX-License-Identifier: MIT */
#ifndef FILTERD_OS_KEY_FILE_H
#define FILTERD_OS_KEY_FILE_H

/*
 * Key file: where somebody keeps the public key of a log: audit.vkey itself, what filterctl key
 * show printed, or the mail it came in.
 */

#include "audit/note.h"

/* key_file_read - the first line that is a verifier key. 0; -EINVAL: no line is one; -errno. */
int key_file_read(const char *path, struct note_key *out);

#endif

/* SPDX-License-Identifier: MIT */
#ifndef FILTERD_OS_KEY_FILE_H
#define FILTERD_OS_KEY_FILE_H

/*
 * Key file: a file with a log's public key: audit.vkey itself, the output of filterctl key show, or
 * a mail that contains it.
 */

#include "audit/note.h"

/* key_file_read - the first line that is a verifier key. 0; -EINVAL: no line is one; -errno. */
int key_file_read(const char *path, struct note_key *out);

#endif

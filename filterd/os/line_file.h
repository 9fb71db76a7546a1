/* SPDX-License-Identifier: MIT */
#ifndef FILTERD_OS_LINE_FILE_H
#define FILTERD_OS_LINE_FILE_H

/*
 * Line file: the lines of one file of the log, and its SHA-256, in one pass. The file may be
 * anybody's, so whatever it holds costs no more memory than the longest record, and nothing but a
 * file is waited for.
 */

#include "audit/chain.h"

#define LINE_FILE_WHOLE UINT64_MAX

/* Takes: a line with its newline. Gives: false: no more of it. */
typedef bool line_file_each(void *owner, struct bytes line);

/*
 * line_file_read - Takes: most, how many bytes of the file are read; LINE_FILE_WHOLE. hash_out may
 *                  be NULL.
 * Gives:  0, and the SHA-256 of the file as it lies there, compressed or not;
 *         -ECANCELED: `each` would have no more;
 *         -EMSGSIZE: it has a line longer than any record; -EBADMSG: its last line has no end, or
 *         what is compressed is damaged; -EINVAL: no regular file; -ENOTSUP: compressed, and this
 *         program was built without zlib; any other -errno.
 */
int line_file_read(const char *path, uint64_t most, line_file_each *each, void *owner,
                   uint8_t hash_out[CHAIN_HASH]);

#endif

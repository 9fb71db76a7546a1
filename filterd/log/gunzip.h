/* SPDX-License-Identifier: MIT */
#ifndef FILTERD_LOG_GUNZIP_H
#define FILTERD_LOG_GUNZIP_H

/*
 * Gunzip: decompresses a file piece by piece, in fixed memory.
 */

#include "base/bytes.h"

struct gunzip;

/* gunzip_new - 0; -ENOTSUP: this program was built without zlib; -ENOMEM. */
int  gunzip_new(struct gunzip **out);
void gunzip_free(struct gunzip *g);

/*
 * gunzip_next - Takes: the rest of a piece of the compressed file, consumed as it is read; room for
 *               text.
 * Gives:  0 and *len_out bytes of text, 0 once the piece is used up; -EBADMSG: damaged after that.
 */
int gunzip_next(struct gunzip *g, struct bytes *piece, uint8_t *room, size_t room_bytes,
                size_t *len_out);

/* Is the input so far one complete file, or several, concatenated? */
bool gunzip_is_whole(const struct gunzip *g);

#endif

/* SPDX-License-Identifier: MIT */

#include "log/gunzip.h"

#include <errno.h>
#include <stdlib.h>
#define ZLIB_CONST              /* zlib does not write to its input */
#include <zlib.h>

#define GZIP_ONLY (MAX_WBITS + 16)      /* zlib.h, inflateInit2(): accepts only a gzip header */

struct gunzip {
	z_stream stream;
	bool     is_whole;
};

int gunzip_new(struct gunzip **out)
{
	struct gunzip *g = calloc(1, sizeof(*g));

	if (g == NULL || inflateInit2(&g->stream, GZIP_ONLY) != Z_OK) {
		free(g);
		return -ENOMEM;
	}
	*out = g;
	return 0;
}

void gunzip_free(struct gunzip *g)
{
	if (g != NULL)
		inflateEnd(&g->stream);
	free(g);
}

int gunzip_next(struct gunzip *g, struct bytes *piece, uint8_t *room, size_t room_bytes,
                size_t *len_out)
{
	int status;

	*len_out = 0;
	if (g->is_whole && piece->len > 0 && inflateReset(&g->stream) != Z_OK)
		return -EBADMSG;
	g->is_whole         = g->is_whole && piece->len == 0;
	g->stream.next_in   = piece->at;
	g->stream.avail_in  = (unsigned)piece->len;
	g->stream.next_out  = room;
	g->stream.avail_out = (unsigned)room_bytes;
	status              = g->is_whole ? Z_OK : inflate(&g->stream, Z_NO_FLUSH);
	g->is_whole |= status == Z_STREAM_END;
	*len_out     = room_bytes - g->stream.avail_out;
	*piece       = bytes_from(*piece, piece->len - g->stream.avail_in);
	/* Z_BUF_ERROR: it needs another piece. */
	return status == Z_OK || status == Z_STREAM_END || status == Z_BUF_ERROR ? 0 : -EBADMSG;
}

bool gunzip_is_whole(const struct gunzip *g)
{
	return g->is_whole;
}

/* SPDX-License-Identifier: MIT */

/* For a build without zlib. */

#include "log/gunzip.h"

#include <errno.h>

int gunzip_new(struct gunzip **out)
{
	*out = NULL;
	return -ENOTSUP;
}

void gunzip_free(struct gunzip *g)
{
	(void)g;
}

int gunzip_next(struct gunzip *g, struct bytes *piece, uint8_t *room, size_t room_bytes,
                size_t *len_out)
{
	(void)g;
	(void)piece;
	(void)room;
	(void)room_bytes;
	*len_out = 0;
	return -EBADMSG;
}

bool gunzip_is_whole(const struct gunzip *g)
{
	(void)g;
	return false;
}

/* SPDX-License-Identifier: MIT */

/*
 * A piece of the file at a time is hashed, decompressed if need be, and cut into lines; what is
 * left of one waits for its rest.
 */

#include "os/line_file.h"

#include "audit/record.h"
#include "crypto/crypto.h"
#include "os/gunzip.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define PIECE_BYTES 65536

struct line_file {
	int             fd;
	bool            looked;                 /* at its first bytes */
	uint64_t        left;                   /* bytes that may still be read */
	struct sha256  *hash;
	struct gunzip  *gunzip;                 /* NULL: plain */
	line_file_each *each;
	void           *owner;
	size_t          len;                    /* of the line that waits */
	uint8_t         line[RECORD_MAX], piece[PIECE_BYTES], text[PIECE_BYTES];
};

/* Of a file in a folder where others may write, too. */
static int line_file_open_file(struct line_file *f, const char *path)
{
	struct stat st;

	f->fd = open(path, O_RDONLY | O_NONBLOCK | O_NOFOLLOW | O_CLOEXEC);
	if (f->fd < 0)
		return errno == ELOOP ? -EINVAL : -errno;
	if (fstat(f->fd, &st) != 0)
		return -errno;
	return S_ISREG(st.st_mode) ? 0 : -EINVAL;
}

static int line_file_take_text(struct line_file *f, struct bytes text)
{
	while (text.len > 0) {
		const uint8_t *newline = memchr(text.at, '\n', text.len);
		size_t         len = newline != NULL ? (size_t)(newline - text.at) + 1 : text.len;
		struct bytes   line    = bytes_first(text, len);

		if (f->len + len > sizeof(f->line))
			return -EMSGSIZE;
		text = bytes_from(text, len);
		if (f->len > 0 || newline == NULL) {
			memcpy(f->line + f->len, line.at, len);
			f->len += len;
			line    = bytes_of(f->line, f->len);
		}
		if (newline == NULL)
			break;
		f->len = 0;
		if (!f->each(f->owner, line))
			return -ECANCELED;
	}
	return 0;
}

static int take_piece(struct line_file *f, struct bytes piece)
{
	size_t len   = 0;
	int    error = 0;

	if (!f->looked && piece.len >= 2 && piece.at[0] == 0x1f && piece.at[1] == 0x8b)
		error = gunzip_new(&f->gunzip);
	f->looked = true;
	if (error != 0 || f->gunzip == NULL)
		return error != 0 ? error : line_file_take_text(f, piece);
	do {
		error = gunzip_next(f->gunzip, &piece, f->text, sizeof(f->text), &len);
		if (error == 0)
			error = line_file_take_text(f, bytes_of(f->text, len));
	} while (error == 0 && (len > 0 || piece.len > 0));
	return error;
}

static int line_file_read_all(struct line_file *f)
{
	int error = 0;

	while (error == 0 && f->left > 0) {
		ssize_t got = read(f->fd, f->piece,
		                   f->left < PIECE_BYTES ? (size_t)f->left : PIECE_BYTES);

		if (got < 0)
			return -errno;
		if (got == 0)
			break;
		f->left -= (uint64_t)got;
		sha256_add(f->hash, bytes_of(f->piece, (size_t)got));
		error = take_piece(f, bytes_of(f->piece, (size_t)got));
	}
	if (error == 0 && (f->len > 0 || (f->gunzip != NULL && !gunzip_is_whole(f->gunzip))))
		error = -EBADMSG;
	return error;
}

int line_file_read(const char *path, uint64_t most, line_file_each *each, void *owner,
                   uint8_t hash_out[CHAIN_HASH])
{
	struct line_file *f = malloc(sizeof(*f));
	int               error;

	if (f == NULL)
		return -ENOMEM;
	f->looked = false;
	f->left   = most;
	f->len    = 0;
	f->gunzip = NULL;
	f->each   = each;
	f->owner  = owner;
	f->hash   = sha256_new();
	error     = line_file_open_file(f, path);
	if (error == 0)
		error = line_file_read_all(f);
	if (error == 0 && hash_out != NULL)
		error = sha256_end(f->hash, hash_out);
	if (f->fd >= 0)
		close(f->fd);
	sha256_free(f->hash);
	gunzip_free(f->gunzip);
	free(f);
	return error;
}

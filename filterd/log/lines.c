/* SPDX-License-Identifier: MIT */

/*
 * One buffer of text, filled after the rest of an incomplete line. Compressed data comes from a
 * second buffer; a plain file is read directly into the first.
 */

#include "log/lines.h"

#include "crypto/crypto.h"
#include "log/gunzip.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define HASH_BYTES   (256 << 10)        /* at a time */
#define WRITE_US     20000      /* microseconds; far longer than it takes to write a line */

int lines_open(int fd, struct lines **out)
{
	struct lines *l = fd >= 0 ? malloc(sizeof(*l)) : NULL;

	if (l == NULL) {
		int error = fd < 0 ? -errno : -ENOMEM;

		if (fd >= 0)
			close(fd);
		return error;
	}
	memset(l, 0, offsetof(struct lines, text));
	l->fd   = fd;
	l->left = UINT64_MAX;
	*out    = l;
	return 0;
}

/* --- bytes --- */

static size_t lines_read(struct lines *l, uint8_t *room, size_t bytes)
{
	ssize_t got = 0;

	if (bytes > l->left)
		bytes = (size_t)l->left;
	if (bytes > 0)
		do
			got = read(l->fd, room, bytes);
		while (got < 0 && errno == EINTR);
	if (got < 0)
		l->error = -errno;
	if (got <= 0)
		return 0;
	l->left -= (uint64_t)got;
	l->at   += (uint64_t)got;
	if (l->hash != NULL && !l->has_hasher)
		sha256_add(l->hash, bytes_of(room, (size_t)got));
	return (size_t)got;
}

/* A pipe cannot be rewound: its first bytes are read and kept, as text or compressed data. */
static size_t lines_look(struct lines *l)
{
	size_t len = 0, got;

	while (len < 2 && (got = lines_read(l, l->text + len, LINES_PACKED - len)) > 0)
		len += got;
	l->looked = len > 0 || !l->grows;
	if (len < 2 || l->text[0] != 0x1f || l->text[1] != 0x8b)
		return len;
	memcpy(l->packed_room, l->text, len);
	l->packed = bytes_of(l->packed_room, len);
	l->error  = gunzip_new(&l->gunzip);
	return 0;
}

static size_t lines_unpack(struct lines *l)
{
	size_t len = 0;

	while (l->error == 0 && len == 0) {
		if (l->packed.len == 0) {
			size_t got = lines_read(l, l->packed_room, LINES_PACKED);

			l->packed = bytes_of(l->packed_room, got);
			if (got == 0 && l->error == 0 && !gunzip_is_whole(l->gunzip))
				l->error = -ENODATA;
			if (got == 0)
				break;
		}
		l->error = gunzip_next(l->gunzip, &l->packed, l->text + l->end, LINES_TEXT - l->end,
		                       &len);
	}
	return len;
}

/* Appends more bytes to the buffer, if there are any. */
static bool lines_fill(struct lines *l)
{
	size_t got = 0;

	if (l->ended)
		return false;
	memmove(l->text, l->text + l->begin, l->end - l->begin);
	l->end  -= l->begin;
	l->begin = 0;
	if (!l->looked)
		got = lines_look(l);
	else if (l->gunzip == NULL)
		got = lines_read(l, l->text + l->end, LINES_TEXT - l->end);
	if (l->gunzip != NULL)
		got = lines_unpack(l);
	l->end  += got;
	l->ended = got == 0;
	return got > 0;
}

/*
 * filterd may be writing an incomplete line at this moment, with the first page visible before the
 * second. Should it be read again? Once per file.
 */
static bool lines_wait_for_rest(struct lines *l)
{
	if (l->waited || l->gunzip != NULL || l->error != 0 || l->grows || l->left == 0)
		return false;
	usleep(WRITE_US);
	l->waited = true;
	l->ended  = false;
	return true;
}

/* --- lines --- */

static const char *lines_why(const struct lines *l)
{
	return l->error == -ENODATA   ? "the compressed data ends too early"
	       : l->error == -EBADMSG ? "the compressed data is damaged"
	       : l->error == -ENOTSUP ? "it is compressed, and this program was built without zlib"
	                              : strerror(-l->error);
}

static struct piece lines_cut(struct lines *l, enum piece_kind kind, size_t len, size_t newline)
{
	struct piece piece = { .kind = kind, .line = bytes_of(l->text + l->begin, len) };

	if (l->skipped > 0 || len > LOG_LINE_MAX)
		piece = (struct piece){ .kind = PIECE_LONG, .num = l->skipped + len + newline };
	l->begin   += len + newline;
	l->searched = 0;
	l->skipped  = 0;
	return piece;
}

static struct piece cut_line(struct lines *l, size_t len)
{
	bool         has_cr = len > 0 && l->text[l->begin + len - 1] == '\r';
	struct piece piece;

	if (has_cr)
		l->text[l->begin + len - 1] = '\n';    /* each line needs one after it */
	piece        = lines_cut(l, PIECE_LINE, len - has_cr, 1 + has_cr);
	piece.has_cr = has_cr;
	return piece;
}

/* The rest after the last newline. */
static bool lines_end(struct lines *l, struct piece *out)
{
	size_t len = l->end - l->begin;

	if (l->grows && l->error == 0) {
		l->ended = false;
		return false;
	}
	if (l->skipped > 0 || (len > 0 && l->error == 0)) {
		*out = lines_cut(l, PIECE_PART, len, 0);
		return true;
	}
	if (l->error == 0 || l->told)
		return false;
	*out    = (struct piece){ .kind = PIECE_UNREAD, .why = lines_why(l) };
	l->told = true;
	return true;
}

bool lines_next(struct lines *l, struct piece *out)
{
	for (;;) {
		const uint8_t *at  = l->text + l->begin, *newline = NULL;
		size_t         len = l->end - l->begin;

		if (len > l->searched)
			newline = memchr(at + l->searched, '\n', len - l->searched);
		if (newline != NULL) {
			*out = cut_line(l, (size_t)(newline - at));
			return true;
		}
		l->searched = len;
		if (len > LOG_LINE_MAX || l->skipped > 0) {
			l->skipped += len;
			l->begin    = l->end;
			l->searched = 0;
		}
		if (lines_fill(l) || (len > 0 && lines_wait_for_rest(l)))
			continue;
		return lines_end(l, out);
	}
}

bool lines_last(int fd, uint8_t room[LOG_LINE_MAX], size_t *len_out)
{
	uint8_t       magic[2] = { 0 };
	off_t         end      = fd >= 0 ? lseek(fd, 0, SEEK_END) : -1, from = 0;
	struct lines *l = NULL;
	struct piece  piece;
	bool          found = false;

	/* A compressed file must be read completely. */
	if (end > 2 * LOG_LINE_MAX &&
	    (pread(fd, magic, 2, 0) != 2 || magic[0] != 0x1f || magic[1] != 0x8b))
		from = end - 2 * LOG_LINE_MAX;
	if (end >= 0)
		lseek(fd, from, SEEK_SET);
	if (lines_open(fd, &l) != 0)
		return false;
	l->looked = from > 0;
	for (bool first = from > 0; lines_next(l, &piece); first = false) {
		if (piece.kind == PIECE_LINE && !first) {
			memcpy(room, piece.line.at, piece.line.len);
			*len_out = piece.line.len;
		}
		if (piece.kind == PIECE_LINE || piece.kind == PIECE_LONG)
			found = piece.kind == PIECE_LINE && !first;
	}
	lines_close(l);
	return found;
}

/* --- the hash --- */

/* Up to the file's size when reading began, unless it ends before. */
static void *lines_hash_beside(void *lines)
{
	struct lines *l    = lines;
	uint8_t      *room = malloc(HASH_BYTES);

	while (room != NULL && l->hashed < l->wanted && !l->hasher_ends) {
		uint64_t left = l->wanted - l->hashed;
		ssize_t  got  = pread(l->fd, room, left < HASH_BYTES ? (size_t)left : HASH_BYTES,
		                      (off_t)l->hashed);

		if (got <= 0)
			break;
		sha256_add(l->hash, bytes_of(room, (size_t)got));
		l->hashed += (uint64_t)got;
	}
	free(room);
	return NULL;
}

void lines_want_hash(struct lines *l, bool beside)
{
	struct stat st;

	l->hash = sha256_new();
	if (!beside || fstat(l->fd, &st) != 0)
		return;
	l->wanted     = (uint64_t)st.st_size;
	l->has_hasher = pthread_create(&l->hasher, NULL, lines_hash_beside, l) == 0;
}

bool lines_hash(struct lines *l, uint8_t hash_out[LINES_HASH])
{
	if (l->has_hasher) {
		pthread_join(l->hasher, NULL);
		/* Somebody wrote to it while it was being read. */
		if (l->at > l->wanted)
			l->wanted = l->at;
		lines_hash_beside(l);
		l->has_hasher = false;
	}
	return l->hash != NULL && l->hashed == l->wanted && sha256_end(l->hash, hash_out) == 0;
}

void lines_close(struct lines *l)
{
	if (l == NULL)
		return;
	l->hasher_ends = true;
	if (l->has_hasher)
		pthread_join(l->hasher, NULL);
	sha256_free(l->hash);
	gunzip_free(l->gunzip);
	close(l->fd);
	free(l);
}

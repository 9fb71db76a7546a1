/* SPDX-License-Identifier: MIT */

/* The end of a plain file is read from its end; a compressed one has to be walked through. */

#include "os/log_hash.h"

#include "crypto/crypto.h"

#include <fcntl.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <zlib.h>

#define BUFFER_BYTES (256 << 10)        /* four times the longest line (log_files.h) */

/*
 * A thread of its own, as hashing takes a quarter of the time of a report and machines have two
 * processors. Pieces are copied to one of two buffers, so the reader waits only if the thread is a
 * whole buffer behind.
 */
struct log_hash {
	struct sha256  *hash;
	pthread_t       thread;
	bool            has_thread;
	pthread_mutex_t lock;           /* over what follows */
	pthread_cond_t  changed;
	bool            ended;
	uint8_t        *buffers[2];
	size_t          lens[2];        /* 0: free */
	unsigned        next_in, next_out;
};

#define PIECE_BYTES (1 << 20)

static void *hash_pieces(void *argument)
{
	struct log_hash *h = argument;

	pthread_mutex_lock(&h->lock);
	for (;;) {
		unsigned which = h->next_out % 2;

		while (h->lens[which] == 0 && !h->ended)
			pthread_cond_wait(&h->changed, &h->lock);
		if (h->lens[which] == 0)
			break;
		pthread_mutex_unlock(&h->lock);
		sha256_add(h->hash, bytes_of(h->buffers[which], h->lens[which]));
		pthread_mutex_lock(&h->lock);
		h->lens[which] = 0;
		h->next_out++;
		pthread_cond_signal(&h->changed);
	}
	pthread_mutex_unlock(&h->lock);
	return NULL;
}

struct log_hash *log_hash_begin(void)
{
	struct log_hash *h = calloc(1, sizeof(*h));

	if (h == NULL)
		return NULL;
	h->hash       = sha256_new();
	h->buffers[0] = malloc(PIECE_BYTES);
	h->buffers[1] = malloc(PIECE_BYTES);
	pthread_mutex_init(&h->lock, NULL);
	pthread_cond_init(&h->changed, NULL);
	h->has_thread = h->buffers[0] != NULL && h->buffers[1] != NULL &&
	                pthread_create(&h->thread, NULL, hash_pieces, h) == 0;
	return h;
}

/* Into a buffer, when the thread is done with it. */
static void hand_over(struct log_hash *h, struct bytes piece)
{
	unsigned which = h->next_in++ % 2;

	pthread_mutex_lock(&h->lock);
	while (h->lens[which] != 0)
		pthread_cond_wait(&h->changed, &h->lock);
	pthread_mutex_unlock(&h->lock);
	memcpy(h->buffers[which], piece.at, piece.len);
	pthread_mutex_lock(&h->lock);
	h->lens[which] = piece.len;
	pthread_cond_signal(&h->changed);
	pthread_mutex_unlock(&h->lock);
}

void log_hash_add(struct log_hash *h, struct bytes piece)
{
	while (h != NULL && h->has_thread && piece.len > 0) {
		hand_over(h, bytes_first(piece, PIECE_BYTES));
		piece = bytes_from(piece, PIECE_BYTES);
	}
}

bool log_hash_end(struct log_hash *h, uint8_t hash_out[LOG_HASH])
{
	bool ok;

	if (h == NULL)
		return false;
	if (h->has_thread) {
		pthread_mutex_lock(&h->lock);
		h->ended = true;
		pthread_cond_signal(&h->changed);
		pthread_mutex_unlock(&h->lock);
		pthread_join(h->thread, NULL);
	}
	ok = h->has_thread && sha256_end(h->hash, hash_out) == 0;
	sha256_free(h->hash);
	pthread_mutex_destroy(&h->lock);
	pthread_cond_destroy(&h->changed);
	free(h->buffers[0]);
	free(h->buffers[1]);
	free(h);
	return ok;
}

bool log_hash_file(const char *path, uint8_t hash_out[LOG_HASH])
{
	int              fd     = open(path, O_RDONLY | O_CLOEXEC);
	uint8_t         *buffer = malloc(BUFFER_BYTES);
	struct log_hash *h      = log_hash_begin();
	ssize_t          got    = -1;
	bool             ok;

	while (fd >= 0 && buffer != NULL && (got = read(fd, buffer, BUFFER_BYTES)) > 0)
		log_hash_add(h, bytes_of(buffer, (size_t)got));
	ok = log_hash_end(h, hash_out) && got == 0;
	if (fd >= 0)
		close(fd);
	free(buffer);
	return ok;
}

/* The line that the last newline of a text ends, if its beginning is there too. */
static bool log_hash_last_line(const uint8_t *text, size_t len, bool is_whole, struct bytes *out)
{
	const uint8_t *end   = len > 0 ? memrchr(text, '\n', len) : NULL;
	const uint8_t *begin =
		end != NULL && end > text ? memrchr(text, '\n', (size_t)(end - text)) : NULL;

	if (end == NULL || (begin == NULL && !is_whole))
		return false;
	begin = begin != NULL ? begin + 1 : text;
	*out  = bytes_of(begin, (size_t)(end - begin));
	return true;
}

/*
 * The last bytes of what can be read: the buffer is filled, and its later half kept when it is
 * full.
 */
static size_t read_tail(gzFile file, uint8_t *buffer, bool *is_whole_out)
{
	size_t len = 0;
	int    got;

	*is_whole_out = true;
	while ((got = gzread(file, buffer + len, (unsigned)(BUFFER_BYTES - len))) > 0) {
		len += (size_t)got;
		if (len < BUFFER_BYTES)
			continue;
		memmove(buffer, buffer + BUFFER_BYTES / 2, BUFFER_BYTES / 2);
		len           = BUFFER_BYTES / 2;
		*is_whole_out = false;
	}
	return len;
}

bool log_last_line(const char *path, uint8_t *room, size_t room_bytes, size_t *len_out)
{
	int          fd     = open(path, O_RDONLY | O_CLOEXEC);
	off_t        end      = fd >= 0 ? lseek(fd, 0, SEEK_END) : -1,
	      from            = end > BUFFER_BYTES / 2 ? end - BUFFER_BYTES / 2 : 0;
	uint8_t      magic[2] = { 0 };
	bool         is_gzip =
		fd >= 0 && pread(fd, magic, 2, 0) == 2 && magic[0] == 0x1f && magic[1] == 0x8b;
	uint8_t     *buffer   = malloc(BUFFER_BYTES);
	gzFile       file =
                end < 0 || lseek(fd, is_gzip ? 0 : from, SEEK_SET) < 0 ? NULL : gzdopen(fd, "rb");
	struct bytes line     = { 0 };
	bool         is_whole = false, found = false;

	if (file != NULL && buffer != NULL) {
		size_t len = read_tail(file, buffer, &is_whole);

		found = log_hash_last_line(buffer, len, is_whole && (is_gzip || from == 0),
		                           &line) &&
		        line.len <= room_bytes;
	}
	if (found && line.len > 0)
		memcpy(room, line.at, line.len);
	*len_out = line.len;
	if (file != NULL)
		gzclose(file);
	else if (fd >= 0)
		close(fd);
	free(buffer);
	return found;
}

/* SPDX-License-Identifier: MIT */

/*
 * zlib reads both compressed and plain files; plain ones are read around it, as that is twice as
 * fast.
 */

#include "os/log_source.h"

#include "os/log_files.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define WRITE_US 20000          /* microseconds; far longer than it takes to write a line */

bool source_open(struct source *s, int fd, bool is_stream)
{
	uint8_t magic[2] = { 0 };

	*s = (struct source){ .fd = fd };
	if (s->fd < 0 || (s->buffer = malloc(SOURCE_BYTES)) == NULL) {
		s->error = strerror(errno);
		return false;
	}
	/* What comes through a pipe cannot be looked at and put back: zlib finds out by itself. */
	if (!is_stream && (pread(s->fd, magic, 2, 0) != 2 || magic[0] != 0x1f || magic[1] != 0x8b))
		return true;
	s->gz = gzdopen(s->fd, "rb");
	if (s->gz == NULL) {
		s->error = "not enough memory to decompress it";
		return false;
	}
	gzbuffer(s->gz, SOURCE_BYTES / 4);
	return true;
}

void source_close(struct source *s)
{
	if (s->gz != NULL)
		gzclose(s->gz);
	else if (s->fd >= 0)
		close(s->fd);
	free(s->buffer);
}

/* More bytes behind those that are there; 0 at the end. */
static size_t source_fill(struct source *s)
{
	ssize_t got;
	int     error = Z_OK;

	if (s->ended)
		return 0;
	memmove(s->buffer, s->buffer + s->begin, s->end - s->begin);
	s->end -= s->begin;
	s->begin = 0;
	do
		got = s->gz != NULL
		              ? gzread(s->gz, s->buffer + s->end, (unsigned)(SOURCE_BYTES - s->end))
		              : read(s->fd, s->buffer + s->end, SOURCE_BYTES - s->end);
	while (got < 0 && s->gz == NULL && errno == EINTR);
	if (got > 0) {
		log_hash_add(s->hash, bytes_of(s->buffer + s->end, (size_t)got));
		s->end += (size_t)got;
		return (size_t)got;
	}
	s->ended = true;
	if (s->gz != NULL)
		gzerror(s->gz, &error);
	if (got < 0 || error == Z_BUF_ERROR || error == Z_DATA_ERROR)
		s->error = s->gz == NULL || error == Z_ERRNO ? strerror(errno)
		           : error == Z_BUF_ERROR            ? "the compressed data ends too early"
		                                             : "the compressed data is damaged";
	return 0;
}

/*
 * A line that has no end yet may be one that filterd is writing at this moment, of which the kernel
 * shows the first page before the second. Once a file: is it worth another look?
 */
static bool wait_for_rest(struct source *s)
{
	if (s->waited || s->gz != NULL || s->error != NULL)
		return false;
	usleep(WRITE_US);
	s->waited = true;
	s->ended  = false;
	return true;
}

bool source_line(struct source *s, struct bytes *line_out, bool *has_newline_out,
                 uint64_t *too_long_out)
{
	size_t searched = 0;

	*too_long_out = 0;
	for (;;) {
		uint8_t *at  = s->buffer + s->begin;
		size_t   len = s->end - s->begin;
		uint8_t *end = len > searched ? memchr(at + searched, '\n', len - searched) : NULL;

		if (end != NULL) {
			*line_out        = bytes_of(at, (size_t)(end - at));
			*has_newline_out = true;
			s->begin += line_out->len + 1;
			if (*too_long_out == 0 && line_out->len <= LOG_LINE_MAX)
				return true;
			*too_long_out += line_out->len + 1;
			return true;
		}
		searched = len;
		if (len > LOG_LINE_MAX || *too_long_out > 0) {
			*too_long_out += len;
			s->begin = s->end;
			searched = 0;
		}
		if (source_fill(s) > 0 || (len > 0 && wait_for_rest(s)))
			continue;
		*line_out        = bytes_of(s->buffer + s->begin, s->end - s->begin);
		*has_newline_out = false;
		s->begin         = s->end;
		return line_out->len > 0 || *too_long_out > 0;
	}
}

int64_t source_at(const struct source *s)
{
	return s->gz != NULL ? gzoffset(s->gz) : lseek(s->fd, 0, SEEK_CUR);
}

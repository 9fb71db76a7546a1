/* SPDX-License-Identifier: MIT */
#ifndef FILTERD_OS_LOG_SOURCE_H
#define FILTERD_OS_LOG_SOURCE_H

/* Log source: the lines of one file of a log, compressed or not, for reading gigabytes of them. */

#include "os/log_hash.h"

#include <zlib.h>

#define SOURCE_BYTES (1 << 20)  /* of text at a time */

struct source {
	int         fd;
	gzFile      gz;                 /* NULL: plain */
	uint8_t    *buffer;
	size_t      begin, end;
	bool        ended, waited;
	struct log_hash *hash;          /* of what is read; NULL */
	const char *error;              /* why no more could be read; NULL: it ended */
};

/*
 * source_open  - Takes: a descriptor at the beginning of a file, which it owns from now on, or -1,
 *                with errno; is_stream: it cannot be read twice. Gives: false, with error.
 *                source_close() in both cases.
 * source_line  - the next line, borrowed until the next call, without its newline. One that is
 *                longer than LOG_LINE_MAX gives *too_long_out, its bytes, and no line. Gives: false
 *                at the end.
 * source_at    - how far, in bytes of the file on disk, which for a compressed one is not that of
 *                the text; negative: nobody knows.
 */
bool    source_open(struct source *s, int fd, bool is_stream);
bool    source_line(struct source *s, struct bytes *line_out, bool *has_newline_out,
                    uint64_t *too_long_out);
int64_t source_at(const struct source *s);
void    source_close(struct source *s);

#endif

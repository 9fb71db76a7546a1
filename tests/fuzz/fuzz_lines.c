/* SPDX-License-Identifier: MIT */

/*
 * lines: of a plain file each byte comes up in one line, the hash is that of the file, and nothing
 * is longer than a line may be. What is compressed ends, or is said to be damaged. The file is one
 * that grows: its end is looked at, and not waited for.
 */

#include "crypto/crypto.h"
#include "log/lines.h"

#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static struct lines *open_file(const uint8_t *data, size_t len)
{
	struct lines *l;
	int           fd = memfd_create("lines", MFD_CLOEXEC);

	if (fd < 0 || write(fd, data, len) != (ssize_t)len || lseek(fd, 0, SEEK_SET) != 0 ||
	    lines_open(fd, &l) != 0)
		abort();
	l->grows = true;
	lines_want_hash(l, false);
	return l;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct lines *l = open_file(data, len);
	struct piece  piece;
	uint64_t      total = 0, num = 0;
	uint8_t       wanted[LINES_HASH], got[LINES_HASH];
	bool          plain = len < 2 || data[0] != 0x1f || data[1] != 0x8b;

	for (; lines_next(l, &piece); num++) {
		if (piece.kind == PIECE_UNREAD && !plain && l->error != 0)
			continue;
		if (piece.kind == PIECE_LONG)
			total += piece.num;
		else if (piece.kind == PIECE_LINE && piece.line.len <= LOG_LINE_MAX &&
		         piece.line.at[piece.line.len] == '\n' &&
		         memchr(piece.line.at, '\n', piece.line.len + 1) ==
		                 piece.line.at + piece.line.len)
			total += piece.line.len + 1;
		else
			abort();
	}
	if (plain && (l->error != 0 || l->at != len || num > len ||
	              (len <= LOG_LINE_MAX && total + l->end - l->begin != len)))
		abort();
	if (plain && (sha256_of(bytes_of(data, len), wanted) != 0 || !lines_hash(l, got) ||
	              memcmp(wanted, got, LINES_HASH) != 0))
		abort();
	lines_close(l);
	return 0;
}

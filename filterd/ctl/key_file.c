/* SPDX-License-Identifier: MIT */

#include "ctl/key_file.h"

#include "os/files.h"

#include <errno.h>

/* A mail may end its lines with CR LF. */
static struct bytes key_file_next_line(struct bytes *rest)
{
	struct bytes line = bytes_cut_line(rest);

	return line.len > 0 && line.at[line.len - 1] == '\r' ? bytes_first(line, line.len - 1)
	                                                     : line;
}

int key_file_read(const char *path, struct note_key *out)
{
	struct bytes content, rest;
	int          error = files_read(path, &content);

	if (error != 0)
		return error;
	error = -EINVAL;
	for (rest = content; rest.len > 0 && error != 0;) {
		if (note_key_parse(key_file_next_line(&rest), out) == PARSE_OK)
			error = 0;
	}
	files_free(content);
	return error;
}

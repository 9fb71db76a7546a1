/* SPDX-License-Identifier: MIT */

#include "os/key_file.h"

#include "os/files.h"

#include <errno.h>

int key_file_read(const char *path, struct note_key *out)
{
	struct bytes content, rest;
	int          error = files_read(path, &content);

	if (error != 0)
		return error;
	error = -EINVAL;
	for (rest = content; rest.len > 0 && error != 0;) {
		if (note_key_parse(bytes_cut_text_line(&rest), out) == PARSE_OK)
			error = 0;
	}
	files_free(content);
	return error;
}

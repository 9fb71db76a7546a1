/* SPDX-License-Identifier: MIT */

#include "ctl/audit/acks_file.h"

#include "ctl/audit/pass.h"
#include "os/files.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define ACKS_NAME "audit.acks"

static int find_path(const struct audit_options *o, const char *file, char path_out[ACKS_PATH_MAX])
{
	const char *log = o->num_paths > 0 ? o->paths[0] : NULL, *slash;
	char        folder[512];
	struct stat st;
	int         status;

	if (file != NULL) {
		snprintf(path_out, ACKS_PATH_MAX, "%s", file);
		return 0;
	}
	if (log == NULL) {
		status = pass_own_log(o, folder);
		snprintf(path_out, ACKS_PATH_MAX, "%s/" ACKS_NAME, folder);
		return status;
	}
	slash = strrchr(log, '/');
	if (stat(log, &st) == 0 && S_ISDIR(st.st_mode))
		snprintf(path_out, ACKS_PATH_MAX, "%.900s/" ACKS_NAME, log);
	else
		snprintf(path_out, ACKS_PATH_MAX, "%.*s" ACKS_NAME,
		         slash != NULL ? (int)(slash - log) + 1 : 0, log);
	return 0;
}

int acks_file_load(const struct audit_options *o, const char *file, struct acks *out,
                   char path_out[ACKS_PATH_MAX])
{
	struct problem problem = { "" };
	struct bytes   content;
	int            status  = find_path(o, file, path_out), error;

	*out = (struct acks){ 0 };
	if (status != 0)
		return status;
	error = files_read(path_out, &content);
	if (error == -ENOENT)
		return 0;
	if (error == 0) {
		error = acks_read(content, path_out, out, &problem);
		files_free(content);
	} else {
		snprintf(problem.text, PROBLEM_MAX, "%.300s: %s", path_out, strerror(-error));
	}
	if (error == 0)
		return 0;
	fprintf(stderr, "filterctl audit %s: %s\n", o->verb, problem.text);
	return EXIT_IO;
}

int acks_file_save(const struct audit_options *o, const char *path, const struct acks *acks)
{
	size_t        room = acks->num * ACKS_LINE_MAX + 1;
	uint8_t      *text = malloc(room);
	struct writer w    = writer_over(text, text != NULL ? room : 0);
	int           error;

	for (size_t i = 0; i < acks->num && text != NULL; i++)
		ack_write(&w, &acks->list[i]);
	error = text == NULL ? -ENOMEM
	        : w.full     ? -EFBIG
	                     : files_replace(path, writer_written(&w), 0640);
	free(text);
	if (error == 0)
		return 0;
	fprintf(stderr, "filterctl audit %s: %s: %s\n", o->verb, path, strerror(-error));
	return EXIT_IO;
}

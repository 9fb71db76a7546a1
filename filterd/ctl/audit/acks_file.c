/* SPDX-License-Identifier: MIT */

#include "ctl/audit/acks_file.h"

#include "ctl/audit/pass.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

static int find_path(const struct audit_options *o, const char *file, char path_out[ACKS_PATH_MAX])
{
	const char     *log = o->num_paths > 0 ? o->paths[0] : NULL, *slash;
	struct settings s;
	struct stat     st;
	int             status;

	if (file != NULL) {
		snprintf(path_out, ACKS_PATH_MAX, "%s", file);
		return 0;
	}
	if (log == NULL) {
		status = pass_settings(o, &s);
		if (status == 0)
			notes_path(&s, path_out);
		return status;
	}
	slash = strrchr(log, '/');
	if (stat(log, &st) == 0 && S_ISDIR(st.st_mode))
		snprintf(path_out, ACKS_PATH_MAX, "%.900s/" NOTES_NAME, log);
	else
		snprintf(path_out, ACKS_PATH_MAX, "%.*s" NOTES_NAME,
		         slash != NULL ? (int)(slash - log) + 1 : 0, log);
	return 0;
}

int acks_file_load(const struct audit_options *o, const char *file, enum acks_use use,
                   struct acks *out, char path_out[ACKS_PATH_MAX])
{
	int status = find_path(o, file, path_out);

	*out = (struct acks){ 0 };
	if (status == 0 && use == ACKS_CHANGE)
		notes_lock(path_out);
	return status == 0 ? notes_load(o->who, path_out, out) : status;
}

/* SPDX-License-Identifier: MIT */

#include "ctl/audit/output.h"

#include "os/files.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* Resolves a symbolic link, so that the link is kept; a new name is left unchanged. */
static int output_follow(const char *path, char *out)
{
	char *real = realpath(path, NULL);
	int   len;

	if (real == NULL && errno != ENOENT)
		return -errno;
	len = snprintf(out, OUTPUT_PATH_MAX, "%s", real != NULL ? real : path);
	free(real);
	return len < OUTPUT_PATH_MAX ? 0 : -ENAMETOOLONG;
}

/* Replaces the leftover of a run that died; never writes to somebody else's file. */
static int open_beside(struct output *out)
{
	int fd;

	if ((size_t)snprintf(out->beside, sizeof(out->beside), "%s.tmp", out->path) >=
	    sizeof(out->beside))
		return -ENAMETOOLONG;
	if (unlink(out->beside) != 0 && errno != ENOENT)
		return -errno;
	fd = open(out->beside, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0640);
	return fd < 0 ? -errno : fd;
}

const char *output_path(const char *given)
{
	return given != NULL && strcmp(given, "-") != 0 ? given : NULL;
}

int output_open(const char *path, struct output *out)
{
	struct stat st;
	int         fd, error;

	*out = (struct output){ .to = path == NULL ? stdout : NULL };
	if (path == NULL)
		return 0;
	error = output_follow(path, out->path);
	if (error != 0)
		return error;
	if (stat(out->path, &st) == 0 && !S_ISREG(st.st_mode)) {
		fd           = open(out->path, O_WRONLY | O_CLOEXEC);
		fd           = fd < 0 ? -errno : fd;
		out->path[0] = '\0';
	} else {
		fd = open_beside(out);
	}
	if (fd < 0)
		return fd;
	out->to = fdopen(fd, "w");
	if (out->to != NULL)
		return 0;
	close(fd);
	unlink(out->beside);
	return -ENOMEM;
}

int output_close(struct output *out, bool keep)
{
	bool is_beside = out->path[0] != '\0';
	int  error     = 0;

	if (out->to == NULL)
		return 0;
	errno = 0;
	if (fflush(out->to) != 0 || ferror(out->to) ||
	    (is_beside && keep && fsync(fileno(out->to)) != 0))
		error = errno != 0 ? -errno : -EIO;
	if (out->to != stdout && fclose(out->to) != 0 && error == 0)
		error = -errno;
	out->to = NULL;
	if (!is_beside)
		return error;
	if (error == 0 && keep && rename(out->beside, out->path) != 0)
		error = -errno;
	if (error != 0 || !keep)
		unlink(out->beside);
	else
		files_sync_folder(out->path);
	return error;
}

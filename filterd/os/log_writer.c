/* SPDX-License-Identifier: MIT */

/*
 * /proc/locks has the process and inode numbers; /proc/PID/fd shows whether it is this very file.
 */

#include "os/log_writer.h"

#include "os/files.h"

#include <dirent.h>
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

static int log_writer_complain(struct problem *problem, int error, const char *path,
                               const char *what)
{
	return problem_say(problem, error, "%.300s: %s", path, what);
}

static bool is_called_filterd(pid_t pid)
{
	char path[64], name[32];

	snprintf(path, sizeof(path), "/proc/%d/comm", (int)pid);
	return files_first_line(path, name, sizeof(name)) && strcmp(name, "filterd") == 0;
}

/* 1, 0, or -errno without permission. */
static int has_open(pid_t pid, const struct stat *file)
{
	char           path[64];
	DIR           *folder;
	struct dirent *entry;
	int            found = 0;

	snprintf(path, sizeof(path), "/proc/%d/fd", (int)pid);
	folder = opendir(path);
	if (folder == NULL)
		return -errno;
	while (found == 0 && (entry = readdir(folder)) != NULL) {
		struct stat st;

		found = fstatat(dirfd(folder), entry->d_name, &st, 0) == 0 &&
		        st.st_dev == file->st_dev && st.st_ino == file->st_ino;
	}
	closedir(folder);
	return found;
}

/* Checked through a descriptor: the number may be reused by now, the descriptor is not. */
static int signal_if_writer(pid_t pid, const struct stat *file, int number)
{
	int fd = (int)syscall(SYS_pidfd_open, pid, 0), found = 0, error;

	if (fd < 0)
		return -errno;
	error = is_called_filterd(pid) ? 0 : -ESRCH;
	if (error == 0)
		found = has_open(pid, file);
	if (error == 0 && found <= 0)
		error = found < 0 ? found : -ESRCH;
	if (error == 0 && syscall(SYS_pidfd_send_signal, fd, number, NULL, 0) != 0)
		error = -errno;
	close(fd);
	return error;
}

static int signal_holder(FILE *locks, const struct stat *file, int number, pid_t *pid_out)
{
	char line[256];
	int  error = -ESRCH;

	while (error == -ESRCH && fgets(line, sizeof(line), locks) != NULL) {
		unsigned long long inode;
		int                pid = 0;

		if (sscanf(line, "%*d: FLOCK ADVISORY WRITE %d %*x:%*x:%llu", &pid, &inode) == 2 &&
		    pid > 0 && inode == file->st_ino)
			error = signal_if_writer(pid, file, number);
		if (error == 0)
			*pid_out = pid;
	}
	return error;
}

int log_writer_signal(const char *path, int number, pid_t *pid_out, struct problem *problem)
{
	FILE       *locks;
	struct stat file;
	int         error;

	if (stat(path, &file) != 0)
		return log_writer_complain(problem, -errno, path, strerror(errno));
	locks = fopen("/proc/locks", "re");
	if (locks == NULL)
		return log_writer_complain(problem, -errno, "/proc/locks", strerror(errno));
	error = signal_holder(locks, &file, number, pid_out);
	fclose(locks);
	if (error == -ESRCH)
		return log_writer_complain(problem, error, path, "no running filterd writes to it");
	if (error == -EACCES || error == -EPERM)
		return log_writer_complain(
			problem, -EPERM, path,
			"this user may not signal the filterd that writes to it; run it as root");
	return error == 0 ? 0 : log_writer_complain(problem, error, path, strerror(-error));
}

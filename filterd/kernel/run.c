/* SPDX-License-Identifier: MIT */

/*
 * The input is a memory file and not a pipe, so a program that prints before it has read everything
 * cannot block us.
 */

#include "kernel/run.h"

#include <errno.h>
#include <fcntl.h>
#include <spawn.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;

static int input_file(struct bytes input)
{
	int fd = memfd_create("input", MFD_CLOEXEC);

	while (fd >= 0 && input.len > 0) {
		ssize_t put = write(fd, input.at, input.len);

		if (put <= 0) {
			close(fd);
			return -EIO;
		}
		input = bytes_from(input, (size_t)put);
	}
	if (fd >= 0)
		lseek(fd, 0, SEEK_SET);
	return fd < 0 ? -errno : fd;
}

static void keep_output(int fd, char *output_out, size_t output_max)
{
	char    rest[4096];
	size_t  kept = 0;
	ssize_t got;

	while ((got = read(fd, rest, sizeof(rest))) > 0 || (got < 0 && errno == EINTR)) {
		size_t room = output_max - 1 - kept;

		if (got <= 0 || output_out == NULL)
			continue;
		if ((size_t)got < room)
			room = (size_t)got;
		memcpy(output_out + kept, rest, room);
		kept += room;
	}
	if (output_out != NULL)
		output_out[kept] = '\0';
}

static int start(const char *const *argv, int in, int out, pid_t *pid_out)
{
	posix_spawn_file_actions_t actions;
	int                        error;

	posix_spawn_file_actions_init(&actions);
	posix_spawn_file_actions_adddup2(&actions, in, STDIN_FILENO);
	posix_spawn_file_actions_adddup2(&actions, out, STDOUT_FILENO);
	posix_spawn_file_actions_adddup2(&actions, out, STDERR_FILENO);
	error = posix_spawnp(pid_out, argv[0], &actions, NULL, (char *const *)(uintptr_t)argv,
	                     environ);
	posix_spawn_file_actions_destroy(&actions);
	return -error;
}

int run_program(const char *const *argv, struct bytes input, char *output_out)
{
	return run_program_into(argv, input, output_out, RUN_OUTPUT_MAX);
}

int run_program_into(const char *const *argv, struct bytes input, char *output_out,
                     size_t output_max)
{
	int   pipe_fds[2], in, error, status = 0;
	pid_t pid;

	if (output_out != NULL)
		output_out[0] = '\0';
	in = input_file(input);
	if (in < 0)
		return in;
	if (pipe2(pipe_fds, O_CLOEXEC) != 0) {
		error = -errno;
		close(in);
		return error;
	}
	error = start(argv, in, pipe_fds[1], &pid);
	close(in);
	close(pipe_fds[1]);
	if (error == 0) {
		keep_output(pipe_fds[0], output_out, output_max);
		while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
			;
	}
	close(pipe_fds[0]);
	if (error != 0)
		return error;
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

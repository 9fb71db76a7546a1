/* SPDX-License-Identifier: MIT */

/* filterctl rotate: closes the open file of the audit log now. */

#include "ctl/verbs.h"

#include "base/bytes.h"
#include "ctl/complain.h"
#include "ctl/options.h"
#include "os/files.h"
#include "os/log_writer.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <time.h>

#define WHO "filterctl rotate"
#define WAIT_MS 10000
#define LOOK_MS 50

static const char usage[] = "usage: filterctl rotate [-c FILE]\n"
			    "\n"
			    "Closes the open file of the audit log now, with a signed record, as "
			    "filterd does daily, so that you can copy or\n"
			    "compress it. Run it as root. Do not let a program like logrotate "
			    "copy it: filterd renames its own files.\n"
			    "\n"
			    "  -c, --config FILE   configuration, default " CONF_DEFAULT "\n"
			    "\n"
			    "Exit status: 0 it is closed; 1 it is not, or no filterd runs; 64 "
                            "wrong usage; 78 wrong configuration.\n";

static bool is_new(const char *path, const struct stat *before)
{
	struct stat now;

	return stat(path, &now) == 0 &&
	       (now.st_ino != before->st_ino || now.st_dev != before->st_dev);
}

static bool wait_for_new(const char *path, const struct stat *before)
{
	const struct timespec look = { .tv_nsec = LOOK_MS * 1000000L };

	for (int waited = 0; waited < WAIT_MS; waited += LOOK_MS) {
		if (is_new(path, before))
			return true;
		nanosleep(&look, NULL);
	}
	return is_new(path, before);
}

static int rotate(const char *path)
{
	struct problem problem = { "" };
	struct stat    before  = { 0 };
	pid_t          pid;

	if (stat(path, &before) != 0 && errno != ENOENT) {
		perror(path);
		return EXIT_FAILURE;
	}
	if (log_writer_signal(path, SIGUSR1, &pid, &problem) != 0)
		return complain(EXIT_FAILURE, WHO, "%s", problem.text);
	if (wait_for_new(path, &before)) {
		printf("the file is closed; %s is new\n", path);
		return EXIT_SUCCESS;
	}
	return complain(EXIT_FAILURE, WHO,
	                "filterd was told, but %s is still the same after %d s; filterd's "
	                "messages say why", path, WAIT_MS / 1000);
}

int ctl_rotate(int argc, char **argv)
{
	struct settings s;
	const char     *conf;
	int             status;

	if (!options_alone_read(WHO, argc, argv, usage, NULL, &conf, &status))
		return status;
	return options_settings(WHO, conf, &s, &status) ? rotate(s.audit_file) : status;
}

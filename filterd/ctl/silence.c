/* SPDX-License-Identifier: MIT */

#include "ctl/silence.h"

#include "os/log_writer.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

bool silence_say(const struct settings *s, int error, char out[SILENCE_MAX])
{
	struct problem ignored;
	pid_t          pid;
	/*
	 * The holder of the log's lock is filterd, even if it does not answer; -EPERM: it runs as
	 * another user.
	 */
	int            writer = log_writer_signal(s->audit_file, 0, &pid, &ignored);
	bool runs = error == -ETIMEDOUT || error == -EPROTO || writer == 0 || writer == -EPERM;

	if (!runs)
		snprintf(out, SILENCE_MAX, "filterd does not run.");
	else if (s->control[0] == '\0')
		snprintf(out, SILENCE_MAX,
		         "filterd runs, but has no control socket: [daemon] control is empty.");
	else
		snprintf(out, SILENCE_MAX, "filterd runs, but does not answer at %s: %s.",
		         s->control, strerror(-error));
	return runs;
}

/* SPDX-License-Identifier: MIT */
#ifndef FILTERD_INFORM_H
#define FILTERD_INFORM_H

/*
 * Inform: tells whoever asks how filterd fares, on the control socket and in the file of metrics. For the main thread.
 */

#include "evidence.h"
#include "os/control_socket.h"
#include "worker.h"

struct inform;

/* What is told about; all borrowed until inform_close(). */
struct inform_sources {
	struct evidence             *evidence;
	const struct ruleset *const *ruleset;   /* the one in force, wherever it stands then */
	struct worker *const        *workers;
	size_t                       num_workers;
	const char                  *sensor;
};

/*
 * inform_open  - while still root; a socket that cannot be made is said, and no reason not to filter. 0 or -ENOMEM.
 * inform_begin - once there is something to be told about.
 */
int  inform_open(const struct settings *s, struct inform **out);
void inform_begin(struct inform *i, const struct inform_sources *sources);
void inform_close(struct inform *i);

/* As control_socket_poll() and control_socket_serve(), for CONTROL_FDS descriptors. */
size_t inform_poll(const struct inform *i, struct pollfd *fds);
void   inform_serve(struct inform *i, const struct pollfd *fds);

/* Once a second. */
void inform_tick(struct inform *i);

#endif

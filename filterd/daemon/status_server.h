/* SPDX-License-Identifier: MIT */
#ifndef FILTERD_DAEMON_STATUS_SERVER_H
#define FILTERD_DAEMON_STATUS_SERVER_H

/*
 * Status server: reports filterd's state on the control socket and in the file of metrics; and
 * passes on permitted requests, for example for a reload, and their results. For the main thread.
 */

#include "daemon/pause.h"
#include "daemon/records.h"
#include "daemon/worker.h"
#include "os/control_socket.h"

struct status_server;

/* The sources of its answers; all borrowed until status_server_close(). */
struct status_server_sources {
	struct records               *records;
	const struct in_force *const *in_force;   /* the present one at each request */
	struct worker *const         *workers;
	size_t                        num_workers;
	const char                   *sensor;
	const struct status_loads    *loads;
	/* reloads configuration and policy; the result is in *loads */
	void                        (*reload)(void *owner, const struct control_asker *asker);
	/* pauses blocking for this time; 0: continues it */
	void                        (*pause)(void *owner, uint32_t seconds, const char *reason,
	                                     const struct control_asker *asker);
	const struct pause           *paused;
	void                         *owner;
};

/*
 * status_server_open  - while still root; without a socket it logs a message, and filterd still
 *                       filters. 0 or -ENOMEM.
 * status_server_begin - once the sources exist, before filterd is ready: it reports losses from
 *                       then on.
 */
int  status_server_open(const struct settings *s, struct status_server **out);
void status_server_begin(struct status_server *i, const struct status_server_sources *sources);
void status_server_close(struct status_server *i);

/* Like control_socket_poll() and control_socket_serve(), for CONTROL_FDS descriptors. */
size_t status_server_poll(const struct status_server *i, struct pollfd *fds);
void   status_server_serve(struct status_server *i, const struct pollfd *fds);

/* Once a second. */
void status_server_tick(struct status_server *i);

#endif

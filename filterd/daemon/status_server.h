/* SPDX-License-Identifier: MIT */
#ifndef FILTERD_DAEMON_STATUS_SERVER_H
#define FILTERD_DAEMON_STATUS_SERVER_H

/*
 * Status server: tells whoever asks how filterd fares, on the control socket and in the file of
 * metrics; and passes on who may ask for a reload, and what came of it. For the main thread.
 */

#include "daemon/pause.h"
#include "daemon/records.h"
#include "daemon/worker.h"
#include "os/control_socket.h"

struct status_server;

/* The subjects of its answers; all borrowed until status_server_close(). */
struct status_server_sources {
	struct records               *records;
	const struct in_force *const *in_force;   /* the one in force, wherever it stands then */
	struct worker *const         *workers;
	size_t                        num_workers;
	const char                   *sensor;
	const struct status_loads    *loads;
	/* loads configuration and policy anew, which is in *loads then */
	void                        (*reload)(void *owner, const struct control_asker *asker);
	/* blocking is paused for so long, or, with 0, goes on */
	void                        (*pause)(void *owner, uint32_t seconds, const char *reason,
	                                     const struct control_asker *asker);
	const struct pause           *paused;
	void                         *owner;
};

/*
 * status_server_open  - while still root; a socket that cannot be made is said, and no reason not
 *                       to filter. 0 or -ENOMEM.
 * status_server_begin - once there is something to be told about, and before filterd is ready: what
 *                       is lost from then on is told.
 */
int  status_server_open(const struct settings *s, struct status_server **out);
void status_server_begin(struct status_server *i, const struct status_server_sources *sources);
void status_server_close(struct status_server *i);

/* As control_socket_poll() and control_socket_serve(), for CONTROL_FDS descriptors. */
size_t status_server_poll(const struct status_server *i, struct pollfd *fds);
void   status_server_serve(struct status_server *i, const struct pollfd *fds);

/* Once a second. */
void status_server_tick(struct status_server *i);

#endif

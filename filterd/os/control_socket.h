/* SPDX-License-Identifier: MIT */
#ifndef FILTERD_OS_CONTROL_SOCKET_H
#define FILTERD_OS_CONTROL_SOCKET_H

/*
 * Control: a socket on which any user of this host may ask for filterd's status. A client sends one
 * line and gets one answer. A reload is for users who could send filterd a signal: root and
 * filterd's own user. A pause is for root. Root's filterctl also reports who read the log, and the
 * results of a policy feed, which are recorded. No other request changes anything.
 *
 * The socket is world-writable on purpose: a person on call, or a monitoring program, can see what
 * is wrong without being root. Answers name no host and no device.
 *
 * Nobody can block filterd: clients are few, filterd never waits for one, the client silent for
 * longest is evicted to make room for the next, and an answer that does not fit into the client's
 * socket at once is dropped.
 */

#include "base/bytes.h"
#include "base/problem.h"
#include "os/asker.h"

#include <poll.h>

#define CONTROL_CLIENTS  8
#define CONTROL_FDS      (1 + CONTROL_CLIENTS)
#define CONTROL_LINE_MAX 384            /* bytes of a request; a feed's result is the longest */

enum control_request {
	REQUEST_STATUS,
	REQUEST_STATUS_JSON,
	REQUEST_RELOAD,                 /* a reason may follow in the same line */
	REQUEST_PAUSE,                  /* the length and the reason follow in the same line */
	REQUEST_FEED,                   /* and its result: in its line */
	REQUEST_ACCESS,
};

/* control_socket_read - parses a client's bytes. PARSE_MORE: its line is incomplete. */
enum parse control_socket_read(struct bytes sent, enum control_request *out);

struct control_socket;

/*
 * control_socket_open - while still root. Creates its folder, for `user`, if it is missing. Removes
 *                the socket of an earlier filterd, but not of one that still answers. 0 or -errno
 *                with *problem_out.
 */
int  control_socket_open(const char *path, const char *user, struct control_socket **out,
                         struct problem *problem_out);
void control_socket_close(struct control_socket *c);           /* and removes it; c may be NULL */

/*
 * The answer to a request; empty: none. Borrowed until the next call. Takes: asker, the user
 * according to the kernel; words, the line after its first word.
 */
typedef struct bytes control_answer(void *owner, enum control_request request, struct bytes words,
                                    const struct control_asker *asker);

/*
 * Root read the log, and reports it ("audit ..."): the line, and the uid from the kernel.
 */
typedef void control_told(void *owner, struct bytes line, uint32_t uid);
void control_socket_on_told(struct control_socket *c, control_told *told, void *owner);

/*
 * control_socket_poll  - fills fds, of CONTROL_FDS, for poll(2), and gives their number. 0 for
 *                        NULL.
 * control_socket_serve - serves the events in these fds.
 */
size_t control_socket_poll(const struct control_socket *c, struct pollfd *fds);
void   control_socket_serve(struct control_socket *c, const struct pollfd *fds,
                            control_answer *answer, void *owner);

/*
 * control_socket_ask - the other end, for filterctl: asks and waits two seconds at most, a minute
 *                      for a reload. Takes: path, "" if there is none; line, without its newline.
 * Gives:  0 and *answer_out, for free(), NUL-terminated; -ENOENT, -ECONNREFUSED if nobody listens;
 *         -ETIMEDOUT, -EPROTO; -errno.
 */
int control_socket_ask(const char *path, struct bytes line, char **answer_out);
/* control_socket_tell - a line without newline that begins with "audit "; there is no answer. */
int control_socket_tell(const char *path, struct bytes line);

#endif

/* SPDX-License-Identifier: MIT */
#ifndef FILTERD_OS_CONTROL_SOCKET_H
#define FILTERD_OS_CONTROL_SOCKET_H

/*
 * Control: a socket on which any user of this host may ask filterd how it fares. A client sends one
 * line and gets one answer. A reload is for whoever could send filterd a signal: root and filterd's
 * own user; a pause is for root; and root's filterctl says who read the log, and what a feed of
 * policies has found, which is put on record. Nothing else that can be sent changes anything.
 *
 * The socket is everybody's to write to, on purpose: whoever is called at night can see what is
 * wrong without being root, and so can a program that watches. What is told names no host and no
 * device.
 *
 * Nobody can hold filterd up: clients are few, none is waited for, the one that has been silent
 * longest makes room for the next, and an answer that does not fit into the client's socket at once
 * is given up.
 */

#include "base/bytes.h"
#include "base/problem.h"
#include "os/asker.h"

#include <poll.h>

#define CONTROL_CLIENTS  8
#define CONTROL_FDS      (1 + CONTROL_CLIENTS)
#define CONTROL_LINE_MAX 384            /* bytes of a request; what a feed found has most */

enum control_request {
	REQUEST_STATUS,
	REQUEST_STATUS_JSON,
	REQUEST_RELOAD,                 /* and perhaps why: in its line */
	REQUEST_PAUSE,                  /* and for how long, and why: in its line */
	REQUEST_FEED,                   /* and what came of it: in its line */
	REQUEST_ACCESS,
};

/* control_socket_read - of what a client has sent. PARSE_MORE: its line has no end yet. */
enum parse control_socket_read(struct bytes sent, enum control_request *out);

struct control_socket;

/*
 * control_socket_open - while still root. Its folder is made, for `user`, if it is not there. What
 *                an earlier filterd left behind is removed; a filterd that answers there keeps it.
 *                0 or -errno with *problem_out.
 */
int  control_socket_open(const char *path, const char *user, struct control_socket **out,
                         struct problem *problem_out);
void control_socket_close(struct control_socket *c);           /* and removes it; c may be NULL */

/*
 * The answer to a request; empty: none. Borrowed until the next call. Takes: asker, who it is by
 * what the kernel says; words, what stands behind the first word of its line.
 */
typedef struct bytes control_answer(void *owner, enum control_request request, struct bytes words,
                                    const struct control_asker *asker);

/*
 * Root read the log, and says so ("audit ..."): the line, and the uid that the kernel vouches for.
 */
typedef void control_told(void *owner, struct bytes line, uint32_t uid);
void control_socket_on_told(struct control_socket *c, control_told *told, void *owner);

/*
 * control_socket_poll  - what to wait for: fills fds, of CONTROL_FDS, and says how many. 0 for
 *                        NULL.
 * control_socket_serve - what has come since, from these fds.
 */
size_t control_socket_poll(const struct control_socket *c, struct pollfd *fds);
void   control_socket_serve(struct control_socket *c, const struct pollfd *fds,
                            control_answer *answer, void *owner);

/*
 * control_socket_ask - the other end, for filterctl: asks and waits two seconds at most, a minute
 *                      for a reload. Takes: path, "" if there is none; line, without its newline.
 * Gives:  0 and *answer_out, for free(), NUL-terminated; -ENOENT, -ECONNREFUSED if nobody is there;
 *         -ETIMEDOUT, -EPROTO; -errno.
 */
int control_socket_ask(const char *path, struct bytes line, char **answer_out);
/* control_socket_tell - a line without its newline, that begins with "audit "; nobody answers. */
int control_socket_tell(const char *path, struct bytes line);

#endif

/* SPDX-License-Identifier: MIT */
#ifndef FILTERD_QUEUE_NFQUEUE_SOCKET_H
#define FILTERD_QUEUE_NFQUEUE_SOCKET_H

/*
 * Queue socket: a netlink socket that owns a queue, from binding it, or taking it over from the
 * previous process, to its settings. For nfqueue.c, which receives packets and sends verdicts on
 * it.
 */

#include "queue/nfqueue.h"

#include <libmnl/libmnl.h>

/* bytes; a GSO packet and its netlink attributes; messages are aligned to words */
#define QUEUE_MESSAGE_MAX (0x10000 + 4096)

struct queue_socket {
	struct mnl_socket *netlink;
	uint16_t           number;
	uint32_t           seq;                 /* of the last configuration message */
	/* the previous process may have died between a packet and its verdict */
	bool               is_kept;
};

/*
 * queue_socket_open - gets the queue on a socket of its own or on that of the previous process,
 *                     options->kept, and sets it up.
 *
 * Takes:  buffer, QUEUE_MESSAGE_MAX bytes, for the kernel's answers.
 * Gives:  0 with *grant_out; or -errno, and nothing is open. Packets that come meanwhile are told
 *         to come again.
 * Keeps:  options->kept, which is closed if it no longer has the queue.
 */
int  queue_socket_open(struct queue_socket *s, const struct queue_options *options, uint8_t *buffer,
                       struct queue_grant *grant_out);
void queue_socket_close(struct queue_socket *s);

/* queue_socket_explain - why a queue is not available, in words for queue_open(). Gives: error. */
int queue_socket_explain(int error, uint16_t number, struct problem *problem_out);

/*
 * queue_socket_repeat_lost - once, while is_kept: packets handed to the previous process and still
 *                            without a verdict come again.
 * Takes:  first, id of the first packet that we were handed.
 */
void queue_socket_repeat_lost(struct queue_socket *s, uint32_t first);

/* queue_socket_end - as queue_end(). */
void queue_socket_end(struct queue_socket *s);

#endif

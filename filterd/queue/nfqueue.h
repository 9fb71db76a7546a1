/* SPDX-License-Identifier: MIT */
#ifndef FILTERD_QUEUE_NFQUEUE_H
#define FILTERD_QUEUE_NFQUEUE_H

/* Queue: packets from one netfilter queue, and their verdicts back. One owner at a time. */

#include "base/bytes.h"
#include "base/problem.h"

struct queue;

struct queue_options {
	uint16_t number;
	uint32_t length;                /* packets the kernel keeps while we are busy */
	uint32_t buffer_bytes;          /* socket receive buffer to request */
	bool     fail_open;             /* a full queue lets packets pass */
	/* large TCP segments come whole (GSO); joined datagrams are judged one by one */
	bool     gso;
	/* the previous process's descriptor, which queue_open() takes over; -1: none */
	int      kept;
	/* a queue of the same thread that shares its memory for packets; NULL: none */
	struct queue *beside;
};

/* What the kernel granted; a refused flag is a degradation, not an error. */
struct queue_grant {
	bool     gso, fail_open;
	/* the previous process's queue continues, with its waiting packets */
	bool     kept;
	uint32_t buffer_bytes;
};

struct queued {
	uint32_t     id;
	struct bytes ip;
	uint32_t     mark;
	/* index of the input interface; 0 for our own packets */
	uint32_t     iface;
	/* its checksums: the kernel has verified them, or has yet to fill them in */
	bool         sums_settled;
	bool         truncated;         /* the kernel truncated the packet */
	enum queue_hook { QUEUE_PREROUTING, QUEUE_INPUT, QUEUE_FORWARD, QUEUE_OUTPUT } hook;
	bool         has_mac;
	uint8_t      mac[6];
};

/*
 * queue_open - Gives: 0; or -errno, and *problem_out in words: EPERM (no CAP_NET_ADMIN), EBUSY
 *         (another program has the queue; its port id if /proc tells), EOPNOTSUPP (kernel without
 *         NFQUEUE).
 */
int  queue_open(const struct queue_options *options, struct queue **queue_out,
                struct queue_grant *grant_out, struct problem *problem_out);
/*
 * A queue belongs to its socket: while any process holds the descriptor, packets wait in it for the
 * next reader. The kernel drops them only when the last descriptor is closed.
 */
int  queue_fd(const struct queue *q);

/* the most packets that queue_receive() takes; each needs up to 68 KiB, once that many have come */
#define QUEUE_BATCH 128

/*
 * Borrowed from the queue; each packet must get its verdict before more are received, from it or
 * from a queue that shares its memory.
 */
struct queue_batch {
	const struct queued *packets;
	size_t               num;
};

/*
 * queue_receive - takes what is waiting, up to a batch, without blocking.
 * Gives:  the number of messages, less than QUEUE_BATCH if no more were waiting; 0 if there was
 *         none; -errno. Nearly all of them are packets, which are in *batch_out. ENOBUFS is not an
 *         error: the kernel counts packets for which the socket had no room (queue_table.h), and
 *         records and status show them.
 */
int      queue_receive(struct queue *q, struct queue_batch *batch_out);

/*
 * Verdicts are collected and sent, in order, by queue_flush(); runs of equal ones as one batch
 * verdict.
 *
 * queue_judged - the packet enters the chain that queued it once more, with this mark, which is its
 *                verdict: so others' rules in that hook come after ours (NF_REPEAT).
 * queue_replace - the same, with other content: ip, a whole packet, is copied. One of more than
 *                 1,500 bytes is dropped.
 * queue_hold   - the packet skips every later chain of its hook: no rule of another program there
 *                offloads its flow, or does anything else to it (NF_STOP).
 */
void queue_judged(struct queue *q, uint32_t id, uint32_t mark);
void queue_replace(struct queue *q, uint32_t id, uint32_t mark, struct bytes ip);
void queue_hold(struct queue *q, uint32_t id, uint32_t mark);
void queue_drop(struct queue *q, uint32_t id);
int  queue_flush(struct queue *q);

/*
 * queue_end - from now on there are no new packets: with fail_open they pass, otherwise the kernel
 *             drops them. Packets already queued still come: receive until 0, flush, then
 *             queue_close().
 */
void queue_end(struct queue *q);
void queue_close(struct queue *q);

#endif

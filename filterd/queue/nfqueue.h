/* SPDX-License-Identifier: MIT */
#ifndef FILTERD_QUEUE_NFQUEUE_H
#define FILTERD_QUEUE_NFQUEUE_H

/*
 * Queue: packets from one netfilter queue, and their verdicts back. One owner a time.
 */

#include "base/bytes.h"
#include "base/problem.h"

struct queue;

struct queue_options {
	uint16_t number;
	uint32_t length;                /* packets the kernel keeps while we are busy */
	uint32_t buffer_bytes;          /* socket receive buffer asked for */
	bool     fail_open;             /* a full queue lets packets pass */
	/* large segments of TCP come whole; of joined datagrams each is to be judged by itself */
	bool     gso;
	/* the descriptor of a process before this one, now queue_open()'s; -1: none */
	int      kept;
	/* of the same thread: its memory for packets is this one's, too; NULL: none */
	struct queue *beside;
};

/* What the kernel granted; a refused flag is a degradation, not an error. */
struct queue_grant {
	bool     gso, fail_open;
	/* the queue of the process before goes on, with the packets that wait in it */
	bool     kept;
	uint32_t buffer_bytes;
};

struct queued {
	uint32_t     id;
	struct bytes ip;
	uint32_t     mark;
	/* interface index the packet came in by; 0 if it is our own */
	uint32_t     iface;
	/* its checksums: the kernel has verified them, or is yet to fill them in */
	bool         sums_settled;
	bool         truncated;         /* the kernel kept part of the packet from us */
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
 * A queue belongs to its socket: as long as anybody holds the descriptor, packets wait in it for
 * whoever reads it next. Only when the last one is closed does the kernel drop them.
 */
int  queue_fd(const struct queue *q);

/* packets that queue_receive() takes at most; each needs up to 68 KiB, once there were as many */
#define QUEUE_BATCH 128

/*
 * Borrowed from the queue; each of them must get its verdict before more are received, from it or
 * from one that has its memory.
 */
struct queue_batch {
	const struct queued *packets;
	size_t               num;
};

/*
 * queue_receive - takes what is waiting, up to a batch, without blocking.
 * Gives:  the number of messages, less than QUEUE_BATCH if no more were waiting; 0 if there was
 *         none; -errno. Nearly all of them are packets, which are in *batch_out. ENOBUFS is no
 *         error: the kernel counts what its socket had no room for (queue_table.h), and records and
 *         status say it.
 */
int      queue_receive(struct queue *q, struct queue_batch *batch_out);

/*
 * Verdicts are collected and go out, in order, with queue_flush(); runs of equal ones as one batch
 * verdict.
 *
 * queue_judged - the packet meets the chain that queued it once more, with this mark, which says
 *                its verdict: so rules of others in that hook come after ours (NF_REPEAT).
 * queue_replace - the same, with other content: ip, a whole packet, is copied. One of more than
 *                1,500 bytes is dropped.
 * queue_hold   - it goes on past every later chain of its hook: no rule of others there offloads
 *                its flow, or does anything to it (NF_STOP).
 */
void queue_judged(struct queue *q, uint32_t id, uint32_t mark);
void queue_replace(struct queue *q, uint32_t id, uint32_t mark, struct bytes ip);
void queue_hold(struct queue *q, uint32_t id, uint32_t mark);
void queue_drop(struct queue *q, uint32_t id);
int  queue_flush(struct queue *q);

/*
 * queue_end - no new packets from now on: with fail_open they pass, else the kernel drops them.
 *             Those already queued
 * still come: receive until 0, flush, then queue_close().
 */
void queue_end(struct queue *q);
void queue_close(struct queue *q);

#endif

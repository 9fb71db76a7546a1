/* SPDX-License-Identifier: MIT */

/*
 * The kernel sends one netlink message per packet; recvmmsg takes up to BATCH of them with one
 * system call. Verdicts are appended to one buffer and sent together, so a packet under load costs
 * two system calls divided by the batch. A run of equal verdicts with the same mark becomes one
 * batch verdict. That covers every id up to its own, so it is closed before any other verdict is
 * appended.
 */

#include "queue/nfqueue.h"

#include "queue/nfqueue_socket.h"

#include <arpa/inet.h>
#include <errno.h>
#include <libmnl/libmnl.h>
#include <libnetfilter_queue/libnetfilter_queue.h>
#include <linux/netfilter.h>
#include <linux/netfilter/nfnetlink_queue.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

/*
 * Packets per system call. A flood of DNS questions cost 4340 ns a packet with 32, 4110 with 64,
 * 3360 with this (scripts/bench).
 */
#define BATCH          QUEUE_BATCH
#define VERDICT_MAX    64               /* bytes of one verdict message: 20 + 12 + 8, rounded up */
#define REPLACED_MAX   1500             /* bytes of a packet; a SYN has 60 to 120 */
#define VERDICTS_BYTES (BATCH * 2 * VERDICT_MAX)

struct queue {
	struct queue_socket socket;
	struct mmsghdr      messages[BATCH];
	struct iovec        vectors[BATCH];
	struct queued       packets[BATCH];
	/* BATCH times QUEUE_MESSAGE_MAX; pages are touched as needed */
	uint8_t            *buffers;
	bool                has_buffers;        /* of its own */
	_Alignas(struct nlmsghdr) uint8_t verdicts[VERDICTS_BYTES];
	size_t              verdicts_len;
	struct {                                /* equal verdicts not yet in verdicts[] */
		bool     open;
		int      verdict;
		uint32_t last_id, mark;
	} run;
};

static uint32_t number_in(const struct nlattr *a)
{
	return ntohl(mnl_attr_get_u32(a));
}

/*
 * Can we skip the check of this packet's checksums? Either it will leave with sums computed from
 * its bytes, or it came with a link header and conntrack has checked it, unless the card had.
 * Otherwise the kernel's flag says less: it never marks the host's own packets as unverified, and
 * WireGuard (and OpenVPN's module) marks everything it decrypts as verified.
 */
static bool are_sums_settled(uint32_t info, bool has_mac)
{
	return info & (NFQA_SKB_CSUMNOTREADY | NFQA_SKB_GSO) ||
	       (has_mac && !(info & NFQA_SKB_CSUM_NOTVERIFIED));
}

static enum queue_hook hook_of(uint8_t number)
{
	switch (number) {
	case NF_INET_LOCAL_IN:  return QUEUE_INPUT;
	case NF_INET_FORWARD:   return QUEUE_FORWARD;
	case NF_INET_LOCAL_OUT: return QUEUE_OUTPUT;
	default:                return QUEUE_PREROUTING;
	}
}

/*
 * One packet message; false for anything else, such as an acknowledged verdict. One pass over its
 * attributes: nfq_nlmsg_parse(), which fills a table first, takes 70 ns a packet more.
 */
static bool read_message(const struct nlmsghdr *m, struct queued *out)
{
	const struct nlattr              *a;
	const struct nfqnl_msg_packet_hdr *header = NULL;
	const struct nfqnl_msg_packet_hw  *hw;
	uint32_t                           info = 0, cap_len = 0;

	if (m->nlmsg_type != (NFNL_SUBSYS_QUEUE << 8 | NFQNL_MSG_PACKET))
		return false;
	*out = (struct queued){ .ip = { 0 } };
	mnl_attr_for_each(a, m, sizeof(struct nfgenmsg)) {
		switch (mnl_attr_get_type(a)) {
		case NFQA_PACKET_HDR:    header     = mnl_attr_get_payload(a); break;
		case NFQA_MARK:          out->mark  = number_in(a); break;
		case NFQA_IFINDEX_INDEV: out->iface = number_in(a); break;
		case NFQA_SKB_INFO:      info       = number_in(a); break;
		case NFQA_CAP_LEN:       cap_len    = number_in(a); break;
		case NFQA_PAYLOAD:
			out->ip = bytes_of(mnl_attr_get_payload(a), mnl_attr_get_payload_len(a));
			break;
		case NFQA_HWADDR:
			hw           = mnl_attr_get_payload(a);
			out->has_mac = ntohs(hw->hw_addrlen) == sizeof(out->mac);
			memcpy(out->mac, hw->hw_addr, sizeof(out->mac));
			break;
		default:
			break;
		}
	}
	if (header == NULL)
		return false;
	out->id           = ntohl(header->packet_id);
	out->hook         = hook_of(header->hook);
	out->sums_settled = are_sums_settled(info, out->has_mac);
	out->truncated    = cap_len > out->ip.len;
	return true;
}

static void prepare_receiving(struct queue *q)
{
	for (size_t i = 0; i < BATCH; i++) {
		q->vectors[i]  = (struct iovec){ .iov_base = q->buffers + i * QUEUE_MESSAGE_MAX,
		                                 .iov_len  = QUEUE_MESSAGE_MAX };
		q->messages[i] = (struct mmsghdr){ .msg_hdr = { .msg_iov    = &q->vectors[i],
		                                                .msg_iovlen = 1 } };
	}
}

int queue_open(const struct queue_options *options, struct queue **queue_out,
               struct queue_grant *grant_out, struct problem *problem_out)
{
	struct queue *q     = calloc(1, sizeof(*q));
	int           error = q != NULL ? 0 : -ENOMEM;

	if (error == 0) {
		q->has_buffers = options->beside == NULL;
		q->buffers     = q->has_buffers ? malloc((size_t)BATCH * QUEUE_MESSAGE_MAX)
		                                : options->beside->buffers;
		error          = q->buffers != NULL ? 0 : -ENOMEM;
	}
	if (error == 0)
		error = queue_socket_open(&q->socket, options, q->buffers, grant_out);
	if (error != 0) {
		queue_close(q);
		return queue_socket_explain(error, options->number, problem_out);
	}
	prepare_receiving(q);
	*queue_out = q;
	return 0;
}

int queue_fd(const struct queue *q)
{
	return mnl_socket_get_fd(q->socket.netlink);
}

int queue_receive(struct queue *q, struct queue_batch *batch_out)
{
	int    num         = recvmmsg(queue_fd(q), q->messages, BATCH, MSG_DONTWAIT, NULL);
	size_t num_packets = 0;

	*batch_out = (struct queue_batch){ .packets = q->packets };
	if (num < 0)
		return errno == EAGAIN || errno == EINTR || errno == ENOBUFS ? 0 : -errno;
	for (int i = 0; i < num; i++) {
		const struct nlmsghdr *m    = q->vectors[i].iov_base;
		int                    left = (int)q->messages[i].msg_len;

		/* The kernel makes one message of a packet, and has no room for more. */
		if (mnl_nlmsg_ok(m, left) && read_message(m, &q->packets[num_packets]))
			num_packets++;
	}
	if (q->socket.is_kept && num_packets > 0)
		queue_socket_repeat_lost(&q->socket, q->packets[0].id);
	batch_out->num = num_packets;
	return num;
}

static struct nlmsghdr *begin_verdict(struct queue *q, int type, size_t content_len)
{
	if (q->verdicts_len + VERDICT_MAX + MNL_ALIGN(content_len) > sizeof(q->verdicts))
		queue_flush(q);
	return nfq_nlmsg_put((char *)q->verdicts + q->verdicts_len, type, q->socket.number);
}

static void end_run(struct queue *q)
{
	struct nlmsghdr *m;

	if (!q->run.open)
		return;
	q->run.open = false;
	m = begin_verdict(q, NFQNL_MSG_VERDICT_BATCH, 0);
	nfq_nlmsg_verdict_put(m, (int)q->run.last_id, q->run.verdict);
	nfq_nlmsg_verdict_put_mark(m, q->run.mark);
	q->verdicts_len += m->nlmsg_len;
}

static void extend_run(struct queue *q, uint32_t id, int verdict, uint32_t mark)
{
	if (q->run.open && (q->run.mark != mark || q->run.verdict != verdict))
		end_run(q);
	q->run.open    = true;
	q->run.verdict = verdict;
	q->run.mark    = mark;
	q->run.last_id = id;
}

void queue_judged(struct queue *q, uint32_t id, uint32_t mark)
{
	extend_run(q, id, NF_REPEAT, mark);
}

void queue_replace(struct queue *q, uint32_t id, uint32_t mark, struct bytes ip)
{
	struct nlmsghdr *m;

	if (ip.len > REPLACED_MAX) {
		queue_drop(q, id);
		return;
	}
	end_run(q);
	m = begin_verdict(q, NFQNL_MSG_VERDICT, MNL_ATTR_HDRLEN + ip.len);
	nfq_nlmsg_verdict_put(m, (int)id, NF_REPEAT);
	nfq_nlmsg_verdict_put_mark(m, mark);
	nfq_nlmsg_verdict_put_pkt(m, ip.at, (uint32_t)ip.len);
	q->verdicts_len += m->nlmsg_len;
}

/* A rule cannot give NF_STOP: linux/netfilter.h keeps it for the queue alone. */
void queue_hold(struct queue *q, uint32_t id, uint32_t mark)
{
	extend_run(q, id, NF_STOP, mark);
}

void queue_drop(struct queue *q, uint32_t id)
{
	struct nlmsghdr *m;

	end_run(q);
	m = begin_verdict(q, NFQNL_MSG_VERDICT, 0);
	nfq_nlmsg_verdict_put(m, (int)id, NF_DROP);
	q->verdicts_len += m->nlmsg_len;
}

int queue_flush(struct queue *q)
{
	size_t len;

	end_run(q);
	len = q->verdicts_len;
	q->verdicts_len = 0;
	if (len > 0 && mnl_socket_sendto(q->socket.netlink, q->verdicts, len) < 0)
		return -errno;
	return 0;
}

void queue_end(struct queue *q)
{
	queue_socket_end(&q->socket);
}

void queue_close(struct queue *q)
{
	if (q == NULL)
		return;
	queue_socket_close(&q->socket);
	if (q->has_buffers)
		free(q->buffers);
	free(q);
}

/* SPDX-License-Identifier: MIT */

/*
 * The kernel sends one netlink message a packet; recvmmsg takes up to BATCH of them with one system call. Verdicts are
 * appended to one buffer and sent together, so the cost of a packet under load is two system calls divided by the
 * batch. A run of accepts (or holds) with the same mark becomes one batch verdict, which covers every id up to its own:
 * it is ended before any other verdict is appended.
 *
 * Each configuration flag goes in a message of its own with an acknowledgement, because kernels refuse flags they
 * do not know together with all others in the message.
 */

#include "os/nfqueue.h"

#include "os/lockdown.h"

#include <arpa/inet.h>
#include <errno.h>
#include <libmnl/libmnl.h>
#include <libnetfilter_queue/libnetfilter_queue.h>
#include <linux/netfilter.h>
#include <linux/netfilter/nfnetlink_queue.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* Of packets, a system call. A flood of DNS questions cost 4340 ns a packet with 32, 4110 with 64, 3360 with this (scripts/bench). */
#define BATCH          QUEUE_BATCH
#define PACKET_MAX     (0x10000 + 4096) /* bytes; a GSO packet and its netlink attributes; messages begin at whole words */
#define VERDICT_MAX    64               /* bytes of one verdict message: 20 + 12 + 8, rounded up */
#define CONFIG_MAX     128              /* bytes of one configuration message: a header and two attributes */
#define VERDICTS_BYTES (BATCH * 2 * VERDICT_MAX)

struct queue {
	struct mnl_socket *netlink;
	uint16_t           number;
	uint32_t           seq;                 /* of the last configuration message */
	uint64_t           overruns;
	bool               is_kept;             /* the process before may have died between a packet and its verdict */
	struct mmsghdr     messages[BATCH];
	struct iovec       vectors[BATCH];
	struct queued      packets[BATCH];
	uint8_t           *buffers;             /* BATCH times PACKET_MAX; pages are touched as needed */
	uint8_t            verdicts[VERDICTS_BYTES];
	size_t             verdicts_len;
	struct {                                /* accepts or holds not yet in verdicts[] */
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
 * Does nobody need to sum this packet any more? It leaves with sums that are made of its bytes, or it came with a link's header and
 * conntrack has summed it, if the network card had not. Elsewhere the kernel's word says less: of packets of the host itself
 * it never says that they are not verified, and WireGuard (and OpenVPN's module) says of all that it decrypts that they are.
 */
static bool are_sums_settled(uint32_t info, bool has_mac)
{
	return info & (NFQA_SKB_CSUMNOTREADY | NFQA_SKB_GSO) || (has_mac && !(info & NFQA_SKB_CSUM_NOTVERIFIED));
}

/*
 * One packet message; false for anything else, an acknowledgement of a verdict for instance. In one pass over its attributes:
 * nfq_nlmsg_parse(), which makes a table of them first, takes 70 ns a packet more.
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
	out->is_forwarded = header->hook == NF_INET_FORWARD;
	out->sums_settled = are_sums_settled(info, out->has_mac);
	out->truncated    = cap_len > out->ip.len;
	return true;
}

/*
 * Packets that a process before was handed, and died: the kernel waits for their verdicts, and nobody else knows of them. All that
 * came before the first one we are handed come again.
 */
static void repeat_lost(struct queue *q, uint32_t first)
{
	char             buffer[VERDICT_MAX];
	struct nlmsghdr *verdict = nfq_nlmsg_put(buffer, NFQNL_MSG_VERDICT_BATCH, q->number);

	q->is_kept = false;
	nfq_nlmsg_verdict_put(verdict, (int)(first - 1), NF_REPEAT);
	mnl_socket_sendto(q->netlink, verdict, verdict->nlmsg_len);
}

/*
 * Between binding and the end of configuration packets may come already, without their bytes. They are
 * sent back to the start of the hook and will come again.
 */
static void repeat_packet(struct queue *q, const struct nlmsghdr *m)
{
	struct queued    queued;
	char             buffer[VERDICT_MAX];
	struct nlmsghdr *verdict;

	if (!read_message(m, &queued))
		return;
	if (q->is_kept)
		repeat_lost(q, queued.id);
	verdict = nfq_nlmsg_put(buffer, NFQNL_MSG_VERDICT, q->number);
	nfq_nlmsg_verdict_put(verdict, (int)queued.id, NF_REPEAT);
	mnl_socket_sendto(q->netlink, verdict, verdict->nlmsg_len);
}

/*
 * 0 or -errno, if the answer to the last configuration message is among these; else 1. Other errors are about verdicts, of this
 * process or the one before, for packets that are no more there: nobody has to be told.
 */
static int read_answer(struct queue *q, size_t len)
{
	const struct nlmsghdr *m    = (const struct nlmsghdr *)(const void *)q->buffers;
	int                    left = (int)len;

	for (; mnl_nlmsg_ok(m, left); m = mnl_nlmsg_next(m, &left)) {
		if (m->nlmsg_type == NLMSG_ERROR && m->nlmsg_seq == q->seq &&
		    mnl_nlmsg_get_payload_len(m) >= sizeof(struct nlmsgerr))
			return ((const struct nlmsgerr *)mnl_nlmsg_get_payload(m))->error;
		repeat_packet(q, m);
	}
	return 1;
}

/* One configuration message, acknowledged: 0 or -errno. */
static int configure(struct queue *q, struct nlmsghdr *message)
{
	ssize_t len;
	int     answer;

	message->nlmsg_flags |= NLM_F_ACK;
	message->nlmsg_seq    = ++q->seq;
	if (mnl_socket_sendto(q->netlink, message, message->nlmsg_len) < 0)
		return -errno;
	do {
		len = mnl_socket_recvfrom(q->netlink, q->buffers, PACKET_MAX);
		if (len < 0)
			return -errno;
		answer = read_answer(q, (size_t)len);
	} while (answer == 1);
	return answer;
}

static int configure_command(struct queue *q, uint8_t command)
{
	char             buffer[CONFIG_MAX];
	struct nlmsghdr *m = nfq_nlmsg_put(buffer, NFQNL_MSG_CONFIG, q->number);

	nfq_nlmsg_cfg_put_cmd(m, AF_UNSPEC, command);
	return configure(q, m);
}

static int configure_copying(struct queue *q)
{
	char             buffer[CONFIG_MAX];
	struct nlmsghdr *m = nfq_nlmsg_put(buffer, NFQNL_MSG_CONFIG, q->number);

	nfq_nlmsg_cfg_put_params(m, NFQNL_COPY_PACKET, 0xffff);
	return configure(q, m);
}

static int configure_length(struct queue *q, uint32_t length)
{
	char             buffer[CONFIG_MAX];
	struct nlmsghdr *m = nfq_nlmsg_put(buffer, NFQNL_MSG_CONFIG, q->number);

	nfq_nlmsg_cfg_put_qmaxlen(m, length);
	return configure(q, m);
}

static int configure_flag(struct queue *q, uint32_t flag)
{
	char             buffer[CONFIG_MAX];
	struct nlmsghdr *m = nfq_nlmsg_put(buffer, NFQNL_MSG_CONFIG, q->number);

	mnl_attr_put_u32(m, NFQA_CFG_FLAGS, htonl(flag));
	mnl_attr_put_u32(m, NFQA_CFG_MASK, htonl(flag));
	return configure(q, m);
}

static int explain(int error, uint16_t number, struct problem *problem_out)
{
	/* The kernel says EPERM to who may not have any queue, and for one that somebody else has. */
	if (error == -EBUSY || (error == -EPERM && lockdown_may_admin()))
		snprintf(problem_out->text, PROBLEM_MAX,
		         "queue %u: another program has it; stop that one, or set [queue] first to another number", number);
	else if (error == -EPERM)
		snprintf(problem_out->text, PROBLEM_MAX,
		         "queue %u: not permitted; start filterd as root or with CAP_NET_ADMIN", number);
	else if (error == -EOPNOTSUPP || error == -EPROTONOSUPPORT || error == -EINVAL)
		snprintf(problem_out->text, PROBLEM_MAX,
		         "queue %u: this kernel has no NFQUEUE (%s); load the module nfnetlink_queue", number,
		         strerror(-error));
	else
		snprintf(problem_out->text, PROBLEM_MAX, "queue %u: %s", number, strerror(-error));
	return error;
}

/* SO_RCVBUFFORCE needs CAP_NET_ADMIN; the plain option is capped by net.core.rmem_max. */
static uint32_t set_buffer(int fd, uint32_t bytes)
{
	int       wanted = (int)bytes, got = 0;
	socklen_t len    = sizeof(got);

	if (setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &wanted, sizeof(wanted)) != 0)
		setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &wanted, sizeof(wanted));
	getsockopt(fd, SOL_SOCKET, SO_RCVBUF, &got, &len);
	return (uint32_t)got / 2;       /* the kernel doubles it for its own overhead, socket(7) */
}

static void prepare_receiving(struct queue *q)
{
	for (size_t i = 0; i < BATCH; i++) {
		q->vectors[i]  = (struct iovec){ .iov_base = q->buffers + i * PACKET_MAX,
		                                 .iov_len  = PACKET_MAX };
		q->messages[i] = (struct mmsghdr){ .msg_hdr = { .msg_iov    = &q->vectors[i],
		                                                .msg_iovlen = 1 } };
	}
}

/*
 * The socket of the process before, if it still has the queue, which the kernel tells by taking a setting for it; else it is
 * closed. Packets that wait in it meanwhile are told to come again: they are judged as all others.
 */
static bool take_kept(struct queue *q, int fd, uint32_t length)
{
	q->netlink = mnl_socket_fdopen(fd);
	if (q->netlink == NULL) {
		close(fd);
		return false;
	}
	q->is_kept = true;
	if (configure_length(q, length) == 0)
		return true;
	q->is_kept = false;
	mnl_socket_close(q->netlink);
	q->netlink = NULL;
	return false;
}

/* A socket of our own, with the queue. 0 or -errno. */
static int bind_queue(struct queue *q)
{
	q->netlink = mnl_socket_open2(NETLINK_NETFILTER, SOCK_CLOEXEC);
	if (q->netlink == NULL || mnl_socket_bind(q->netlink, 0, MNL_SOCKET_AUTOPID) < 0)
		return -errno;
	return configure_command(q, NFQNL_CFG_CMD_BIND);
}

int queue_open(const struct queue_options *options, struct queue **queue_out,
               struct queue_grant *grant_out, struct problem *problem_out)
{
	struct queue *q = calloc(1, sizeof(*q));
	int           error, one = 1;

	if (q == NULL || (q->buffers = malloc((size_t)BATCH * PACKET_MAX)) == NULL) {
		free(q);
		return explain(-ENOMEM, options->number, problem_out);
	}
	q->number  = options->number;
	/* The process before may have left answers in the socket: it counted from another number. */
	q->seq     = (uint32_t)getpid() << 8;
	grant_out->kept = options->kept >= 0 && take_kept(q, options->kept, options->length);
	error = grant_out->kept ? 0 : bind_queue(q);
	if (error == 0)
		error = configure_length(q, options->length);
	if (error == 0)
		error = configure_copying(q);
	if (error != 0) {
		queue_close(q);
		return explain(error, options->number, problem_out);
	}
	grant_out->gso          = configure_flag(q, NFQA_CFG_F_GSO) == 0;
	grant_out->fail_open    = options->fail_open && configure_flag(q, NFQA_CFG_F_FAIL_OPEN) == 0;
	grant_out->buffer_bytes = set_buffer(mnl_socket_get_fd(q->netlink), options->buffer_bytes);
	/* Overruns are read from the kernel's own counters; an error a packet would only slow us. */
	setsockopt(mnl_socket_get_fd(q->netlink), SOL_NETLINK, NETLINK_NO_ENOBUFS, &one, sizeof(one));
	prepare_receiving(q);
	*queue_out = q;
	return 0;
}

int queue_fd(const struct queue *q)
{
	return mnl_socket_get_fd(q->netlink);
}

uint64_t queue_overruns(const struct queue *q)
{
	return q->overruns;
}

int queue_receive(struct queue *q, struct queue_batch *batch_out)
{
	int    num         = recvmmsg(queue_fd(q), q->messages, BATCH, MSG_DONTWAIT, NULL);
	size_t num_packets = 0;

	*batch_out = (struct queue_batch){ .packets = q->packets };
	if (num < 0 && errno == ENOBUFS) {
		q->overruns++;
		return 0;
	}
	if (num < 0)
		return errno == EAGAIN || errno == EINTR ? 0 : -errno;
	for (int i = 0; i < num; i++) {
		const struct nlmsghdr *m    = q->vectors[i].iov_base;
		int                    left = (int)q->messages[i].msg_len;

		/* The kernel makes one message of a packet; there is no room for more. */
		if (mnl_nlmsg_ok(m, left) && read_message(m, &q->packets[num_packets]))
			num_packets++;
	}
	if (q->is_kept && num_packets > 0)
		repeat_lost(q, q->packets[0].id);
	batch_out->num = num_packets;
	return num;
}

static struct nlmsghdr *begin_verdict(struct queue *q, int type)
{
	if (q->verdicts_len + VERDICT_MAX > sizeof(q->verdicts))
		queue_flush(q);
	return nfq_nlmsg_put((char *)q->verdicts + q->verdicts_len, type, q->number);
}

static void end_run(struct queue *q)
{
	struct nlmsghdr *m;

	if (!q->run.open)
		return;
	q->run.open = false;
	m = begin_verdict(q, NFQNL_MSG_VERDICT_BATCH);
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

void queue_accept(struct queue *q, uint32_t id, uint32_t mark)
{
	extend_run(q, id, NF_ACCEPT, mark);
}

/* NF_STOP is no verdict that a rule can give: linux/netfilter.h keeps it for the queue alone. */
void queue_hold(struct queue *q, uint32_t id, uint32_t mark)
{
	extend_run(q, id, NF_STOP, mark);
}

void queue_drop(struct queue *q, uint32_t id)
{
	struct nlmsghdr *m;

	end_run(q);
	m = begin_verdict(q, NFQNL_MSG_VERDICT);
	nfq_nlmsg_verdict_put(m, (int)id, NF_DROP);
	q->verdicts_len += m->nlmsg_len;
}

int queue_flush(struct queue *q)
{
	size_t len;

	end_run(q);
	len = q->verdicts_len;
	q->verdicts_len = 0;
	if (len > 0 && mnl_socket_sendto(q->netlink, q->verdicts, len) < 0)
		return -errno;
	return 0;
}

void queue_end(struct queue *q)
{
	char             buffer[CONFIG_MAX];
	struct nlmsghdr *m = nfq_nlmsg_put(buffer, NFQNL_MSG_CONFIG, q->number);

	/* Without acknowledgement: packets stand before it in the socket, and they must not be lost. */
	nfq_nlmsg_cfg_put_qmaxlen(m, 0);
	mnl_socket_sendto(q->netlink, m, m->nlmsg_len);
}

void queue_close(struct queue *q)
{
	if (q == NULL)
		return;
	if (q->netlink != NULL)
		mnl_socket_close(q->netlink);
	free(q->buffers);
	free(q);
}

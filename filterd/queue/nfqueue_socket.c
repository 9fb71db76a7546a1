/* SPDX-License-Identifier: MIT */

/*
 * A setting is one netlink message. Packets may come before its acknowledgement: their verdict is
 * NF_REPEAT. Each configuration flag is sent in a message of its own, because a kernel that does
 * not know one flag refuses all flags in the message.
 */

#include "queue/nfqueue_socket.h"

#include "os/lockdown.h"

#include <arpa/inet.h>
#include <errno.h>
#include <libnetfilter_queue/libnetfilter_queue.h>
#include <linux/netfilter.h>
#include <linux/netfilter/nfnetlink_queue.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define REQUEST_MAX 128 /* bytes of one message of ours: a header and two attributes */

/*
 * Packets handed to the previous process, which died: the kernel waits for their verdicts, and
 * nobody else knows of them. All packets before the first one we are handed come again.
 */
void queue_socket_repeat_lost(struct queue_socket *s, uint32_t first)
{
	char             buffer[REQUEST_MAX];
	struct nlmsghdr *verdict = nfq_nlmsg_put(buffer, NFQNL_MSG_VERDICT_BATCH, s->number);

	s->is_kept = false;
	nfq_nlmsg_verdict_put(verdict, (int)(first - 1), NF_REPEAT);
	mnl_socket_sendto(s->netlink, verdict, verdict->nlmsg_len);
}

/* The packet's id; false for anything but a packet. */
static bool read_id(const struct nlmsghdr *m, uint32_t *id_out)
{
	const struct nlattr               *a;
	const struct nfqnl_msg_packet_hdr *header;

	if (m->nlmsg_type != (NFNL_SUBSYS_QUEUE << 8 | NFQNL_MSG_PACKET))
		return false;
	mnl_attr_for_each(a, m, sizeof(struct nfgenmsg)) {
		if (mnl_attr_get_type(a) != NFQA_PACKET_HDR)
			continue;
		header  = mnl_attr_get_payload(a);
		*id_out = ntohl(header->packet_id);
		return true;
	}
	return false;
}

/*
 * Between binding and the end of configuration packets may come, without their bytes. They are sent
 * back to the start of the hook and will come again.
 */
static void repeat_packet(struct queue_socket *s, const struct nlmsghdr *m)
{
	uint32_t         id;
	char             buffer[REQUEST_MAX];
	struct nlmsghdr *verdict;

	if (!read_id(m, &id))
		return;
	if (s->is_kept)
		queue_socket_repeat_lost(s, id);
	verdict = nfq_nlmsg_put(buffer, NFQNL_MSG_VERDICT, s->number);
	nfq_nlmsg_verdict_put(verdict, (int)id, NF_REPEAT);
	mnl_socket_sendto(s->netlink, verdict, verdict->nlmsg_len);
}

/*
 * 0 or -errno if the answer to the last configuration message is among these; otherwise 1. Other
 * errors are about verdicts, of this process or the previous one, for packets that are gone:
 * ignored.
 */
static int read_answer(struct queue_socket *s, const uint8_t *buffer, size_t len)
{
	const struct nlmsghdr *m    = (const struct nlmsghdr *)(const void *)buffer;
	int                    left = (int)len;

	for (; mnl_nlmsg_ok(m, left); m = mnl_nlmsg_next(m, &left)) {
		if (m->nlmsg_type == NLMSG_ERROR && m->nlmsg_seq == s->seq &&
		    mnl_nlmsg_get_payload_len(m) >= sizeof(struct nlmsgerr))
			return ((const struct nlmsgerr *)mnl_nlmsg_get_payload(m))->error;
		repeat_packet(s, m);
	}
	return 1;
}

/* One configuration message, acknowledged: 0 or -errno. */
static int configure(struct queue_socket *s, uint8_t *buffer, struct nlmsghdr *message)
{
	ssize_t len;
	int     answer;

	message->nlmsg_flags |= NLM_F_ACK;
	message->nlmsg_seq    = ++s->seq;
	if (mnl_socket_sendto(s->netlink, message, message->nlmsg_len) < 0)
		return -errno;
	do {
		len = mnl_socket_recvfrom(s->netlink, buffer, QUEUE_MESSAGE_MAX);
		if (len < 0)
			return -errno;
		answer = read_answer(s, buffer, (size_t)len);
	} while (answer == 1);
	return answer;
}

static int configure_command(struct queue_socket *s, uint8_t *buffer, uint8_t command)
{
	char             request[REQUEST_MAX];
	struct nlmsghdr *m = nfq_nlmsg_put(request, NFQNL_MSG_CONFIG, s->number);

	nfq_nlmsg_cfg_put_cmd(m, AF_UNSPEC, command);
	return configure(s, buffer, m);
}

static int configure_copying(struct queue_socket *s, uint8_t *buffer)
{
	char             request[REQUEST_MAX];
	struct nlmsghdr *m = nfq_nlmsg_put(request, NFQNL_MSG_CONFIG, s->number);

	nfq_nlmsg_cfg_put_params(m, NFQNL_COPY_PACKET, 0xffff);
	return configure(s, buffer, m);
}

static int configure_length(struct queue_socket *s, uint8_t *buffer, uint32_t length)
{
	char             request[REQUEST_MAX];
	struct nlmsghdr *m = nfq_nlmsg_put(request, NFQNL_MSG_CONFIG, s->number);

	nfq_nlmsg_cfg_put_qmaxlen(m, length);
	return configure(s, buffer, m);
}

static int configure_flag(struct queue_socket *s, uint8_t *buffer, uint32_t flag, bool is_set)
{
	char             request[REQUEST_MAX];
	struct nlmsghdr *m = nfq_nlmsg_put(request, NFQNL_MSG_CONFIG, s->number);

	mnl_attr_put_u32(m, NFQA_CFG_FLAGS, htonl(is_set ? flag : 0));
	mnl_attr_put_u32(m, NFQA_CFG_MASK, htonl(flag));
	return configure(s, buffer, m);
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

/*
 * The previous process's socket, if it still has the queue: the kernel then accepts a setting for
 * it; otherwise it is closed. Packets waiting in it are sent back to come again, and are judged
 * like all others.
 */
static bool nfqueue_socket_take_kept(struct queue_socket *s, uint8_t *buffer, int fd,
                                     uint32_t length)
{
	s->netlink = mnl_socket_fdopen(fd);
	if (s->netlink == NULL) {
		close(fd);
		return false;
	}
	s->is_kept = true;
	if (configure_length(s, buffer, length) == 0)
		return true;
	s->is_kept = false;
	queue_socket_close(s);
	return false;
}

/* Opens our own socket, with the queue. 0 or -errno. */
static int bind_queue(struct queue_socket *s, uint8_t *buffer)
{
	s->netlink = mnl_socket_open2(NETLINK_NETFILTER, SOCK_CLOEXEC);
	if (s->netlink == NULL || mnl_socket_bind(s->netlink, 0, MNL_SOCKET_AUTOPID) < 0)
		return -errno;
	return configure_command(s, buffer, NFQNL_CFG_CMD_BIND);
}

int queue_socket_open(struct queue_socket *s, const struct queue_options *options, uint8_t *buffer,
                      struct queue_grant *grant_out)
{
	int error, one = 1;

	/* The previous process may have left answers in the socket: its sequence numbers differ. */
	*s = (struct queue_socket){ .number = options->number, .seq = (uint32_t)getpid() << 8 };
	grant_out->kept = options->kept >= 0 &&
	                  nfqueue_socket_take_kept(s, buffer, options->kept, options->length);
	error = grant_out->kept ? 0 : bind_queue(s, buffer);
	if (error == 0)
		error = configure_length(s, buffer, options->length);
	if (error == 0)
		error = configure_copying(s, buffer);
	if (error != 0) {
		queue_socket_close(s);
		return error;
	}
	grant_out->gso          = configure_flag(s, buffer, NFQA_CFG_F_GSO, options->gso) == 0;
	grant_out->fail_open =
		options->fail_open && configure_flag(s, buffer, NFQA_CFG_F_FAIL_OPEN, true) == 0;
	grant_out->buffer_bytes = set_buffer(mnl_socket_get_fd(s->netlink), options->buffer_bytes);
	/*
	 * Overruns are read from the kernel's counters; an error for each packet would only slow
	 * us.
	 */
	setsockopt(mnl_socket_get_fd(s->netlink), SOL_NETLINK, NETLINK_NO_ENOBUFS, &one,
	           sizeof(one));
	return 0;
}

int queue_socket_explain(int error, uint16_t number, struct problem *problem_out)
{
	/*
	 * The kernel gives EPERM both for missing rights, and for a queue that another program has.
	 */
	if (error == -EBUSY || (error == -EPERM && lockdown_may_admin()))
		snprintf(problem_out->text, PROBLEM_MAX,
		         "queue %u: another program has it; stop that one, or set [queue] first to "
		         "another number",
		         number);
	else if (error == -EPERM)
		snprintf(problem_out->text, PROBLEM_MAX,
		         "queue %u: not permitted; start filterd as root or with CAP_NET_ADMIN",
		         number);
	else if (error == -EOPNOTSUPP || error == -EPROTONOSUPPORT || error == -EINVAL)
		snprintf(problem_out->text, PROBLEM_MAX,
		         "queue %u: this kernel has no NFQUEUE (%s); load the module "
		         "nfnetlink_queue",
		         number, strerror(-error));
	else
		snprintf(problem_out->text, PROBLEM_MAX, "queue %u: %s", number, strerror(-error));
	return error;
}

void queue_socket_close(struct queue_socket *s)
{
	if (s->netlink != NULL)
		mnl_socket_close(s->netlink);
	s->netlink = NULL;
}

void queue_socket_end(struct queue_socket *s)
{
	char             buffer[REQUEST_MAX];
	struct nlmsghdr *m = nfq_nlmsg_put(buffer, NFQNL_MSG_CONFIG, s->number);

	/*
	 * Without acknowledgement: packets come before it in the socket, and they must not be lost.
	 */
	nfq_nlmsg_cfg_put_qmaxlen(m, 0);
	mnl_socket_sendto(s->netlink, m, m->nlmsg_len);
}

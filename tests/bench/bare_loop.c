/* SPDX-License-Identifier: MIT */

/*
 * What the queue costs when nobody looks into it: takes every packet, reads no byte of it, accepts
 * it.
 *
 *     bare_loop FIRST NUM [single|least]
 *
 * NUM threads, each with two queues as a worker of filterd has them: FIRST + i for TCP, FIRST + NUM
 * + i for UDP, bound as filterd binds them (whole packets, GSO for TCP alone, fail open, the same
 * lengths). Both are bound to one socket, so that a thread waits in recvmmsg itself, with no
 * poll(2) before it, in batches of filterd's size (twice as large ones make no difference beyond
 * what the machine's do). It reads of a message nothing but the queue's and the packet's number;
 * one batch verdict for each queue answers a batch. single: a verdict and a system call for each
 * packet, as filters commonly do. least: what no filter can leave out, and nothing that is clever;
 * it reads every byte, opens the Initials of QUIC with filterd's own functions, as their names
 * cannot be read otherwise, with keys that are derived for every other one, as clients send two;
 * and sends the packet back to the hook it came from, marked as judged, since other rules there
 * would not see it otherwise. It knows no flows, no names and no policy.
 *
 * It ends with SIGTERM; "ready" says that all queues are bound.
 */

#include "inspect/quic.h"
#include "queue/nfqueue.h"
#include "wire/packet.h"

#include <arpa/inet.h>
#include <errno.h>
#include <libmnl/libmnl.h>
#include <libnetfilter_queue/libnetfilter_queue.h>
#include <linux/netfilter.h>
#include <linux/netfilter/nfnetlink_queue.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define BATCH        QUEUE_BATCH        /* packets a system call; 3200 ns a packet with 32 */
#define PACKET_MAX   (0x10000 + 4096)
#define VERDICT_MAX  64                 /* bytes of a verdict message */
#define LENGTH       65535              /* packets the kernel keeps */
#define BUFFER_BYTES (256 << 20)
#define THREADS_MAX  16
#define JUDGED       0xb0000000         /* of packets, in the bits that filterd has by default */

struct loop {
	pthread_t           thread;
	struct mnl_socket  *netlink;
	uint16_t            queues[2];          /* of TCP, of UDP */
	bool                single, least;
	struct quic_cipher *cipher;
	struct quic_keys    keys;
	unsigned            num_initials;
	uint64_t            sum;                /* of all bytes read: so they are read */
};

static void fail(const char *what)
{
	fprintf(stderr, "bare_loop: %s: %s\n", what, strerror(errno));
	exit(EXIT_FAILURE);
}

static void configure(struct loop *l, struct nlmsghdr *m)
{
	char buffer[8192];

	m->nlmsg_flags |= NLM_F_ACK;
	if (mnl_socket_sendto(l->netlink, m, m->nlmsg_len) < 0 ||
	    mnl_socket_recvfrom(l->netlink, buffer, sizeof(buffer)) < 0)
		fail("netlink");

	const struct nlmsghdr *answer = (const struct nlmsghdr *)(const void *)buffer;
	const struct nlmsgerr *error  = mnl_nlmsg_get_payload(answer);

	if (answer->nlmsg_type != NLMSG_ERROR || error->error != 0) {
		errno = -error->error;
		fail("configuring a queue");
	}
}

static void set_flag(struct loop *l, uint16_t queue, uint32_t flag)
{
	char             buffer[128];
	struct nlmsghdr *m = nfq_nlmsg_put(buffer, NFQNL_MSG_CONFIG, queue);

	mnl_attr_put_u32(m, NFQA_CFG_FLAGS, htonl(flag));
	mnl_attr_put_u32(m, NFQA_CFG_MASK, htonl(flag));
	configure(l, m);
}

static void bind_queue(struct loop *l, uint16_t queue, bool gso)
{
	char             buffer[128];
	struct nlmsghdr *m;

	m = nfq_nlmsg_put(buffer, NFQNL_MSG_CONFIG, queue);
	nfq_nlmsg_cfg_put_cmd(m, AF_UNSPEC, NFQNL_CFG_CMD_BIND);
	configure(l, m);
	m = nfq_nlmsg_put(buffer, NFQNL_MSG_CONFIG, queue);
	nfq_nlmsg_cfg_put_qmaxlen(m, LENGTH);
	configure(l, m);
	m = nfq_nlmsg_put(buffer, NFQNL_MSG_CONFIG, queue);
	nfq_nlmsg_cfg_put_params(m, NFQNL_COPY_PACKET, 0xffff);
	configure(l, m);
	if (gso)
		set_flag(l, queue, NFQA_CFG_F_GSO);
	set_flag(l, queue, NFQA_CFG_F_FAIL_OPEN);
}

static void open_loop(struct loop *l)
{
	int bytes = BUFFER_BYTES, one = 1;

	l->netlink = mnl_socket_open(NETLINK_NETFILTER);
	if (l->netlink == NULL || mnl_socket_bind(l->netlink, 0, MNL_SOCKET_AUTOPID) < 0)
		fail("netlink");
	bind_queue(l, l->queues[0], true);
	bind_queue(l, l->queues[1], false);
	setsockopt(mnl_socket_get_fd(l->netlink), SOL_SOCKET, SO_RCVBUFFORCE, &bytes,
	           sizeof(bytes));
	setsockopt(mnl_socket_get_fd(l->netlink), SOL_NETLINK, NETLINK_NO_ENOBUFS, &one,
	           sizeof(one));
}

struct verdicts {
	char   messages[BATCH * VERDICT_MAX];
	size_t len;
};

static void accept_up_to(const struct loop *l, struct verdicts *v, int type, uint16_t queue,
                         uint32_t id)
{
	struct nlmsghdr *m = nfq_nlmsg_put(v->messages + v->len, type, queue);

	nfq_nlmsg_verdict_put(m, (int)id, l->least ? NF_REPEAT : NF_ACCEPT);
	nfq_nlmsg_verdict_put_mark(m, l->least ? JUDGED : 0);
	v->len += m->nlmsg_len;
}

static void send_verdicts(const struct loop *l, struct verdicts *v)
{
	mnl_socket_sendto(l->netlink, v->messages, v->len);
	v->len = 0;
}

/* The packet's header is the first attribute of its message. */
static uint32_t id_of(const uint8_t *message)
{
	const struct nfqnl_msg_packet_hdr *header =
	        (const void *)(message + NLMSG_HDRLEN + sizeof(struct nfgenmsg) + NLA_HDRLEN);

	return ntohl(header->packet_id);
}

static bool is_of(const uint8_t *message, uint16_t queue)
{
	return ((const struct nfgenmsg *)(const void *)(message + NLMSG_HDRLEN))->res_id ==
	       htons(queue);
}

static uint64_t read_all(const uint8_t *bytes, size_t len)
{
	uint64_t sum = 0, word;

	for (; len >= sizeof(word); len -= sizeof(word), bytes += sizeof(word)) {
		memcpy(&word, bytes, sizeof(word));
		sum ^= word;
	}
	for (size_t i = 0; i < len; i++)
		sum ^= bytes[i];
	return sum;
}

static struct bytes packet_in(const struct nlmsghdr *message)
{
	const struct nlattr *a;

	mnl_attr_for_each(a, message, sizeof(struct nfgenmsg)) {
		if (mnl_attr_get_type(a) == NFQA_PAYLOAD)
			return bytes_of(mnl_attr_get_payload(a), mnl_attr_get_payload_len(a));
	}
	return (struct bytes){ 0 };
}

static void open_initial(struct loop *l, const struct nlmsghdr *message)
{
	static _Thread_local uint8_t room[0xffff];
	struct writer                scratch = writer_over(room, sizeof(room));
	struct packet                p;
	struct quic_packet           q;
	struct bytes                 frames;
	struct reader                r;
	uint64_t                     largest = 0;

	if (packet_read(packet_in(message), &p) != PARSE_OK || p.transport != TRANSPORT_UDP)
		return;
	r = reader_over(p.payload, PARSE_BAD);
	if (quic_next_packet(&r, &q) != PARSE_OK || q.type != QUIC_INITIAL)
		return;
	if (l->num_initials++ % 2 == 0)
		quic_keys_derive(l->cipher, q.version, q.dcid, &l->keys);
	if (quic_open_initial(l->cipher, &l->keys, &q, &largest, &scratch, &frames) == PARSE_OK &&
	    frames.len > 0)
		l->sum ^= frames.at[0];
}

static void answer(struct loop *l, const struct mmsghdr *messages, int num)
{
	struct verdicts v       = { .len = 0 };
	uint32_t        last[2] = { 0, 0 };     /* of each queue; the kernel's ids begin with 1 */

	for (int i = 0; i < num; i++) {
		const uint8_t *message = messages[i].msg_hdr.msg_iov->iov_base;
		bool           is_udp  = is_of(message, l->queues[1]);

		last[is_udp] = id_of(message);
		if (l->least) {
			l->sum ^= read_all(message, messages[i].msg_len);
			open_initial(l, messages[i].msg_hdr.msg_iov->iov_base);
		}
		if (l->single) {
			accept_up_to(l, &v, NFQNL_MSG_VERDICT, l->queues[is_udp], last[is_udp]);
			send_verdicts(l, &v);
		}
	}
	for (int i = 0; i < 2 && !l->single; i++) {
		if (last[i] != 0)
			accept_up_to(l, &v, NFQNL_MSG_VERDICT_BATCH, l->queues[i], last[i]);
	}
	if (v.len > 0)
		send_verdicts(l, &v);
}

static void *run(void *argument)
{
	struct loop   *l       = argument;
	uint8_t       *buffers = malloc((size_t)BATCH * PACKET_MAX);
	struct iovec   vectors[BATCH];
	struct mmsghdr messages[BATCH];

	if (buffers == NULL)
		fail("memory");
	for (size_t i = 0; i < BATCH; i++) {
		vectors[i]  = (struct iovec){ .iov_base = buffers + i * PACKET_MAX,
		                              .iov_len = PACKET_MAX };
		messages[i] = (struct mmsghdr){ .msg_hdr = { .msg_iov = &vectors[i], .msg_iovlen = 1 } };
	}
	for (;;) {
		int num = recvmmsg(mnl_socket_get_fd(l->netlink), messages, BATCH, MSG_WAITFORONE,
		                   NULL);

		if (num < 0 && errno != EINTR && errno != ENOBUFS)
			fail("recvmmsg");
		answer(l, messages, num);
	}
	return NULL;
}

int main(int argc, char **argv)
{
	static struct loop loops[THREADS_MAX];
	int                num = argc > 2 ? atoi(argv[2]) : 0;

	if (argc < 3 || num < 1 || num > THREADS_MAX) {
		fprintf(stderr, "usage: bare_loop FIRST NUM [single|least]\n");
		return 64;
	}
	for (int i = 0; i < num; i++) {
		loops[i].queues[0] = (uint16_t)(atoi(argv[1]) + i);
		loops[i].queues[1] = (uint16_t)(atoi(argv[1]) + num + i);
		loops[i].single    = argc > 3 && strcmp(argv[3], "single") == 0;
		loops[i].least     = argc > 3 && strcmp(argv[3], "least") == 0;
		loops[i].cipher    = quic_cipher_new();
		open_loop(&loops[i]);
	}
	for (int i = 0; i < num; i++) {
		if (pthread_create(&loops[i].thread, NULL, run, &loops[i]) != 0)
			fail("a thread");
	}
	puts("ready");
	fflush(stdout);
	pause();
	return EXIT_SUCCESS;
}

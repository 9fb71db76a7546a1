/* SPDX-License-Identifier: MIT */

#include "kernel/netlink.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>

/* bytes of one kernel message; libmnl recommends at least 8192 */
#define ANSWER_MAX 32768
/* the kernel answers at once; if it does not, we do not wait forever */
#define PATIENCE_S 2

struct netlink {
	struct mnl_socket *socket;
	uint32_t           seq;
	char               buffer[ANSWER_MAX];  /* the question, then each part of the answer */
};

int netlink_open(struct netlink **out, int bus)
{
	struct netlink      *n        = calloc(1, sizeof(*n));
	const struct timeval patience = { .tv_sec = PATIENCE_S };

	if (n == NULL)
		return -ENOMEM;
	n->socket = mnl_socket_open2(bus, SOCK_CLOEXEC);
	if (n->socket == NULL || mnl_socket_bind(n->socket, 0, MNL_SOCKET_AUTOPID) < 0 ||
	    setsockopt(mnl_socket_get_fd(n->socket), SOL_SOCKET, SO_RCVTIMEO, &patience,
	               sizeof(patience)) != 0) {
		int error = -errno;

		netlink_close(n);
		return error;
	}
	*out = n;
	return 0;
}

void netlink_close(struct netlink *n)
{
	if (n == NULL)
		return;
	if (n->socket != NULL)
		mnl_socket_close(n->socket);
	free(n);
}

struct nlmsghdr *netlink_begin(struct netlink *n, int type, int flags, size_t extra_len,
                               void *extra_out)
{
	struct nlmsghdr *m     = mnl_nlmsg_put_header(n->buffer);
	void            *extra = mnl_nlmsg_put_extra_header(m, extra_len);

	m->nlmsg_type  = (uint16_t)type;
	m->nlmsg_flags = (uint16_t)(NLM_F_REQUEST | flags);
	m->nlmsg_seq   = ++n->seq;
	memcpy(extra_out, &extra, sizeof(extra));
	return m;
}

int netlink_ask(struct netlink *n, const struct nlmsghdr *m, mnl_cb_t see, void *data)
{
	unsigned port = mnl_socket_get_portid(n->socket), seq = n->seq;
	bool     list = m->nlmsg_flags & NLM_F_DUMP;
	int      more;
	ssize_t  len;

	if (mnl_socket_sendto(n->socket, m, m->nlmsg_len) < 0)
		return -errno;
	do {
		len = mnl_socket_recvfrom(n->socket, n->buffer, sizeof(n->buffer));
		if (len < 0)
			return -errno;
		more = mnl_cb_run(n->buffer, (size_t)len, seq, port, see, data);
		/* A late answer to an earlier question. */
		if (more < 0 && errno == EPROTO)
			more = MNL_CB_OK;
		else if (more < 0)
			return -errno;
		else if (!list)
			break;
	} while (more == MNL_CB_OK);
	return 0;
}

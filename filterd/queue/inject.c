/* SPDX-License-Identifier: MIT */

/*
 * Raw sockets of IPPROTO_RAW take a whole IP packet with its header, and only send. raw(7),
 * ipv6(7).
 */

#include "queue/inject.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define IPV4_DESTINATION 16     /* offset in the header, RFC 791 section 3.1 */
#define IPV6_DESTINATION 24     /* RFC 8200 section 3 */

static int open_raw(int family, uint32_t mark)
{
	int fd = socket(family, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK, IPPROTO_RAW);

	if (fd < 0)
		return -errno;
	if (setsockopt(fd, SOL_SOCKET, SO_MARK, &mark, sizeof(mark)) != 0) {
		int error = -errno;

		close(fd);
		return error;
	}
	return fd;
}

int inject_open(uint32_t mark, struct inject *out)
{
	int fd4 = open_raw(AF_INET, mark);
	int fd6 = open_raw(AF_INET6, mark);

	if (fd4 < 0) {
		if (fd6 >= 0)
			close(fd6);
		return fd4;
	}
	*out = (struct inject){ .fd4 = fd4, .fd6 = fd6 < 0 ? -1 : fd6 };
	return 0;
}

void inject_close(struct inject *i)
{
	if (i->fd4 >= 0)
		close(i->fd4);
	if (i->fd6 >= 0)
		close(i->fd6);
	*i = (struct inject){ .fd4 = -1, .fd6 = -1 };
}

static int send4(int fd, struct bytes ip)
{
	struct bytes       to      = bytes_first(bytes_from(ip, IPV4_DESTINATION), 4);
	struct sockaddr_in address = { .sin_family = AF_INET };

	if (to.len != 4)
		return -EINVAL;
	memcpy(&address.sin_addr, to.at, 4);
	if (sendto(fd, ip.at, ip.len, 0, (struct sockaddr *)&address, sizeof(address)) < 0)
		return -errno;
	return 0;
}

static int send6(int fd, struct bytes ip, uint32_t iface)
{
	struct bytes        to      = bytes_first(bytes_from(ip, IPV6_DESTINATION), 16);
	struct sockaddr_in6 address = { .sin6_family = AF_INET6 };

	if (to.len != 16)
		return -EINVAL;
	memcpy(&address.sin6_addr, to.at, 16);
	if (IN6_IS_ADDR_LINKLOCAL(&address.sin6_addr))
		address.sin6_scope_id = iface;
	if (sendto(fd, ip.at, ip.len, 0, (struct sockaddr *)&address, sizeof(address)) < 0)
		return -errno;
	return 0;
}

int inject_send(const struct inject *i, struct bytes ip, uint32_t iface)
{
	if (ip.len == 0)
		return -EINVAL;
	if (ip.at[0] >> 4 == 4)
		return send4(i->fd4, ip);
	return i->fd6 < 0 ? -EAFNOSUPPORT : send6(i->fd6, ip, iface);
}

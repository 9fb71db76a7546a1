/* SPDX-License-Identifier: MIT */

#include "ctl/probe/exchange.h"

#include <arpa/inet.h>
#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define EXCHANGE_REST_MS 200

struct exchange_end {
	struct sockaddr_storage at;
	socklen_t               len;
};

static struct exchange_end exchange_end_of(const struct address *to, uint16_t port)
{
	struct exchange_end  end = { .len = sizeof(struct sockaddr_in6) };
	struct sockaddr_in   four = { .sin_family = AF_INET, .sin_port = htons(port) };
	struct sockaddr_in6  six  = { .sin6_family = AF_INET6, .sin6_port = htons(port) };

	if (to->family == 6) {
		memcpy(&six.sin6_addr, to->at, sizeof(six.sin6_addr));
		memcpy(&end.at, &six, sizeof(six));
		return end;
	}
	memcpy(&four.sin_addr, to->at, sizeof(four.sin_addr));
	memcpy(&end.at, &four, sizeof(four));
	end.len = sizeof(four);
	return end;
}

/* 0, -ETIMEDOUT, or the socket's error. */
static int exchange_wait(int fd, short events, int wait_ms)
{
	struct pollfd p     = { .fd = fd, .events = events };
	int           error = 0, num;
	socklen_t     len   = sizeof(error);

	do {
		num = poll(&p, 1, wait_ms);
	} while (num < 0 && errno == EINTR);
	if (num == 0)
		return -ETIMEDOUT;
	if (num < 0 || getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &len) != 0)
		return -errno;
	return -error;
}

static int exchange_connect(int fd, const struct address *to, uint16_t port)
{
	struct exchange_end end = exchange_end_of(to, port);

	if (connect(fd, (const struct sockaddr *)&end.at, end.len) == 0)
		return 0;
	return errno == EINPROGRESS ? exchange_wait(fd, POLLOUT, EXCHANGE_WAIT_MS) : -errno;
}

/* 0: an answer, or the end of the stream; otherwise an error. */
static int exchange_send(int fd, struct bytes message, int wait_ms, struct writer *answer_out)
{
	uint8_t room[4096];
	ssize_t got;
	int     error;

	if (message.len > 0 && send(fd, message.at, message.len, MSG_NOSIGNAL) < 0)
		return -errno;
	error = exchange_wait(fd, POLLIN, wait_ms);
	if (error != 0)
		return error;
	got = recv(fd, room, sizeof(room), 0);
	if (got < 0)
		return -errno;
	write_bytes(answer_out, bytes_of(room, (size_t)got));
	return 0;
}

static int exchange_over(int fd, enum transport transport, struct bytes message,
                         struct writer *answer_out)
{
	int error;

	if (transport == TRANSPORT_TCP) {
		error = exchange_send(fd, message, EXCHANGE_WAIT_MS, answer_out);
		/* some resolvers send the length of their answer separately */
		if (error == 0 && answer_out->len > 0)
			exchange_send(fd, (struct bytes){ 0 }, EXCHANGE_REST_MS, answer_out);
		return error;
	}
	error = exchange_send(fd, message, EXCHANGE_WAIT_MS / 2, answer_out);
	return error == -ETIMEDOUT
	               ? exchange_send(fd, message, EXCHANGE_WAIT_MS / 2, answer_out)
	               : error;
}

enum exchanged exchange(const struct address *to, uint16_t port, enum transport transport,
                        struct bytes message, struct writer *answer_out, int *error_out)
{
	int fd = socket(to->family == 6 ? AF_INET6 : AF_INET,
	                (transport == TRANSPORT_TCP ? SOCK_STREAM : SOCK_DGRAM) | SOCK_NONBLOCK |
	                        SOCK_CLOEXEC,
	                0);
	int error = fd < 0 ? -errno : exchange_connect(fd, to, port);
	enum exchanged what = EXCHANGE_UNREACHED;

	if (error == 0) {
		error = exchange_over(fd, transport, message, answer_out);
		what  = error == 0            ? EXCHANGE_ANSWERED
		        : error == -ETIMEDOUT ? EXCHANGE_SILENT
		                              : EXCHANGE_ENDED;
	}
	if (fd >= 0)
		close(fd);
	*error_out = -error;
	return what;
}

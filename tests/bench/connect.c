/* SPDX-License-Identifier: MIT */

/*
 * New connections: each sends a hello, gets an answer and ends.
 *
 *     connect serve PORT                                  answers; "ready" says that it listens
 *     connect rate ADDRESS PORT SECONDS HELLO             many at once: connections a second
 *     connect wait ADDRESS PORT CONNECTIONS HELLO         one by one: median and 99th percentile
 *     from connect(2) to the answer, in us
 *
 * HELLO is a file. The client ends a connection with a reset, so that no port stays taken; by then
 * its flow is decided.
 */

#include "server_hello.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define AT_ONCE    64           /* connections under way */
#define EVENTS     128
#define WAITS_MAX  20000
#define HELLO_MAX  16384

struct client {
	struct sockaddr_in to;
	uint8_t            hello[HELLO_MAX];
	size_t             hello_len;
};

static void fail(const char *what)
{
	fprintf(stderr, "connect: %s: %s\n", what, strerror(errno));
	exit(EXIT_FAILURE);
}

static uint64_t now_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000000000 + (uint64_t)t.tv_nsec;
}

static void watch(int poller, int fd, uint32_t events)
{
	struct epoll_event e = { .events = events, .data.fd = fd };

	if (epoll_ctl(poller, EPOLL_CTL_ADD, fd, &e) != 0)
		fail("epoll");
}

static void serve(const char *port)
{
	struct sockaddr_in any = { .sin_family = AF_INET, .sin_port = htons((uint16_t)atoi(port)) };
	int                one = 1, poller = epoll_create1(0),
	    listener = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
	uint8_t            hello[HELLO_MAX];
	struct epoll_event events[EVENTS];
	ssize_t            len;

	setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one));
	if (bind(listener, (const struct sockaddr *)&any, sizeof(any)) != 0 ||
	    listen(listener, 1024) != 0)
		fail("listening");
	watch(poller, listener, EPOLLIN);
	puts("ready");
	fflush(stdout);
	for (;;) {
		int num = epoll_wait(poller, events, EVENTS, -1);

		for (int i = 0; i < num; i++) {
			int fd = events[i].data.fd;

			if (fd == listener) {
				while ((fd = accept4(listener, NULL, NULL, SOCK_NONBLOCK)) >= 0)
					watch(poller, fd, EPOLLIN);
				continue;
			}
			len = recv(fd, hello, sizeof(hello), MSG_PEEK);
			/* the rest of it is on its way */
			if (len >= 5 && (size_t)len < record_len(hello))
				continue;
			if (recv(fd, hello, sizeof(hello), 0) <= 0 ||
			    send(fd, server_hello, sizeof(server_hello), MSG_NOSIGNAL) < 0)
				close(fd);
		}
	}
}

static int begin(const struct client *c, bool wait)
{
	struct linger reset = { .l_onoff = 1 };
	int           one = 1, fd = socket(AF_INET, SOCK_STREAM | (wait ? 0 : SOCK_NONBLOCK), 0);

	setsockopt(fd, SOL_SOCKET, SO_LINGER, &reset, sizeof(reset));
	setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one));
	if (connect(fd, (const struct sockaddr *)&c->to, sizeof(c->to)) != 0 &&
	    errno != EINPROGRESS)
		fail("connecting");
	return fd;
}

static void one_more(const struct client *c, int poller)
{
	watch(poller, begin(c, false), EPOLLOUT | EPOLLONESHOT);
}

/* True if the connection is at its end. */
static bool go_on(const struct client *c, int poller, const struct epoll_event *e)
{
	uint8_t            answer[256];
	struct epoll_event next = { .events = EPOLLIN, .data.fd = e->data.fd };

	if ((e->events & EPOLLOUT) != 0) {
		if (send(e->data.fd, c->hello, c->hello_len, MSG_NOSIGNAL) < 0)
			fail("the hello");
		epoll_ctl(poller, EPOLL_CTL_MOD, e->data.fd, &next);
		return false;
	}
	if (recv(e->data.fd, answer, sizeof(answer), 0) <= 0)
		fail("the answer");
	close(e->data.fd);
	return true;
}

static void rate(const struct client *c, double seconds)
{
	int                poller = epoll_create1(0);
	uint64_t           from = now_ns(), done = 0;
	struct epoll_event events[EVENTS];

	for (int i = 0; i < AT_ONCE; i++)
		one_more(c, poller);
	while ((double)(now_ns() - from) < seconds * 1e9) {
		int num = epoll_wait(poller, events, EVENTS, 1000);

		for (int i = 0; i < num; i++) {
			if (go_on(c, poller, &events[i])) {
				done++;
				one_more(c, poller);
			}
		}
	}
	printf("%.0f\n", (double)done * 1e9 / (double)(now_ns() - from));
}

static int by_size(const void *a, const void *b)
{
	const uint64_t *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

static void wait_each(const struct client *c, size_t num)
{
	static uint64_t waits[WAITS_MAX];
	uint8_t         answer[256];

	for (size_t i = 0; i < num; i++) {
		uint64_t from = now_ns();
		int      fd   = begin(c, true);

		if (send(fd, c->hello, c->hello_len, 0) < 0 ||
		    recv(fd, answer, sizeof(answer), 0) <= 0)
			fail("the answer");
		waits[i] = now_ns() - from;
		close(fd);
	}
	qsort(waits, num, sizeof(*waits), by_size);
	printf("%.1f %.1f\n", (double)waits[num / 2] / 1000, (double)waits[num * 99 / 100] / 1000);
}

int main(int argc, char **argv)
{
	static struct client c = { .to = { .sin_family = AF_INET } };
	FILE                *in;

	if (argc == 3 && strcmp(argv[1], "serve") == 0)
		serve(argv[2]);
	if (argc != 6 || inet_pton(AF_INET, argv[2], &c.to.sin_addr) != 1) {
		fprintf(stderr, "usage: connect serve PORT | connect rate|wait ADDRESS PORT NUMBER "
		                "HELLO\n");
		return 64;
	}
	c.to.sin_port = htons((uint16_t)atoi(argv[3]));
	in            = fopen(argv[5], "rb");
	c.hello_len   = in != NULL ? fread(c.hello, 1, sizeof(c.hello), in) : 0;
	if (c.hello_len == 0)
		fail(argv[5]);
	if (strcmp(argv[1], "rate") == 0)
		rate(&c, atof(argv[4]));
	else
		wait_each(&c, atoi(argv[4]) < WAITS_MAX ? (size_t)atoi(argv[4]) : WAITS_MAX);
	return EXIT_SUCCESS;
}

/* SPDX-License-Identifier: MIT */

/*
 * One TCP stream, as fast as it goes.
 *
 *     bulk sink PORT                           takes and forgets what comes, one stream after
 *     another bulk send ADDRESS PORT SECONDS [FILE]    sends FILE, then zeros
 *
 * "ready" says that the sink listens. The sender says at the end how many Gbit/s the sink took.
 * FILE can be a ClientHello, so that a filter decides about the stream.
 */

#include "server_hello.h"

#include <arpa/inet.h>
#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define AT_ONCE (256 << 10)

static uint8_t zeros[AT_ONCE];

static void fail(const char *what)
{
	fprintf(stderr, "bulk: %s: %s\n", what, strerror(errno));
	exit(EXIT_FAILURE);
}

static double now_s(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

/* Takes a hello whole, if that is what comes first, and answers. */
static void answer(int fd)
{
	static uint8_t bytes[16384];
	size_t         len = 0;

	if (recv(fd, bytes, 5, MSG_PEEK | MSG_WAITALL) == 5)
		len = record_len(bytes);
	if (len > 0 && recv(fd, bytes, len < sizeof(bytes) ? len : sizeof(bytes), MSG_WAITALL) > 0)
		send(fd, server_hello, sizeof(server_hello), MSG_NOSIGNAL);
}

static void sink(const char *port)
{
	struct sockaddr_in any = { .sin_family = AF_INET, .sin_port = htons((uint16_t)atoi(port)) };
	int                one = 1, listener = socket(AF_INET, SOCK_STREAM, 0);

	setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one));
	if (listener < 0 || bind(listener, (const struct sockaddr *)&any, sizeof(any)) != 0 ||
	    listen(listener, 4) != 0)
		fail("listening");
	puts("ready");
	fflush(stdout);
	for (;;) {
		int fd = accept(listener, NULL, NULL);

		if (fd >= 0)
			answer(fd);
		/* MSG_TRUNC: without a copy, tcp(7). */
		while (fd >= 0 && recv(fd, zeros, sizeof(zeros), MSG_TRUNC) > 0)
			;
		close(fd);
	}
}

static void send_file(int fd, const char *path)
{
	uint8_t bytes[16384];
	FILE   *in  = fopen(path, "rb");
	size_t  len = in != NULL ? fread(bytes, 1, sizeof(bytes), in) : 0;

	if (len == 0 || send(fd, bytes, len, 0) != (ssize_t)len)
		fail(path);
	fclose(in);
	/* A client waits for the answer before it says more. */
	if (recv(fd, bytes, sizeof(server_hello), MSG_WAITALL) != sizeof(server_hello))
		fail("the answer");
}

static void send_stream(const char *address, const char *port, double seconds, const char *file)
{
	struct sockaddr_in to = { .sin_family = AF_INET, .sin_port = htons((uint16_t)atoi(port)) };
	int                fd = socket(AF_INET, SOCK_STREAM, 0);
	double             begin, bytes = 0;
	char               end;

	if (inet_pton(AF_INET, address, &to.sin_addr) != 1 ||
	    connect(fd, (const struct sockaddr *)&to, sizeof(to)) != 0)
		fail(address);
	if (file != NULL)
		send_file(fd, file);
	begin = now_s();
	while (now_s() - begin < seconds) {
		ssize_t sent = send(fd, zeros, sizeof(zeros), 0);

		if (sent < 0)
			fail("sending");
		bytes += (double)sent;
	}
	/* The sink closes when it has all. */
	if (shutdown(fd, SHUT_WR) != 0 || recv(fd, &end, 1, 0) != 0)
		fail("the end");
	printf("%.3f\n", bytes * 8 / (now_s() - begin) / 1e9);
}

int main(int argc, char **argv)
{
	if (argc == 3 && strcmp(argv[1], "sink") == 0)
		sink(argv[2]);
	if (argc < 5 || argc > 6 || strcmp(argv[1], "send") != 0) {
		fprintf(stderr, "usage: bulk sink PORT | bulk send ADDRESS PORT SECONDS [FILE]\n");
		return 64;
	}
	send_stream(argv[2], argv[3], atof(argv[4]), argc > 5 ? argv[5] : NULL);
	return EXIT_SUCCESS;
}

/* SPDX-License-Identifier: MIT */

/*
 * A client that does not give up: asks a name server so many questions a second and counts what comes back.
 *
 *     hammer SERVER RATE SECONDS NAME [HOSTS]
 *
 * SERVER is an IPv4 address. With HOSTS the questions go round h0.NAME, h1.NAME, ... One line at the end:
 *
 *     sent 30000 blocked 29990 passed 0
 *
 * blocked: answers that say so with an Extended DNS Error 15 (RFC 8914); passed: others. No pair of port and id is used
 * twice, so each question is an attempt of its own.
 */

#include <arpa/inet.h>
#include <errno.h>
#include <poll.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define IDS         65536       /* questions a port */
#define PORTS       64
#define QUESTION    512
#define PATIENCE_MS 1500        /* for the last answers, as long as some still come */
#define BUFFER      (8 << 20)

struct hammer {
	struct sockaddr_in server;
	const char        *name;
	unsigned long      hosts;
	struct pollfd      ports[PORTS];
	nfds_t             num_ports;
	uint64_t           sent, blocked, passed;
};

static uint64_t now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000 + (uint64_t)t.tv_nsec / 1000000;
}

static void fail(const char *what)
{
	fprintf(stderr, "hammer: %s: %s\n", what, strerror(errno));
	exit(EXIT_FAILURE);
}

static size_t put_name(uint8_t *out, const char *name)
{
	size_t at = 0;

	while (*name != '\0') {
		size_t len = strcspn(name, ".");

		out[at++] = (uint8_t)len;
		memcpy(out + at, name, len);
		at += len;
		name += len + (name[len] == '.');
	}
	out[at++] = 0;
	return at;
}

/* An A question with EDNS: RFC 1035, section 4.1; RFC 6891. */
static size_t make_question(const struct hammer *h, uint8_t out[QUESTION])
{
	static const uint8_t counts[] = { 0x01, 0, 0, 1, 0, 0, 0, 0, 0, 1 };
	static const uint8_t rest[]   = { 0, 1, 0, 1, 0, 0, 41, 0x04, 0xd0, 0, 0, 0, 0, 0, 0 };
	char                 name[254];
	size_t               at = 12;

	out[0] = (uint8_t)(h->sent % IDS >> 8);
	out[1] = (uint8_t)(h->sent % 256);
	memcpy(out + 2, counts, sizeof(counts));
	if (h->hosts > 0)
		snprintf(name, sizeof(name), "h%lu.%s", (unsigned long)(h->sent % h->hosts), h->name);
	else
		snprintf(name, sizeof(name), "%s", h->name);
	at += put_name(out + at, name);
	memcpy(out + at, rest, sizeof(rest));
	return at + sizeof(rest);
}

static int next_port(struct hammer *h)
{
	int size = BUFFER, fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

	if (h->num_ports == PORTS)
		errno = ERANGE;
	if (fd < 0 || h->num_ports == PORTS || connect(fd, (const struct sockaddr *)&h->server, sizeof(h->server)) != 0)
		fail("another port");
	setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &size, sizeof(size));
	h->ports[h->num_ports++] = (struct pollfd){ .fd = fd, .events = POLLIN };
	return fd;
}

static void ask(struct hammer *h)
{
	uint8_t question[QUESTION];
	size_t  len = make_question(h, question);
	int     fd  = h->sent % IDS == 0 ? next_port(h) : h->ports[h->num_ports - 1].fd;

	/* A closed port of a question before is told here, once. */
	while (send(fd, question, len, 0) < 0) {
		if (errno != ECONNREFUSED && errno != EAGAIN && errno != ENOBUFS && errno != EINTR)
			fail("send");
	}
	h->sent++;
}

/* Behind the only question, an OPT record that begins with an Extended DNS Error 15. */
static bool says_blocked(const uint8_t *answer, size_t len)
{
	size_t at = 12;

	while (at < len && answer[at] != 0)
		at += answer[at] + 1u;
	at += 5;
	return at + 17 <= len && answer[at + 2] == 41 && answer[at + 12] == 15 && answer[at + 16] == 15;
}

/* All that is there: true if anything was. */
static bool collect(struct hammer *h, int wait_ms)
{
	uint8_t answer[2048];
	bool    any = false;
	ssize_t got;

	if (poll(h->ports, h->num_ports, wait_ms) <= 0)
		return false;
	for (nfds_t i = 0; i < h->num_ports; i++) {
		while ((got = recv(h->ports[i].fd, answer, sizeof(answer), 0)) > 0) {
			any = true;
			if (says_blocked(answer, (size_t)got))
				h->blocked++;
			else
				h->passed++;
		}
	}
	return any;
}

int main(int argc, char **argv)
{
	struct hammer h = { .server = { .sin_family = AF_INET, .sin_port = htons(53) } };
	uint64_t      rate, total, begin, last;

	if (argc < 5 || argc > 6 || inet_pton(AF_INET, argv[1], &h.server.sin_addr) != 1 || strlen(argv[4]) > 200) {
		fprintf(stderr, "usage: hammer SERVER RATE SECONDS NAME [HOSTS]\n");
		return 64;
	}
	rate    = strtoull(argv[2], NULL, 10);
	total   = rate * strtoull(argv[3], NULL, 10);
	h.name  = argv[4];
	h.hosts = argc > 5 ? strtoul(argv[5], NULL, 10) : 0;
	begin   = last = now_ms();
	while (h.sent < total) {
		uint64_t due = (now_ms() - begin) * rate / 1000;

		for (int burst = 0; h.sent < total && h.sent < due && burst < 64; burst++)
			ask(&h);
		collect(&h, h.sent < due ? 0 : 1);
	}
	for (last = now_ms(); now_ms() - last < PATIENCE_MS && h.blocked + h.passed < h.sent;) {
		if (collect(&h, 50))
			last = now_ms();
	}
	printf("sent %llu blocked %llu passed %llu\n", (unsigned long long)h.sent, (unsigned long long)h.blocked,
	       (unsigned long long)h.passed);
	return EXIT_SUCCESS;
}

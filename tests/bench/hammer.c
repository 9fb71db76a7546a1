/* SPDX-License-Identifier: MIT */

/*
 * A client that does not give up: asks a name server so many questions a second and counts what
 * comes back.
 *
 *     hammer SERVER RATE SECONDS NAME [HOSTS [FREE]]
 *
 * SERVER is an IPv4 address. With HOSTS the questions go round h0.NAME, h1.NAME, ... With FREE
 * every second one is for that name in the place of NAME. One line at the end:
 *
 *     sent 30000 blocked 14990 passed 0 free 15000
 *
 * blocked: questions with an answer that says so with an Extended DNS Error 15 (RFC 8914); passed:
 * with another, for NAME; free: for FREE. With FREE each name that was blocked stands before it,
 * `refused h2.NAME`. A second answer to a question is not counted. SIGTERM ends it before its time,
 * in order. No pair of port and id is used twice, so each question is an attempt of its own.
 */

#include <arpa/inet.h>
#include <errno.h>
#include <poll.h>
#include <signal.h>
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
#define PATIENCE_MS 4000        /* for the last answers, as long as some still come */
#define BUFFER      (8 << 20)

enum learnt { LEARNT_NOTHING, LEARNT_BLOCKED, LEARNT_ANOTHER };

struct hammer {
	struct sockaddr_in server;
	const char        *name, *free;
	unsigned long      hosts;
	struct pollfd      ports[PORTS];
	nfds_t             num_ports;
	uint64_t           sent, blocked, passed, answered_free;
	uint8_t            learnt[PORTS * IDS];         /* enum learnt, a question each */
};

static volatile sig_atomic_t is_told_to_end;

static void on_term(int number)
{
	(void)number;
	is_told_to_end = 1;
}

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

static bool is_free(const struct hammer *h, uint64_t question)
{
	return h->free != NULL && question % 2 == 1;
}

static void name_of(const struct hammer *h, uint64_t question, char out[254])
{
	const char *name = is_free(h, question) ? h->free : h->name;

	if (h->hosts > 0)
		snprintf(out, 254, "h%lu.%s", (unsigned long)(question % h->hosts), name);
	else
		snprintf(out, 254, "%s", name);
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
	name_of(h, h->sent, name);
	at += put_name(out + at, name);
	memcpy(out + at, rest, sizeof(rest));
	return at + sizeof(rest);
}

static int next_port(struct hammer *h)
{
	int size = BUFFER, fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

	if (h->num_ports == PORTS)
		errno = ERANGE;
	if (fd < 0 || h->num_ports == PORTS ||
	    connect(fd, (const struct sockaddr *)&h->server, sizeof(h->server)) != 0)
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
	return at + 17 <= len && answer[at + 2] == 41 && answer[at + 12] == 15 &&
	       answer[at + 16] == 15;
}

static void learn(struct hammer *h, size_t port, const uint8_t *answer, size_t len)
{
	uint64_t question = (uint64_t)port * IDS;

	if (len < 12)
		return;
	question += (unsigned)answer[0] << 8 | answer[1];
	if (question >= h->sent || h->learnt[question] != LEARNT_NOTHING)
		return;
	h->learnt[question] = LEARNT_ANOTHER;
	if (says_blocked(answer, len)) {
		h->learnt[question] = LEARNT_BLOCKED;
		h->blocked++;
	} else if (is_free(h, question)) {
		h->answered_free++;
	} else {
		h->passed++;
	}
}

static uint64_t num_learnt(const struct hammer *h)
{
	return h->blocked + h->passed + h->answered_free;
}

static void report(const struct hammer *h)
{
	char name[254];

	for (uint64_t i = 0; h->free != NULL && i < h->sent; i++) {
		name_of(h, i, name);
		if (h->learnt[i] == LEARNT_BLOCKED)
			printf("refused %s\n", name);
	}
	printf("sent %llu blocked %llu passed %llu", (unsigned long long)h->sent,
	       (unsigned long long)h->blocked, (unsigned long long)h->passed);
	if (h->free != NULL)
		printf(" free %llu", (unsigned long long)h->answered_free);
	printf("\n");
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
			learn(h, i, answer, (size_t)got);
		}
	}
	return any;
}

int main(int argc, char **argv)
{
	static struct hammer h = { .server.sin_family = AF_INET };
	uint64_t             rate, total, begin, last;

	if (argc < 5 || argc > 7 || inet_pton(AF_INET, argv[1], &h.server.sin_addr) != 1 ||
	    strlen(argv[4]) > 200 || (argc > 6 && strlen(argv[6]) > 200)) {
		fprintf(stderr, "usage: hammer SERVER RATE SECONDS NAME [HOSTS [FREE]]\n");
		return 64;
	}
	h.server.sin_port = htons(53);
	rate    = strtoull(argv[2], NULL, 10);
	total   = rate * strtoull(argv[3], NULL, 10);
	h.name  = argv[4];
	h.hosts = argc > 5 ? strtoul(argv[5], NULL, 10) : 0;
	h.free  = argc > 6 ? argv[6] : NULL;
	begin   = last = now_ms();
	signal(SIGTERM, on_term);
	while (h.sent < total && !is_told_to_end) {
		uint64_t due = (now_ms() - begin) * rate / 1000;

		for (int burst = 0; h.sent < total && h.sent < due && burst < 64; burst++)
			ask(&h);
		collect(&h, h.sent < due ? 0 : 1);
	}
	for (last = now_ms(); now_ms() - last < PATIENCE_MS && num_learnt(&h) < h.sent;) {
		if (collect(&h, 50))
			last = now_ms();
	}
	report(&h);
	return EXIT_SUCCESS;
}

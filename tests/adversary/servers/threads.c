/* SPDX-License-Identifier: MIT */
#include "threads.h"

#include <arpa/inet.h>
#include <netdb.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#define PATIENCE_S 5

const char *const kind_words[KINDS] = { "default", "prohibited", "permitted" };

static const char *const names[KINDS] = { NULL, "dnl-01.blocked.example.com", "www.example.org" };
static void (*threads_call)(struct client *c);

/* As names are compared: without case, and without the dot of the root. */
static enum kind kind_of(const char *name, size_t len)
{
	if (len > 0 && name[len - 1] == '.')
		len--;
	for (int i = KIND_PROHIBITED; i < KINDS; i++)
		if (len == strlen(names[i]) && strncasecmp(name, names[i], len) == 0)
			return (enum kind)i;
	return KIND_DEFAULT;
}

void client_says(struct client *c, const char *name, size_t len)
{
	c->kind = kind_of(name, len);
	flockfile(stdout);
	printf("%u %s ", c->port, kind_words[c->kind]);
	for (size_t i = 0; i < len; i++)
		printf(name[i] > ' ' && name[i] < 0x7f ? "%c" : "\\x%02x", (unsigned char)name[i]);
	printf("\n");
	funlockfile(stdout);
}

size_t client_page(const struct client *c, char *page, size_t room)
{
	int len = snprintf(page, room, "HTTP/1.0 200 OK\r\n\r\npage of %s\n", kind_words[c->kind]);

	return (size_t)len;
}

static void *threads_one(void *given)
{
	struct client *c = given;

	threads_call(c);
	close(c->fd);
	free(c);
	return NULL;
}

static int threads_listen(const char *address, const char *port)
{
	struct addrinfo  hints = { .ai_flags = AI_NUMERICHOST | AI_NUMERICSERV, .ai_socktype = SOCK_STREAM };
	struct addrinfo *at    = NULL;
	int              yes = 1, fd = -1;

	if (getaddrinfo(address, port, &hints, &at) != 0)
		return -1;
	fd = socket(at->ai_family, SOCK_STREAM, 0);
	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
	setsockopt(fd, SOL_SOCKET, SO_KEEPALIVE, &yes, sizeof yes);     /* as often as the lab says */
	if (bind(fd, at->ai_addr, at->ai_addrlen) != 0 || listen(fd, 512) != 0)
		fd = -1;
	freeaddrinfo(at);
	return fd;
}

int threads_serve(const char *address, const char *port, void (*serve)(struct client *c))
{
	struct timeval patience = { .tv_sec = PATIENCE_S };
	pthread_attr_t detached;
	int            listener = threads_listen(address, port);

	if (listener < 0) {
		perror(address);
		return 1;
	}
	signal(SIGPIPE, SIG_IGN);
	setvbuf(stdout, NULL, _IOLBF, 0);
	threads_call = serve;
	pthread_attr_init(&detached);
	pthread_attr_setdetachstate(&detached, PTHREAD_CREATE_DETACHED);
	pthread_attr_setstacksize(&detached, 256 * 1024);
	for (;;) {
		struct sockaddr_in6 peer;       /* the port is in the same place */
		socklen_t          len = sizeof peer;
		pthread_t          thread;
		int                fd = accept(listener, (struct sockaddr *)&peer, &len);
		struct client     *c  = fd >= 0 ? malloc(sizeof *c) : NULL;

		if (c == NULL)
			continue;
		setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
		*c = (struct client){ .fd = fd, .port = ntohs(peer.sin6_port) };
		if (pthread_create(&thread, &detached, threads_one, c) != 0) {
			close(fd);
			free(c);
		}
	}
}

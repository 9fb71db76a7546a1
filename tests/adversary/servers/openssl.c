/* SPDX-License-Identifier: MIT */
/*
 * A TLS server on OpenSSL alone, as s_server but for many clients at once: says which name each one
 * asked for, and serves a page.
 *
 *   openssl ADDRESS PORT DIRECTORY          DIRECTORY has prohibited.pem, permitted.pem, default.pem
 *
 * A line on standard output is "PORT KIND", of the client's port and the kind of name that the
 * library's callback was called with. A thread serves one client, for at most five seconds.
 */
#include <arpa/inet.h>
#include <openssl/ssl.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

static const char *const KINDS[] = { "default", "prohibited", "permitted" };
static const char *const NAMES[] = { "", "dnl-01.geo.kaspersky.com", "www.example.org" };
static SSL_CTX          *contexts[3];

struct client { int fd; unsigned port; int kind; };

/* As names are compared: without case, and without the dot of the root. */
static int kind_of(const char *name)
{
	for (int i = 1; i < 3; i++) {
		size_t len = strlen(NAMES[i]);

		if (strncasecmp(name, NAMES[i], len) == 0 && (name[len] == '\0' || strcmp(name + len, ".") == 0))
			return i;
	}
	return 0;
}

static int name_asked(SSL *ssl, int *alert, void *unused)
{
	struct client *c    = SSL_get_app_data(ssl);
	const char    *name = SSL_get_servername(ssl, TLSEXT_NAMETYPE_host_name);

	(void)alert;
	(void)unused;
	if (name == NULL)
		return SSL_TLSEXT_ERR_NOACK;
	c->kind = kind_of(name);
	SSL_set_SSL_CTX(ssl, contexts[c->kind]);
	printf("%u %s\n", c->port, KINDS[c->kind]);
	return SSL_TLSEXT_ERR_OK;
}

static void *serve(void *given)
{
	struct client *c   = given;
	SSL           *ssl = SSL_new(contexts[0]);
	char           request[4096], page[128];

	SSL_set_app_data(ssl, c);
	SSL_set_fd(ssl, c->fd);
	if (SSL_accept(ssl) == 1 && SSL_read(ssl, request, sizeof request) > 0) {
		snprintf(page, sizeof page, "HTTP/1.0 200 OK\r\n\r\npage of %s\n", KINDS[c->kind]);
		SSL_write(ssl, page, (int)strlen(page));
		SSL_shutdown(ssl);
	}
	SSL_free(ssl);
	close(c->fd);
	free(c);
	return NULL;
}

static SSL_CTX *context(const char *directory, const char *kind)
{
	SSL_CTX *ctx = SSL_CTX_new(TLS_server_method());
	char     path[512];

	snprintf(path, sizeof path, "%s/%s.pem", directory, kind);
	if (SSL_CTX_use_certificate_chain_file(ctx, path) != 1 || SSL_CTX_use_PrivateKey_file(ctx, path, SSL_FILETYPE_PEM) != 1) {
		fprintf(stderr, "no certificate in %s\n", path);
		exit(1);
	}
	SSL_CTX_set_tlsext_servername_callback(ctx, name_asked);
	return ctx;
}

int main(int argc, char **argv)
{
	struct sockaddr_in at = { .sin_family = AF_INET };
	int                listener, yes = 1;
	pthread_attr_t     detached;

	if (argc != 4)
		return 64;
	signal(SIGPIPE, SIG_IGN);
	setvbuf(stdout, NULL, _IOLBF, 0);
	for (int i = 0; i < 3; i++)
		contexts[i] = context(argv[3], KINDS[i]);
	inet_pton(AF_INET, argv[1], &at.sin_addr);
	at.sin_port = htons((uint16_t)atoi(argv[2]));
	listener    = socket(AF_INET, SOCK_STREAM, 0);
	setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
	if (bind(listener, (struct sockaddr *)&at, sizeof at) != 0 || listen(listener, 512) != 0) {
		perror("openssl");
		return 1;
	}
	pthread_attr_init(&detached);
	pthread_attr_setdetachstate(&detached, PTHREAD_CREATE_DETACHED);
	pthread_attr_setstacksize(&detached, 256 * 1024);
	for (;;) {
		struct sockaddr_in peer;
		struct timeval     patience = { .tv_sec = 5 };
		socklen_t          len      = sizeof peer;
		pthread_t          thread;
		int                fd = accept(listener, (struct sockaddr *)&peer, &len);
		struct client     *c  = fd >= 0 ? malloc(sizeof *c) : NULL;

		if (c == NULL)
			continue;
		setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
		*c = (struct client){ .fd = fd, .port = ntohs(peer.sin_port) };
		if (pthread_create(&thread, &detached, serve, c) != 0) {
			close(fd);
			free(c);
		}
	}
}

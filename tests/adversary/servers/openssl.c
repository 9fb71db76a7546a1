/* SPDX-License-Identifier: MIT */
/*
 * A TLS server on OpenSSL alone, as its s_server but for many clients at once: says which name each
 * one asked for, as the library's callback learns it, and serves a page.
 *
 *   adversary_openssl ADDRESS PORT DIRECTORY        DIRECTORY has KIND.pem, for each kind
 */
#include "threads.h"

#include <openssl/ssl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static SSL_CTX *contexts[KINDS];

static int openssl_name(SSL *ssl, int *alert, void *unused)
{
	const char    *name = SSL_get_servername(ssl, TLSEXT_NAMETYPE_host_name);
	struct client *c    = SSL_get_app_data(ssl);

	(void)alert;
	(void)unused;
	if (name == NULL)
		return SSL_TLSEXT_ERR_NOACK;
	client_says(c, name, strlen(name));
	SSL_set_SSL_CTX(ssl, contexts[c->kind]);
	return SSL_TLSEXT_ERR_OK;
}

static void openssl_serve(struct client *c)
{
	SSL *ssl = SSL_new(contexts[KIND_DEFAULT]);
	char request[4096], page[128];

	SSL_set_app_data(ssl, c);
	SSL_set_fd(ssl, c->fd);
	if (SSL_accept(ssl) == 1 && SSL_read(ssl, request, sizeof request) > 0) {
		SSL_write(ssl, page, (int)client_page(c, page, sizeof page));
		SSL_shutdown(ssl);
	}
	SSL_free(ssl);
}

static SSL_CTX *openssl_context(const char *directory, const char *kind)
{
	SSL_CTX *ctx = SSL_CTX_new(TLS_server_method());
	char     path[512];

	snprintf(path, sizeof path, "%s/%s.pem", directory, kind);
	if (SSL_CTX_use_certificate_chain_file(ctx, path) != 1 ||
	    SSL_CTX_use_PrivateKey_file(ctx, path, SSL_FILETYPE_PEM) != 1) {
		fprintf(stderr, "no certificate in %s\n", path);
		exit(1);
	}
	SSL_CTX_set_tlsext_servername_callback(ctx, openssl_name);
	return ctx;
}

int main(int argc, char **argv)
{
	if (argc != 4)
		return 64;
	for (int i = 0; i < KINDS; i++)
		contexts[i] = openssl_context(argv[3], kind_words[i]);
	return threads_serve(argv[1], argv[2], openssl_serve);
}

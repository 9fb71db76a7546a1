/* SPDX-License-Identifier: MIT */
/*
 * A TLS server on GnuTLS, as its gnutls-serv but for many clients at once (that one waits for the
 * rest of a hello and serves nobody meanwhile): says which name each one asked for, and serves a page.
 *
 *   adversary_gnutls ADDRESS PORT DIRECTORY         DIRECTORY has KIND.pem, for each kind
 */
#include "threads.h"

#include <gnutls/gnutls.h>
#include <stdio.h>

static gnutls_certificate_credentials_t credentials[KINDS];

static int gnutls_hello(gnutls_session_t session)
{
	struct client *c = gnutls_session_get_ptr(session);
	char           name[1024];
	size_t         len  = sizeof name;
	unsigned       type = 0;

	if (gnutls_server_name_get(session, name, &len, &type, 0) == 0 && type == GNUTLS_NAME_DNS)
		client_says(c, name, len);
	gnutls_credentials_set(session, GNUTLS_CRD_CERTIFICATE, credentials[c->kind]);
	return 0;
}

static void gnutls_serve(struct client *c)
{
	gnutls_session_t session;
	char             request[4096], page[128];
	int              status;

	gnutls_init(&session, GNUTLS_SERVER | GNUTLS_NO_SIGNAL);
	gnutls_session_set_ptr(session, c);
	gnutls_set_default_priority(session);
	gnutls_credentials_set(session, GNUTLS_CRD_CERTIFICATE, credentials[KIND_DEFAULT]);
	gnutls_handshake_set_post_client_hello_function(session, gnutls_hello);
	gnutls_transport_set_int(session, c->fd);
	gnutls_handshake_set_timeout(session, 5000);
	do
		status = gnutls_handshake(session);
	while (status < 0 && gnutls_error_is_fatal(status) == 0 && status != GNUTLS_E_AGAIN);
	if (status == 0 && gnutls_record_recv(session, request, sizeof request) > 0) {
		gnutls_record_send(session, page, client_page(c, page, sizeof page));
		gnutls_bye(session, GNUTLS_SHUT_WR);
	}
	gnutls_deinit(session);
}

int main(int argc, char **argv)
{
	char path[512];

	if (argc != 4)
		return 64;
	for (int i = 0; i < KINDS; i++) {
		snprintf(path, sizeof path, "%s/%s.pem", argv[3], kind_words[i]);
		gnutls_certificate_allocate_credentials(&credentials[i]);
		if (gnutls_certificate_set_x509_key_file(credentials[i], path, path, GNUTLS_X509_FMT_PEM) < 0) {
			fprintf(stderr, "no certificate in %s\n", path);
			return 1;
		}
	}
	return threads_serve(argv[1], argv[2], gnutls_serve);
}

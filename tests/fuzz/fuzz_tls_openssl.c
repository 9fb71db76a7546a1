/* SPDX-License-Identifier: MIT */

/*
 * Two readers of a ClientHello: whatever name OpenSSL's server takes from a stream, tls.h finds it,
 * too, or says that there may be one which it does not read. The stream may go on with the hello
 * that the server has asked for. tls.h may find more: OpenSSL refuses most of what others take.
 */

#include "inspect/tls.h"

#include <openssl/ssl.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

#define HELLOS_MAX 2

static struct {
	unsigned num;                   /* hellos whose names were taken */
	size_t   len[HELLOS_MAX];       /* 0: none was named */
	char     at[HELLOS_MAX][TLSEXT_MAXLEN_host_name + 1];
} taken;

static int openssl_takes(SSL *ssl, int *alert, void *owner)
{
	const char *name = SSL_get_servername(ssl, TLSEXT_NAMETYPE_host_name);

	(void)alert;
	(void)owner;
	if (taken.num == HELLOS_MAX)
		abort();
	taken.len[taken.num] = name != NULL ? strlen(name) : 0;
	if (name != NULL)
		memcpy(taken.at[taken.num], name, strlen(name));
	taken.num++;
	return SSL_TLSEXT_ERR_OK;
}

/* One that takes all it can: old versions, weak ciphers. */
static SSL_CTX *openssl_server(void)
{
	SSL_CTX  *server = SSL_CTX_new(TLS_server_method());
	EVP_PKEY *key    = EVP_EC_gen("P-256");
	X509     *name   = X509_new();

	if (server == NULL || key == NULL || name == NULL || X509_set_pubkey(name, key) != 1 ||
	    X509_gmtime_adj(X509_getm_notBefore(name), 0) == NULL ||
	    X509_gmtime_adj(X509_getm_notAfter(name), 86400) == NULL ||
	    X509_sign(name, key, EVP_sha256()) == 0)
		abort();
	SSL_CTX_set_security_level(server, 0);
	SSL_CTX_set_min_proto_version(server, 0);
	if (SSL_CTX_set_cipher_list(server, "ALL:@SECLEVEL=0") != 1 ||
	    SSL_CTX_use_certificate(server, name) != 1 || SSL_CTX_use_PrivateKey(server, key) != 1)
		abort();
	SSL_CTX_set_options(server, SSL_OP_NO_TICKET);
	SSL_CTX_set_tlsext_servername_callback(server, openssl_takes);
	X509_free(name);
	EVP_PKEY_free(key);
	return server;
}

static void openssl_reads(const uint8_t *data, size_t len)
{
	static SSL_CTX *server;
	SSL            *ssl;
	BIO            *in = BIO_new_mem_buf(data, (int)len), *out = BIO_new(BIO_s_null());

	if (server == NULL)
		server = openssl_server();
	ssl = SSL_new(server);
	if (ssl == NULL || in == NULL || out == NULL)
		abort();
	SSL_set_bio(ssl, in, out);
	SSL_accept(ssl);
	SSL_free(ssl);
}

static bool is_around(char c)
{
	return (uint8_t)c <= ' ' || c == 0x7f || c == '.';
}

/* The same but for what servers leave out around it, and for a port behind it. */
static bool is_host_in(struct bytes host, const char *name, size_t len)
{
	while (len > 0 && is_around(name[0])) {
		name++;
		len--;
	}
	if (host.len > len || (host.len > 0 && memcmp(host.at, name, host.len) != 0))
		return false;
	while (len > host.len && is_around(name[len - 1]))
		len--;
	return host.len == len || name[host.len] == ':' || is_around(name[host.len]);
}

static bool is_found(const struct tls_hello *hello, const char *name, size_t len)
{
	if (len == 0 || hello->hosts.is_unreadable)
		return true;
	for (size_t i = 0; i < len; i++) {
		if ((uint8_t)name[i] >= 0x80)
			return hello->hosts.num > 0;
	}
	for (size_t i = 0; i < hello->hosts.num; i++) {
		if (is_host_in(hello->hosts.at[i], name, len))
			return true;
	}
	return false;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	static uint8_t          room[TLS_HELLO_MAX];
	static struct tls_hello hello;
	struct bytes            all     = bytes_of(data, len);
	struct writer           scratch = writer_over(room, sizeof(room));
	enum parse              status  = tls_read_hello(all, &scratch, &hello);

	taken.num = 0;
	openssl_reads(data, len);
	for (unsigned i = 0; i < taken.num && !hello.is_too_long; i++) {
		if (status == PARSE_BAD || (status == PARSE_MORE && taken.len[i] > 0))
			abort();
		if (!is_found(&hello, taken.at[i], taken.len[i]))
			abort();
		if (i + 1 == taken.num)
			break;
		all    = bytes_from(all, hello.len);
		status = tls_read_next(all, hello.offers_early_data, &scratch, &hello);
	}
	return 0;
}

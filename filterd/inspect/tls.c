/* SPDX-License-Identifier: MIT */

/*
 * The same code reads whole and incomplete hellos as far as their bytes go. If the bytes end early,
 * an incomplete hello needs more of them, and a whole one is unreadable.
 */

#include "inspect/tls.h"

enum { HANDSHAKE_CLIENT_HELLO = 1, HANDSHAKE_SERVER_HELLO = 2, EXTENSION_SERVER_NAME = 0,
       EXTENSION_EARLY_DATA = 42, EXTENSION_SUPPORTED_VERSIONS = 43, EXTENSION_ECH = 0xfe0d,
       ECH_OUTER = 0, VERSION_TLS13 = 0x0304 };

#define HANDSHAKE_HEADER 4              /* type and a length of 24 bits */
#define RANDOM_LEN       32
#define SERVER_RANDOM_AT (HANDSHAKE_HEADER + 2)

/* SHA-256 of "HelloRetryRequest": RFC 8446, section 4.1.3 */
static const uint8_t asks_again[RANDOM_LEN] = {
	0xcf, 0x21, 0xad, 0x74, 0xe5, 0x9a, 0x61, 0x11, 0xbe, 0x1d, 0x8c,
	0x02, 0x1e, 0x65, 0xb8, 0x91, 0xc2, 0xa2, 0x11, 0x16, 0x7a, 0xbb,
	0x8c, 0x5e, 0x07, 0x9e, 0x09, 0xe2, 0xc8, 0xa8, 0x33, 0x9c,
};

/* Clears only what is read: the room for names is larger than most hellos. */
static void tls_begin(struct tls_hello *out)
{
	out->hosts.num           = 0;
	out->hosts.is_unreadable = false;
	out->legacy_version      = 0;
	out->has_ech             = false;
	out->ech_config          = 0;
	out->num_records         = 0;
	out->supports_tls13      = false;
	out->offers_early_data   = false;
	out->len                 = 0;
	out->passed              = 0;
	out->need                = 0;
	out->is_too_long         = false;
	out->names.num           = 0;
	out->names.len           = 0;
}

static bool names_tls13(struct reader extension)
{
	struct reader versions = read_block8(&extension);

	while (reader_has_more(&versions)) {
		if (read_u16(&versions) == VERSION_TLS13)
			return true;
	}
	return false;
}

/*
 * RFC 9849, section 5: the outer type, with the configuration to which the client says it encrypts.
 */
static bool read_ech(struct reader extension, struct tls_hello *out)
{
	if (read_u8(&extension) != ECH_OUTER || extension.status != PARSE_OK)
		return false;
	read_u32(&extension);                           /* KDF and AEAD */
	out->ech_config = read_u8(&extension);
	return extension.status == PARSE_OK;
}

/* A repeated extension is added again: Java takes the last, and no measured server the first. */
static enum parse tls_read_extensions(struct reader extensions, struct tls_hello *out)
{
	for (unsigned num = 0; reader_has_more(&extensions); num++) {
		uint32_t      head = read_u32(&extensions);     /* type and length */
		struct reader data = read_block(&extensions, head & 0xffff);

		if (extensions.status != PARSE_OK)
			break;
		if (num == TLS_EXTENSIONS_MAX) {
			out->hosts.is_unreadable = true;
			break;
		}
		switch (head >> 16) {
		case EXTENSION_SERVER_NAME:
			if (out->names.num < SERVER_NAMES_MAX)
				server_name_read(data.left, &out->names, &out->hosts);
			else
				out->hosts.is_unreadable = true;
			break;
		case EXTENSION_SUPPORTED_VERSIONS:
			out->supports_tls13 |= names_tls13(data);
			break;
		case EXTENSION_EARLY_DATA:
			out->offers_early_data = true;
			break;
		case EXTENSION_ECH:
			out->has_ech |= read_ech(data, out);
			break;
		default:
			break;
		}
	}
	return extensions.status;
}

/*
 * The hello itself, after its header of four bytes. Lengths may exceed those of RFC 8446: Go
 * accepts a long session id, Java no compression method, and bytes after the extensions.
 */
static void tls_read_body(struct bytes body, bool is_whole, struct tls_hello *out)
{
	struct reader r = reader_over(body, PARSE_MORE);
	struct reader extensions;
	uint16_t      len;

	out->legacy_version = read_u16(&r);
	read_bytes(&r, RANDOM_LEN);
	read_block8(&r);                                /* session id */
	read_block16(&r);                               /* cipher suites */
	read_block8(&r);                                /* compression methods */
	/* before TLS 1.3 extensions may be missing */
	if (reader_has_more(&r)) {
		len        = read_u16(&r);
		extensions = reader_over(bytes_first(r.left, len), PARSE_MORE);
		if (r.status == PARSE_OK)
			r.status = tls_read_extensions(extensions, out);
		if (r.status == PARSE_OK && len > r.left.len)
			r.status = PARSE_MORE;
	}
	if (is_whole && r.status != PARSE_OK)
		out->hosts.is_unreadable = true;
}

static void tls_wait_for(size_t len, struct tls_hello *out)
{
	out->len         = len;
	out->is_too_long = len > TLS_HELLO_MAX;
	out->need        = out->is_too_long ? TLS_HELLO_MAX : len;
}

/* The length of the message that begins here, with its header. PARSE_BAD if it is not a hello. */
static enum parse tls_hello_length(struct bytes handshake, size_t *len_out)
{
	struct reader r    = reader_over(handshake, PARSE_MORE);
	uint8_t       type = read_u8(&r);

	if (r.status == PARSE_OK && type != HANDSHAKE_CLIENT_HELLO)
		return PARSE_BAD;
	*len_out = HANDSHAKE_HEADER + (size_t)read_u24(&r);
	return r.status;
}

enum parse tls_read_handshake(struct bytes handshake, struct tls_hello *out)
{
	size_t     len    = HANDSHAKE_HEADER;
	enum parse status = tls_hello_length(handshake, &len);

	tls_begin(out);
	if (status == PARSE_BAD)
		return PARSE_BAD;
	if (handshake.len < len)
		status = PARSE_MORE;
	tls_read_body(bytes_from(bytes_first(handshake, len), HANDSHAKE_HEADER), status == PARSE_OK,
	              out);
	if (status == PARSE_MORE)
		tls_wait_for(len, out);
	out->len = len;
	return status;
}

/* The bytes after a hello in its own record. Clients leave nothing there. */
static void tls_read_behind(struct bytes behind, bool is_open, struct tls_hello *out)
{
	size_t len = HANDSHAKE_HEADER;

	if (tls_hello_length(behind, &len) == PARSE_BAD)
		return;
	if (behind.len >= len)
		tls_read_body(bytes_from(bytes_first(behind, len), HANDSHAKE_HEADER), true, out);
	if (behind.len > 0 ? behind.len != len : is_open)
		out->hosts.is_unreadable = true;
}

enum parse tls_read_next(struct bytes stream, bool passes_data, struct writer *scratch,
                         struct tls_hello *out)
{
	struct tls_records records;
	enum parse         status = tls_records_read(stream, HANDSHAKE_CLIENT_HELLO, passes_data,
	                                             scratch, &records);

	tls_begin(out);
	if (status == PARSE_BAD)
		return PARSE_BAD;
	if (status == PARSE_MORE)
		tls_wait_for(records.end, out);
	if (records.has_too_many) {
		out->is_too_long = true;
		out->need        = 0;
	}
	out->len         = records.end;
	out->passed      = records.passed;
	out->num_records = records.num;
	tls_read_body(bytes_from(records.message, HANDSHAKE_HEADER), status == PARSE_OK, out);
	if (status == PARSE_OK)
		tls_read_behind(records.behind, records.is_open, out);
	return status;
}

/* RFC 5246, appendix E.2. GnuTLS and OpenSSL accept it; it has no extensions. */
static enum parse tls_read_sslv2(struct bytes stream, struct tls_hello *out)
{
	struct reader r      = reader_over(stream, PARSE_MORE);
	size_t        len    = read_u16(&r) & 0x7fffu;
	uint8_t       type   = read_u8(&r);
	bool          is_bad = r.status == PARSE_OK && type != HANDSHAKE_CLIENT_HELLO;
	size_t        ciphers, lengths;

	tls_begin(out);
	out->legacy_version = read_u16(&r);
	is_bad |= r.status == PARSE_OK && out->legacy_version >> 8 != VERSION_TLS13 >> 8;
	ciphers = read_u16(&r);
	lengths = 9 + ciphers + read_u16(&r) + (size_t)read_u16(&r);
	is_bad |= r.status == PARSE_OK && (lengths != len || ciphers == 0 || ciphers % 3 != 0);
	if (is_bad)
		return PARSE_BAD;
	out->len = 2 + len;
	if (r.status == PARSE_OK && stream.len >= out->len)
		return PARSE_OK;
	tls_wait_for(r.status == PARSE_OK ? out->len : 11, out);
	return PARSE_MORE;
}

enum parse tls_read_hello(struct bytes stream, struct writer *scratch, struct tls_hello *out)
{
	if (stream.len > 0 && stream.at[0] >= 0x80)
		return tls_read_sslv2(stream, out);
	if (stream.len > 0 && (stream.at[0] < TLS_RECORD_LEAST || stream.at[0] > TLS_RECORD_MOST))
		return PARSE_BAD;
	return tls_read_next(stream, false, scratch, out);
}

enum parse tls_read_server_hello(struct bytes stream, bool *asks_again_out)
{
	uint8_t            room[SERVER_RANDOM_AT + RANDOM_LEN];
	struct writer      scratch = writer_over(room, sizeof(room));
	struct tls_records records;
	enum parse         status = tls_records_read(stream, HANDSHAKE_SERVER_HELLO, false,
	                                             &scratch, &records);
	struct bytes       random;

	if (status == PARSE_BAD)
		return PARSE_BAD;
	random = bytes_first(bytes_from(records.message, SERVER_RANDOM_AT), RANDOM_LEN);
	if (random.len < RANDOM_LEN)
		return status == PARSE_OK ? PARSE_BAD : PARSE_MORE;
	*asks_again_out = bytes_equal(random, bytes_of(asks_again, RANDOM_LEN));
	return PARSE_OK;
}

/* SPDX-License-Identifier: MIT */

/*
 * Two layers, each in its own function: records give the handshake stream (in place if one record
 * has it all, put together in scratch otherwise), and the handshake stream gives the hello. A layer
 * that lacks bytes says PARSE_MORE only if what there is could still become a ClientHello.
 */

#include "inspect/tls.h"

enum { RECORD_HANDSHAKE = 22, HANDSHAKE_CLIENT_HELLO = 1, NAME_HOST = 0,
       EXTENSION_SERVER_NAME = 0, EXTENSION_SUPPORTED_VERSIONS = 43, EXTENSION_ECH = 0xfe0d,
       ECH_OUTER = 0, VERSION_MAJOR = 3, VERSION_TLS13 = 0x0304 };

#define RECORD_MAX       (16384 + 256)  /* bytes; RFC 8446, section 5.2 */
#define HANDSHAKE_HEADER 4              /* type and a length of 24 bits */
#define SESSION_ID_MAX   32

/*
 * The content of the next record; *r fails with PARSE_MORE if the record is not whole: *out then
 * has what there is.
 */
static enum parse tls_next_record(struct reader *r, struct bytes *out)
{
	uint8_t  type  = read_u8(r);
	uint8_t  major;
	uint16_t len;

	if (r->status == PARSE_OK && type != RECORD_HANDSHAKE)
		return PARSE_BAD;
	major = read_u8(r);
	if (r->status == PARSE_OK && major != VERSION_MAJOR)
		return PARSE_BAD;
	read_u8(r);
	len = read_u16(r);
	if (r->status != PARSE_OK)
		return r->status;
	if (len == 0 || len > RECORD_MAX)
		return PARSE_BAD;
	*out = bytes_first(r->left, len);
	read_bytes(r, len);
	return r->status;
}

/* How long is the hello that begins here, its header included? */
static enum parse hello_length(struct bytes handshake, size_t *len_out)
{
	struct reader r    = reader_over(handshake, PARSE_MORE);
	uint8_t       type = read_u8(&r);
	uint32_t      len;

	if (r.status == PARSE_OK && type != HANDSHAKE_CLIENT_HELLO)
		return PARSE_BAD;
	len = read_u24(&r);
	if (r.status != PARSE_OK)
		return r.status;
	*len_out = HANDSHAKE_HEADER + (size_t)len;
	return *len_out > TLS_HELLO_MAX ? PARSE_MORE : PARSE_OK;
}

/* The whole hello, its header included, wherever its records are cut. */
static enum parse gather_hello(struct bytes stream, struct writer *scratch, struct bytes *hello_out,
                               unsigned *num_out)
{
	struct reader r       = reader_over(stream, PARSE_MORE);
	struct bytes  content = { 0 }, all;
	enum parse    record  = tls_next_record(&r, &content);
	size_t        need    = 0;

	scratch->len  = 0;
	scratch->full = false;
	all = content;
	for (unsigned num = 1; record != PARSE_BAD; num++) {
		enum parse status = hello_length(all, &need);

		if (status == PARSE_BAD)
			return PARSE_BAD;
		if (status == PARSE_OK && all.len >= need) {
			*hello_out = bytes_first(all, need);
			*num_out   = num;
			return PARSE_OK;
		}
		if (record == PARSE_MORE)
			return PARSE_MORE;
		if (num == TLS_RECORDS_MAX)
			return PARSE_MORE;
		/* The first one is put there only when it turns out that a second is needed. */
		if (num == 1)
			write_bytes(scratch, bytes_first(content, scratch->cap));
		content = (struct bytes){ 0 };
		record  = tls_next_record(&r, &content);
		write_bytes(scratch, bytes_first(content, scratch->cap - scratch->len));
		all = writer_written(scratch);
	}
	return PARSE_BAD;
}

/* ServerNameList: RFC 6066, section 3. *hosts_out stays empty if no host is named. */
static enum parse read_server_name(struct reader extension, struct hosts *hosts_out)
{
	struct reader names = read_block16(&extension);
	struct bytes  host  = { 0 };

	while (reader_has_more(&names)) {
		uint8_t       kind = read_u8(&names);
		struct reader name = read_block16(&names);

		if (kind != NAME_HOST)
			continue;
		if (host.len > 0 || name.left.len == 0)
			return PARSE_BAD;
		host = name.left;
	}
	if (names.status == PARSE_OK)
		hosts_add_authority(hosts_out, host);
	return names.status;
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
 * RFC 9849, section 5: of the outer kind, with the configuration that the client says it encrypts
 * to.
 */
static bool read_ech(struct reader extension, struct tls_hello *out)
{
	if (read_u8(&extension) != ECH_OUTER || extension.status != PARSE_OK)
		return false;
	read_u32(&extension);                           /* KDF and AEAD */
	out->ech_config = read_u8(&extension);
	return extension.status == PARSE_OK;
}

static enum parse tls_read_extensions(struct reader extensions, struct tls_hello *out)
{
	while (reader_has_more(&extensions)) {
		uint16_t      type = read_u16(&extensions);
		struct reader data = read_block16(&extensions);

		if (extensions.status != PARSE_OK)
			break;
		switch (type) {
		case EXTENSION_SERVER_NAME:
			if (read_server_name(data, &out->hosts) != PARSE_OK)
				return PARSE_BAD;
			break;
		case EXTENSION_SUPPORTED_VERSIONS:
			out->supports_tls13 = names_tls13(data);
			break;
		case EXTENSION_ECH:
			out->has_ech = read_ech(data, out);
			break;
		default:
			break;
		}
	}
	return extensions.status;
}

/* The hello itself, behind its header of four bytes. */
static enum parse read_hello(struct bytes body, struct tls_hello *out)
{
	struct tls_hello hello = { 0 };
	struct reader    r     = reader_over(body, PARSE_BAD), extensions;

	hello.legacy_version = read_u16(&r);
	read_bytes(&r, 32);                             /* random */
	if (read_block8(&r).left.len > SESSION_ID_MAX)
		return PARSE_BAD;
	read_block16(&r);                               /* cipher suites */
	read_block8(&r);                                /* compression methods */
	if (r.status != PARSE_OK)
		return PARSE_BAD;
	/* before TLS 1.3 extensions may be missing */
	if (r.left.len > 0) {
		extensions = read_block16(&r);
		if (tls_read_extensions(extensions, &hello) != PARSE_OK)
			return PARSE_BAD;
	}
	*out = hello;
	return PARSE_OK;
}

enum parse tls_read_handshake(struct bytes handshake, struct tls_hello *out)
{
	size_t     len;
	enum parse status = hello_length(handshake, &len);

	if (status != PARSE_OK)
		return status;
	if (handshake.len < len)
		return PARSE_MORE;
	return read_hello(bytes_from(bytes_first(handshake, len), HANDSHAKE_HEADER), out);
}

enum parse tls_read_hello(struct bytes stream, struct writer *scratch, struct tls_hello *out)
{
	struct bytes message;
	unsigned     num_records;
	enum parse   status = gather_hello(stream, scratch, &message, &num_records);

	if (status == PARSE_OK)
		status = read_hello(bytes_from(message, HANDSHAKE_HEADER), out);
	if (status == PARSE_OK) {
		struct reader r = reader_over(stream, PARSE_MORE);
		struct bytes  content;

		for (unsigned i = 0; i < num_records; i++)
			tls_next_record(&r, &content);
		out->num_records = num_records;
		out->len         = stream.len - r.left.len;
	}
	return status;
}

enum parse tls_read_server_hello(struct bytes stream, bool *asks_again_out)
{
	static const uint8_t again[] = { 0xCF, 0x21, 0xAD, 0x74, 0xE5, 0x9A, 0x61, 0x11,
		                         0xBE, 0x1D, 0x8C, 0x02, 0x1E, 0x65, 0xB8, 0x91,
		                         0xC2, 0xA2, 0x11, 0x67, 0xAB, 0xBB, 0x8C, 0x5E,
		                         0x07, 0x9E, 0x09, 0xE2, 0xC8, 0xA8, 0x33, 0x9C };
	struct bytes random = bytes_first(bytes_from(stream, 11), 32);

	if (stream.len > 0 && stream.at[0] != RECORD_HANDSHAKE)
		return PARSE_BAD;
	if (random.len < 32)
		return PARSE_MORE;
	*asks_again_out = bytes_equal(random, bytes_of(again, 32));
	return PARSE_OK;
}

/* SPDX-License-Identifier: MIT */

#include "inspect/socks.h"

#include <string.h>

enum {
	SOCKS4        = 4,
	SOCKS5        = 5,
	LOGIN         = 1,
	CONNECT       = 1,
	UDP_ASSOCIATE = 3,
	KIND_IPV4     = 1,
	KIND_NAME     = 3,
	KIND_IPV6     = 4
};

/* Text up to a NUL. */
static struct bytes read_text(struct reader *r)
{
	const uint8_t *end = r->left.len > 0 ? memchr(r->left.at, '\0', r->left.len) : NULL;
	struct bytes   text = read_bytes(r, end != NULL ? (size_t)(end - r->left.at) : SIZE_MAX);

	read_u8(r);
	return text;
}

/* Proxies hand the name to the C library, which stops at the NUL. */
static struct bytes before_nul(struct bytes name)
{
	const uint8_t *end = name.len > 0 ? memchr(name.at, '\0', name.len) : NULL;

	return end != NULL ? bytes_first(name, (size_t)(end - name.at)) : name;
}

static enum parse read_4(struct reader *r, struct bytes *host_out)
{
	uint8_t  command = read_u8(r);
	uint32_t address;

	read_u16(r);                                    /* port */
	address = read_u32(r);
	if (r->status == PARSE_OK && command != CONNECT)
		return PARSE_BAD;
	read_text(r);                                   /* user */
	if (r->status == PARSE_OK && address != 0 && address < 256)
		*host_out = read_text(r);               /* 4A: 0.0.0.x announces a name */
	return r->status;
}

static enum parse read_5(struct reader *r, struct bytes stream, struct bytes *host_out,
                         size_t *begin_out)
{
	struct reader methods = read_block8(r);
	uint8_t       version, command, kind;

	if (r->status == PARSE_OK && methods.left.len == 0)
		return PARSE_BAD;
	version = read_u8(r);
	if (r->status == PARSE_OK && version == LOGIN) {
		read_block8(r);
		read_block8(r);
		version = read_u8(r);
	}
	if (r->status == PARSE_OK && version != SOCKS5)
		return PARSE_BAD;
	*begin_out = stream.len - r->left.len - 1;
	command = read_u8(r);
	if (r->status == PARSE_OK && (command < CONNECT || command > UDP_ASSOCIATE))
		return PARSE_BAD;
	read_u8(r);                                     /* reserved */
	kind = read_u8(r);
	if (r->status != PARSE_OK)
		return r->status;
	switch (kind) {
	case KIND_IPV4: read_bytes(r, 4); break;
	case KIND_IPV6: read_bytes(r, 16); break;
	case KIND_NAME: *host_out = before_nul(read_block8(r).left); break;
	default:        return PARSE_BAD;
	}
	read_u16(r);                                    /* port */
	return r->status;
}

/* A request for a name without a greeting, which was in a segment of its own. */
static enum parse read_alone(struct reader *r, struct bytes *host_out)
{
	static const uint8_t request[] = { SOCKS5, CONNECT, 0, KIND_NAME };

	if (!bytes_equal(read_bytes(r, sizeof(request)), bytes_of(request, sizeof(request))))
		return PARSE_BAD;
	*host_out = before_nul(read_block8(r).left);
	read_u16(r);                                    /* port */
	return r->status;
}

enum parse socks_read_request(struct bytes stream, struct socks_request *out)
{
	struct reader r       = reader_over(stream, PARSE_MORE);
	uint8_t       version = read_u8(&r);
	struct bytes  host    = { 0 };
	size_t        begin   = 0;
	enum parse    status;

	if (r.status != PARSE_OK)
		return r.status;
	if (version != SOCKS4 && version != SOCKS5)
		return PARSE_BAD;
	status = version == SOCKS4 ? read_4(&r, &host) : read_5(&r, stream, &host, &begin);
	if (status == PARSE_BAD && version == SOCKS5) {
		r      = reader_over(stream, PARSE_MORE);
		begin  = 0;
		status = read_alone(&r, &host);
	}
	if (status == PARSE_OK)
		*out = (struct socks_request){ .host = host, .begin = begin,
			                       .len = stream.len - r.left.len };
	return status;
}

/* SPDX-License-Identifier: MIT */

/*
 * One pass from the version nibble to the payload. Lengths in headers are compared with the bytes
 * present: more is either a wrong length or a capture's snap length; then `cut` is set and the
 * bytes present are returned.
 *
 * Each header begins with one check that all of it is present. The readers would notice, too, but
 * after the check the compiler drops theirs, two fifths of the instructions.
 */

#include "wire/packet.h"

#include "wire/checksum.h"

#include <arpa/inet.h>
#include <string.h>
#include <sys/socket.h>

enum { PROTO_HOP = 0, PROTO_TCP = 6, PROTO_UDP = 17, PROTO_ROUTING = 43, PROTO_FRAGMENT = 44,
       PROTO_AH = 51, PROTO_DEST = 60, PROTO_MOBILITY = 135, PROTO_HIP = 139, PROTO_SHIM6 = 140 };

enum { OPTION_END = 0, OPTION_NOP = 1, OPTION_MD5 = 19, OPTION_AUTHENTICATION = 29 };

#define EXTENSIONS_MAX   8      /* headers; RFC 8200 names five, two of which may occur twice */
#define IPV4_HEADER_MIN  20
#define IPV6_HEADER      40
#define UDP_HEADER       8
#define TCP_HEADER_MIN   20
#define FRAGMENT_MORE    0x2000 /* IPv4 flags and offset, RFC 791 section 3.1 */
#define FRAGMENT_OFFSET  0x1fff

static inline void take_address(struct reader *r, uint8_t family, struct address *out)
{
	struct bytes b = read_bytes(r, family == 4 ? 4 : 16);

	memset(out, 0, sizeof(*out));
	out->family = family;
	if (b.len > 0)
		memcpy(out->at, b.at, b.len);
}

static enum parse read_tcp(struct packet *p)
{
	struct reader r = reader_over(p->segment, PARSE_BAD);
	uint8_t       offset;

	if (p->segment.len < TCP_HEADER_MIN)
		return PARSE_BAD;
	p->transport = TRANSPORT_TCP;
	p->src_port  = read_u16(&r);
	p->dst_port  = read_u16(&r);
	p->seq       = read_u32(&r);
	p->ack       = read_u32(&r);
	offset       = read_u8(&r) >> 4;
	p->tcp_flags = read_u8(&r) & 0x3f;
	p->window    = read_u16(&r);
	read_u16(&r);                                   /* checksum */
	p->urgent = read_u16(&r);
	if (offset < TCP_HEADER_MIN / 4)
		return PARSE_BAD;
	read_bytes(&r, offset * 4u - TCP_HEADER_MIN);
	p->payload = r.left;
	return r.status;
}

static enum parse read_udp(struct packet *p)
{
	struct reader r = reader_over(p->segment, PARSE_BAD);
	uint16_t      len;

	if (p->segment.len < UDP_HEADER)
		return PARSE_BAD;
	p->transport = TRANSPORT_UDP;
	p->src_port  = read_u16(&r);
	p->dst_port  = read_u16(&r);
	len          = read_u16(&r);
	/*
	 * 0 is a jumbogram or a large packet that the kernel has yet to segment (RFC 2675, section
	 * 4).
	 */
	if (len == 0)
		len = (uint16_t)p->segment.len;
	if (len < UDP_HEADER || (len > p->segment.len && !p->cut))
		return PARSE_BAD;
	p->segment = bytes_first(p->segment, len);
	p->payload = bytes_from(p->segment, UDP_HEADER);
	return PARSE_OK;
}

static enum parse read_transport(struct packet *p)
{
	switch (p->ip_proto) {
	case PROTO_TCP: return read_tcp(p);
	case PROTO_UDP: return read_udp(p);
	default:        break;
	}
	p->transport = TRANSPORT_OTHER;
	return PARSE_OK;
}

/* The length in the IP header, compared with the bytes present. */
static void packet_trim(struct packet *p, struct bytes all, size_t claimed, size_t header_len)
{
	if (claimed == 0)
		claimed = all.len;
	p->cut     = claimed > all.len;
	p->ip      = bytes_first(all, claimed);
	p->segment = bytes_from(p->ip, header_len);
}

static enum parse read_ipv4(struct bytes all, struct packet *p)
{
	struct reader r = reader_over(all, PARSE_BAD);
	size_t        header_len;
	uint16_t      claimed, fragment;

	if (all.len < IPV4_HEADER_MIN)
		return PARSE_BAD;
	header_len = (read_u8(&r) & 15u) * 4;
	read_u8(&r);
	claimed        = read_u16(&r);
	p->fragment.id = read_u16(&r);
	fragment       = read_u16(&r);
	p->ttl         = read_u8(&r);
	p->ip_proto    = read_u8(&r);
	read_u16(&r);
	take_address(&r, 4, &p->src);
	take_address(&r, 4, &p->dst);
	if (header_len < IPV4_HEADER_MIN || header_len > all.len ||
	    (claimed != 0 && claimed < header_len))
		return PARSE_BAD;
	packet_trim(p, all, claimed, header_len);
	if ((fragment & (FRAGMENT_MORE | FRAGMENT_OFFSET)) != 0) {
		p->transport       = TRANSPORT_FRAGMENT;
		p->fragment.offset = (uint16_t)((fragment & FRAGMENT_OFFSET) * 8);
		p->fragment.more   = fragment & FRAGMENT_MORE;
		return PARSE_OK;
	}
	return read_transport(p);
}

static bool is_extension(uint8_t number)
{
	return number == PROTO_HOP || number == PROTO_ROUTING || number == PROTO_DEST ||
	       number == PROTO_AH || number == PROTO_MOBILITY || number == PROTO_HIP ||
	       number == PROTO_SHIM6;
}

/*
 * Walks to the transport header; PARSE_OK with TRANSPORT_FRAGMENT set on the way if it is a
 * fragment.
 */
static enum parse packet_read_extensions(struct packet *p)
{
	struct reader r = reader_over(p->segment, PARSE_BAD);
	unsigned      num;

	for (num = 0; num < EXTENSIONS_MAX; num++) {
		if (p->ip_proto == PROTO_FRAGMENT) {
			uint8_t  next = read_u8(&r);
			uint16_t field;

			read_u8(&r);
			field          = read_u16(&r);
			p->fragment.id = read_u32(&r);
			p->ip_proto    = next;
			if (field & 0xfff9) {
				p->transport       = TRANSPORT_FRAGMENT;
				p->fragment.offset = field & 0xfff8;
				p->fragment.more   = field & 1;
				break;
			}
			continue;               /* an atomic fragment, RFC 6946: complete */
		}
		if (!is_extension(p->ip_proto))
			break;

		bool     is_ah = p->ip_proto == PROTO_AH;
		uint8_t  next  = read_u8(&r);
		unsigned units = read_u8(&r);

		read_bytes(&r, is_ah ? (units + 2) * 4 - 2 : (units + 1) * 8 - 2);
		p->ip_proto = next;
	}
	p->segment = r.left;
	return num == EXTENSIONS_MAX ? PARSE_BAD : r.status;
}

static enum parse read_ipv6(struct bytes all, struct packet *p)
{
	struct reader r = reader_over(all, PARSE_BAD);
	uint16_t      claimed;

	if (all.len < IPV6_HEADER)
		return PARSE_BAD;
	read_u32(&r);
	claimed     = read_u16(&r);
	p->ip_proto = read_u8(&r);
	p->ttl      = read_u8(&r);
	take_address(&r, 6, &p->src);
	take_address(&r, 6, &p->dst);
	packet_trim(p, all, claimed == 0 ? 0 : IPV6_HEADER + (size_t)claimed, IPV6_HEADER);
	p->transport = TRANSPORT_OTHER;
	if (packet_read_extensions(p) != PARSE_OK)
		return PARSE_BAD;
	return p->transport == TRANSPORT_FRAGMENT ? PARSE_OK : read_transport(p);
}

enum parse packet_read(struct bytes ip, struct packet *out)
{
	if (ip.len == 0)
		return PARSE_BAD;
	out->payload   = (struct bytes){ 0 };
	out->src_port  = out->dst_port = 0;
	out->tcp_flags = 0;
	switch (ip.at[0] >> 4) {
	case 4:  return read_ipv4(ip, out);
	case 6:  return read_ipv6(ip, out);
	default: return PARSE_BAD;
	}
}

bool packet_sums_ok(const struct packet *p)
{
	uint64_t pseudo;

	if (p->src.family == 4 &&
	    checksum_end(checksum_add(0, bytes_first(p->ip, (p->ip.at[0] & 15u) * 4))) != 0)
		return false;
	if (p->transport != TRANSPORT_TCP && p->transport != TRANSPORT_UDP)
		return true;
	if (p->transport == TRANSPORT_UDP && p->src.family == 4 && p->segment.at[6] == 0 &&
	    p->segment.at[7] == 0)
		return true;
	pseudo = checksum_pseudo(&p->src, &p->dst, p->ip_proto, (uint32_t)p->segment.len);
	return checksum_end(checksum_add(pseudo, p->segment)) == 0;
}

/* Is a checksum right, or 0? `with` is the sum of everything else that it covers. */
static bool is_unsummed(struct bytes summed, uint64_t with, uint16_t field)
{
	return field == 0 || checksum_end(checksum_add(with, summed)) == 0;
}

bool packet_sum_is_pending(const struct packet *p)
{
	struct bytes  header = bytes_first(p->ip, (p->ip.at[0] & 15u) * 4);
	struct reader r      = reader_over(header, PARSE_BAD);
	uint64_t      pseudo =
		checksum_pseudo(&p->src, &p->dst, p->ip_proto, (uint32_t)p->segment.len);
	uint64_t without_len = checksum_pseudo(&p->src, &p->dst, p->ip_proto, 0);
	uint16_t sum;

	read_bytes(&r, 10);
	if (p->src.family == 4 && !is_unsummed(header, 0, read_u16(&r)))
		return false;
	r = reader_over(bytes_from(p->segment, p->transport == TRANSPORT_TCP ? 16 : 6), PARSE_BAD);
	sum = read_u16(&r);
	return r.status == PARSE_OK && (is_unsummed(p->segment, pseudo, sum) ||
	                                (sum ^ checksum_end(pseudo)) == 0xffff ||
	                                (sum ^ checksum_end(without_len)) == 0xffff);
}

bool packet_is_signed(const struct packet *p)
{
	struct reader r =
		reader_over(bytes_first(p->segment, p->segment.len - p->payload.len), PARSE_BAD);

	if (p->transport != TRANSPORT_TCP)
		return false;
	read_bytes(&r, TCP_HEADER_MIN);
	while (reader_has_more(&r)) {
		uint8_t kind = read_u8(&r);

		if (kind == OPTION_MD5 || kind == OPTION_AUTHENTICATION)
			return true;
		if (kind == OPTION_END)
			break;
		if (kind != OPTION_NOP) {
			uint8_t len = read_u8(&r);

			read_bytes(&r, len >= 2 ? len - 2u : SIZE_MAX);
		}
	}
	return false;
}

bool address_equal(const struct address *a, const struct address *b)
{
	return a->family == b->family && memcmp(a->at, b->at, sizeof(a->at)) == 0;
}

bool address_is_single(const struct address *a)
{
	static const struct address unspecified;
	static const uint8_t        broadcast[4] = { 255, 255, 255, 255 };

	if (memcmp(a->at, unspecified.at, sizeof(a->at)) == 0)
		return false;
	if (a->family == 4)
		return a->at[0] >> 4 != 14 && memcmp(a->at, broadcast, sizeof(broadcast)) != 0;
	return a->at[0] != 0xff;
}

void address_write(struct writer *w, const struct address *a)
{
	char text[INET6_ADDRSTRLEN];

	if (inet_ntop(a->family == 4 ? AF_INET : AF_INET6, a->at, text, sizeof(text)) != NULL)
		write_text(w, text);
}

enum parse address_from_text(struct bytes text, struct address *out)
{
	struct address a = { .family = 4 };
	char           copy[INET6_ADDRSTRLEN];

	if (text.len == 0 || text.len >= sizeof(copy))
		return PARSE_BAD;
	memcpy(copy, text.at, text.len);
	copy[text.len] = '\0';
	if (strchr(copy, ':') != NULL)
		a.family = 6;
	if (strlen(copy) != text.len ||
	    inet_pton(a.family == 4 ? AF_INET : AF_INET6, copy, a.at) != 1)
		return PARSE_BAD;
	*out = a;
	return PARSE_OK;
}

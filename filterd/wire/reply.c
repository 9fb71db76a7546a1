/* SPDX-License-Identifier: MIT */

/* The transport part is written first with its checksum 0, then summed in place. */

#include "wire/reply.h"

#include "wire/checksum.h"

#define TTL          64
#define IPV4_HEADER  20
#define UDP_HEADER   8
#define TCP_HEADER   20
#define DONT_FRAGMENT 0x4000
enum { PROTO_TCP = 6, PROTO_UDP = 17 };

static size_t address_len(const struct address *a)
{
	return a->family == 4 ? 4 : 16;
}

static void write_ipv4(struct writer *w, const struct address *src, const struct address *dst,
                       uint8_t ip_proto, size_t len)
{
	size_t start = w->len;

	write_u8(w, 0x45);
	write_u8(w, 0);
	write_u16(w, (uint16_t)(IPV4_HEADER + len));
	write_u16(w, 0);
	write_u16(w, DONT_FRAGMENT);
	write_u8(w, TTL);
	write_u8(w, ip_proto);
	write_u16(w, 0);
	write_bytes(w, bytes_of(src->at, address_len(src)));
	write_bytes(w, bytes_of(dst->at, address_len(dst)));
	write_u16_at(w, start + 10,
	             checksum_end(checksum_add(0, bytes_from(writer_written(w), start))));
}

static void write_ipv6(struct writer *w, const struct address *src, const struct address *dst,
                       uint8_t ip_proto, size_t len)
{
	write_u32(w, 0x60000000);
	write_u16(w, (uint16_t)len);
	write_u8(w, ip_proto);
	write_u8(w, TTL);
	write_bytes(w, bytes_of(src->at, address_len(src)));
	write_bytes(w, bytes_of(dst->at, address_len(dst)));
}

static void write_ip(struct writer *w, const struct address *src, const struct address *dst,
                     uint8_t ip_proto, size_t len)
{
	if (len > 0xffff - IPV4_HEADER) {
		w->full = true;
		return;
	}
	if (src->family == 4)
		write_ipv4(w, src, dst, ip_proto, len);
	else
		write_ipv6(w, src, dst, ip_proto, len);
}

/* Sets the checksum of the segment that begins at start. */
static void seal(struct writer *w, size_t start, size_t sum_offset, const struct address *src,
                 const struct address *dst, uint8_t ip_proto)
{
	struct bytes segment = bytes_from(writer_written(w), start);
	uint64_t     pseudo  = checksum_pseudo(src, dst, ip_proto, (uint32_t)segment.len);
	uint16_t     sum     = checksum_end(checksum_add(pseudo, segment));

	if (ip_proto == PROTO_UDP && sum == 0)
		sum = 0xffff;           /* 0 means "no checksum": RFC 768 */
	write_u16_at(w, start + sum_offset, sum);
}

void reply_datagram(struct writer *w, const struct packet *asked, struct bytes payload)
{
	size_t start;

	write_ip(w, &asked->dst, &asked->src, PROTO_UDP, UDP_HEADER + payload.len);
	start = w->len;
	write_u16(w, asked->dst_port);
	write_u16(w, asked->src_port);
	write_u16(w, (uint16_t)(UDP_HEADER + payload.len));
	write_u16(w, 0);
	write_bytes(w, payload);
	seal(w, start, 6, &asked->dst, &asked->src, PROTO_UDP);
}

static void write_reset(struct writer *w, const struct address *src, uint16_t src_port,
                        const struct address *dst, uint16_t dst_port, uint32_t seq, uint32_t ack,
                        uint8_t flags)
{
	size_t start;

	write_ip(w, src, dst, PROTO_TCP, TCP_HEADER);
	start = w->len;
	write_u16(w, src_port);
	write_u16(w, dst_port);
	write_u32(w, seq);
	write_u32(w, ack);
	write_u8(w, TCP_HEADER / 4 << 4);
	write_u8(w, flags);
	write_u16(w, 0);
	write_u16(w, 0);
	write_u16(w, 0);
	seal(w, start, 16, src, dst, PROTO_TCP);
}

void reply_reset_onward(struct writer *w, const struct packet *blocked)
{
	uint8_t ack = blocked->tcp_flags & TCP_ACK;

	write_reset(w, &blocked->src, blocked->src_port, &blocked->dst, blocked->dst_port,
	            blocked->seq, ack ? blocked->ack : 0, TCP_RST | ack);
}

void reply_reset_back(struct writer *w, const struct packet *blocked)
{
	uint32_t len = (uint32_t)blocked->payload.len + ((blocked->tcp_flags & TCP_SYN) != 0) +
	               ((blocked->tcp_flags & TCP_FIN) != 0);

	if (blocked->tcp_flags & TCP_ACK)
		write_reset(w, &blocked->dst, blocked->dst_port, &blocked->src, blocked->src_port,
		            blocked->ack, 0, TCP_RST);
	else
		write_reset(w, &blocked->dst, blocked->dst_port, &blocked->src, blocked->src_port,
		            0, blocked->seq + len, TCP_RST | TCP_ACK);
}

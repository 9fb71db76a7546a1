/* SPDX-License-Identifier: MIT */

/*
 * The option list is walked twice, so that a packet without the option costs no copy. Nothing in
 * the IP header changes, so its checksum stays right, too.
 */

#include "wire/multipath.h"

#include "wire/checksum.h"

enum { OPTION_END = 0, OPTION_NOP = 1, OPTION_MULTIPATH = 30, PROTO_TCP = 6 };

#define TCP_HEADER_MIN 20
#define CHECKSUM_AT    16       /* in the TCP header */

/*
 * The next option, with its kind and length; empty after the last one that a receiver reads, where
 * the list ends or a length is wrong.
 */
static struct bytes next_option(struct reader *r)
{
	struct bytes rest = r->left;
	uint8_t      kind = read_u8(r), len;

	if (r->status != PARSE_OK || kind == OPTION_END)
		return (struct bytes){ 0 };
	if (kind == OPTION_NOP)
		return bytes_first(rest, 1);
	len = read_u8(r);
	read_bytes(r, len >= 2 ? len - 2u : SIZE_MAX);
	return r->status == PARSE_OK ? bytes_first(rest, len) : (struct bytes){ 0 };
}

static struct reader options_of(const struct packet *p)
{
	struct bytes header = bytes_first(p->segment, p->segment.len - p->payload.len);

	return reader_over(bytes_from(header, TCP_HEADER_MIN), PARSE_BAD);
}

static bool asks_for_multipath(const struct packet *p)
{
	struct reader r = options_of(p);
	struct bytes  option;

	while ((option = next_option(&r)).len > 0) {
		if (option.at[0] == OPTION_MULTIPATH)
			return true;
	}
	return false;
}

static void write_options(struct writer *w, const struct packet *p)
{
	struct reader r    = options_of(p);
	struct bytes  left = r.left, option;

	while ((option = next_option(&r)).len > 0) {
		left = bytes_from(left, option.len);
		if (option.at[0] != OPTION_MULTIPATH)
			write_bytes(w, option);
		else
			for (size_t i = 0; i < option.len; i++)
				write_u8(w, OPTION_NOP);
	}
	write_bytes(w, left);
}

bool multipath_strip(struct writer *w, const struct packet *p)
{
	size_t       start = w->len + (p->ip.len - p->segment.len);
	struct bytes segment;
	uint64_t     pseudo;

	if (p->transport != TRANSPORT_TCP || !(p->tcp_flags & TCP_SYN) || p->cut ||
	    !asks_for_multipath(p) || (!packet_sums_ok(p) && !packet_sum_is_pending(p)))
		return false;
	write_bytes(w, bytes_first(p->ip, p->ip.len - p->segment.len + TCP_HEADER_MIN));
	write_options(w, p);
	write_bytes(w, p->payload);
	write_u16_at(w, start + CHECKSUM_AT, 0);
	segment = bytes_from(writer_written(w), start);
	pseudo  = checksum_pseudo(&p->src, &p->dst, PROTO_TCP, (uint32_t)segment.len);
	write_u16_at(w, start + CHECKSUM_AT, checksum_end(checksum_add(pseudo, segment)));
	return true;
}

/* SPDX-License-Identifier: MIT */

/*
 * reply_*: what is sent to answer a packet, whatever it is, is a whole packet with right sums,
 * between the same two addresses.
 */

#include "wire/reply.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static void must_answer(const struct writer *w, const struct packet *asked, bool back)
{
	struct packet p;

	if (w->full || packet_read(writer_written(w), &p) != PARSE_OK || p.ip.len != w->len ||
	    p.transport != asked->transport || !packet_sums_ok(&p))
		abort();
	if (memcmp(&p.src, back ? &asked->dst : &asked->src, sizeof(p.src)) != 0 ||
	    memcmp(&p.dst, back ? &asked->src : &asked->dst, sizeof(p.dst)) != 0 ||
	    p.src_port != (back ? asked->dst_port : asked->src_port) ||
	    p.dst_port != (back ? asked->src_port : asked->dst_port))
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	uint8_t       room[2048];
	struct packet p;
	struct writer w;

	if (packet_read(bytes_of(data, len), &p) != PARSE_OK)
		return 0;
	if (p.transport == TRANSPORT_UDP) {
		w = writer_over(room, sizeof(room));
		reply_datagram(&w, &p, bytes_first(p.payload, 1024));
		must_answer(&w, &p, true);
	}
	if (p.transport == TRANSPORT_TCP) {
		w = writer_over(room, sizeof(room));
		reply_reset_onward(&w, &p);
		must_answer(&w, &p, false);
		w = writer_over(room, sizeof(room));
		reply_reset_back(&w, &p);
		must_answer(&w, &p, true);
	}
	return 0;
}

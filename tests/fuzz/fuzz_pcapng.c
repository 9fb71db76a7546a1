/* SPDX-License-Identifier: MIT */

/*
 * pcapng_begin, pcapng_read: whatever the blocks, a packet lies inside its block, its time is a
 * date of the years 1970 to 9999, and what is wrong is said.
 */

#include "wire/pcapng.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static void check_packet(const struct pcapng_packet *packet, struct bytes block)
{
	if (packet->frame.len > 0 && (packet->frame.at < block.at ||
	                              packet->frame.at + packet->frame.len > block.at + block.len))
		abort();
	if (packet->has_time && packet->has_odd_time)
		abort();
	if (packet->time_us < 0 || packet->time_us > INT64_C(253402300799999999))
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	static struct pcapng pcapng;
	struct bytes         left   = bytes_of(data, len);
	enum parse           status = PARSE_OK;

	pcapng.has_section    = false;
	pcapng.num_interfaces = 0;
	pcapng.num_lost       = 0;
	while (status != PARSE_BAD && left.len >= PCAPNG_HEAD) {
		struct pcapng_packet packet;
		struct problem       problem = { "" };
		struct bytes         block;
		uint32_t             block_len;

		status = pcapng_begin(&pcapng, bytes_first(left, PCAPNG_HEAD), &block_len,
		                      &problem);
		if (status == PARSE_OK) {
			if (block_len < PCAPNG_HEAD || block_len > PCAPNG_BLOCK_MAX)
				abort();
			block  = bytes_first(left, block_len);
			left   = bytes_from(left, block_len);
			status = pcapng_read(&pcapng, block, &packet, &problem);
		}
		if (status == PARSE_OK)
			check_packet(&packet, block);
		if ((status == PARSE_BAD || (status == PARSE_OK && packet.has_odd_time)) &&
		    problem.text[0] == '\0')
			abort();
	}
	pcapng_num_lost(&pcapng);
	return 0;
}

/* SPDX-License-Identifier: MIT */
#ifndef FILTERD_WIRE_PCAPNG_H
#define FILTERD_WIRE_PCAPNG_H

/*
 * Pcapng: a capture's blocks, from the sections and their interfaces to packets. libpcap gives up
 * if two interfaces of a file differ in link type or snap length, as after a merge. The caller
 * reads the file and passes each block whole; nothing is opened or allocated here.
 *
 * Source: draft-ietf-opsawg-pcapng, section 4.
 */

#include "base/bytes.h"
#include "base/problem.h"

#define PCAPNG_HEAD       12            /* bytes that contain a block's length */
#define PCAPNG_BLOCK_MAX  (16u << 20)   /* bytes of one; libpcap has the same limit */
#define PCAPNG_INTERFACES 4096          /* of a section; a merge makes one for each file */

struct pcapng_interface {
	uint16_t linktype;
	uint8_t  resolution;            /* if_tsresol as in the file */
	uint32_t snaplen;               /* 0: no limit */
	int64_t  offset_s;              /* if_tsoffset */
	uint64_t num_lost;              /* according to its last statistics block */
};

/* All 0 before the first block. */
struct pcapng {
	bool                    has_section, is_little;
	uint32_t                num_interfaces;
	uint64_t                num_lost;       /* of the sections before */
	struct pcapng_interface interfaces[PCAPNG_INTERFACES];
};

struct pcapng_packet {
	struct bytes frame;             /* within the block */
	int          linktype;          /* LINKTYPE_ number */
	uint32_t     sent_len;          /* length of the frame before the capture cut it */
	bool         has_time;          /* simple packet blocks have none */
	/* the time stamp is not in the years 1970 to 9999, so there is no time */
	bool         has_odd_time;
	int64_t      time_us;           /* microseconds since 1970, UTC */
};

/*
 * pcapng_begin - Takes: the first PCAPNG_HEAD bytes of a block.
 * Gives:  PARSE_OK and the block's length, from its first byte to its last, at most
 *         PCAPNG_BLOCK_MAX; PARSE_BAD with *problem_out: what was expected and found.
 */
enum parse pcapng_begin(struct pcapng *p, struct bytes head, uint32_t *len_out,
                        struct problem *problem_out);

/*
 * pcapng_read - Takes: the whole block that pcapng_begin() has just measured.
 * Gives:  PARSE_OK and a packet, with *problem_out if its time is odd; PARSE_MORE if the block
 *         holds no packet: read the next one; PARSE_BAD with *problem_out for wrong lengths, or an
 *         interface that was not described.
 */
enum parse pcapng_read(struct pcapng *p, struct bytes block, struct pcapng_packet *out,
                       struct problem *problem_out);

/* pcapng_num_lost - packets lost during the capture, as far as the file says. */
uint64_t pcapng_num_lost(const struct pcapng *p);

#endif

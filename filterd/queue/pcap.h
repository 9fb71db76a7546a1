/* SPDX-License-Identifier: MIT */
#ifndef FILTERD_QUEUE_PCAP_H
#define FILTERD_QUEUE_PCAP_H

/* Capture: packets from a pcap or pcapng file, one after the other. */

#include "base/bytes.h"
#include "base/problem.h"

struct capture;

struct captured {
	struct bytes frame;             /* valid until the next call */
	int          linktype;          /* LINKTYPE_ number */
	int64_t      time_us;           /* microseconds since 1970, UTC */
	uint64_t     number;            /* from 1 */
};

/*
 * capture_open - "-" is standard input. 0; or -EINVAL with *problem_out, what libpcap says of the
 * file.
 */
int  capture_open(const char *path, struct capture **capture_out, struct problem *problem_out);
void capture_close(struct capture *c);

/*
 * capture_next - Gives: PARSE_OK and *out; PARSE_MORE at the end of the file; PARSE_BAD where the
 *         file is cut or damaged, with *problem_out: what was given before was good.
 */
enum parse capture_next(struct capture *c, struct captured *out, struct problem *problem_out);

#endif

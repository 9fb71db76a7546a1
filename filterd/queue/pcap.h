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
	bool         cut;               /* the snap length cut it */
	bool         has_time;
	bool         has_odd_time;      /* the time is not in the years 1970 to 9999 */
	/* microseconds since 1970, UTC; without one, the last packet's */
	int64_t      time_us;
	uint64_t     number;            /* from 1 */
};

/* capture_open - "-" is standard input. 0; or -EINVAL with *problem_out, the fault of the file. */
int  capture_open(const char *path, struct capture **capture_out, struct problem *problem_out);
void capture_close(struct capture *c);

/*
 * capture_next - Gives: PARSE_OK and *out, with *problem_out if its time is odd; PARSE_MORE at the
 *         end of the file; PARSE_BAD where the file is cut or damaged, with *problem_out: earlier
 *         packets were good.
 */
enum parse capture_next(struct capture *c, struct captured *out, struct problem *problem_out);

/* capture_num_lost - packets lost while capturing, as far as the file says. */
uint64_t capture_num_lost(const struct capture *c);

#endif

/* SPDX-License-Identifier: MIT */
#ifndef FILTERD_BENCH_FRESH_FLOWS_H
#define FILTERD_BENCH_FRESH_FLOWS_H

/*
 * Fresh flows: what the clients of some captures sent and were sent, again and again, each time
 * from addresses nobody had before.
 */

#include <stddef.h>
#include <stdint.h>

#define FRAME_MAX 1514          /* bytes; Ethernet, as captures hold it */

struct fresh_flows;

/*
 * fresh_flows_new - reads captures of Ethernet; those named more often come more often.
 *
 * Gives:  NULL if one cannot be read, or begins with no IP packet; stderr says which. The client of
 *         a capture is the sender of its first packet; packets of others are left out.
 */
struct fresh_flows *fresh_flows_new(char *const *captures, int num);

/*
 * What is asked next: a frame without its Ethernet addresses, of *len_out bytes. Checksums that
 * were right stay right.
 */
void fresh_flows_next(struct fresh_flows *f, uint8_t frame_out[FRAME_MAX], size_t *len_out);

/* Bytes before the IP packet: the addresses, to be filled in, and the type. */
#define ETHERNET_HEADER 14

#endif

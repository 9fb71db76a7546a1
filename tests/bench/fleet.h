/* SPDX-License-Identifier: MIT */
#ifndef TESTS_BENCH_FLEET_H
#define TESTS_BENCH_FLEET_H

/*
 * Fleet: the devices of a network, what they ask for on a day, and the packets they ask with.
 * Everything follows from one seed.
 *
 * The story of so many days: device 0 hammers, 1 is cleaned early and comes back late, 2 shows
 * itself in TLS only, 3 has a private MAC and no name, 4 speaks IPv6; all others are like each
 * other and are cleaned one after the other, but for the last, which never is.
 */

#include "engine/engine.h"

struct fleet;

struct visit {
	int64_t  time_us;
	uint32_t device;
	uint16_t host;          /* which of the hosts, and which of its numbers */
	uint8_t  number, layer;
	uint64_t random;
};

/*
 * fleet_new - Takes: attempts_a_day, on the first day, of all devices together. NULL without memory
 * or ciphers.
 */
struct fleet *fleet_new(uint64_t seed, uint32_t num_devices, uint32_t days,
                        uint32_t attempts_a_day);
void          fleet_free(struct fleet *f);

/*
 * fleet_day  - what happens on a day, in order. Takes: midnight_us. Gives: the number, and
 *              *visits_out until the next call.
 * fleet_send - the packets of a visit, one after the other.
 */
typedef void fleet_packet(void *owner, const struct engine_input *in);
size_t       fleet_day(struct fleet *f, uint32_t day, int64_t midnight_us,
                       const struct visit **visits_out);
void   fleet_send(struct fleet *f, const struct visit *v, fleet_packet *packet, void *owner);

/* What dnsmasq would have in its file of leases: names of devices that have one. */
void fleet_write_lease(const struct fleet *f, uint32_t device, int64_t until_us, struct writer *w);

#endif

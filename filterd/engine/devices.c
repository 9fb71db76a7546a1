/* SPDX-License-Identifier: MIT */

/*
 * Link addresses of clients, by IP address: the kernel does not give the link address of a packet
 * that it has cut out of joined datagrams (GRO). An address seen in another packet of the client
 * counts for as long as a neighbour's entry would, so a reassigned IP address names nobody.
 *
 * Also, since when each IP and link address has been there: anybody can make up any number of
 * addresses at once. Addresses that have been there for a while are known. They have a share of the
 * table to themselves, so new ones evict only each other; and every limit for each client has one
 * more limit for all new clients together.
 */

#include "engine/state.h"

#include <string.h>

#define FLOWS_A_DEVICE 8                /* one entry for this many flows; a device has two */
#define LIFE_US        INT64_C(300000000)
#define KNOWN_US       INT64_C(300000000)

enum { SHARE_NEW, SHARE_KNOWN };

struct device {
	struct address address;         /* first: the table's key */
	bool           is_known, has_mac;
	uint8_t        mac[6];
	int64_t        first_us;
	int64_t        mac_us;          /* when a packet last showed it */
};

struct table *devices_new(size_t num_flows, uint64_t seed)
{
	return table_new(num_flows / FLOWS_A_DEVICE + 1, sizeof(struct device),
	                 sizeof(struct address), seed, NULL, NULL);
}

static struct device *devices_see(struct passage *at, const struct address *address)
{
	struct table  *devices = at->engine->devices;
	int64_t        now_us  = at->in->now_us;
	struct device *d       = table_find(devices, address);
	struct device  before;

	if (d == NULL) {
		d           = table_add_of(devices, address, SHARE_NEW);
		d->first_us = now_us;
	}
	if (d->first_us > now_us)       /* the clock was set back */
		d->first_us = now_us;
	if (d->is_known || now_us - d->first_us < KNOWN_US)
		return d;
	before = *d;
	table_remove(devices, d);
	d           = table_add_of(devices, address, SHARE_KNOWN);
	*d          = before;
	d->is_known = true;
	return d;
}

void devices_name(struct passage *at)
{
	struct flow   *flow = at->flow;
	struct device *d;
	struct address link;

	if (flow->has_mac || at->in->is_own)
		return;
	d = devices_see(at, &at->packet->src);
	if (at->in->has_mac) {
		d->has_mac = true;
		d->mac_us  = at->in->now_us;
		memcpy(d->mac, at->in->mac, sizeof(d->mac));
	}
	if (!d->has_mac || at->in->now_us - d->mac_us >= LIFE_US)
		return;
	flow->has_mac = true;
	memcpy(flow->mac, d->mac, sizeof(flow->mac));
	link = link_of(flow);
	devices_see(at, &link);
}

bool devices_know(struct passage *at, const struct address *address)
{
	return at->in->is_own || devices_see(at, address)->is_known;
}

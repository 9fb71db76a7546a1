/* SPDX-License-Identifier: MIT */

/*
 * The link address of clients, by their IP address: the kernel does not tell it of a packet that it
 * has cut out of joined datagrams. What another packet of that client has shown counts for as long
 * as a neighbour's entry would, so that an address that was given to somebody else names nobody.
 */

#include "engine/state.h"

#include <string.h>

#define FLOWS_A_DEVICE 16               /* of the flows remembered */
#define LIFE_US        INT64_C(300000000)

struct device {
	struct address address;         /* first: the table's key */
	uint8_t        mac[6];
	int64_t        seen_us;
};

struct table *devices_new(size_t num_flows, uint64_t seed)
{
	return table_new(num_flows / FLOWS_A_DEVICE + 1, sizeof(struct device),
	                 sizeof(struct address), seed, NULL, NULL);
}

static void devices_learn(struct passage *at)
{
	struct table  *devices = at->engine->devices;
	struct device *d       = table_find(devices, &at->packet->src);

	if (d == NULL)
		d = table_add(devices, &at->packet->src);
	memcpy(d->mac, at->in->mac, sizeof(d->mac));
	d->seen_us = at->in->now_us;
}

static const uint8_t *devices_find(struct passage *at)
{
	struct device *d = table_find(at->engine->devices, &at->packet->src);

	return d != NULL && at->in->now_us - d->seen_us < LIFE_US ? d->mac : NULL;
}

void devices_name(struct passage *at)
{
	const uint8_t *mac = at->in->mac;

	if (at->flow->has_mac || at->in->is_own)
		return;
	if (at->in->has_mac)
		devices_learn(at);
	else if ((mac = devices_find(at)) == NULL)
		return;
	at->flow->has_mac = true;
	memcpy(at->flow->mac, mac, sizeof(at->flow->mac));
}

/* SPDX-License-Identifier: MIT */
#ifndef FILTERD_KERNEL_OFFLOADING_H
#define FILTERD_KERNEL_OFFLOADING_H

/*
 * Offloading: the rule `flow add` gives a flow to a flowtable, and the kernel then forwards its
 * packets at ingress, before other hooks. A TCP flow is offloaded with the client's first ACK,
 * before its hello; a UDP flow with its second packet.
 *
 * Two remedies. Hold: undecided flows skip other programs' offloading rules. Own: our rules
 * offload, and only decided flows.
 */

#include "kernel/readback.h"
#include "kernel/routes.h"
#include "policy/settings.h"

/* interfaces; further ones are not offloaded, which only costs speed */
#define OFFLOADING_DEVICES 64

/* The remedy in the rules on this host. */
struct offloading {
	bool   hold, own;
	/* own: flows between these are offloaded */
	char   devices[OFFLOADING_DEVICES][IF_NAMESIZE];
	size_t num_devices;
};

/* offloading_find - from the settings, the uplinks, and the host's flowtables. 0 or -errno. */
int offloading_find(const struct settings *s, const struct uplinks *uplinks,
                    struct offloading *out);

/*
 * offloading_state - does offloading take flows before they are decided?
 * Gives:  OFFLOADING_NONE if no other program has a flowtable, OFFLOADING_HELD if our rules keep
 *         undecided flows from it, OFFLOADING_UNSEEN if they do not: flows pass unseen;
 *         OFFLOADING_UNKNOWN if the kernel does not say.
 */
enum offloading_state { OFFLOADING_NONE, OFFLOADING_HELD, OFFLOADING_UNSEEN, OFFLOADING_UNKNOWN };
enum offloading_state offloading_state(struct flowtables *others_out);

#endif

/* SPDX-License-Identifier: MIT */
#ifndef FILTERD_KERNEL_OFFLOADING_H
#define FILTERD_KERNEL_OFFLOADING_H

/*
 * Offloading: a rule `flow add` gives a flow to a flowtable, and the kernel then forwards its
 * packets where they come in, before any hook. A TCP flow is taken with the client's first ACK,
 * before its hello; a UDP flow with its second packet.
 *
 * Two remedies. Hold: what another program's rule would take is kept from it until the flow is
 * decided. Own: our rules offload, and only what is decided.
 */

#include "kernel/readback.h"
#include "kernel/routes.h"
#include "policy/settings.h"

/* interfaces; those beyond are forwarded as before, no harm but speed */
#define OFFLOADING_DEVICES 64

/* How the rules treat it on this host. */
struct offloading {
	bool   hold, own;
	/* own: between which flows are offloaded */
	char   devices[OFFLOADING_DEVICES][IF_NAMESIZE];
	size_t num_devices;
};

/* offloading_find - by the settings, the ways out, and what the host has. 0 or -errno. */
int offloading_find(const struct settings *s, const struct uplinks *uplinks,
                    struct offloading *out);

/*
 * offloading_state - does offloading take flows away before they are decided?
 * Gives:  OFFLOADING_NONE if no other program has a flowtable, OFFLOADING_HELD if undecided flows
 *         are kept from it by rules of ours in the kernel, OFFLOADING_UNSEEN if not: flows pass
 *         unseen; OFFLOADING_UNKNOWN if the kernel does not say.
 */
enum offloading_state { OFFLOADING_NONE, OFFLOADING_HELD, OFFLOADING_UNSEEN, OFFLOADING_UNKNOWN };
enum offloading_state offloading_state(struct flowtables *others_out);

#endif

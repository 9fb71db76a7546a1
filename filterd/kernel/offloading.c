/* SPDX-License-Identifier: MIT */

#include "kernel/offloading.h"

#include "kernel/rule_text.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

/* The protected interfaces, and the uplinks. */
static bool offloading_is_wanted(const struct settings *s, const struct uplinks *uplinks,
                                 const char *name)
{
	if (strcmp(name, "lo") == 0)
		return false;
	if (strcmp(s->protect, "auto") == 0 || rule_names(s->protect, name))
		return true;
	return routes_has(uplinks, name);
}

static int find_devices(const struct settings *s, const struct uplinks *uplinks,
                        struct offloading *out)
{
	struct if_nameindex *all = if_nameindex();

	if (all == NULL)
		return -errno;
	for (size_t i = 0; all[i].if_index != 0 && out->num_devices < OFFLOADING_DEVICES; i++) {
		if (offloading_is_wanted(s, uplinks, all[i].if_name))
			snprintf(out->devices[out->num_devices++], IF_NAMESIZE, "%s",
			         all[i].if_name);
	}
	if_freenameindex(all);
	return 0;
}

static int find_flowtables(struct flowtables *out)
{
	struct readback *r     = NULL;
	int              error = readback_open(&r);

	if (error == 0)
		error = readback_flowtables(r, out);
	readback_close(r);
	return error;
}

int offloading_find(const struct settings *s, const struct uplinks *uplinks, struct offloading *out)
{
	struct flowtables others = { 0 };
	int               error  = 0;

	*out = (struct offloading){
		.hold = s->offload == OFFLOAD_HOLD,
		.own  = s->offload == OFFLOAD_OWN,
	};
	/*
	 * Our rule comes too late for flows that another program's rule has offloaded: if there is
	 * one, undecided flows are held, too.
	 */
	if (s->offload == OFFLOAD_AUTO || s->offload == OFFLOAD_OWN) {
		error     = find_flowtables(&others);
		out->hold = others.num > 0;
	}
	if (error == 0 && out->own)
		error = find_devices(s, uplinks, out);
	out->own = out->num_devices > 0;
	return error;
}

enum offloading_state offloading_state(struct flowtables *others_out)
{
	struct readback *r     = NULL;
	int              holds = 0;
	int              error = readback_open(&r);

	*others_out = (struct flowtables){ 0 };
	if (error == 0)
		error = readback_flowtables(r, others_out);
	if (error == 0 && others_out->num > 0)
		holds = readback_holds(r);
	readback_close(r);
	if (error != 0 || holds < 0)
		return OFFLOADING_UNKNOWN;
	if (others_out->num == 0)
		return OFFLOADING_NONE;
	return holds == 1 ? OFFLOADING_HELD : OFFLOADING_UNSEEN;
}

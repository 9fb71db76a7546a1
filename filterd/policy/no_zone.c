/* SPDX-License-Identifier: MIT */

/* Replaces zone.c if filterd is built without it, for example for a router with little flash. */

#include "policy/zone.h"

#include <errno.h>

/* The usual beginning of a zone; others are reported line by line, as lists. */
bool zone_is_one(struct bytes content)
{
	return content.len > 0 && content.at[0] == '$';
}

int zone_walk(struct bytes content, const char *file, zone_take *take, void *context,
              struct zone_left_out *left_out, struct problem *problem)
{
	(void)content;
	(void)take;
	(void)context;
	*left_out = (struct zone_left_out){ 0 };
	return problem_say(problem, -EINVAL,
	                   "'%.300s' is a zone, and this filterd was built without them; "
	                   "expected a list of names",
	                   file);
}

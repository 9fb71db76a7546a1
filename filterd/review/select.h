/* SPDX-License-Identifier: MIT */
#ifndef FILTERD_REVIEW_SELECT_H
#define FILTERD_REVIEW_SELECT_H

/* Select: a filter for the records of a log. */

#include "base/host.h"
#include "base/problem.h"
#include "policy/policy.h"
#include "review/totals.h"

#define SELECT_HOSTS 32         /* patterns */

/* It begins as selection_all(); conditions that are not set do not narrow it. */
struct selection {
	int64_t         from_us, to_us;         /* from the first to before the second */
	bool            own_too;                /* also the filter's records about itself */
	bool            has_type;
	enum entry_type type;
	bool            has_layer;
	enum layer      layer;
	struct bytes    category;               /* borrowed; empty: any */
	/* borrowed; as given: a MAC, an address or a name; empty: any */
	struct bytes    device;
	char            device_key[64];         /* the same in a record's spelling */
	size_t          num_hosts;
	struct {
		enum pattern_kind kind;
		char              pattern[HOST_TEXT_MAX + 1];
		size_t            len;
	} hosts[SELECT_HOSTS];
};

struct selection selection_all(void);

/*
 * select_host - also records of these hosts. Takes: a pattern like in a policy's list: name, .name
 *               for the name and all below, ksn-*.name.
 * Gives:  0; -EINVAL with *problem_out.
 */
int select_host(struct selection *s, const char *pattern, struct problem *problem_out);

/*
 * A MAC in any spelling, an IPv4 or IPv6 address, or its DHCP name.
 */
void select_device(struct selection *s, const char *device);

/*
 * "tls"; "block", or "blocked", the form for people; "heartbeat" ... False if there is no such
 * name.
 */
bool select_layer(struct selection *s, const char *name);
bool select_type(struct selection *s, const char *name);

bool selection_takes(const struct selection *s, const struct entry *e);

#endif

/* SPDX-License-Identifier: MIT */
#ifndef FILTERD_DAEMON_KERNEL_STATE_H
#define FILTERD_DAEMON_KERNEL_STATE_H

/*
 * Kernel state: the kernel's facts about the filter: whether the rules are in place, how many
 * packets passed without a verdict, how many connections bypassed it, what its queues dropped. For
 * the main thread.
 */

#include "audit/connections.h"
#include "audit/control.h"
#include "audit/sources.h"
#include "audit/unseen.h"
#include "engine/links.h"
#include "policy/settings.h"
#include "status/status.h"

struct kernel_state;

struct kernel_facts {
	enum hooks           hooks;
	bool                 unseen_known;
	uint64_t             unseen;            /* packets since the last record with a number */
	struct unseen        recorded;          /* to be stored once this is in the log */
	bool                 has_recorded;
	bool                    connections_known;
	struct connections      connections;    /* since the rules were made */
	bool                    since_known;
	struct connections_sums since;          /* since the record before */
	bool                    sources_known;
	uint64_t                over_rate;      /* packets of sources beyond their rate; likewise */
	struct sources_since    over;           /* since the record before */
	size_t                  num_queues;
	struct control_queue    queues[CONTROL_QUEUES];
};

/*
 * kernel_state_open - while still root. A message names the facts that stay unknown, once. 0 or
 * -ENOMEM.
 */
int  kernel_state_open(const struct settings *s, struct kernel_state **out);
void kernel_state_close(struct kernel_state *w);

/* Takes: boot, the kernel's boot_id. */
struct kernel_facts kernel_state_ask(struct kernel_state *w, const char *boot);

/* The record with these numbers is in the log. */
void kernel_state_recorded(struct kernel_state *w, const struct kernel_facts *t);

/*
 * kernel_state_look - the same at any other moment: stores nothing, prints nothing. unseen: all
 *                     packets counted since the rules were made.
 */
void kernel_state_look(struct kernel_state *w, struct kernel_facts *out);

/*
 * kernel_state_protection - the networks with filtered clients. Takes: protect, from the settings
 *                           in force. A message reports each problem, once. Read again every few
 *                           seconds at most.
 */
void kernel_state_protection(struct kernel_state *w, const char *protect,
                             struct status_protection *out);

/*
 * kernel_state_new_links - links that ask the kernel's routes; to be freed before w. NULL without
 *                          memory.
 */
struct links *kernel_state_new_links(struct kernel_state *w);

/*
 * kernel_state_links - gives the links the present interfaces. Reads as often as
 * kernel_state_protection().
 */
void kernel_state_links(struct kernel_state *w, struct links *links);

/*
 * Have rules appeared or disappeared since kernel_state_ask()? A message reports it. Cheap while
 * nobody changes rules.
 */
bool kernel_state_sees_change(struct kernel_state *w);

#endif

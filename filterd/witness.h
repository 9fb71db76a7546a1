/* SPDX-License-Identifier: MIT */
#ifndef FILTERD_WITNESS_H
#define FILTERD_WITNESS_H

/*
 * Witness: what the kernel says about the filter, and filterd can only repeat: whether the rules are in place, how many
 * packets passed without a verdict, what its queues dropped. For the main thread.
 */

#include "audit/control.h"
#include "audit/unseen.h"
#include "policy/settings.h"

struct witness;

struct testimony {
	enum hooks           hooks;
	bool                 unseen_known;
	uint64_t             unseen;            /* packets since the record before that said so */
	struct unseen        recorded;          /* to be remembered once this is in the log */
	bool                 has_recorded;
	size_t               num_queues;
	struct control_queue queues[CONTROL_QUEUES];
};

/* witness_open - while still root. What cannot be asked stays unknown, and is said here, once. 0 or -ENOMEM. */
int  witness_open(const struct settings *s, struct witness **out);
void witness_close(struct witness *w);

/* Takes: boot, the kernel's boot_id. */
struct testimony witness_ask(struct witness *w, const char *boot);

/* The record that says so stands in the log. */
void witness_recorded(struct witness *w, const struct testimony *t);

/*
 * witness_look - the same at any other moment: nothing is remembered, nobody is told. unseen: all that were counted since the rules were
 * made.
 */
void witness_look(struct witness *w, struct testimony *out);

/* Have rules come or gone since witness_ask()? The operator is told. Cheap while nobody changes any. */
bool witness_sees_change(struct witness *w);

#endif

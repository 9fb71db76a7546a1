/* SPDX-License-Identifier: MIT */

/*
 * Flows that pass only until the date of their category, or by a waiver. They are never decided, so
 * filterd sees each of their packets, and ends the flow at the first packet after the date, or
 * after a reload that removed the waiver. They have a table of their own without expiry, because a
 * connection may be silent for longer than flows are remembered.
 */

#include "engine/state.h"

#include <stdlib.h>
#include <string.h>

/*
 * The share of the flow table that may be such flows; 2 KiB each, once used. Beyond that, one flow
 * stays open after its date: the longest silent one of the client that has most.
 */
#define FLOWS_AN_ENDING 16

struct ending {
	struct flow_key  key;           /* first: the table's key */
	enum flow_end    client;
	const char      *quic_version;
	struct host_text host;
	struct ending_cause cause;
};

struct table *endings_new(size_t num_flows, uint64_t seed)
{
	return table_new(num_flows / FLOWS_AN_ENDING + 1, sizeof(struct ending),
	                 sizeof(struct flow_key), seed, NULL, NULL);
}

/* A flow to a prohibited port is judged anew in any case, so it evicts nothing. */
void endings_note(struct passage *at, const struct ending_cause *cause)
{
	struct table  *endings = at->engine->endings;
	struct ending *e       = table_find(endings, &at->flow->key);

	if (e != NULL && cause->by_port)
		return;
	if (e == NULL)
		e = table_add_of(endings, &at->flow->key, at->flow->share);
	e->client       = at->flow->client_known ? at->flow->client : at->sender;
	e->cause        = *cause;
	e->quic_version = at->quic_version;
	e->host         = at->engine->host;
}

bool endings_has(const struct passage *at)
{
	struct table *endings = at->engine->endings;

	return table_used(endings) > 0 && table_find(endings, &at->flow->key) != NULL;
}

void endings_forget(struct passage *at)
{
	struct table  *endings = at->engine->endings;
	struct ending *e;

	if (table_used(endings) > 0 && (e = table_find(endings, &at->flow->key)) != NULL)
		table_remove(endings, e);
}

bool endings_is_due(struct passage *at)
{
	struct table  *endings = at->engine->endings;
	struct ending *e;
	enum ruling    ruling;

	if (table_used(endings) == 0 || (e = table_find(endings, &at->flow->key)) == NULL)
		return false;
	/* It may begin another connection: the server's answer will show whether it does. */
	if (at->packet->transport == TRANSPORT_TCP && at->packet->tcp_flags & TCP_SYN)
		return false;
	if (at->rules->mode == MODE_OBSERVE)
		return false;
	at->engine->host = e->host;
	at->quic_version = e->quic_version;
	at->flow->client = e->client;
	at->flow->client_known = true;
	ruling = names_judge_ending(at, &e->cause);
	if (ruling == RULING_OBSERVE || ruling == RULING_WAIVED)
		return false;
	table_remove(endings, e);
	return ruling == RULING_BLOCK;
}

/* SPDX-License-Identifier: MIT */

/*
 * Flows that pass only because the date of their category has not come, or by a waiver. They are
 * never decided, so each of their packets comes by here, and the first one after the instant, or
 * after a reload that takes the waiver away, ends them. They are
 * remembered by themselves, without expiry: a connection may be silent for longer than flows are
 * remembered.
 */

#include "engine/state.h"

#include <stdlib.h>
#include <string.h>

/*
 * Of the flows remembered, how few are taken for these; 2 KiB each once used. Beyond that the one
 * longest silent of whoever has most stays open.
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

/* A port is judged anew whatever else was recorded, so it takes the place of nothing. */
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
	/* It may begin another connection: the server's answer to it will say. */
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

/* SPDX-License-Identifier: MIT */

/*
 * How a server answers a client that waits for it: does it ask for another hello, and does it speak
 * TLS at all?
 */

#include "engine/stream.h"

/* bytes; an FTP server answers every HELP with a page, and accepts any number of them */
#define PREAMBLE_ANSWER_MAX (1u << 20)

/*
 * The server took a hello among words as a hello: the session continues in TLS, and bytes that look
 * like another beginning are not one.
 */
static void hear_hello(struct passage *at)
{
	const struct packet *p      = at->packet;
	struct side         *client = peer_of(at);
	bool                 asks_again, all_passed = true;

	if (client->state == SIDE_PASSED || p->payload.len == 0 ||
	    tls_read_server_hello(p->payload, &asks_again) != PARSE_OK || asks_again)
		return;
	for (int i = 0; i < (client->has_urgent ? READINGS : 1); i++) {
		struct reading *r = &client->readings[i];

		if (r->has_hello && !seq_is_before(p->ack, r->hello_end))
			r->state = READING_PASSED;
		all_passed &= r->state == READING_PASSED;
	}
	if (all_passed)
		stream_pass(client);
}

/* The flow waits for nothing more. */
static void give_up(struct side *side)
{
	for (int i = 0; i < READINGS; i++)
		side->readings[i].state = READING_PASSED;
	stream_pass(side);
}

/*
 * For a client that has sent nothing recognised: after this many bytes from the server the flow no
 * longer waits for a hello.
 */
static void hear_other(struct passage *at)
{
	const struct side *server = &at->flow->sides[at->sender];
	struct side       *client = peer_of(at);
	struct reading    *sent   = &client->readings[READING_AS_SENT];

	if (client->state == SIDE_PASSED || !sent->is_preamble ||
	    sent->state != READING_BEGINS || server->sent - server->anchor < PREAMBLE_ANSWER_MAX)
		return;
	give_up(client);
}

static bool waits_for_answer(const struct side *client)
{
	return client->readings[READING_AS_SENT].state == READING_HELLO ||
	       (client->has_urgent &&
	        client->readings[READING_WITHOUT_URGENT].state == READING_HELLO);
}

/* Passes the answer to each reading that waits for it; false if there are too few bytes. */
static bool tell_answer(struct side *client, struct bytes answer)
{
	bool all_passed = true;

	for (int i = 0; i < (client->has_urgent ? READINGS : 1); i++) {
		struct reading *r = &client->readings[i];

		if (r->state == READING_HELLO && !reading_answer(r, answer))
			return false;
		all_passed &= r->state == READING_PASSED;
	}
	if (all_passed)
		stream_pass(client);
	return true;
}

/* Part of the answer was evicted: another hello may come, or it may be words. */
static void hear_nothing(struct side *client)
{
	for (int i = 0; i < (client->has_urgent ? READINGS : 1); i++)
		reading_unheard(&client->readings[i]);
}

/*
 * The server's bytes up to the end of this segment; they are kept only if one segment has too few
 * of them. false: a part is lost.
 */
static bool answer_so_far(struct passage *at, struct side *server, struct bytes *answer_out)
{
	const struct packet *p = at->packet;
	struct gather       *g;

	*answer_out = p->payload;
	if (server->gather == NULL && p->seq == server->first_seq && !server->has_gathered)
		return true;
	g = kept_gathering(at, server, p->seq);
	if (g == NULL)
		return false;
	gather_add(flows_gathers(at->engine->flows), g, p->seq, p->payload);
	*answer_out = gather_prefix(g);
	return true;
}

/* The first bytes of a server whose client has sent a hello. */
static void hear_answer(struct passage *at)
{
	const struct packet *p      = at->packet;
	struct side         *client = peer_of(at), *server = &at->flow->sides[at->sender];
	struct gather_pool  *pool   = flows_gathers(at->engine->flows);
	uint32_t             judged_end =
		client->first_seq + client->readings[READING_AS_SENT].judged;
	struct bytes         answer;

	if (!waits_for_answer(client) || server->state == SIDE_PASSED || p->payload.len == 0 ||
	    (client->gather == NULL && !numbers_taken(client, judged_end)))
		return;
	if (!server->has_syn || (int32_t)(p->seq - server->first_seq) >= GATHER_MAX) {
		give_up(client);
	} else if (!answer_so_far(at, server, &answer)) {
		hear_nothing(client);
	} else if (!tell_answer(client, answer)) {
		if (server->gather == NULL)
			gather_add(pool, kept_gathering(at, server, p->seq), p->seq, p->payload);
		return;
	}
	server->state = SIDE_PASSED;
	gather_put(pool, &server->gather);
}

/*
 * filterd does not see the answer to the hello, as with asymmetric routing. What the client sends
 * next looks as if the server had taken the hello for words.
 */
bool answers_are_missing(struct passage *at)
{
	struct flow *flow = at->flow;
	struct side *side = &flow->sides[at->sender];

	if (at->in->direction == DIRECTION_UNKNOWN || flow->is_answered || !from_client(at) ||
	    !side->readings[READING_AS_SENT].has_hello ||
	    ++flow->num_unanswered < at->rules->unanswered_packets)
		return false;
	give_up(side);
	return true;
}

/* The server may have spoken without waiting, before it read what the client had sent. */
static void hear_first(struct passage *at)
{
	const struct packet *p      = at->packet;
	const struct side   *server = &at->flow->sides[at->sender];
	struct side         *client = peer_of(at);

	if (is_dns(p) || !server->has_syn || server->sent != server->anchor ||
	    p->seq != server->anchor)
		return;
	/*
	 * The server spoke before it had read all that the client sent, so this does not answer it.
	 */
	client->is_greeted |= client->readings[READING_AS_SENT].state == READING_BEGINS &&
	                      p->payload.at[0] >= ' ' && !http_is_answer(p->payload);
	if (client->enough == ENOUGH_UNKNOWN && client->gather != NULL &&
	    http_is_answer(p->payload))
		client->enough = ENOUGH;
}

/*
 * How many of the client's bytes the server had when it spoke. Anything beyond them may never have
 * reached it.
 */
static uint32_t num_had(const struct side *client)
{
	uint32_t end = client->has_answer ? client->answered : client->sent;

	return seq_is_before(end, client->first_seq) ? 0 : end - client->first_seq;
}

void answers_hear(struct passage *at)
{
	struct side *client = peer_of(at);

	for (int i = 0; i < (client->has_urgent ? READINGS : 1); i++)
		reading_hear(&client->readings[i], at->packet->payload, num_had(client));
	hear_first(at);
	hear_answer(at);
	hear_hello(at);
	hear_other(at);
}

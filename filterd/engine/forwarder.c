/* SPDX-License-Identifier: MIT */

/*
 * A resolver on the gateway, as every home router has one: a client asks it, and it asks upstream,
 * so filterd sees each question twice. The second is not another attempt, and the gateway is not a
 * device that wants the name.
 *
 * What a client gets is judged on the client's side: the question when it comes in, and the
 * gateway's answer, with every alias in it, when it goes out. There the client is known, whether or
 * not the answer was cached. So the gateway's own question that repeats a client's, and the answer
 * to it, are left alone. They could be judged instead, with the client's name put in the record;
 * but a forwarder asks once for many clients, and our answer would stay in its cache: everybody who
 * asks later would be refused without a record, even after the policy has changed.
 *
 * A question of the gateway's own is a repetition if a client has lately asked for that name, or
 * for a name below it: full resolvers ask for the parts of a name first. Type, spelling (0x20), and
 * UDP or TCP do not matter. Full resolvers also follow aliases, so the names in the answer to a
 * repetition may be asked for as well. Blocked questions do not count: they never reached the
 * forwarder, and if the gateway asks for such a name all the same, the request came some other way.
 *
 * What remains is judged and recorded as the gateway's: questions that filterd has seen no client
 * ask. They come from the gateway's own programs, or from clients that reach it by DNS over TLS or
 * HTTPS.
 *
 * The price: a client that asks in the open for a harmless name may within half a minute ask over
 * TLS or HTTPS for the host that this is an alias of, and the gateway will look it up. The client
 * learns an address; the connection to it is judged by its name like any other.
 *
 * Workers share the table of names: a client's question and the gateway's own are different flows,
 * and may be in different queues. It is written once for each client question that passes, and read
 * only for the gateway's own. Questions to all resolvers are kept, because an incoming packet does
 * not say whether its receiver is this host.
 */

#include "engine/questions.h"
#include "engine/state.h"

/* names in one answer; no resolver follows that many aliases, with two records each for a DNAME */
#define ALIASES_MOST 32

void forwarder_note(struct passage *at, const struct dns_name *question)
{
	struct questions *questions = at->engine->limits.questions;

	if (questions != NULL && !at->in->is_own)
		questions_note(questions, client_of(at), host_of(&question->host),
		               at->in->now_us);
}

bool forwarder_repeats(struct passage *at, struct bytes message)
{
	struct engine    *e         = at->engine;
	struct questions *questions = e->limits.questions;
	unsigned          num_questions = 0, num_aliases = 0;
	struct dns_reader r;

	/* no resolver answers more than one question */
	if (questions == NULL || dns_open(message, &r) != PARSE_OK || r.header.num_questions != 1)
		return false;
	while (num_aliases < ALIASES_MOST && dns_next(&r, &e->name) == PARSE_OK) {
		if (e->name.place == DNS_QUESTION) {
			if (!questions_has(questions, host_of(&e->name.host), at->in->now_us))
				return false;
			num_questions++;
			continue;
		}
		if (num_questions == 0)
			return false;
		questions_note(questions, client_of(at), host_of(&e->name.host),
		               at->in->now_us);
		num_aliases++;
	}
	return num_questions > 0;
}

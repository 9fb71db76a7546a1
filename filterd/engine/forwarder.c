/* SPDX-License-Identifier: MIT */

/*
 * A resolver on the gateway, as every home router has one: a client asks it, and it asks upstream,
 * so each question comes by here twice. The second one is not another attempt, and the gateway is
 * no device that wants the name.
 *
 * What a client gets is judged on its way to that client: the question when it comes in, and the
 * gateway's answer when it goes out, with every alias in it. There the client is known, and it is
 * the same whether the answer was cached. So what lies behind, the gateway's own question that
 * repeats a client's and the answer to it, is left alone. It could be judged instead, with the
 * client's name put in the record; but a forwarder has one question for many clients, and the
 * answer that we would give it stays in its cache: everybody who asks later would be refused
 * without a record, and still be when the policy has changed.
 *
 * A question of the gateway's own is a repetition if a client has asked for that name lately, or
 * for a name below it: full resolvers ask for the parts of a name first. The type does not matter,
 * nor the spelling (0x20), nor UDP or TCP. Full resolvers also follow aliases by themselves, so
 * the names that the answer to a repetition leads to may be asked for as well. Questions that were
 * blocked are no questions: they never reached the forwarder, and if the gateway asks for such a
 * name all the same, it has been asked in a way that nobody saw.
 *
 * That is what is left: whatever the gateway asks that no client has asked before our eyes. It may
 * be its own programs, or clients that use DNS over TLS or HTTPS to reach it. The gateway's
 * question is the only thing that shows then, and it is judged and recorded as the gateway's.
 *
 * What this gives up: a client that asks in the open for a harmless name may ask in secret for the
 * host that this is an alias of, within half a minute, and the gateway will look it up. It learns
 * an address; the connection to it is judged by its name as any other.
 *
 * Workers share the table of names: a client's question and the gateway's own are of different
 * flows, so they may be in different queues. It is written once for each question of a client that
 * passes, and read only for the gateway's own. All questions are kept, whichever resolver they are
 * for, as a packet that comes in does not say whether its receiver is this host.
 */

#include "engine/questions.h"
#include "engine/state.h"

/* names of one answer; no resolver follows as many aliases, with two records each for a DNAME */
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

	/* none is answered that has more than one question */
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

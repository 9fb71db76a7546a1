/* SPDX-License-Identifier: MIT */

/*
 * The names of a DNS message. One attempt makes one event: a query sent again is the same attempt
 * until it is answered, and so is the answer to a query that has its event already, unless the
 * answer gets a stricter ruling.
 */

#include "engine/state.h"

/* FNV-1a, 64 bit: tells names of one flow apart; nothing depends on it being hard to guess. */
static uint64_t messages_hash_name(struct host host)
{
	uint64_t hash = 0xcbf29ce484222325;

	for (size_t i = 0; i < host.len; i++)
		hash = (hash ^ (uint8_t)host.text[i]) * 0x100000001b3;
	return hash;
}

static void messages_fill(struct event *e, const struct dns_header *header, uint16_t type,
                          const struct dns_name *question)
{
	e->dns.id           = header->id;
	e->dns.is_response  = header->is_response;
	e->dns.has_question = question != NULL;
	e->dns.type         = question != NULL ? question->type : type;
	if (question != NULL)
		names_copy_host(&e->dns.question, &question->host);
}

static void messages_report(struct passage *at, const struct dns_header *header,
                            const struct dns_name *name, const struct dns_name *question,
                            const struct decision *decision)
{
	struct event *e = names_begin_event(at, APP_DNS, &name->host, decision);

	messages_fill(e, header, name->type, question);
	names_report(at, e);
}

/*
 * A message in which a resolver may read a name that we do not: a client's broken message on port
 * 53, or any message that costs too much to read to its end. One record a flow; question is NULL if
 * no question can be read, and then no answer is sent.
 */
static enum ruling messages_judge_unread(struct passage *at, const struct dns_reader *r,
                                         const struct dns_name *question, enum ruling strictest)
{
	const struct packet *p    = at->packet;
	bool                 back = client_of(at) != &p->src, is_told = at->flow->told_message;
	uint8_t              text[64];
	struct writer        w = writer_over(text, sizeof(text));
	struct decision      decision;
	struct event        *e;

	if (!r->is_over && (back || p->dst_port != DNS_PORT || p->cut || at->flow->has_initials))
		return strictest;
	at->engine->counts.unreadable += !is_told;
	at->flow->told_message = true;
	if (is_told && at->rules->unreadable != OUTCOME_BLOCK)
		return strictest;
	builtin_decide(BUILTIN_UNREADABLE, at->rules->unreadable, &decision);
	if (names_settle(at, &decision) <= strictest)
		return strictest;
	if (is_told)
		return decision.ruling;
	address_write(&w, back ? &p->src : &p->dst);
	if (host_from_text(writer_written(&w), &at->engine->host) != PARSE_OK)
		return decision.ruling;
	e = names_begin_event(at, question != NULL ? APP_DNS : APP_UNKNOWN, &at->engine->host,
	                      &decision);
	e->is_named = false;
	if (question != NULL)
		messages_fill(e, &r->header, question->type, question);
	else if (p->transport == TRANSPORT_UDP)
		e->reply = REPLY_NONE;
	names_report(at, e);
	return decision.ruling;
}

/* Hash of a question with its id; the answer has both. */
static uint64_t messages_hash_question(const struct dns_header *header,
                                       const struct dns_name   *question)
{
	uint64_t number = (uint64_t)header->id << 16 | question->type;

	return messages_hash_name(host_of(&question->host)) ^ number * 0xd6e8feb86659fd93;
}

bool messages_read_answer(struct engine *e, struct bytes message, uint64_t *hash_out)
{
	struct dns_reader r;

	if (dns_open(message, &r) != PARSE_OK || !r.header.is_response ||
	    dns_next_question(&r, &e->question) != PARSE_OK)
		return false;
	*hash_out = messages_hash_question(&r.header, &e->question);
	return true;
}

/* Has the client asked this and not been answered yet? */
static bool messages_take_answer(struct passage *at, const struct dns_header *header,
                                 const struct dns_name *question)
{
	return flow_take_answer(at->flow, messages_hash_question(header, question));
}

static bool messages_asks_address(const struct dns_name *question)
{
	return question->type == DNS_TYPE_A || question->type == DNS_TYPE_AAAA;
}

/* Does the answer to it matter? */
static bool messages_teach(const struct passage *at, const struct dns_name *question)
{
	return messages_asks_address(question) ? policy_has_by_address(at->rules->policy)
	                                       : question->type == DNS_TYPE_HTTPS ||
	                                                 question->type == DNS_TYPE_SVCB;
}

/* With a ruling of RULING_BLOCK the answer is ours. */
static void messages_note_answered(struct passage *at, const struct dns_header *header,
                                   enum ruling ruling)
{
	if (ruling != RULING_BLOCK || reply_seen(at, APP_DNS) != REPLY_NONE)
		flow_note_answered(at->flow, header->id);
}

/* Each question of a query is an attempt of its own. */
static enum ruling messages_judge_query(struct passage *at, struct dns_reader *r)
{
	struct engine         *e         = at->engine;
	const struct dns_name *question  = NULL;
	enum ruling            strictest = RULING_PASS;
	struct decision        decision;
	enum parse             status;

	flow_ask_anew(at->flow, r->header.id);
	if (from_client(at))
		askers_note(at);
	while ((status = dns_next(r, question == NULL ? &e->question : &e->name)) == PARSE_OK) {
		const struct dns_name *name = question == NULL ? &e->question : &e->name;

		if (question == NULL && from_client(at))
			flow_note_question(e->flows, at->flow,
			                   messages_hash_question(&r->header, name));
		names_ask(at, host_of(&name->host), &decision);
		/* no resolver answers more than one question */
		if (question == NULL && decision.has_rule && from_client(at))
			askers_note_name(at, host_of(&name->host));
		question = &e->question;
		if (decision.ruling > strictest)
			strictest = decision.ruling;
		if ((decision.ruling != RULING_PASS || at->rules->report_passes) &&
		    !flow_repeats_attempt(at->flow, r->header.id,
		                          messages_hash_name(host_of(&name->host)), at->in->now_us))
			messages_report(at, &r->header, name, question, &decision);
	}
	if (status == PARSE_BAD)
		strictest = messages_judge_unread(at, r, question, strictest);
	if (strictest == RULING_BLOCK)
		messages_note_answered(at, &r->header, strictest);
	at->flow->query_seen = true;
	if (question != NULL && strictest != RULING_BLOCK)
		forwarder_note(at, question);
	return strictest;
}

#define ALIASES_NOTED 4         /* aliases of one answer; a chain to a vendor has one or two */
#define LEARNT_MAX 16           /* addresses of one answer, and names of encrypted hellos */

/* The parts of an answer that have been read so far. */
struct answer {
	const struct dns_name *question;        /* NULL: no question names a host */
	struct decision        of_question;
	struct decision        strictest;       /* its name is engine->strictest */
	/* every question is exempt: a permitted host needs the names that its answer leads to */
	bool                   is_allowed;
	bool                   is_expected;     /* the client asked this, and waits for it */
	/* an alias leads to a name in a different category from the question's, or in none */
	bool                   leads_elsewhere;
	unsigned               num_asked;       /* names of the policy that it leads to */
	struct {
		struct bytes at;                /* an address, or an ech parameter */
		uint32_t     ttl_s;
	}                      learnt[LEARNT_MAX];
	size_t                 num_learnt;
};

/*
 * Does the query of this answer have its record already? Not if that record says that the question
 * passed, as replay --all writes them, nor if it belongs to an earlier question with the same id,
 * or is less strict.
 */
static bool messages_has_record(const struct passage *at, const struct dns_header *header,
                           const struct answer *a, const struct decision *decision)
{
	return flow_has_attempt(at->flow, header->id, at->in->now_us) &&
	       (a->question == NULL || (a->of_question.ruling != RULING_PASS &&
	                                names_rank(&a->of_question) >= names_rank(decision)));
}

static void messages_report_answer(struct passage *at, const struct dns_header *header,
                                const struct answer *a, const struct dns_name *name,
                                const struct decision *decision)
{
	if (!messages_has_record(at, header, a, decision) &&
	    !flow_repeats_attempt(at->flow, header->id, messages_hash_name(host_of(&name->host)),
	                          at->in->now_us))
		messages_report(at, header, name, a->question, decision);
}

static void messages_note_strictest(struct passage *at, struct answer *a,
                                    const struct dns_name *name,
                                    const struct decision *decision)
{
	if (names_rank(decision) <= names_rank(&a->strictest))
		return;
	a->strictest               = *decision;
	at->engine->strictest.type = name->type;
	names_copy_host(&at->engine->strictest.host, &name->host);
}

/* The question of an answer counts only if its query was never seen. */
static void messages_read_questions(struct passage *at, struct dns_reader *r, struct answer *a)
{
	struct engine   *e    = at->engine;
	struct dns_name *name = &e->question;
	struct decision  decision;

	a->is_allowed = true;
	while (dns_next_question(r, name) == PARSE_OK) {
		names_ask(at, host_of(&name->host), &decision);
		a->is_allowed &= decision.has_rule &&
		                 decision.rule.category->action == ACTION_ALLOW;
		if (name->host.len == 0)
			continue;
		if (a->question == NULL) {
			a->question    = name;
			a->of_question = decision;
		}
		if (!at->flow->query_seen && decision.ruling == RULING_PASS &&
		    at->rules->report_passes)
			messages_report_answer(at, &r->header, a, name, &decision);
		if (!at->flow->query_seen)
			messages_note_strictest(at, a, name, &decision);
		name = &e->name;
	}
	a->is_allowed &= a->question != NULL;
}

static void messages_read_record(struct passage *at, struct dns_reader *r,
                              const struct dns_record *record, struct answer *a)
{
	struct dns_name *name = &at->engine->name;
	struct bytes     learnt;
	struct decision  decision;

	if (dns_record_leads(record) && dns_record_target(r, record, name) == PARSE_OK) {
		names_ask(at, host_of(&name->host), &decision);
		if (!a->is_allowed)
			messages_note_strictest(at, a, name, &decision);
		if (decision.has_rule && at->flow->query_seen && !from_client(at) &&
		    a->num_asked++ < ALIASES_NOTED)
			askers_note_name(at, host_of(&name->host));
		a->leads_elsewhere |= name->place == DNS_ALIAS &&
		                      (!decision.has_rule || !a->of_question.has_rule ||
		                       decision.rule.category != a->of_question.rule.category);
	}
	if (!a->is_expected || a->num_learnt == LEARNT_MAX)
		return;
	learnt = messages_asks_address(a->question) ? dns_record_address(record)
	                                            : dns_record_ech(r, record);
	if (learnt.len > 0) {
		a->learnt[a->num_learnt].at    = learnt;
		a->learnt[a->num_learnt].ttl_s = record->ttl_s;
		a->num_learnt++;
	}
}

static void messages_learn(struct passage *at, const struct answer *a)
{
	bool         is_address = messages_asks_address(a->question);
	bool         by_address = a->of_question.has_rule &&
	                          a->of_question.rule.category->by_address;
	struct host  name       = by_address ? host_of(&a->question->host) : host_literal("");
	struct bytes shown;

	for (size_t i = 0; i < a->num_learnt; i++) {
		uint32_t ttl_s = a->learnt[i].ttl_s;

		if (is_address)
			addresses_learn(at, a->learnt[i].at, ttl_s, name,
			                by_address && a->leads_elsewhere);
		else if (dns_ech_public_name(a->learnt[i].at, &shown) == PARSE_OK &&
		         host_from_text(shown, &at->engine->host) == PARSE_OK)
			addresses_learn_ech(at, host_of(&at->engine->host), ttl_s);
	}
}

/*
 * The answer to a query is one attempt, whatever the number of names in it: the first name under
 * the strictest ruling stands for it. Addresses are learnt only from an answer to a question of the
 * client: anybody can send another one.
 */
static enum ruling messages_judge_answer(struct passage *at, struct dns_reader *r)
{
	struct answer     a = { .question = NULL };
	struct dns_record record;
	enum parse        status;
	enum ruling       ruling;

	messages_read_questions(at, r, &a);
	a.is_expected = a.question != NULL && client_of(at) != &at->packet->src &&
	                messages_take_answer(at, &r->header, a.question) &&
	                messages_teach(at, a.question);
	while ((status = dns_next_record(r, &record)) == PARSE_OK)
		messages_read_record(at, r, &record, &a);
	ruling = a.strictest.ruling;
	if (ruling != RULING_PASS)
		messages_report_answer(at, &r->header, &a, &at->engine->strictest, &a.strictest);
	/* every client stops reading a server's answer where it is broken, as we do */
	if (status == PARSE_BAD)
		ruling = messages_judge_unread(at, r, a.question, ruling);
	if (client_of(at) != &at->packet->src)
		messages_note_answered(at, &r->header, ruling);
	if (a.is_expected && ruling != RULING_BLOCK)
		messages_learn(at, &a);
	return ruling;
}

enum ruling names_judge_dns(struct passage *at, struct bytes message)
{
	struct dns_reader r;

	r.is_over = false;
	/* a stream may have any number of these */
	if (message.len == 0)
		return RULING_PASS;
	if (dns_open(message, &r) != PARSE_OK)
		return messages_judge_unread(at, &r, NULL, RULING_PASS);
	if (at->in->is_own && forwarder_repeats(at, message))
		return RULING_PASS;
	return r.header.is_response ? messages_judge_answer(at, &r) : messages_judge_query(at, &r);
}
